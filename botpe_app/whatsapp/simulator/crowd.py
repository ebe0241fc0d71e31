"""A crowd of customers without phones on screen: for benches and trials of any size.

Nobody of it is kept: who somebody is follows from their number, and what they do with a message
from chance. So a hundred thousand cost what one does.
"""

from __future__ import annotations

import random
from dataclasses import asdict

from aiohttp import web

from botpe_app.core import phone
from botpe_app.errors import Conflict, Invalid, NotFound
from botpe_app.whatsapp.simulator import shapes
from botpe_app.whatsapp.simulator.access import ROOT
from botpe_app.whatsapp.simulator.control import body
from botpe_app.whatsapp.simulator.phones import Phones
from botpe_app.whatsapp.simulator.world import Customer, Entry, Number, World


class Crowd:
    """Plays the world's crowd, over the simulator's own API."""

    def __init__(self, world: World, phones: Phones) -> None:
        self._world = world
        self._phones = phones
        phones.on_read = self._answer

    def routes(self) -> list[web.RouteDef]:
        """All routes, for aiohttp's router."""
        return [
            web.get(ROOT + "/crowd", self.describe),
            web.put(ROOT + "/crowd", self.gather),
            web.post(ROOT + "/crowd/messages", self.speak),
        ]

    async def describe(self, request: web.Request) -> web.Response:
        """How many there are, from which number on, and what they do."""
        return web.json_response(asdict(self._world.crowd))

    async def gather(self, request: web.Request) -> web.Response:
        """Makes a crowd of `size` with numbers counted up from `first`.

        `reads` is the share of messages that are read, `replies` that of the read ones that are
        answered with `text`.
        """
        asked, crowd = shapes.CROWD(await body(request), "crowd"), self._world.crowd
        first = phone.e164(asked.get("first", "+491500000000"), field="crowd.first")
        size = asked["size"]
        if len(str(int(first[1:]) + size)) > 15:
            raise Invalid("These numbers would be too long.", field="crowd.first")
        crowd.size, crowd.first = size, int(first[1:])
        crowd.reads, crowd.replies = asked.get("reads", 1.0), asked.get("replies", 0.0)
        crowd.text = asked.get("text", "Thank you!")
        self._phones.changed()
        return web.json_response(asdict(crowd))

    async def speak(self, request: web.Request) -> web.Response:
        """`count` of the crowd, from the `start`th on, write to `number`."""
        asked, crowd = shapes.CROWD_SAY(await body(request), "message"), self._world.crowd
        number = self._world.number(asked["number"])
        if number is None:
            raise NotFound("There is no such number in the simulator.")
        start, count = asked.get("start", 0), asked["count"]
        if start + count > crowd.size:
            raise Conflict(f"The crowd has {crowd.size} people.", field="message.count")
        said = {"body": asked.get("text", "Hello")}
        for place in range(start, start + count):
            self._phones.say(number, crowd.person(crowd.first + place), "text", said)
        return web.json_response({"said": count})

    def _answer(self, number: Number, customer: Customer, entry: Entry) -> None:
        crowd = self._world.crowd
        if not customer.id and crowd.has(customer.wa_id) and _chance(crowd.replies):
            said = {"body": crowd.text}
            self._phones.say(number, customer, "text", said, answers=entry.wamid)


def _chance(share: float) -> bool:
    return random.random() < share  # noqa: S311 - play, not secrecy
