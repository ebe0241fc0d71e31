"""Lines of the raw log, for drawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from botpe_app.services.simulator_views import LogLine


@dataclass(frozen=True)
class LogRow:
    """A webhook or a Graph call."""

    id: str
    time: str
    kind: str
    title: str
    status: str
    tone: str
    body: str


def log_row(line: LogLine, zone: ZoneInfo) -> LogRow:
    """A line of the log as the drawer shows it."""
    at = datetime.fromtimestamp(line.at, UTC).astimezone(zone)
    return LogRow(
        id=f"{line.kind}{line.at}",
        time=f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}",
        kind=line.kind,
        title=line.title,
        status=str(line.status or "no answer"),
        tone="good" if 200 <= line.status < 300 else "bad",
        body=line.body,
    )
