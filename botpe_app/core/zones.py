"""Where a customer's clock is, as far as their phone number tells."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers
from phonenumbers import timezone

# Of a country's zones the one most people live in, where a number does not tell which.
_MAIN = (
    "America/New_York", "America/Mexico_City", "America/Sao_Paulo", "America/Santiago",
    "America/Guayaquil", "America/Argentina/Buenos_Aires", "Europe/Lisbon", "Europe/Madrid",
    "Europe/Moscow", "Europe/Kyiv", "Europe/London", "Europe/Paris", "Europe/Berlin",
    "Africa/Kinshasa", "Asia/Almaty", "Asia/Tashkent", "Asia/Jakarta", "Asia/Kuala_Lumpur",
    "Asia/Shanghai", "Asia/Ulaanbaatar", "Australia/Sydney", "Pacific/Auckland",
    "Pacific/Port_Moresby", "Pacific/Tahiti", "Pacific/Tarawa",
)  # fmt: skip
_TELLS = 9  # a plus sign and digits that tell a zone


def zone_of_phone(phone: str | None) -> str | None:
    """The name of an E.164 number's zone; None if it tells none."""
    return _zone_of_prefix(phone[:_TELLS]) if phone else None


@lru_cache(maxsize=65_536)
def _zone_of_prefix(prefix: str) -> str | None:
    try:
        number = phonenumbers.parse(prefix)
    except phonenumbers.NumberParseException:
        return None
    found = timezone.time_zones_for_geographical_number(number)
    if found == (timezone.UNKNOWN_TIMEZONE,):
        return None
    return next((main for main in _MAIN if main in found), found[0])
