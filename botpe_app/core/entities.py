"""The things a text names: dates, times, amounts, addresses, numbers of orders and phones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import phonenumbers

LONGEST = 4096  # characters of a text that are looked at
_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DAYS = "mon|tues|wednes|thurs|fri|satur|sun"
_CURRENCY = r"[$€£¥₹₽₩₦₺]|\b(?:usd|eur|gbp|inr|brl|mxn|ngn|rs\.?|r\$)"
_AMOUNT = r"[0-9]{1,12}(?:[.,' ][0-9]{3})*(?:[.,][0-9]{1,2})?"


def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE)


_EMAIL = _pattern(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}")
_ORDER = _pattern(
    r"\b(?:order|pedido|commande|bestellung|ordine|invoice|booking|tracking)"
    r"\s{0,2}(?:number|no\.?|id|nr\.?|#|:|num[eé]ro)?\s{0,2}[#:]?\s{0,2}"
    r"(?P<value>[A-Z]{0,5}-?[0-9][A-Z0-9-]{2,20})\b"
    r"|#(?P<hash>[A-Z0-9-]{0,6}[0-9][A-Z0-9-]{2,20})\b"
)
_MONEY = _pattern(
    rf"(?:{_CURRENCY})\s?{_AMOUNT}"
    rf"|\b{_AMOUNT}\s?(?:[$€£¥₹₽₩₦₺]|(?:usd|eur|gbp|inr|dollars?|euros?|pounds?|rupees?)\b)"
)
_DATE = _pattern(
    rf"\b[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}\b|\b[0-9]{{1,2}}[/.][0-9]{{1,2}}[/.](?:[0-9]{{4}}|[0-9]{{2}})\b"
    rf"|\b[0-9]{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?(?:{_MONTHS})\b(?:,?\s[0-9]{{4}}\b)?"
    rf"|\b(?:{_MONTHS})\s[0-9]{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s[0-9]{{4}}\b)?"
    rf"|\b(?:day after tomorrow|today|tonight|tomorrow|yesterday)\b"
    rf"|\b(?:(?:next|this|last|on)\s)?(?:{_DAYS})day\b"
)
_TIME = _pattern(
    r"\b(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?(?:\s?[ap]\.?m\b)?"
    r"|\b(?:1[0-2]|0?[1-9])\s?[ap]\.?m\b|\b(?:noon|midnight)\b"
)
_PLACE = re.compile(
    r"\b(?:[Ii]n|[Aa]t|[Tt]o|[Ff]rom|[Nn]ear|[Dd]eliver to|[Ss]hip to)\s"
    r"(?P<value>[A-ZÀ-Þ][\w'’-]{2,30}(?:\s[A-ZÀ-Þ][\w'’-]{2,30}){0,3})"
)
_NUMBER = _pattern(r"(?<![\w.,])[+-]?[0-9]{1,15}(?:[.,][0-9]{1,6})?(?![\w]|[.,][0-9])")
_NO_PLACE = _pattern(rf"(?:{_MONTHS}|(?:{_DAYS})day)\b")


@dataclass(frozen=True, slots=True)
class Entity:
    """Something named: of what kind, its value as written, and where it stands."""

    name: str  # date, time, number, money, email, phone, location, order_id
    value: str
    start: int
    end: int


def entities(text: str, country: str = "") -> list[Entity]:
    """What a text names, in its order; no two overlap. `country` reads phones without a prefix.

    Phones are in E.164, everything else as it was written.
    """
    text = text[:LONGEST]
    found: list[Entity] = []
    for finder in _FINDERS:
        for entity in finder(text, country):
            if all(entity.end <= one.start or one.end <= entity.start for one in found):
                found.append(entity)
    return sorted(found, key=lambda entity: entity.start)


_Finder = Callable[[str, str], Iterator[Entity]]


def _by(name: str, pattern: re.Pattern[str]) -> _Finder:
    """A finder of whatever matches; a group that matched is the value."""

    def find(text: str, country: str) -> Iterator[Entity]:
        for match in pattern.finditer(text):
            group = match.lastgroup or 0
            yield Entity(name, match[group], match.start(group), match.end(group))

    return find


def _phones(text: str, country: str) -> Iterator[Entity]:
    for match in phonenumbers.PhoneNumberMatcher(text, country or None):
        value = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        yield Entity("phone", value, match.start, match.end)


def _places(text: str, country: str) -> Iterator[Entity]:
    for entity in _by("location", _PLACE)(text, country):
        if not _NO_PLACE.match(entity.value):
            yield entity


# Those that leave no doubt come first: what they took is not read as anything else.
_FINDERS: tuple[_Finder, ...] = (
    _by("email", _EMAIL),
    _by("order_id", _ORDER),
    _by("money", _MONEY),
    _by("date", _DATE),
    _by("time", _TIME),
    _phones,
    _places,
    _by("number", _NUMBER),
)
