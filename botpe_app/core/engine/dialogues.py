"""Dialogues that a bot is tried with: what a customer says, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from botpe_app.core.conditions.values import as_text, mapping
from botpe_app.core.engine.effects import Step
from botpe_app.core.engine.program import Context, Program
from botpe_app.core.engine.rehearsal import Line, Rehearsal
from botpe_app.core.flow.texts import Id, Label
from botpe_app.errors import Invalid

MOST_DIALOGUES = 50
_LOOK_AHEAD = timedelta(days=14)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expected(_Part):
    """What must come: the bot's next message that fits, or where the conversation then is.

    `text`: just these words; `contains`: these among others, in any case. `nothing`: no message
    more. `variable` with `value`, and `status`: waiting, paused or ended.
    """

    text: Annotated[str, Field(max_length=4096)] | None = None
    contains: Annotated[str, Field(max_length=4096)] | None = None
    type: Annotated[str, Field(max_length=30)] | None = None
    node_id: Annotated[str, Field(max_length=100)] | None = None
    nothing: Literal[True] | None = None
    status: Literal["waiting", "paused", "ended"] | None = None
    variable: Annotated[str, Field(max_length=64)] | None = None
    value: JsonValue = None

    @property
    def of_message(self) -> bool:
        """Whether it is about a message."""
        return any(one is not None for one in (self.text, self.contains, self.type, self.node_id))


class Said(_Part):
    """What the customer does: words, or an input as `simulate` takes it."""

    say: Annotated[str, Field(max_length=4096)] | dict[str, JsonValue]


class Expects(_Part):
    """What must come of it: the words of the bot's next message, or more exactly."""

    expect: Annotated[str, Field(max_length=4096)] | Expected


class Dialogue(_Part):
    """A conversation with a bot as it should go. `now` and `contact` as `simulate` takes them."""

    id: Id
    name: Label = ""
    contact: dict[str, JsonValue] = {}
    now: datetime | None = None
    lines: Annotated[tuple[Said | Expects, ...], Field(min_length=1, max_length=200)]


_DIALOGUES: TypeAdapter[tuple[Dialogue, ...]] = TypeAdapter(tuple[Dialogue, ...])


@dataclass(frozen=True, slots=True)
class Failure:
    """The first line of a dialogue that did not come true; `heard`: what the bot said there."""

    line: int
    message: str
    heard: list[str]


@dataclass(frozen=True, slots=True)
class Tried:
    """How a dialogue went, as far as it went."""

    dialogue: Dialogue
    failure: Failure | None
    lines: list[Line]
    path: list[Step]


def read_dialogues(raw: object) -> tuple[Dialogue, ...]:
    """The dialogues. Raises Invalid naming the field, like `dialogues[0].lines[2]`."""
    try:
        found = _DIALOGUES.validate_python(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = _path(first["loc"])
        raise Invalid(f"{place} is no part of a dialogue: {first['msg']}.", field=place) from None
    except RecursionError:
        raise Invalid("dialogues are nested too deeply.", field="dialogues") from None
    if len(found) > MOST_DIALOGUES:
        raise Invalid(f"At most {MOST_DIALOGUES} dialogues.", field="dialogues")
    for place, one in enumerate(found):
        if one.id in {before.id for before in found[:place]}:
            raise Invalid(f"Two dialogues have the id {one.id}.", field=f"dialogues[{place}].id")
    return found


def _path(location: Sequence[int | str]) -> str:
    """`dialogues[0].lines[2].expect`, without the names of kinds pydantic went through."""
    steps = [one for one in location if isinstance(one, int) or one.islower()]
    return "dialogues" + "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in steps)


def try_dialogue(
    program: Program,
    dialogue: Dialogue,
    context: Context,
    now: datetime,
    others: Mapping[str, Program],
    *,
    sounds: Callable[[str], Mapping[str, Any]] | None = None,
) -> Tried:
    """Plays it until a line does not come true. Without a time of its own, when the bot is open.

    Never raises: an input that is none is a failure of its line.
    """
    contact = {**context.contact, **dialogue.contact}
    begun = dialogue.now or _open_moment(program, context, now)
    around = replace(context, contact=contact)
    stage = _Stage(Rehearsal(program, around, begun, others=others, sounds=sounds))
    failure = None
    script = [_input(line) for line in dialogue.lines]
    for place, line in enumerate(dialogue.lines):
        told = stage.say(script, place) if isinstance(line, Said) else stage.check(line)
        if told:
            failure = Failure(place, told, stage.unread())
            break
    return Tried(dialogue, failure, stage.rehearsal.lines, stage.rehearsal.path)


def spoken(line: Line) -> str:
    """The words of a message: its text, what stands above its choices, a caption, a name."""
    content = line.content
    body: Any = content.get("body")
    above = body if isinstance(body, str) else mapping(body).get("text")
    return as_text(above or content.get("caption") or content.get("name"))


def coverage(tried: Sequence[Tried], bot_id: str) -> tuple[dict[str, int], dict[str, int]]:
    """How often the dialogues came to each node, and took each edge, of this bot."""
    nodes: dict[str, int] = {}
    edges: dict[str, int] = {}
    for step in (step for one in tried for step in one.path if step.bot_id == bot_id):
        if step.arrived:
            nodes[step.node_id] = nodes.get(step.node_id, 0) + 1
        if step.edge_id:
            edges[step.edge_id] = edges.get(step.edge_id, 0) + 1
    return nodes, edges


def _input(line: Said | Expects) -> dict[str, Any] | None:
    if isinstance(line, Expects):
        return None
    return {"text": line.say} if isinstance(line.say, str) else dict(line.say)


@dataclass
class _Stage:
    """A rehearsal, and how much of what the bot said was looked at."""

    rehearsal: Rehearsal
    read: int = field(default=0)

    def say(self, script: Sequence[dict[str, Any] | None], place: int) -> str:
        """Has the customer do something; what is wrong with it, "" if nothing."""
        self.read = len(self.rehearsal.lines)
        coming = [raw for raw in script[place + 1 :] if raw is not None]
        try:
            self.rehearsal.play_one(script[place] or {}, "say", coming)
        except Invalid as error:
            return error.message
        return ""

    def unread(self) -> list[str]:
        """What the bot has said and no line has looked at."""
        return [spoken(line) or line.type for line in self._unread()]

    def _unread(self) -> list[Line]:
        return [line for line in self.rehearsal.lines[self.read :] if line.speaker == "bot"]

    def check(self, line: Expects) -> str:
        """What did not come true, "" if it did."""
        wanted = line.expect if isinstance(line.expect, Expected) else Expected(text=line.expect)
        if wanted.of_message and not self._find(wanted):
            return f"The bot should say {_described(wanted)}."
        if wanted.nothing and self._unread():
            return "The bot should say nothing more."
        return self._standing(wanted)

    def _find(self, wanted: Expected) -> bool:
        for place in range(self.read, len(self.rehearsal.lines)):
            line = self.rehearsal.lines[place]
            if line.speaker == "bot" and _fits(line, wanted):
                self.read = place + 1
                return True
        return False

    def _standing(self, wanted: Expected) -> str:
        session = self.rehearsal.session
        status = session.status if session else ""
        if wanted.status and status != wanted.status:
            return f"The conversation should be {wanted.status}; it is {status or 'not begun'}."
        if wanted.variable is not None:
            value = self.rehearsal.variables().get(wanted.variable)
            if value != wanted.value:
                return f"{wanted.variable} should be {wanted.value!r}; it is {value!r}."
        return ""


def _fits(line: Line, wanted: Expected) -> bool:
    words = " ".join(spoken(line).split())
    return (
        (wanted.text is None or words == " ".join(wanted.text.split()))
        and (wanted.contains is None or wanted.contains.casefold().strip() in words.casefold())
        and (wanted.type is None or line.type == wanted.type)
        and (wanted.node_id is None or line.node_id == wanted.node_id)
    )


def _described(wanted: Expected) -> str:
    parts = [
        f"“{wanted.text}”" if wanted.text is not None else "",
        f"something with “{wanted.contains}”" if wanted.contains is not None else "",
        f"by a message of type {wanted.type}" if wanted.type else "",
        f"at the node {wanted.node_id}" if wanted.node_id else "",
    ]
    return " ".join(part for part in parts if part)


def _open_moment(program: Program, context: Context, now: datetime) -> datetime:
    """Now, or the next full hour at which the bot answers: a dialogue is not about hours."""
    hours = context.env(program, now).hours
    at = now
    while hours and not hours.is_open(context.env(program, at).now) and at < now + _LOOK_AHEAD:
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at
