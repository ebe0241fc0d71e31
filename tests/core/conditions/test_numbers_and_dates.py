"""Tests on numbers, dates and times, as people of different countries write them."""

import pytest

from botpe_app.errors import Invalid
from tests.core.conditions import extracted, tried

FRENCH = {"decimal_symbol": ",", "digit_grouping_symbol": "."}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("I need 12 of them", 12),
        ("-3 degrees", -3),
        ("2-3", 2),
        ("30km", 30),
        ("2,500,000 francs", 2500000),
        ("about 1.50", 1.5),
        ("or .75", 0.75),
        ("v.75", 75),
        ("٢٥", 25),
        ("۲۵", 25),
        ("৪২", 42),
        ("४२ रुपये", 42),
        ("+250", "NO"),  # a plus makes no number, it belongs to phones
        ("1e5", 1),
        ("twelve", "NO"),
        (",", "NO"),
        ("1" * 37, "NO"),
        ("1" + "0" * 37, 10**37),
        (None, "NO"),
        (4.0, 4),
    ],
)
def test_numbers_in_a_text(text: object, value: object):
    assert extracted("has_number", text) == value


def test_numbers_follow_the_countrys_way_of_writing():
    assert extracted("has_number", "1.234,5 euros", number_format=FRENCH) == 1234.5
    assert extracted("has_number", "1.234,5 euros") == 1.234


@pytest.mark.parametrize(
    ("op", "args", "fits", "fails"),
    [
        ("has_number_lt", [10], "9.99", "10"),
        ("has_number_lte", ["10"], "10", "10.01"),
        ("has_number_eq", [10], "10.0", "10.5"),
        ("has_number_gte", [10], "10", "9"),
        ("has_number_gt", [10], "11", "10"),
        ("has_number_between", [5, "6.5"], "6.5", "6.51"),
    ],
)
def test_numbers_compared(op: str, args: list[object], fits: str, fails: str):
    assert tried(op, f"it is {fits}", *args).match
    assert not tried(op, f"it is {fails}", *args).match


def test_the_first_number_that_fits_is_taken():
    assert extracted("has_number_gt", "2 rooms, 5 nights", 3) == 5


@pytest.mark.parametrize("bound", ["ten", None, True, "", "1e3", [1]])
def test_a_bound_must_be_a_number(bound: object):
    with pytest.raises(Invalid) as refused:
        tried("has_number_lt", "5", bound)
    assert refused.value.field == "args[0]"


@pytest.mark.parametrize(
    ("text", "order", "value"),
    [
        ("born 5.8.1990", "DD-MM-YYYY", "1990-08-05T11:30:15.250000+02:00"),
        ("born 5/8/90", "MM-DD-YYYY", "1990-05-08T11:30:15.250000+02:00"),
        ("90 8 5 it was", "YYYY-MM-DD", "1990-08-05T11:30:15.250000+02:00"),
        ("on 5_8_26 at 7pm", "DD-MM-YYYY", "2026-08-05T19:00:00.000000+02:00"),
        ("5-8-27", "DD-MM-YYYY", "1927-08-05T11:30:15.250000+02:00"),
        ("2026-08-05 18:45", "DD-MM-YYYY", "2026-08-05T18:45:00.000000+02:00"),
        ("2026-08-05T18:45:01.5Z", "MM-DD-YYYY", "2026-08-05T18:45:01.500000Z"),
        ("2026-08-05T18:45-05:30", "MM-DD-YYYY", "2026-08-05T18:45:00.000000-05:30"),
        ("on 2026-08-05", "DD-MM-YYYY", "NO"),
        ("31.4.2026 or 1.5.2026", "DD-MM-YYYY", "2026-05-01T11:30:15.250000+02:00"),
        ("29.2.2025", "DD-MM-YYYY", "NO"),
        ("5.8.0090", "DD-MM-YYYY", "NO"),
        ("12.12.12.5", "DD-MM-YYYY", "2012-12-12T05:00:00.000000+02:00"),
        ("the year 2026", "DD-MM-YYYY", "NO"),
        ("30.12.9999 23:59", "DD-MM-YYYY", "9999-12-30T23:59:00.000000+02:00"),
    ],
)
def test_dates_in_the_order_of_the_country(text: str, order: str, value: str):
    assert extracted("has_date", text, date_format=order) == value


def test_a_date_without_time_takes_the_local_time_it_is_now():
    found = extracted("has_date", "1.7.2026", timezone="America/New_York")
    assert found == "2026-07-01T04:30:15.250000-04:00"


def test_a_moment_that_no_calendar_holds_is_no_date():
    zone = {"timezone": "America/Los_Angeles"}
    assert extracted("has_date", "31.12.9999 23:59", **zone) == "NO"
    assert extracted("has_date_gt", "0001-01-01T00:00:00+14:00", "2020-01-01", **zone) == "NO"


@pytest.mark.parametrize(
    ("op", "fits", "fails"),
    [
        ("has_date_lt", "30.6.2026 23:59", "1.7.2026"),
        ("has_date_eq", "1.7.2026 23:59", "2.7.2026"),
        ("has_date_gt", "2.7.2026 0:00", "1.7.2026 23:59"),
    ],
)
def test_dates_are_compared_by_day(op: str, fits: str, fails: str):
    assert tried(op, fits, "1.7.2026").match
    assert not tried(op, fails, "1.7.2026").match


def test_the_day_is_that_of_the_environments_zone():
    assert tried("has_date_eq", "2026-07-01T22:30:00Z", "2.7.2026").match
    assert not tried("has_date_eq", "2026-07-01T21:30:00Z", "2.7.2026").match


def test_a_limit_must_be_a_date():
    with pytest.raises(Invalid) as refused:
        tried("has_date_lt", "1.7.2026", "soon")
    assert refused.value.field == "args[0]"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("at 7", "07:00:00.000000"),
        ("7:05", "07:05:00.000000"),
        ("1905", "19:05:00.000000"),
        ("7 p.m", "07:00:00.000000"),
        ("7 PM", "19:00:00.000000"),
        ("12:15am", "00:15:00.000000"),
        ("12 pm", "12:00:00.000000"),
        ("7:05:09.25", "07:05:09.250000"),
        ("7:05:09.1234567891", "07:05:09.123456"),
        ("24:00", "00:00:00.000000"),
        ("24:01", "NO"),
        ("99 then 8:30", "08:30:00.000000"),
        ("7:75", "NO"),
        ("noon", "NO"),
    ],
)
def test_times_of_day(text: str, value: str):
    assert extracted("has_time", text) == value
