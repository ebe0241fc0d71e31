"""Telephone numbers: the shape we accept, and the key by which two spellings are one person."""

from __future__ import annotations

import re
import unicodedata

from botpe_app.errors import Invalid

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_PUNCTUATION = re.compile(r"[\s().\-/\u00a0\u2010-\u2015\u2060\u200b-\u200f\u202a-\u202e]+")
_NEEDS_A_RULE = ("55", "52", "54")  # Brazil, Mexico, Argentina


def is_e164(text: str) -> bool:
    """Whether `text` is `+` and 7 to 15 digits, the first not 0: possible, perhaps not assigned."""
    return _E164.fullmatch(text) is not None


def is_bsuid(text: str) -> bool:
    """Whether `text` is a business-scoped user id such as `US.13491208655302741918`."""
    return _BSUID.fullmatch(text) is not None


def e164(text: str, *, field: str = "phone") -> str:
    """The number as `+` and digits, without the spaces, dashes and brackets people write.

    `00` in front counts as `+`; digits of any script count. Raises Invalid, naming `field`.
    """
    number = _ascii_digits(_PUNCTUATION.sub("", text))
    if number.startswith("00"):
        number = "+" + number[2:]
    if is_e164(number):
        return number
    raise Invalid(
        "Write the phone number with its country code, like +14155550123: a plus sign, then "
        "7 to 15 digits.",
        field=field,
    )


def shown(wa_id: str) -> str:
    """`+` and the digits of a WhatsApp id, however few (`5678`); "" where it is no digits."""
    return f"+{wa_id}" if wa_id.isascii() and wa_id.isdigit() else ""


def from_wa_id(wa_id: str) -> str | None:
    """`+` and the digits of a WhatsApp id, or None where that is no E.164 number (`5678`)."""
    number = "+" + wa_id
    return number if is_e164(number) else None


def key(sender: str) -> str:
    """One key for all spellings of one person's number; a BSUID is its own key.

    For comparing only, never for sending: an Argentine landline shares its key with a mobile.
    """
    if sender.isascii() and sender.isdigit():
        digits = sender
    elif is_bsuid(sender):
        return sender
    else:
        digits = "".join(c for c in _ascii_digits(sender) if "0" <= c <= "9") or sender
    return _national_rules(digits) if digits.startswith(_NEEDS_A_RULE) else digits


def _national_rules(digits: str) -> str:
    country, national = digits[:2], digits[2:]
    if country == "55" and len(national) == 10 and national[2] in "6789":
        return f"55{national[:2]}9{national[2:]}"
    if country == "52" and len(national) == 11 and national[0] == "1":
        return "52" + national[1:]
    return "54" + _argentine(national) if country == "54" else digits


def _argentine(national: str) -> str:
    """The mobile form `9` + area + number, whether written with `15`, with `9` or with neither."""
    bare = national[1:] if national.startswith("9") and len(national) in (11, 13) else national
    if len(bare) == 12:
        bare = _without_15(bare)
    return "9" + bare if len(bare) == 10 else national


def _without_15(bare: str) -> str:
    # Area codes: 11 for Buenos Aires, all others have three or four digits.
    for area in (2,) if bare.startswith("11") else (3, 4):
        if bare[area : area + 2] == "15":
            return bare[:area] + bare[area + 2 :]
    return bare


def _ascii_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c, c)) for c in text)
