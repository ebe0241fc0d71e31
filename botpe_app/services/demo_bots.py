"""The demo's bots: one that answers, one that rests, one that is being built."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from botpe_app.services import bot_publishing, bots, demo_bot_talks
from botpe_app.services.access import Actor


def build(
    session: Session, boss: Actor, account_id: str, *, tell: demo_bot_talks.Tell, now: datetime
) -> None:
    """Makes them on this number, with what customers said to the one that answers."""
    for library, name in (("survey", "How was it?"), ("shop", "Shop"), ("appointment", "Fittings")):
        item = bots.create_bot(session, boss, library=library, name=name, account_id=account_id)
        if library != "appointment":
            item = bot_publishing.publish_bot(session, boss, item.id)
        if library == "survey":
            bot_publishing.pause_bot(session, boss, item.id)
        if library == "shop":
            demo_bot_talks.have(session, item, tell, now)
