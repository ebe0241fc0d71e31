"""Understanding what a customer answered to a question or a choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from botpe_app.core.conditions import Env, evaluate
from botpe_app.core.conditions.dates import parse_moment
from botpe_app.core.conditions.patterns import compiled
from botpe_app.core.conditions.values import SPACE, as_text, number_or_none
from botpe_app.core.conditions.words import alike, words
from botpe_app.core.engine.resumes import Button, Filled, Reply, Said, said_text
from botpe_app.core.flow.steps import Answer, MediaKind

_MEDIA: tuple[MediaKind, ...] = ("image", "video", "audio", "document", "sticker")
_MEDIA_FIELDS = ("id", "mime_type", "caption", "filename")
_PLACE_FIELDS = ("latitude", "longitude", "name", "address")


@dataclass(frozen=True, slots=True)
class Understood:
    """An answer: its value as JSON, and what sort it is (`answered`, or an option's id)."""

    value: object
    category: str = "answered"
    extra: dict[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is accepted, with bounds filled in."""

    answer: Answer
    least: object
    most: object
    env: Env


def understand(said: Said, asked: Asked) -> Understood | None:
    """The answer in what was said, None if it is not acceptable. Never raises."""
    text = said_text(said).strip(SPACE)
    kind = asked.answer.type
    if kind in ("media", "location"):
        return _attached(said, kind, asked.answer.media or _MEDIA)
    if kind == "any":
        return _anything(said, text)
    return _READERS[kind](text, asked) if text else None


def _anything(said: Said, text: str) -> Understood | None:
    if isinstance(said, Filled):
        return Understood(said.response)
    if isinstance(said, Reply) and said.kind != "text":
        return _attached(said, said.kind, _MEDIA) or Understood(text or said.content)
    return Understood(text) if text else None


def _attached(said: Said, kind: str, accepted: Sequence[str]) -> Understood | None:
    """The file or place of a message."""
    if not isinstance(said, Reply):
        return None
    if said.kind == "location" and kind == "location":
        return Understood({name: said.content.get(name) for name in _PLACE_FIELDS})
    if said.kind in accepted and kind != "location":
        file = {name: said.content.get(name) for name in _MEDIA_FIELDS}
        return Understood({"type": said.kind, **file}, said.kind)
    return None


def _text(text: str, asked: Asked) -> Understood | None:
    return Understood(text) if _between(len(text), asked) else None


def _between(size: object, asked: Asked) -> bool:
    number = number_or_none(size)
    least, most = number_or_none(asked.least), number_or_none(asked.most)
    if number is None:
        return False
    return (least is None or number >= least) and (most is None or number <= most)


def _number(text: str, asked: Asked) -> Understood | None:
    value = evaluate("has_number", text, (), asked.env).value
    if value is None or (asked.answer.whole and not isinstance(value, int)):
        return None
    return Understood(value) if _between(value, asked) else None


def _by(op: str) -> Callable[[str, Asked], Understood | None]:
    def read(text: str, asked: Asked) -> Understood | None:
        found = evaluate(op, text, (), asked.env)
        return Understood(found.value) if found.match else None

    return read


def _date(text: str, asked: Asked) -> Understood | None:
    """A day as `2026-11-23`, within days given like that or as `today`."""
    day = _day(text, asked.env)
    least, most = _day(asked.least, asked.env), _day(asked.most, asked.env)
    if day is None or (least and day < least) or (most and day > most):
        return None
    return Understood(day)


def _day(value: object, env: Env) -> str | None:
    text = as_text(value).strip(SPACE)
    moment: datetime | None = env.now if text.lower() == "today" else None
    moment = moment or parse_moment(text, env, fill=False)
    try:
        return moment.astimezone(env.timezone).date().isoformat() if moment else None
    except OverflowError:
        return None


def _time(text: str, asked: Asked) -> Understood | None:
    """A time of day as `09:30`."""
    found = evaluate("has_time", text, (), asked.env).value
    return Understood(str(found)[:5]) if found else None


def _pattern(text: str, asked: Asked) -> Understood | None:
    try:
        found = compiled("(?i)" + asked.answer.pattern).search(text)
    except ValueError:
        return None
    if found is None:
        return None
    groups: tuple[str, ...] = (found.group(), *found.groups(""))
    return Understood(groups[0], extra={str(place): group for place, group in enumerate(groups)})


def _option(text: str, asked: Asked) -> Understood | None:
    options = asked.answer.options
    names = [(option.id, (option.title, *option.synonyms)) for option in options]
    chosen = choose(text, names, asked.env)
    titles = {option.id: option.title for option in options}
    return Understood(titles[chosen], chosen) if chosen else None


_READERS: dict[str, Callable[[str, Asked], Understood | None]] = {
    "text": _text,
    "number": _number,
    "email": _by("has_email"),
    "phone": _by("has_phone"),
    "date": _date,
    "time": _time,
    "choice": _option,
    "pattern": _pattern,
}


def pressed(said: Said, names: Sequence[tuple[str, Sequence[str]]], env: Env) -> str:
    """The id of the choice that was pressed or written; "" if it is none of these.

    `names`: (id, its title and what else it is called), in the order shown.
    """
    if isinstance(said, Button) and said.id in {one for one, _ in names}:
        return said.id
    return choose(said_text(said), names, env)


def choose(text: str, names: Sequence[tuple[str, Sequence[str]]], env: Env) -> str:
    """The id of the choice that a text means: its name, its number, or its name in a sentence.

    A name in a sentence counts only where no other choice is named as well.
    """
    said = _like(text, env)
    if not said:
        return ""
    for one, called in names:
        if said == _like(one, env) or any(said == _like(name, env) for name in called):
            return one
    place = int(said[0]) if len(said) == 1 and said[0].isdecimal() and len(said[0]) < 4 else 0
    if 1 <= place <= len(names):
        return names[place - 1][0]
    meant = [one for one, called in names if any(_holds(said, _like(c, env)) for c in called)]
    return meant[0] if len(meant) == 1 else ""


def _like(text: str, env: Env) -> list[str]:
    return [alike(word, env) for word in words(text)]


def _holds(said: list[str], name: list[str]) -> bool:
    size = len(name)
    places = range(len(said) - size + 1)
    return bool(name) and any(said[at : at + size] == name for at in places)
