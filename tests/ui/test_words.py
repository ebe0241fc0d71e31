from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from botpe_app.ui import words

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ana Ruiz", "AR"),
        ("ana", "A"),
        ("Ana María de la Luna", "AL"),
        ("+34 612 345 678", "78"),
        ("", "?"),
        ("🙂", "?"),
        ("李 雷", "李雷"),
    ],
)
def test_initials_are_one_or_two_signs(name: str, letters: str):
    assert words.initials(name) == letters


def test_somebody_always_gets_the_same_colour():
    assert words.hue("ana") == words.hue("ana")
    assert {words.hue(str(n)) for n in range(100)} == set(range(1, words.HUES + 1))


def test_a_day_is_named_in_the_zone_of_the_organization():
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # already Monday in Berlin
    assert words.day(late, BERLIN, NOW) == "Today"
    assert words.day(late, ZoneInfo("UTC"), NOW) == "Yesterday"


@pytest.mark.parametrize(
    ("days", "said"),
    [(2, "Saturday"), (6, "Tuesday"), (7, "16 November"), (400, "19 October 2025")],
)
def test_older_days_are_named_by_weekday_then_by_date(days: int, said: str):
    assert words.day(NOW - timedelta(days=days), BERLIN, NOW) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7199, "1 h"), (90_000, "1 d"), (-5, "0 s")],
)
def test_a_span_is_rough(seconds: int, said: str):
    assert words.span(seconds) == said


def test_a_moment_is_typed_and_read_by_the_clock_of_a_zone():
    assert words.typed(NOW, BERLIN) == "2026-11-23T13:00"
    assert words.moment_of("2026-11-23T13:00", BERLIN) == NOW
    for nothing in ("", "soon", "0001-01-01T00:00"):
        assert words.moment_of(nothing, BERLIN) is None


def test_a_phone_number_is_written_as_people_do_and_anything_else_is_kept():
    assert words.phone("+34612345678") == "+34 612 34 56 78"
    assert words.phone("5678") == "5678"
    assert words.phone(None) == ""


def test_an_unknown_zone_counts_as_utc():
    assert words.zone("Mars/Olympus") == ZoneInfo("UTC")
    assert words.zone("../../etc/passwd") == ZoneInfo("UTC")


def test_one_is_singular():
    assert words.plural(1, "message") == "1 message"
    assert words.plural(1200, "message") == "1,200 messages"


def test_the_zones_are_found_once_and_stand_in_order():
    assert words.zones() is words.zones()
    assert list(words.zones()) == sorted(words.zones())
    assert "Europe/Berlin" in words.zones()
    assert all(words.zone(name).key == name for name in words.zones()[:20])
