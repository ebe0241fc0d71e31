"""Tests for e-mail addresses and phone numbers in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from botpe_app.core.conditions.env import Env
from botpe_app.core.conditions.operators import NO, Result, operator
from botpe_app.core.conditions.patterns import compiled
from botpe_app.core.conditions.values import SPACE, as_text
from botpe_app.core.phone import is_e164

_LETTER = r"\pL\pN"
_LABEL = rf"[{_LETTER}][-_{_LETTER}]*"
# RE2 also on ASCII: a long word without @ would cost `re` the square of its length.
_EMAIL = compiled(rf"[{_LETTER}][-_+$~.{_LETTER}]*@{_LABEL}(?:\.{_LABEL})+")
_CANDIDATE = re.compile(r"\+?[0-9 .()-]{5,}")
_PUNCTUATION = re.compile(r"[ .()-]+")
_LONG_ENOUGH_FOR_PLUS = 11


@operator("has_email")
def has_email(subject: object, args: Sequence[object], env: Env) -> Result:
    """An e-mail address; extracts the first."""
    found = _EMAIL.search(as_text(subject))
    return NO if found is None else Result(True, found.group())


@operator("has_phone", 0, 1)
def has_phone(subject: object, args: Sequence[object], env: Env) -> Result:
    """A possible phone number, of the country in args[0] or the environment's, in E.164."""
    country = as_text(args[0]).upper() if args else env.country
    found = next(phone_numbers(as_text(subject), country), None)
    return NO if found is None else Result(True, found)


def phone_numbers(text: str, country: str) -> Iterator[str]:
    """The phone numbers in a text, from left to right, in E.164; `country` may be ""."""
    for candidate in _CANDIDATE.findall(text):
        number = _phone_number(_PUNCTUATION.sub("", candidate.strip(SPACE)), country)
        if number is not None:
            yield number


def _phone_number(written: str, country: str) -> str | None:
    try:
        found = _e164(phonenumbers.parse(written, country or None))
    except NumberParseException as error:
        if country and error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            return None
        found = None
    if found is None and len(written) >= _LONG_ENOUGH_FOR_PLUS and not written.startswith("0"):
        found = _parsed_e164("+" + written)
    return found


def _parsed_e164(written: str) -> str | None:
    try:
        return _e164(phonenumbers.parse(written, None))
    except NumberParseException:
        return None


def _e164(number: PhoneNumber) -> str | None:
    """The number's one spelling; None unless it is possible and read back as itself."""
    for _ in range(4):
        if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
            return None
        written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        again = phonenumbers.parse(written, None)
        if again == number or phonenumbers.format_number(again, PhoneNumberFormat.E164) == written:
            return written if is_e164(written) else None
        number = again
    return None
