"""Documents in passages, and the text of pages."""

from __future__ import annotations

import pytest

from botpe_app.core.passages import LONGEST, config, for_search, passages, text_of_html


def test_short_paragraphs_stay_together_and_in_order() -> None:
    assert passages("One.\n\nTwo.\n\n\n\nThree.") == ["One.\n\nTwo.\n\nThree."]


@pytest.mark.parametrize("text", ["word " * 1000, "x" * 5000, "A sentence. " * 300, "字" * 2000])
def test_no_passage_is_too_long_and_no_letter_is_lost(text: str) -> None:
    found = passages(text)
    assert all(0 < len(one) <= LONGEST for one in found)
    assert "".join("".join(found).split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["", "  \n\n ", "\n"])
def test_nothing_has_no_passages(text: str) -> None:
    assert passages(text) == []


def test_a_page_is_read_as_people_see_it() -> None:
    page = (
        "<html><head><title>x</title><style>p{}</style></head><body><h1>Hours &amp; days</h1>"
        "<p>Nine\nto <b>six</b></p><script>alert('no')</script><ul><li>Mon<li>Tue</ul></body>"
    )
    assert text_of_html(page).split("\n") == ["Hours & days", "", "Nine to six", "", "Mon", "Tue"]


@pytest.mark.parametrize(
    ("language", "name"), [("pt_BR", "portuguese"), ("xx", "simple"), ("", "simple")]
)
def test_a_language_has_its_words(language: str, name: str) -> None:
    assert config(language) == name


def test_scripts_without_spaces_are_searched_by_pairs() -> None:
    assert for_search("退货政策 ok").split() == ["退货", "货政", "政策", "ok"]
