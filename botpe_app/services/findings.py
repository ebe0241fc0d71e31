"""What `botpe doctor` finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    check: str
    state: str  # ok, warn, bad
    message: str
    mend: str = ""  # what to do; empty when there is nothing to do


def ok(check: str, message: str) -> Finding:
    """All is well."""
    return Finding(check, "ok", message)


def warn(check: str, message: str, mend: str) -> Finding:
    """It works; someone should look when there is time."""
    return Finding(check, "warn", message, mend)


def bad(check: str, message: str, mend: str) -> Finding:
    """It does not work, or must not stay so."""
    return Finding(check, "bad", message, mend)
