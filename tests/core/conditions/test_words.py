"""Tests on words: what counts as a word, as the same word, and as a pattern."""

import time

import pytest

from botpe_app.core.conditions.words import words
from botpe_app.errors import Invalid
from tests.core.conditions import extracted, tried


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("  two  words ", ["two", "words"]),
        ("a.dot,a-dash(and)brackets", ["a", "dot", "a", "dash", "and", "brackets"]),
        ("it's snake_case", ["it's", "snake_case"]),
        ("pay$5 or €6", ["pay", "$", "5", "or", "€", "6"]),
        ("ok👍great", ["ok", "👍", "great"]),
        ("naïve Ωmega", ["naïve", "Ωmega"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("…!?", []),
    ],
)
def test_words_are_runs_of_letters_and_single_symbols(text: str, found: list[str]):
    assert words(text) == found


@pytest.mark.parametrize(
    ("op", "text", "arg", "value"),
    [
        ("has_only_text", "Yes", "Yes", "Yes"),
        ("has_only_text", "Yes", "yes", "NO"),
        ("has_only_text", "Yes ", "Yes", "NO"),
        ("has_beginning", "  Order 55", "order", "Order"),
        ("has_beginning", "my order", "order", "NO"),
        ("has_beginning", "order  55", "order 55", "NO"),
        ("has_beginning", "ord", "order", "NO"),
        ("has_beginning", "order", "", "NO"),
        ("has_beginning", "Straße", "STRASS", "NO"),
        ("has_phrase", "please Cancel, my order", "cancel my", "Cancel my"),
        ("has_phrase", "cancel all my orders", "cancel my", "NO"),
        ("has_phrase", "no no thanks", "no thanks", "no thanks"),
        ("has_phrase", "anything", "", ""),
        ("has_only_phrase", " Thank you! ", "thank YOU", "Thank you"),
        ("has_only_phrase", "thank you all", "thank you", "NO"),
        ("has_only_phrase", "", "", ""),
        ("has_only_phrase", "hi", "", "NO"),
        ("has_any_word", "I want PIZZA and pasta", "pasta pizza soup", "PIZZA pasta"),
        ("has_any_word", "I don't know", "dont", "NO"),
        ("has_any_word", "nothing", "", "NO"),
        ("has_any_word", "ΜΕΝΟΥ παρακαλώ", "μενου", "ΜΕΝΟΥ"),
        ("has_all_words", "the red, red rose", "rose RED", "red red rose"),
        ("has_all_words", "the red rose", "rose blue", "NO"),
        ("has_all_words", "hi", "", ""),
    ],
)
def test_words_and_phrases(op: str, text: str, arg: str, value: str):
    assert extracted(op, text, arg) == value


def test_text_is_anything_but_space():
    assert extracted("has_text", "\u00a0 hi there\n") == "hi there"
    assert extracted("has_value", 12.50) == "12.5"
    assert extracted("has_text", " \u2003\n") == "NO"
    assert extracted("has_text", None) == "NO"


def test_arabic_variants_are_one_letter_only_where_that_is_asked_for():
    assert extracted("has_any_word", "كتاب", "کتاب") == "NO"
    assert extracted("has_any_word", "كتاب", "کتاب", collation="arabic_variants") == "كتاب"
    assert extracted("has_any_word", "٣", "۳", collation="arabic_variants") == "٣"


def test_a_pattern_ignores_case_and_extracts_its_groups():
    result = tried("has_pattern", "Ref AB-1234 please", r"ref (\w+)-(\d+)(x)?")
    assert result.value == "Ref AB-1234"
    assert result.extra == {"0": "Ref AB-1234", "1": "AB", "2": "1234", "3": ""}
    assert not tried("has_pattern", "Ref AB-1234 please", r"(?-i)ref").match


def test_a_pattern_works_on_lines_and_leaves_the_text_untrimmed():
    assert extracted("has_pattern", "one\ntwo", "^two$") == "two"
    assert extracted("has_pattern", " 123", r"\A\d+\z") == "NO"


@pytest.mark.parametrize("pattern", ["(", "a(?=b)", r"(a)\1", "x{1001}", "a" * 1001])
def test_what_is_no_pattern_says_so(pattern: str):
    with pytest.raises(Invalid) as refused:
        tried("has_pattern", "text", pattern)
    assert refused.value.field == "args[0]"


def test_no_pattern_hangs():
    started = time.perf_counter()
    assert not tried("has_pattern", "a" * 50_000, "(a+)+$b").match
    assert not tried("has_email", "a." * 50_000).match
    assert time.perf_counter() - started < 2


def test_a_half_of_a_surrogate_pair_is_just_another_letter():
    assert extracted("has_any_word", "hi \ud83d there", "there") == "there"
    assert extracted("has_pattern", "\ud83d", ".") == "?"


def test_a_test_needs_its_arguments():
    with pytest.raises(Invalid, match="has_phrase takes 1 argument, not 2"):
        tried("has_phrase", "a", "b", "c")
    with pytest.raises(Invalid) as refused:
        tried("has_nothing", "a")
    assert refused.value.field == "op"
