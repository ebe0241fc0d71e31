"""What the texts of a batch sound like, for the conditions of its bots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from botpe_app.core.engine import Program
from botpe_app.services import signals
from botpe_app.services.converse_batch import Bots, Connection, Talk


def add(connection: Connection, talks: Sequence[Talk], bots: Bots) -> None:
    """Gives each talk the signals of each text it has to hear, where a bot of it asks for them."""
    asking = [talk for talk in talks if any(map(_asks, _around(talk, bots)))]
    if not asking:
        return
    before = signals.stored(connection, [talk.key for talk in asking])
    for talk in asking:
        talk.signals = before.get(talk.key, signals.NONE)
        for heard in talk.inputs:
            if heard.text:
                known = signals.classifier(connection, talk.organization_id, signals.MOST_AT_ONCE)
                talk.signals_of[heard.id] = signals.of_text(heard.text, known)


def _around(talk: Talk, bots: Bots) -> Iterator[Program]:
    yield from bots.active[talk.account_id]
    for held in talk.live.state.bots if talk.live else ():
        if program := bots.versions.get(held):
            yield program


_asks = lru_cache(maxsize=512)(signals.asked_by)
