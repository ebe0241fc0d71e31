"""JSONPath: what a path picks, and what is no path."""

from __future__ import annotations

from typing import Any

import pytest

from botpe_app.core.jsonpath import MOST_FOUND, find, value_at

DOCUMENT: dict[str, Any] = {
    "id": 1,
    "items": [{"id": 2, "name": "tea"}, {"id": 3, "tags": ["a", "b", "c"]}, "odd"],
    "a b": {"c-d": None},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$", DOCUMENT),
        ("$.id", 1),
        ("$.items[0].name", "tea"),
        ("$['items'][-1]", "odd"),
        ('$["a b"].c-d', None),
        ("$.items[1].tags[0:2]", ["a", "b"]),
        ("$.items[*].id", [2, 3]),
        ("$..id", [1, 2, 3]),
        ("$.items.*", DOCUMENT["items"]),
        ("$..tags[1:]", ["b", "c"]),
        ("$.items[9]", None),
        ("$.id.deeper[0]", None),
        ("$.items[*].nothing", []),
    ],
)
def test_a_path_picks(path: str, value: object):
    assert value_at(path, DOCUMENT) == value


@pytest.mark.parametrize("path", ["", "id", "$.", "$id", "$[", "$.items[?(@.id)]", "$.items[a]"])
def test_what_is_no_path_is_refused(path: str):
    with pytest.raises(ValueError, match=r"must begin|no step"):
        value_at(path, DOCUMENT)


def test_what_is_found_has_an_end():
    wide = [[[0] * 100] * 100] * 100
    deep: Any = []
    for _ in range(500):
        deep = [deep]
    assert len(find("$..*", wide)) == MOST_FOUND
    assert len(find("$..*", deep)) <= MOST_FOUND
