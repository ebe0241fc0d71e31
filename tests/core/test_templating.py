"""Placeholders: what they bring in, what filters make of it, what is left as it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botpe_app.core.conditions import read_env
from botpe_app.core.filters import FILTERS
from botpe_app.core.templating import evaluate, fill, names, parse, render
from tests.core.conditions import KIGALI, NOW

ENV = read_env(KIGALI, NOW)
FRENCH = read_env(
    {**KIGALI, "number_format": {"decimal_symbol": ",", "digit_grouping_symbol": " "}}, NOW
)
VALUES: dict[str, object] = {
    "contact": {"name": "ann van dyke", "email": "", "fields": {"size": None}},
    "price": 1234.5,
    "count": 3,
    "items": ["tea", {"name": "cola", "price": 2}],
    "trick": "{{price}}",
    "when": "2026-12-24T17:05:00Z",
    "yes": True,
    "name": "Ünï 🙂",
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Hi {{contact.name}}!", "Hi ann van dyke!"),
        ("Hi {{contact.email|there}}!", "Hi there!"),
        ("Hi {{ contact.fields.size | 'you | all' }}!", "Hi you | all!"),
        ("{{nothing.at.all}}{{contact.nothing}}", ""),
        ("{{contact.name|first_word|capitalize}} {{contact.name|word:-1|upper}}", "Ann DYKE"),
        ("{{contact.name|title}}", "Ann Van Dyke"),
        ("{{contact.name|truncate:6}}", "ann v…"),
        ('{{contact.name|replace:"van ",""}}', "ann dyke"),
        (
            "{{price}} {{price|number}} {{price|number:2}} {{price|round}}",
            "1234.5 1,234.5 1,234.50 1235",
        ),
        ("{{count|plus:1|times:2|minus:0.5|divide:3}}", "2.5"),
        ("{{count|divide:0}} {{contact.name|plus:1}} {{nothing|plus:1}}", "3 ann van dyke 1"),
        ("{{items.0}} {{items.1.name}} {{items.-1.price}} {{items.7|none}}", "tea cola 2 none"),
        ("{{items|first}} {{items|count}} {{contact.name|count}}", "tea 2 12"),
        ("{{contact.name|split:' '|join:'-'}}", "ann-van-dyke"),
        ("{{when|date}} {{when|time}}", "24-12-2026 19:05"),
        ("{{when|date:'dddd D MMM YYYY, h:mm a'}}", "Thursday 24 Dec 2026, 7:05 pm"),
        ("{{when|add_days:2|add_hours:-1|date:'DD.MM. HH:mm'}}", "26.12. 18:05"),
        ("{{contact.name|date}} {{price|add_days:1}}", "ann van dyke 1234.5"),
        ("{{trick}}", "{{price}}"),
        ("{{yes}} {{name|url}}", "true %C3%9Cn%C3%AF%20%F0%9F%99%82"),
        ("{{items|json}}", '["tea", {"name": "cola", "price": 2}]'),
        ("a+b{{count|default:'0'}}", "a+b3"),
        ("{{1}} {{a b}} {{", "{{1}} {{a b}} {{"),
    ],
)
def test_rendering(template: str, text: str):
    assert render(template, VALUES, ENV) == text


def test_numbers_are_written_as_the_country_does():
    assert render("{{price|number:2}}", VALUES, FRENCH) == "1 234,50"


def test_a_lone_placeholder_keeps_its_type():
    assert evaluate("{{items}}", VALUES, ENV) == VALUES["items"]
    assert evaluate("{{count}}", VALUES, ENV) == 3
    assert evaluate("{{count}} ", VALUES, ENV) == "3 "
    assert fill({"a": ["{{count}}", 5, "n={{count}}"]}, VALUES, ENV) == {"a": [3, 5, "n=3"]}


def test_what_is_no_placeholder_is_told():
    assert parse("{{a}} {{b c}} {{d").broken == ("{{b c}}", "{{d")
    assert parse("{{a|b}}").broken == ()
    assert names("{{contact.name|there}} and {{city}}") == ["contact", "city"]


@given(st.text(alphabet="{}|:'\",. ab1é", max_size=40), st.dictionaries(st.just("a"), st.text()))
def test_whatever_is_written_it_renders(template: str, values: dict[str, object]):
    assert isinstance(render(template, values, ENV), str)


_ANY = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())


@given(
    st.sampled_from(sorted(FILTERS)), _ANY, st.lists(st.text() | st.just("99999999"), max_size=2)
)
def test_no_filter_stumbles(name: str, value: object, args: list[str]):
    result = FILTERS[name](value, args, ENV)
    assert len(str(result)) <= 12 * len(str(value)) + 12_000
