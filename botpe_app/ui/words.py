"""How the pages say things: initials, times, spans, counts. Pure: `now` is an argument."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers

HUES = 6  # --hue-1 … --hue-6 in assets/tokens.css


def initials(name: str) -> str:
    """One or two letters for an avatar; the last two digits of a phone number."""
    words = [word for word in name.replace("+", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    if words[0].isdigit():
        return "".join(words)[-2:]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [words[0][0]]
    return "".join(letters).upper()


def hue(identity: str) -> int:
    """Which of the avatar colours (1..6) this identity always gets."""
    return zlib.crc32(identity.encode()) % HUES + 1


def phone(number: str | None) -> str:
    """A phone number as people write it: +34 612 34 56 78."""
    try:
        parsed = phonenumbers.parse(number or "")
    except phonenumbers.NumberParseException:
        return number or ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def plural(count: int, one: str, many: str = "") -> str:
    """`1 message`, `2 messages`; a thin separator for thousands."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """The time of day, 09:41."""
    return moment.astimezone(zone).strftime("%H:%M")


def day(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """The heading over a day of a thread: Today, Yesterday, Monday, 12 May, 12 May 2025."""
    local, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    age = (today - local).days
    if age == 0:
        return "Today"
    if age == 1:
        return "Yesterday"
    if 1 < age < 7:
        return f"{local:%A}"
    return f"{local.day} {local:%B}" + ("" if local.year == today.year else f" {local.year}")


def full(moment: datetime, zone: ZoneInfo) -> str:
    """Date and time for a tooltip: 12 May 2026, 09:41."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M}"


def typed(moment: datetime, zone: ZoneInfo) -> str:
    """Date and time as an input for them has it: 2026-05-12T09:41."""
    return f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}"


def moment_of(said: str, zone: ZoneInfo) -> datetime | None:
    """The moment in UTC that an input for date and time says by a zone's clock; None if none."""
    try:
        return datetime.fromisoformat(said).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def span(seconds: float) -> str:
    """A rough length of time: 45 s, 12 min, 3 h, 2 d."""
    whole = int(max(seconds, 0))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if whole >= size:
            return f"{whole // size} {unit}"
    return f"{whole} s"


def left(until: datetime | None, now: datetime) -> timedelta:
    """How long until `until`; nothing if it has passed or never was."""
    return max(until - now, timedelta()) if until else timedelta()


def zone(name: str) -> ZoneInfo:
    """The zone of that name, UTC if nobody knows it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


@cache
def zones() -> tuple[str, ...]:
    """The names of all zones, in order. Finding them opens hundreds of files: once is enough."""
    return tuple(sorted(available_timezones()))


_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"))
_SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("Mac OS", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


def browser(agent: str) -> str:
    """A browser by what it calls itself: Firefox on Windows."""
    name = next((name for sign, name in _BROWSERS if sign in agent), "")
    if not name and "Safari" in agent:
        name = "Safari"
    system = next((system for sign, system in _SYSTEMS if sign in agent), "")
    if name and system:
        return f"{name} on {system}"
    return name or system or agent[:40] or "Unknown browser"


def stamp(moment: datetime) -> str:
    """A moment for a page's script: RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
