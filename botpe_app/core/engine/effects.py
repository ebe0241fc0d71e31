"""What the engine asks for. It does none of it: effects become rows, in its own transaction."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from botpe_app.core.engine.session import Session


@dataclass(frozen=True, slots=True)
class Send:
    """A message: `type` and `content` as `POST /api/messages` takes them.

    It leaves `after_seconds` after the turn, in the order of effects, with `typing` shown
    before it if that is set.
    """

    node_id: str
    type: str
    content: dict[str, Any]
    after_seconds: float = 0
    typing: bool = False


@dataclass(frozen=True, slots=True)
class HandOff:
    """A person should take over. `reason`: node, fallback, error, loop, interrupt or ai."""

    node_id: str
    reason: str
    team_id: str = ""
    user_id: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RunAgent:
    """A task for the AI; its Callback carries the token. `mode`: answer, classify, extract."""

    node_id: str
    token: str
    mode: str
    text: str
    instructions: str
    categories: list[dict[str, str]]
    fields: list[dict[str, str]]
    use_knowledge: bool
    timeout_seconds: int


@dataclass(frozen=True, slots=True)
class CallApi:
    """A call to another program; its Callback carries the token.

    `auth` names a stored secret ({"type", "secret", "name"}); `body` is {"type": none, json,
    form or text, "value"}. `headers` and `query` are (name, value) pairs.
    """

    node_id: str
    token: str
    method: str
    url: str
    headers: list[tuple[str, str]]
    query: list[tuple[str, str]]
    body: dict[str, Any]
    auth: dict[str, str]
    timeout_seconds: int
    retries: int


@dataclass(frozen=True, slots=True)
class Act:
    """Something to do in the inbox or for the contact. `action` and what it takes:

    assign user_id, team_id · add_tags, remove_tags tags · update_contact field, value ·
    set_organization_variable name, value · add_note text · set_status status · send_email to,
    subject, body · call_webhook event, payload · opt_in, opt_out · add_to_campaign campaign_id
    """

    node_id: str
    action: str
    params: dict[str, Any]


Effect = Send | HandOff | RunAgent | CallApi | Act


@dataclass(frozen=True, slots=True)
class Step:
    """A node on the way. `handle` is where it was left, "" if the bot stayed there.

    `arrived` is False where it only goes on from a node it had stopped at.
    """

    bot_id: str
    node_id: str
    node_type: str
    handle: str
    edge_id: str
    arrived: bool


NoteKind = Literal[
    # Nothing was done:
    "stale_token", "early", "busy", "delaying", "paused", "ended", "expired", "not_waiting",
    # Something was done otherwise than the flow says:
    "missing_node", "missing_bot", "bad_test", "empty_message", "loop", "failed_call",
    "too_large", "no_start",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Note:
    """A line for the log."""

    kind: NoteKind
    node_id: str
    message: str


class Ran(NamedTuple):
    """What came of a turn. `ignored`: nothing was done, the session is as it was, notes say why."""

    session: Session
    effects: list[Effect]
    path: list[Step]
    notes: list[Note]
    ignored: bool


def to_json(thing: Effect | Step | Note) -> dict[str, Any]:
    """An effect, step or note as JSON; an effect's `effect` is its name (`Send`: send)."""
    fields = dataclasses.asdict(thing)
    name = _NAMES.get(type(thing))
    return {"effect": name, **fields} if name else fields


_NAMES: dict[type, str] = {
    Send: "send",
    HandOff: "hand_off",
    RunAgent: "run_agent",
    CallApi: "call_api",
    Act: "act",
}
