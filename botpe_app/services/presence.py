"""Who is at a conversation or a bot right now, and who writes in it. In Redis, gone by itself.

Nothing depends on it: without Redis nobody seems to be there.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from redis.exceptions import RedisError
from sqlmodel import Session

from botpe_app import live
from botpe_app.core.permissions import Permission
from botpe_app.errors import NotFound
from botpe_app.models import Bot, Conversation
from botpe_app.models.base import utc_now
from botpe_app.queue import redis
from botpe_app.services.access import Actor, get

log = logging.getLogger(__name__)

HERE = timedelta(seconds=45)  # a tab says so again every 20
TYPING = timedelta(seconds=6)
_PLACES: dict[str, type[Bot | Conversation]] = {"bot": Bot, "conversation": Conversation}


@dataclass(frozen=True, slots=True)
class Present:
    """A colleague at the same place, until when unless they say so again."""

    user_id: str
    name: str
    here_until: datetime
    typing_until: datetime | None


def show(
    session: Session,
    actor: Actor,
    kind: str,
    place_id: UUID | str,
    *,
    typing: bool = False,
    now: datetime | None = None,
) -> list[Present]:
    """Says that the actor is at a `conversation` or a `bot`; who else is. Raises NotFound."""
    now = now or utc_now()
    place = _open(session, actor, kind, place_id)
    held = {
        "name": actor.name,
        "here": (now + HERE).timestamp(),
        "typing": (now + TYPING).timestamp() if typing else 0,
    }
    if actor.user_id:
        _keep(_key(actor, place), str(actor.user_id), json.dumps(held))
        live.publish(session, actor.organization_id, topic(place))
    return _others(actor, place, now)


def leave(session: Session, actor: Actor, kind: str, place_id: UUID | str) -> None:
    """Says that the actor is there no longer. Raises NotFound."""
    place = _open(session, actor, kind, place_id)
    try:
        redis().hdel(_key(actor, place), str(actor.user_id))
    except (RedisError, OSError) as error:
        log.info("presence_unknown", extra={"error": str(error)})
    live.publish(session, actor.organization_id, topic(place))


def others(
    session: Session,
    actor: Actor,
    kind: str,
    place_id: UUID | str,
    *,
    now: datetime | None = None,
) -> list[Present]:
    """The colleagues who are there, by name. Raises NotFound."""
    return _others(actor, _open(session, actor, kind, place_id), now or utc_now())


def topic(place_id: UUID | str) -> str:
    """What is told when somebody comes, goes or writes."""
    return f"presence:{place_id}"


def _open(session: Session, actor: Actor, kind: str, place_id: UUID | str) -> UUID:
    actor.require(Permission.READ)
    if kind not in _PLACES:
        raise NotFound("Nobody can be there.")
    return get(session, actor, _PLACES[kind], place_id).id


def _others(actor: Actor, place: UUID, now: datetime) -> list[Present]:
    found = [
        person
        for user_id, said in _read(_key(actor, place)).items()
        if user_id != str(actor.user_id) and (person := _present(user_id, said, now))
    ]
    return sorted(found, key=lambda person: (person.name, person.user_id))


def _present(user_id: str, said: bytes, now: datetime) -> Present | None:
    held = json.loads(said)
    here = datetime.fromtimestamp(held["here"], UTC)
    typing = datetime.fromtimestamp(held["typing"], UTC)
    if here <= now:
        return None
    return Present(user_id, held["name"], here, typing if typing > now else None)


def _key(actor: Actor, place: UUID) -> str:
    return f"botpe:presence:{actor.organization_id}:{place}"


def _keep(key: str, user_id: str, said: str) -> None:
    try:
        redis().hset(key, user_id, said)  # pyright: ignore[reportUnknownMemberType]
        redis().expire(key, HERE * 2)
    except (RedisError, OSError) as error:
        log.info("presence_unknown", extra={"error": str(error)})


def _read(key: str) -> dict[str, bytes]:
    try:
        found: dict[bytes, bytes] = redis().hgetall(key)  # pyright: ignore
    except (RedisError, OSError) as error:
        log.info("presence_unknown", extra={"error": str(error)})
        return {}
    return {user_id.decode(): said for user_id, said in found.items()}
