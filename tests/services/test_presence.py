"""Who is where is told by name, to those who may look, until it fades."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session

from botpe_app.errors import NotFound
from botpe_app.models.base import utc_now
from botpe_app.services import bots, presence
from tests.conftest import Business


def test_whoever_has_a_bot_open_is_named_to_the_others(
    services: str, session: Session, business: Business
) -> None:
    bot = bots.create_bot(session, business.admin, name="Shop")
    now = utc_now()
    assert presence.show(session, business.admin, "bot", bot.id, typing=True, now=now) == []
    [seen] = presence.show(session, business.viewer, "bot", bot.id, now=now)
    assert seen.name == business.admin.name
    assert seen.typing_until
    later = now + presence.TYPING
    [still] = presence.others(session, business.viewer, "bot", bot.id, now=later)
    assert still.typing_until is None
    gone = now + presence.HERE + timedelta(seconds=1)
    assert presence.others(session, business.viewer, "bot", bot.id, now=gone) == []
    presence.leave(session, business.admin, "bot", bot.id)
    assert presence.others(session, business.viewer, "bot", bot.id, now=now) == []


def test_nobody_is_seen_at_what_is_not_theirs(
    session: Session, business: Business, make_business: Callable[..., Business]
) -> None:
    bot = bots.create_bot(session, business.admin, name="Shop")
    other = make_business("Other", "222")
    for kind, place in (("bot", bot.id), ("conversation", bot.id), ("organization", bot.id)):
        with pytest.raises(NotFound):
            presence.show(session, other.admin, kind, place)
    with pytest.raises(NotFound):
        presence.others(session, business.admin, "bot", "no id")
