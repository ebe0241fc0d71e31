"""An organization's own things, found in texts."""

from __future__ import annotations

import time

import pytest

from botpe_app.core.custom_entities import find, terms

KNOWN = terms(
    [
        {"name": "size", "values": [{"value": "large", "synonyms": ["big", "XL"]}]},
        {"name": "city", "values": [{"value": "São Paulo", "synonyms": ["Sampa"]}]},
        {"name": "dish", "values": [{"value": "margherita"}, {"value": "pizza margherita"}]},
    ]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a LARGE one", [("size", "large", "LARGE")]),
        ("xl please", [("size", "large", "xl")]),
        ("sao paulo!", [("city", "São Paulo", "sao paulo")]),
        ("in Sao Paolo", [("city", "São Paulo", "Sao Paolo")]),
        ("a margerita", [("dish", "margherita", "margerita")]),
        ("a lagre one", [("size", "large", "lagre")]),
        ("pizza margherita, big", [("dish", "pizza margherita", "pizza margherita"),
                                   ("size", "large", "big")]),
        ("bug", []), ("larger than life", [("size", "large", "larger")]), ("", []), ("🙂", []),
    ],
)  # fmt: skip
def test_what_a_text_names(text: str, found: list[tuple[str, str, str]]) -> None:
    told = find(text, KNOWN)
    assert [(one.name, one.value, text[one.start : one.end]) for one in told] == found


def test_a_long_text_and_many_names_take_little_time() -> None:
    values = [{"value": f"product number {n} of many"} for n in range(500)]
    known = terms([{"name": "product", "values": values}])
    began = time.perf_counter()
    find("product number " * 300, known)
    assert time.perf_counter() - began < 5
