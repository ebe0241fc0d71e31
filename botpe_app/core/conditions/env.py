"""Where and when a test is made: zone, date order, country, number format and the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, datetime
from zoneinfo import ZoneInfo

from botpe_app.core.conditions.hours import Hours
from botpe_app.core.conditions.values import items, mapping
from botpe_app.core.conditions.zones import zone
from botpe_app.errors import Invalid

ORDERS = ("dmy", "mdy", "ymd")
COLLATIONS = ("default", "arabic_variants")


@dataclass(frozen=True, slots=True)
class Place:
    """A country (level 0), state, district or ward, with what else it is called."""

    name: str
    aliases: tuple[str, ...] = ()
    children: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Env:
    """What tests need to know beyond their subject. `now` has its zone, which is `timezone`."""

    now: datetime
    timezone: ZoneInfo
    date_order: str = "ymd"  # one of ORDERS
    country: str = ""  # ISO 3166, two letters, "" if unknown
    decimal: str = "."
    grouping: str = ","
    collation: str = "default"
    hours: Hours | None = None
    country_places: Place | None = None


def read_env(raw: object, now: datetime) -> Env:
    """The environment in JSON, of which all parts may be missing.

    `timezone` (UTC), `date_format` ("YYYY-MM-DD"; any of the three orders), `country`, `now`
    (else the argument), `number_format` {"decimal_symbol", "digit_grouping_symbol"},
    `collation`, `business_hours`, `locations`. Raises Invalid, naming the part.
    """
    given = mapping(raw)
    if raw is not None and not isinstance(raw, dict):
        raise Invalid("env must be an object.", field="env")
    timezone = zone(given.get("timezone") or "UTC", "env.timezone")
    symbols = mapping(given.get("number_format"))
    return Env(
        now=_moment(given.get("now"), now, timezone).astimezone(timezone),
        timezone=timezone,
        date_order=date_order(given.get("date_format") or "YYYY-MM-DD", "env.date_format"),
        country=_text(given, "country").upper(),
        decimal=_text(symbols, "decimal_symbol", "."),
        grouping=_text(symbols, "digit_grouping_symbol", ","),
        collation=_one_of(_text(given, "collation", "default"), COLLATIONS, "env.collation"),
        hours=Hours.read(given["business_hours"]) if given.get("business_hours") else None,
        country_places=_place(given["locations"]) if given.get("locations") else None,
    )


def date_order(date_format: object, field: str) -> str:
    """The order dmy, mdy or ymd of a format like "DD-MM-YYYY". Raises Invalid, naming `field`."""
    letters = str(date_format).lower() if isinstance(date_format, str) else ""
    order = "".join(dict.fromkeys(letter for letter in letters if letter.isalpha()))
    if order not in ORDERS:
        raise Invalid(f"{field} must be DD-MM-YYYY, MM-DD-YYYY or YYYY-MM-DD.", field=field)
    return order


def _moment(raw: object, default: datetime, timezone: ZoneInfo) -> datetime:
    if raw is None or raw == "":
        return default
    try:
        moment = datetime.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        moment = None
    if moment is not None and 1 < moment.year < MAXYEAR:
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone)
    raise Invalid("env.now must be a time like 2026-11-23T09:30:00Z.", field="env.now")


def _text(given: object, name: str, default: str = "") -> str:
    value = mapping(given).get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise Invalid(f"env.{name} must be a text.", field=f"env.{name}")
    return value


def _one_of(value: str, words: tuple[str, ...], field: str) -> str:
    if value not in words:
        raise Invalid(f"{field} must be {' or '.join(words)}.", field=field)
    return value


def _place(raw: object, level: int = 0) -> Place:
    """A tree of {"name", "aliases", "children"}, or a list that holds it; four levels deep."""
    root = items(raw)[0] if items(raw) else raw
    name = mapping(root).get("name")
    if not isinstance(name, str) or level > 3:
        raise Invalid("env.locations must be a tree of names, four levels deep.", field="env")
    return Place(
        name,
        tuple(str(alias) for alias in items(mapping(root).get("aliases"))),
        tuple(_place(child, level + 1) for child in items(mapping(root).get("children"))),
    )
