"""Benchmarks: each module has `run() -> dict`, ratios against a ceiling met in the same run."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from botpe_app.errors import Invalid

NAMES = ("ingest", "send", "reply", "engine")


def run(name: str) -> dict[str, Any]:
    """The figures of one benchmark. Raises Invalid for a name that there is not."""
    if name not in NAMES:
        raise Invalid(f"There is no benchmark {name}; there are {', '.join(NAMES)}.", field="name")
    return import_module(f"botpe_app.bench.{name}").run()
