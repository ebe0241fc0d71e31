"""Benchmarks: each module has `run() -> dict`, ratios against a ceiling met in the same run."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from botpe_app.errors import Invalid

NAMES = ("ingest", "send", "reply", "engine", "campaign", "inbox")
WITH_FILES = ("intents",)  # these take the files to measure with


def run(name: str, **files: Path | None) -> dict[str, Any]:
    """The figures of one benchmark; `intents` needs the files `train` and `test`.

    Raises Invalid for a name that there is not, and for a file missing or given for nothing.
    """
    if name not in NAMES + WITH_FILES:
        known = ", ".join(NAMES + WITH_FILES)
        raise Invalid(f"There is no benchmark {name}; there are {known}.", field="name")
    for option, path in files.items():
        if (path is not None) != (name in WITH_FILES):
            wanted = f"{name} needs" if path is None else f"only {', '.join(WITH_FILES)} takes"
            raise Invalid(f"{wanted} --{option} FILE.", field=option)
    measure = import_module(f"botpe_app.bench.{name}").run
    return measure(**files) if name in WITH_FILES else measure()
