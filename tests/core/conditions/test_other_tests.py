"""Contacts' data, results, places, comparisons and the calendar."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botpe_app.core.conditions import OPERATORS, evaluate, read_env
from botpe_app.errors import Invalid
from tests.core.conditions import KIGALI, NOW, extracted, tried

INDIA = {
    "name": "India",
    "children": [
        {
            "name": "Tamil Nadu",
            "aliases": ["TN"],
            "children": [{"name": "Salem", "children": [{"name": "Fort"}, {"name": "Omalur"}]}],
        },
        {"name": "Kerala", "children": [{"name": "Idukki", "children": [{"name": "Fort"}]}]},
    ],
}
SHOP = {
    "days": {"mon": [["09:00", "12:00"], ["13:00", "18:00"]], "fri": [["20:00", "02:00"]]},
    "holidays": ["2026-12-25"],
    "timezone": "Africa/Kigali",
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("mail me: ann.b+x@example.co.uk.", "ann.b+x@example.co.uk"),
        ("<ÜNI@bücher.example>", "ÜNI@bücher.example"),
        ("ann at example.com", "NO"),
        ("ann@example", "NO"),
        ("ann @ example.com", "NO"),
    ],
)
def test_email_addresses(text: str, value: str):
    assert extracted("has_email", text) == value


@pytest.mark.parametrize(
    ("text", "args", "value"),
    [
        ("call +1 (415) 555-0123 now", [], "+14155550123"),
        ("call 0788 111 222", [], "+250788111222"),
        ("call 9876543210", ["in"], "+919876543210"),
        ("call 919876543210", ["RW"], "+919876543210"),
        ("call 9876543210", [""], "NO"),
        ("call 555-0123", ["US"], "NO"),
        ("call 9876543210", ["XX"], "NO"),
        ("order 12345", ["US"], "NO"),
        ("12 or 0788111222", [], "+250788111222"),
    ],
)
def test_phone_numbers(text: str, args: list[str], value: str):
    assert extracted("has_phone", text, *args) == value


def test_results_and_groups():
    groups = [{"id": "g1", "name": "VIP"}, {"uuid": "g2", "name": "New"}]
    assert extracted("has_group", groups, "g2") == groups[1]
    assert extracted("has_group", groups, "VIP") == groups[0]
    assert extracted("has_group", ["VIP"], "VIP") == "VIP"
    assert extracted("has_group", groups, "g3") == "NO"
    assert extracted("has_tag", ["Gold", "late"], "gold") == "Gold"
    assert extracted("has_tag", [], "gold") == "NO"
    assert extracted("has_category", {"category": "Yes"}, "No", "Yes") == "Yes"
    assert extracted("has_category", {"category": "Yes"}, "yes") == "NO"
    assert extracted("has_error", {"error": "no answer"}) == "no answer"
    assert extracted("has_error", "an error") == "NO"
    with pytest.raises(Invalid):
        tried("has_category", {"name": "no result"}, "Yes")


def test_intents_need_their_confidence():
    result = {"extra": {"intents": [_intent("buy", 0.4), _intent("return", 0.55)]}}
    assert extracted("has_intent", result, "buy", 0.4) == "buy"
    assert extracted("has_intent", result, "buy", 0.5) == "NO"
    assert extracted("has_top_intent", result, "return", 0.5) == "return"
    assert extracted("has_top_intent", result, "buy", 0.1) == "NO"
    assert extracted("has_intent", {"intent": "buy", "confidence": 0.9}, "buy", 0.5) == "buy"
    assert extracted("has_intent", {}, "buy", 0) == "NO"


def _intent(name: str, confidence: float) -> dict[str, object]:
    return {"name": name, "confidence": confidence}


@pytest.mark.parametrize(
    ("op", "text", "args", "value"),
    [
        ("has_state", "I live in tamil nadu", [], "India > Tamil Nadu"),
        ("has_state", "TN!", [], "India > Tamil Nadu"),
        ("has_state", "india>kerala", [], "India > Kerala"),
        ("has_state", "Salem", [], "NO"),
        ("has_district", "salem", ["TN"], "India > Tamil Nadu > Salem"),
        ("has_district", "salem", [], "India > Tamil Nadu > Salem"),
        ("has_district", "salem", ["Kerala"], "NO"),
        ("has_ward", "fort", ["Kerala", "Idukki"], "India > Kerala > Idukki > Fort"),
        ("has_ward", "fort", [], "NO"),  # there are two
        ("has_ward", "omalur", [], "India > Tamil Nadu > Salem > Omalur"),
    ],
)
def test_places(op: str, text: str, args: list[str], value: str):
    assert extracted(op, text, *args, locations=INDIA) == value


def test_places_need_a_country_to_be_in():
    with pytest.raises(Invalid):
        tried("has_state", "Kerala")


@pytest.mark.parametrize(
    ("op", "args", "fits", "fails"),
    [
        ("eq", ["10"], 10.0, 11),
        ("eq", ["Ann"], " ann ", "anne"),
        ("ne", ["x"], "y", "X"),
        ("lt", [5], "4", 5),
        ("lte", [5], 5, "6"),
        ("gt", ["5"], 6, "five"),
        ("gte", [5], 5, None),
        ("between", [1, 3], 3, 4),
        ("contains", ["pizza"], "two PIZZAS", "pasta"),
        ("contains", ["Red"], ["red", "blue"], ["reddish"]),
        ("not_contains", ["a"], "xyz", "abc"),
        ("starts_with", ["ab"], "ABC", "cab"),
        ("ends_with", ["bc"], "ABC", "cab"),
        ("in", ["a", "b"], "B", "c"),
        ("not_in", ["a", "b"], "c", "B"),
        ("exists", [], 0, ""),
        ("not_exists", [], [], False),
        ("before", ["2026-01-01"], "31.12.2025", "1.1.2026"),
        ("after", ["2026-01-01"], "1.1.2026 0:01", "1.1.2026"),
    ],
)
def test_variables_compared(op: str, args: list[object], fits: object, fails: object):
    assert tried(op, fits, *args).match
    assert not tried(op, fails, *args).match


def test_the_calendar_looks_at_now_or_at_a_date():
    assert extracted("is_weekday", "", "monday", "Tue") == "mon"
    assert extracted("is_weekday", "24.11.2026", "mon") == "NO"
    assert extracted("is_time_between", None, "11:00", "12:00") == "11:30"
    assert extracted("is_time_between", "23:10", "22:00", "06:00") == "23:10"
    assert extracted("is_time_between", "6:00", "22:00", "06:00") == "NO"
    with pytest.raises(Invalid):
        tried("is_weekday", "", "someday")


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("23.11.2026 09:00", True),
        ("23.11.2026 12:00", False),
        ("23.11.2026 17:59", True),
        ("24.11.2026 10:00", False),
        ("27.11.2026 23:30", True),
        ("28.11.2026 01:59", True),
        ("28.11.2026 02:00", False),
        ("25.12.2026 21:00", False),
        ("26.12.2026 01:00", False),
    ],
)
def test_business_hours_have_breaks_nights_and_holidays(moment: str, is_open: bool):
    assert tried("is_open", moment, business_hours=SHOP).match is is_open


def test_without_business_hours_it_is_always_open():
    assert tried("is_open", "24.11.2026 03:00").match


@pytest.mark.parametrize(
    ("env", "field"),
    [
        ({"timezone": "Mars/Olympus"}, "env.timezone"),
        ({"timezone": "../etc/passwd"}, "env.timezone"),
        ({"date_format": "DD-MM"}, "env.date_format"),
        ({"now": "tomorrow"}, "env.now"),
        ({"now": "9999-12-31T23:59:00Z"}, "env.now"),
        ({"country": 5}, "env.country"),
        ({"business_hours": {"days": {"noday": []}}}, "business_hours.days"),
        ({"business_hours": {"days": {"mon": [["9", "10:00"]]}}}, "business_hours.days.mon[0][0]"),
    ],
)
def test_a_wrong_environment_is_named(env: dict[str, Any], field: str):
    with pytest.raises(Invalid) as refused:
        read_env(env, NOW)
    assert refused.value.field == field


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.sampled_from(sorted(OPERATORS)),
    _JSON | st.from_regex(r"[-+]?[0-9٠-٩.,:/ apmT]{0,12}Z?"),
    st.lists(_JSON, max_size=3),
)
def test_whatever_comes_in_a_test_answers_or_names_what_is_wrong(
    op: str, subject: object, args: list[object]
):
    env = read_env({**KIGALI, "locations": INDIA, "business_hours": SHOP}, NOW)
    try:
        outcome = evaluate(op, subject, args, env).match
    except Invalid as error:
        outcome = str(error.field).partition("[")[0]
    assert outcome in (True, False, "args", "text")
