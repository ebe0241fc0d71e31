"""Tests on the words of a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from botpe_app.core.conditions.arabic import folded
from botpe_app.core.conditions.env import Env
from botpe_app.core.conditions.operators import NO, Result, operator
from botpe_app.core.conditions.patterns import Ours, compiled
from botpe_app.core.conditions.values import SPACE, as_text, lower
from botpe_app.errors import Invalid

# A word is letters, marks, digits, _ and '; every symbol (an emoji, a currency) is one too.
_WORD = Ours(r"[\pM\pL\pN_']+|\pS")


def words(text: str) -> list[str]:
    """The words of a text in their order; punctuation is none, an emoji is one."""
    return [found.group() for found in _WORD.finditer(text)]


def alike(text: str, env: Env) -> str:
    """The form in which two spellings of a word are equal."""
    return folded(text) if env.collation == "arabic_variants" else lower(text)


@operator("has_text")
def has_text(subject: object, args: Sequence[object], env: Env) -> Result:
    """Anything but space; extracts the text without space around it."""
    text = as_text(subject).strip(SPACE)
    return Result(True, text) if text else NO


operator("has_value")(has_text)


@operator("has_only_text", 1)
def has_only_text(subject: object, args: Sequence[object], env: Env) -> Result:
    """Exactly that text, upper and lower case being different."""
    text = as_text(subject)
    return Result(True, text) if text == as_text(args[0]) else NO


@operator("has_beginning", 1)
def has_beginning(subject: object, args: Sequence[object], env: Env) -> Result:
    """That text first, in any case, but strictly: spaces and punctuation count."""
    wanted = as_text(args[0]).strip(SPACE)
    start = as_text(subject).strip(SPACE)[: len(wanted)]
    return Result(True, start) if wanted and _same_but_case(start, wanted) else NO


def _same_but_case(text: str, other: str) -> bool:
    """Letter by letter and byte by byte: `ß` is not `ss`, the Kelvin sign is not `k`."""
    if len(text) != len(other) or len(text.encode()) != len(other.encode()):
        return False
    return all(a.casefold() == b.casefold() for a, b in zip(text, other, strict=True))


@operator("has_pattern", 1)
def has_pattern(subject: object, args: Sequence[object], env: Env) -> Result:
    """A regular expression, in any case; extra holds its groups under "0", "1", …"""
    try:
        pattern = compiled("(?mi)" + as_text(args[0]).strip(SPACE))
    except ValueError as error:
        raise Invalid(f"args[0] is no regular expression: {error}.", field="args[0]") from None
    found = pattern.search(as_text(subject))
    if found is None:
        return NO
    groups = (found.group(), *found.groups(""))
    return Result(True, groups[0], {str(place): group for place, group in enumerate(groups)})


_Find = Callable[[list[str], list[str]], list[int] | None]


def _on_words(name: str, find: _Find) -> None:
    """Enters a test that finds places of words in the subject, given both in like form."""

    @operator(name, 1)
    def test(subject: object, args: Sequence[object], env: Env) -> Result:
        said = words(as_text(subject))
        wanted = [alike(word, env) for word in words(as_text(args[0]))]
        places = find([alike(word, env) for word in said], wanted)
        return NO if places is None else Result(True, " ".join(said[at] for at in places))

    _ = test


def _phrase(said: list[str], wanted: list[str]) -> list[int] | None:
    size = len(wanted)
    for start in range(len(said) - size + 1):
        if said[start : start + size] == wanted:
            return list(range(start, start + size))
    return None


def _only_phrase(said: list[str], wanted: list[str]) -> list[int] | None:
    return list(range(len(said))) if said == wanted else None


def _any_word(said: list[str], wanted: list[str]) -> list[int] | None:
    known = set(wanted)
    return [place for place, word in enumerate(said) if word in known] or None


def _all_words(said: list[str], wanted: list[str]) -> list[int] | None:
    known = set(wanted)
    return (_any_word(said, wanted) or []) if known <= set(said) else None


_on_words("has_phrase", _phrase)
_on_words("has_only_phrase", _only_phrase)
_on_words("has_any_word", _any_word)
_on_words("has_all_words", _all_words)
