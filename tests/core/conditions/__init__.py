"""Trying a test on a text, in the environment of a shop in Kigali."""

from __future__ import annotations

from datetime import UTC, datetime

from botpe_app.core.conditions import Result, evaluate, read_env

NOW = datetime(2026, 11, 23, 9, 30, 15, 250000, tzinfo=UTC)  # a Monday
KIGALI = {"timezone": "Africa/Kigali", "date_format": "DD-MM-YYYY", "country": "RW"}


def tried(op: str, subject: object, *args: object, **env: object) -> Result:
    """The test's result; `env` is laid over Kigali's."""
    return evaluate(op, subject, args, read_env({**KIGALI, **env}, NOW))


def extracted(op: str, subject: object, *args: object, **env: object) -> object:
    """What the test extracted; the word NO where it did not match."""
    result = tried(op, subject, *args, **env)
    return result.value if result.match else "NO"
