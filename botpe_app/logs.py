"""Structured logs: one JSON object a line on standard error, tied together by a correlation id.

A line is an event name and ids: `log.info("message_sent", extra={"message_id": …})`. What
customers wrote and their numbers belong to DEBUG; a net below catches what slips through.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from botpe_app.config import settings
from botpe_app.errors import Misconfigured

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

_correlation: ContextVar[str] = ContextVar("correlation_id", default="")
# A line for every request or job of a library says nothing that ours do not.
_CHATTY = ("httpx", "httpx2", "httpcore", "rq.worker", "rq.job", "alembic", "engineio", "socketio")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

_SECRET = re.compile(r"\b(bp_|EAA)[\w-]{8,}")
_PHONE = re.compile(r"(?<![\w.-])\+?\d{8,15}(?![\w-])")
# Postgres and SQLAlchemy quote the offending row, which may be many lines long.
_ROW = re.compile(
    r"(DETAIL: |\[parameters: ).*?"
    r"(?=\n\[SQL: |\n\(Background on|\nCONTEXT: |\n\nThe above|\n\nDuring|\Z)",
    re.DOTALL,
)


def configure(role: str) -> None:
    """Sends this process's logs to standard error as JSON, at BOTPE_LOG_LEVEL and above.

    Raises Misconfigured for an unknown level. Calling it again replaces the role.
    """
    level = settings().log_level.upper()
    if level not in LEVELS:
        raise Misconfigured(
            f"BOTPE_LOG_LEVEL is one of {', '.join(LEVELS)}.", field="BOTPE_LOG_LEVEL"
        )
    root = logging.getLogger()
    for handler in [known for known in root.handlers if isinstance(known, _ToStandardError)]:
        root.removeHandler(handler)
    handler = _ToStandardError()
    handler.setFormatter(JsonLines(role))
    root.addHandler(handler)
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def correlation_id() -> str:
    """The id of the request, webhook event or job being worked on; empty outside of one."""
    return _correlation.get()


def correlation_uuid() -> UUID:
    """The same as a UUID, for rows; a fresh one outside of any."""
    known = correlation_id()
    if not known:
        return uuid4()
    try:
        return UUID(known)
    except ValueError:
        return uuid5(NAMESPACE_OID, known)


@contextmanager
def correlated(value: UUID | str) -> Iterator[None]:
    """Within the block, log lines and new rows carry this correlation id."""
    token = _correlation.set(str(value))
    try:
        yield
    finally:
        _correlation.reset(token)


def redacted(text: str) -> str:
    """`text` without tokens, phone numbers and the rows that database errors quote."""
    text = _ROW.sub(r"\1…", text)
    text = _SECRET.sub(r"\1…", text)
    return _PHONE.sub("…", text)


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time, level, role, pid, event, ids, exception."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self.role = role

    def format(self, record: logging.LogRecord) -> str:
        """Above DEBUG nothing that looks like a token or a phone number gets through."""
        clean = redacted if record.levelno > logging.DEBUG else str
        line: dict[str, object] = {
            "time": _rfc3339(record.created),
            "level": record.levelname,
            "role": self.role,
            "pid": record.process,
            "logger": record.name,
            "event": clean(record.getMessage()),
        }
        if known := correlation_id():
            line["correlation_id"] = known
        for name, value in vars(record).items():
            if name not in _STANDARD:
                whole = name.endswith("_id") or not isinstance(value, str)
                line[name] = value if whole else clean(value)
        if record.exc_info:
            line["exception"] = clean(self.formatException(record.exc_info))
        return json.dumps(line, default=str, ensure_ascii=False)


class _ToStandardError(logging.Handler):
    """Writes to whatever standard error is now, as a parent or a test may have moved it."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception:  # noqa: BLE001 - a log line must never stop the work it tells of
            self.handleError(record)


def _rfc3339(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
