"""When a time of day was last reached."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from botpe_app.core.alarms import last_time

LISBON = ZoneInfo("Europe/Lisbon")
WEDNESDAY = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "days", "expected"),
    [
        ("09:00", (), "2026-11-25 09:00"),
        ("09:30", (), "2026-11-25 09:30"),
        ("09:31", (), "2026-11-24 09:31"),
        ("9:00", ("mon",), "2026-11-23 09:00"),
        ("10:00", ("wed",), "2026-11-18 10:00"),
        ("00:00", ("wed",), "2026-11-25 00:00"),
    ],
)
def test_it_is_the_latest_on_one_of_the_days(at: str, days: tuple[str, ...], expected: str) -> None:
    assert str(last_time(WEDNESDAY, LISBON, at, days))[:16] == expected


def test_it_is_the_zones_own_time_also_when_clocks_change() -> None:
    tokyo = last_time(WEDNESDAY, ZoneInfo("Asia/Tokyo"), "18:00")
    assert tokyo.astimezone(UTC).hour == 9
    summer = last_time(datetime(2026, 7, 1, 12, tzinfo=UTC), LISBON, "09:00")
    assert summer.astimezone(UTC).hour == 8
    gap = last_time(datetime(2026, 3, 29, 12, tzinfo=UTC), LISBON, "01:30")  # is left out
    assert gap.date().isoformat() == "2026-03-29"
