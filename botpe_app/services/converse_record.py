"""What is kept of every turn, so that a real conversation can be played again."""

from __future__ import annotations

from uuid import UUID

from botpe_app.core.conditions.values import mapping
from botpe_app.core.engine import Callback, Reply, Resume, Start
from botpe_app.core.engine.belongings import changed_since, marks_of
from botpe_app.core.engine.resumes import Button, Filled
from botpe_app.services.converse_batch import Heard, Json, Live, Talk
from botpe_app.whatsapp.payloads import dumps

_LARGEST_ANSWER = 64_000  # bytes of JSON; a larger one is remembered by its status alone


def conversation_of(talk: Talk, chance: UUID) -> Json:
    """The conversation as a turn finds it: what the text it hears sounds like, its tags."""
    sounds = talk.signals_of.get(chance, talk.signals)
    return {"status": talk.status, "tags": talk.tags, **sounds}


def left_by(talk: Talk) -> Json:
    """Marks of the customer and the variables, for seeing what others change until next time."""
    return {**marks_of(talk.contact, talk.organization["variables"])}


def beginning(talk: Talk, start: Start, chance: UUID) -> Json:
    """The customer, the variables and the conversation as a session found them, and what set it
    off."""
    return {
        "conversation": conversation_of(talk, chance),
        "contact": {**talk.contact},
        "variables": talk.organization["variables"],
        "start": start.model_dump(mode="json", exclude={"said"}, exclude_defaults=True),
    }


def heard_of(going: Resume, chance: UUID, talk: Talk, live: Live) -> Heard:
    """What sets a session going again, where it waits, and what was changed meanwhile."""
    around = {"conversation": conversation_of(talk, chance)}
    if changed := changed_since(live.left, talk.contact, talk.organization["variables"]):
        around["changed"] = changed
    node_id = live.state.frames[-1].node_id
    if isinstance(going, Reply | Button | Filled):
        return Heard("reply", chance, True, node_id, around)
    return Heard(going.type, chance, False, node_id, {**_answer(going), **around})


def seed_of(chance: UUID) -> int:
    """Where the chance of a turn comes from."""
    return chance.int % 2**62


def _answer(going: Resume) -> Json:
    if not isinstance(going, Callback):
        return {}
    told: Json = {"ok": going.ok, "data": going.data, "error": going.error}
    if len(dumps(told)) > _LARGEST_ANSWER:
        told["data"] = {"status": mapping(going.data).get("status"), "body": None}
    return told
