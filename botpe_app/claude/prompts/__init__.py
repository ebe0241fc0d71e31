"""The agents' instructions, a file for each version; a version that was used never changes."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def prompt(version: str) -> str:
    """The text of a version such as `template_v1`."""
    return files(__name__).joinpath(f"{version}.md").read_text(encoding="utf-8")
