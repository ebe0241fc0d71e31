"""Recorded scenarios: what a customer does on their phone, and what must come back.

Written in YAML, so that people and tests share them (tests/scenarios):

    name: An order is tracked
    customer: ana              # a phone of the simulator; ana unless said
    number: "106540352242922"  # phone number id; the simulator's first unless said
    steps:
      - says: Where is my order?           # or {type: location, content: {…}}
      - expects: It left this morning      # part of the next answer's text, case ignored
      - expects: {type: interactive, matches: "(?i)track", within: 5}
      - taps: Track                        # a button or row of the last answer, by id or label
      - fills: {name: Ana, size: M}        # the form of the last answer, a Flow
      - silence: 2                         # nothing comes for so many seconds
      - opens: true                        # looks at the chat
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

import yaml

from botpe_app.errors import BotpeError, Invalid
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.messages.checks import flag, items, mapping, number, shape, text

WITHIN = 10.0  # seconds for an answer, unless the step says otherwise
_POLL = 0.1


class Phone(Protocol):
    """What a scenario needs of a SimulatorClient."""

    def state(self) -> Json: ...
    def thread(self, number: str, customer: str) -> Json: ...
    def say(self, number: str, customer: str, kind: str, content: object) -> Json: ...
    def tap(self, number: str, customer: str, wamid: str, choice: str) -> Json: ...
    def fill_in(self, number: str, customer: str, wamid: str, answers: Json) -> Json: ...
    def open_chat(self, number: str, customer: str) -> Json: ...


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario as it was read. Each step is one action with what it takes."""

    name: str
    customer: str
    number: str
    steps: list[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Played:
    """What happened: a line for each step that was played, and why it stopped, "" if it is well."""

    name: str
    lines: list[str] = field(default_factory=list[str])
    problem: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.problem


def read(document: str) -> Scenario:
    """The scenario in a YAML document. Raises Invalid naming the field."""
    try:
        loaded: object = yaml.safe_load(document)
    except yaml.YAMLError as error:
        raise Invalid(f"The scenario is no YAML: {' '.join(str(error).split())}") from None
    checked: Json = _SCENARIO(loaded, "scenario")
    return Scenario(
        checked["name"], checked.get("customer", "ana"), checked.get("number", ""), checked["steps"]
    )


def play(
    scenario: Scenario,
    phone: Phone,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Played:
    """Plays it, to its end or to the first step that goes another way. Raises Unavailable."""
    played = _Playing(scenario, phone, clock, sleep)
    lines: list[str] = []
    for place, (action, given) in enumerate(scenario.steps, 1):
        try:
            lines.append(played.step(action, given))
        except _Otherwise as surprise:
            return Played(scenario.name, lines, f"Step {place} ({action}): {surprise}")
        except BotpeError as error:
            if error.status >= 500:
                raise
            return Played(scenario.name, lines, f"Step {place} ({action}): {error.message}")
    return Played(scenario.name, lines)


class _Otherwise(Exception):
    """It did not go as the scenario says."""


class _Playing:
    """One run; `_seen` are the answers that a step has dealt with."""

    def __init__(
        self,
        scenario: Scenario,
        phone: Phone,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._phone, self._clock, self._sleep = phone, clock, sleep
        self._who = scenario.number or _first_number(phone), scenario.customer
        self._seen = {loose.text(entry, "wamid") for entry in self._answers()}
        self._last = ""

    def step(self, action: str, given: Any) -> str:
        """Does it; a line that tells what happened. Raises _Otherwise."""
        return _ACTIONS[action](self, given)

    def says(self, given: Json) -> str:
        self._phone.say(*self._who, given["type"], given["content"])
        return f"says {loose.text(given['content'], 'body') or given['type']}"

    def taps(self, choice: str) -> str:
        self._phone.tap(*self._who, self._last, choice)
        return f"taps {choice}"

    def fills(self, answers: Json) -> str:
        self._phone.fill_in(*self._who, self._last, answers)
        return f"fills in {', '.join(map(str, answers))}"

    def opens(self, wanted: bool) -> str:
        if wanted:
            self._phone.open_chat(*self._who)
        return "looks at the chat"

    def expects(self, given: Json) -> str:
        entry = self._next(given.get("within", WITHIN))
        if entry is None:
            raise _Otherwise(f"nothing came within {given.get('within', WITHIN):g} s.")
        kind, said = loose.text(entry, "type"), _shown(entry)
        if given.get("type", kind) != kind:
            raise _Otherwise(f"a {kind} came, not a {given['type']}: {said}")
        if given.get("text", "").casefold() not in said.casefold():
            raise _Otherwise(f"it says: {said}")
        if "matches" in given and not re.search(given["matches"], said):
            raise _Otherwise(f"it does not match {given['matches']}: {said}")
        return f"gets {said}"

    def silence(self, seconds: float) -> str:
        entry = self._next(seconds)
        if entry is not None:
            raise _Otherwise(f"an answer came: {_shown(entry)}")
        return f"hears nothing for {seconds:g} s"

    def _next(self, within: float) -> Json | None:
        until = self._clock() + within
        while True:
            for entry in self._answers():
                wamid = loose.text(entry, "wamid")
                if wamid not in self._seen:
                    self._seen.add(wamid)
                    self._last = wamid
                    return entry
            if self._clock() >= until:
                return None
            self._sleep(_POLL)

    def _answers(self) -> list[Json]:
        """The business's messages that reached the phone, oldest first."""
        entries = loose.mappings(self._phone.thread(*self._who), "entries")
        here = ("delivered", "read")
        return [e for e in entries if e.get("sender") == "business" and e.get("status") in here]


def _first_number(phone: Phone) -> str:
    found = loose.text(loose.first(phone.state(), "numbers"), "id")
    if not found:
        raise Invalid("The simulator knows no number yet: name one.", field="scenario.number")
    return found


def _shown(entry: Json) -> str:
    return loose.text(entry, "text") or loose.text(entry, "type")


def _says(value: object, field: str) -> Json:
    if isinstance(value, str):
        return {"type": "text", "content": {"body": text(4096)(value, field)}}
    return shape({"type": text(50), "content": mapping})(value, field)


def _expects(value: object, field: str) -> Json:
    if isinstance(value, str):
        return {"text": value}
    fields = {"type": text(50), "text": text(4096), "matches": _pattern, "within": number(0, 600)}
    return shape({}, fields)(value, field)


def _pattern(value: object, field: str) -> str:
    pattern: str = text(1000)(value, field)
    try:
        re.compile(pattern)
    except re.error as error:
        raise Invalid(f"{field} is no pattern: {error}.", field=field) from None
    return pattern


_STEPS: dict[str, Callable[[object, str], Any]] = {
    "says": _says,
    "expects": _expects,
    "taps": text(256),
    "fills": mapping,
    "silence": number(0, 600),
    "opens": flag,
}
_ACTIONS: dict[str, Callable[[_Playing, Any], str]] = {
    "says": _Playing.says,
    "expects": _Playing.expects,
    "taps": _Playing.taps,
    "fills": _Playing.fills,
    "silence": _Playing.silence,
    "opens": _Playing.opens,
}


def _step(value: object, field: str) -> tuple[str, Any]:
    given = mapping(value, field)
    if len(given) != 1:
        raise Invalid(f"{field} must have one action: {', '.join(_STEPS)}.", field=field)
    action = cast("object", next(iter(given)))
    if not isinstance(action, str) or action not in _STEPS:
        raise Invalid(f"{field} must be one of {', '.join(_STEPS)}.", field=field)
    return action, _STEPS[action](given[action], f"{field}.{action}")


_SCENARIO = shape(
    {"name": text(200), "steps": items(_step, 500)}, {"customer": text(128), "number": text(128)}
)
