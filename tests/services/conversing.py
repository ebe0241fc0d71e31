"""Customers talking with published bots, without a wire: what was said, in its order."""

from __future__ import annotations

from typing import Any

from botpe_app.services import bot_calls, bot_publishing, bots, converse
from tests.acting import within
from tests.conftest import Business
from tests.services.ingesting import message, receive, rows

Json = dict[str, Any]


def flow(nodes: list[Json], edges: list[str], **parts: Any) -> Json:
    """A flow for every message, its edges written `a next b`."""
    ways = [edge.split() for edge in edges]
    return {
        "version": 1,
        "triggers": [{"id": "any", "type": "any_message"}],
        "nodes": [{"id": "start", "type": "start"}, *nodes],
        "edges": [
            {"id": f"e{n}", "source": a, "source_handle": h, "target": b}
            for n, (a, h, b) in enumerate(ways)
        ],
        **parts,
    }


def question(name: str, **data: Any) -> Json:
    """A node that asks by its own name, and saves the answer under it."""
    return {"id": name, "type": "question", "data": {"text": name, "save_to": name, **data}}


def end(name: str, text: str) -> Json:
    """A node that ends the bot."""
    return {"id": name, "type": "end", "data": {"text": text}}


NAMES = flow(
    [question("name"), question("city"), end("bye", "{{name}} of {{city}}")],
    ["start next name", "name next city", "city next bye"],
)


def publish(business: Business, held: Json, **fields: Any) -> str:
    """The id of a bot that answers from now on."""
    bot = within(business.admin, bots.create_bot, flow=held, **fields).id
    within(business.admin, bot_publishing.publish_bot, bot)
    return bot


def answer(limit: int = converse.BATCH) -> int:
    """Has bots hear everything that waits; how many conversations that were."""
    handled = 0
    with converse.connect() as connection:
        while taken := converse.work(connection, limit)[0]:
            handled += taken
    return handled


def say(url: str, number: int, text: str, **others: Any) -> None:
    """A customer's text arrives and is answered."""
    receive(url, message(number, content={"body": text}, **others))
    answer()


def nobody_answers_calls() -> None:
    """What bots called cannot be reached."""
    with converse.connect() as connection:
        for call in bot_calls.claim(connection, 100):
            bot_calls.settle(connection, call, bot_calls.Answer(ok=False, error="Gone."))
    answer()


def transcript(url: str) -> list[tuple[str, str]]:
    """(who, text) of all messages, in their order."""
    found = rows(url, "select sent_by_kind, text from messages order by id")
    return [(row["sent_by_kind"], row["text"]) for row in found]
