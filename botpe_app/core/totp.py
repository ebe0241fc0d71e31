"""Time-based one-time passwords (RFC 6238) as every authenticator app makes them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote, urlencode

SECONDS, DIGITS = 30, 6
_DRIFT = 1  # steps that a phone's clock may be off, either way


def code(secret: bytes, step: int) -> str:
    """The six digits of a step of thirty seconds."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching(secret: bytes, given: str, now: datetime, *, after: int = 0) -> int | None:
    """The step whose code was given, if it is about now and later than `after`; else None.

    Whoever keeps the step as the next `after` takes no code twice.
    """
    digits = "".join(given.split())
    if len(digits) != DIGITS or not digits.isascii():
        return None
    here = int(now.timestamp()) // SECONDS
    steps = range(here - _DRIFT, here + _DRIFT + 1)
    found = [step for step in steps if hmac.compare_digest(code(secret, step), digits)]
    return next((step for step in found if step > after), None)


def written(secret: bytes) -> str:
    """The secret in base32, as a person types it into an app."""
    return base64.b32encode(secret).decode().rstrip("=")


def address(secret: bytes, *, issuer: str, person: str) -> str:
    """The otpauth address that an app reads from a QR code."""
    label = quote(f"{issuer}:{person}", safe="")
    query = urlencode({"secret": written(secret), "issuer": issuer})
    return f"otpauth://totp/{label}?{query}"
