"""What is kept of every turn, so that a real conversation can be played again."""

from __future__ import annotations

from uuid import UUID

from botpe_app.core.conditions.values import mapping
from botpe_app.core.engine import Callback, Reply, Resume, Start
from botpe_app.core.engine.resumes import Button, Filled
from botpe_app.services.converse_batch import Heard, Json, Talk
from botpe_app.whatsapp.payloads import dumps

_LARGEST_ANSWER = 64_000  # bytes of JSON; a larger one is remembered by its status alone


def beginning(talk: Talk, start: Start) -> Json:
    """The customer and the variables as a session found them, and what set it off."""
    return {
        "contact": {**talk.contact},
        "variables": talk.organization["variables"],
        "start": start.model_dump(mode="json", exclude={"said"}, exclude_defaults=True),
    }


def heard_of(going: Resume, chance: UUID, node_id: str) -> Heard:
    """What sets a session going again, at the node where it waits."""
    if isinstance(going, Reply | Button | Filled):
        return Heard("reply", chance, True, node_id, {})
    return Heard(going.type, chance, False, node_id, _answer(going))


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
