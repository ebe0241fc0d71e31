"""The demo's bots: one that answers, one that rests, one that is being built."""

from __future__ import annotations

from sqlmodel import Session

from botpe_app.services import bot_publishing, bots
from botpe_app.services.access import Actor


def build(session: Session, boss: Actor, account_id: str) -> None:
    """Makes them on this number."""
    for library, name in (("survey", "How was it?"), ("shop", "Shop"), ("appointment", "Fittings")):
        item = bots.create_bot(session, boss, library=library, name=name, account_id=account_id)
        if library != "appointment":
            bot_publishing.publish_bot(session, boss, item.id)
        if library == "survey":
            bot_publishing.pause_bot(session, boss, item.id)
