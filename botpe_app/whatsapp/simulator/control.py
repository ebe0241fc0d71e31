"""The simulator's own API, under /_simulator: numbers, people and what they do on their phones.

Every call but /_simulator/health needs the header X-Simulator-Token (see access.py). Errors are
{"error": {"code", "message", "field"}} like those of the product's API.
"""

from __future__ import annotations

import dataclasses
import secrets
import time
from collections.abc import Callable
from typing import Any, cast

from aiohttp import web

from botpe_app.core import phone
from botpe_app.errors import Conflict, Invalid, NotFound
from botpe_app.whatsapp import loose, storable
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.simulator import shapes, views
from botpe_app.whatsapp.simulator.access import ROOT
from botpe_app.whatsapp.simulator.files import Files
from botpe_app.whatsapp.simulator.phones import Phones
from botpe_app.whatsapp.simulator.world import Customer, Number, Thread, World, digest


class Control:
    """Answers the simulator's page. `changed` is called after every change."""

    def __init__(
        self, world: World, phones: Phones, files: Files, changed: Callable[[], None]
    ) -> None:
        self._world = world
        self._phones = phones
        self._files = files
        self._changed = changed

    def routes(self) -> list[web.RouteDef]:
        """All routes, for aiohttp's router."""
        chat = ROOT + "/threads/{number}/{customer}"
        return [
            web.get(ROOT + "/health", self.health),
            web.get(ROOT + "/state", self.state),
            web.put(ROOT + "/numbers/{number}", self.put_number),
            web.post(ROOT + "/customers", self.add_customer),
            web.patch(ROOT + "/customers/{customer}", self.change_customer),
            web.delete(ROOT + "/customers/{customer}", self.remove_customer),
            web.get(chat, self.thread),
            web.put(chat, self.put_history),
            web.post(chat + "/messages", self.say),
            web.post(chat + "/tap", self.tap),
            web.post(chat + "/flow", self.fill_in),
            web.post(chat + "/call", self.call),
            web.post(chat + "/open", self.open_chat),
            web.post(chat + "/close", self.close_chat),
            web.post(chat + "/marketing", self.marketing),
        ]

    async def health(self, request: web.Request) -> web.Response:
        """That it is alive."""
        return web.json_response({"ok": True})

    async def state(self, request: web.Request) -> web.Response:
        """Numbers, customers with a summary of their chats, and settings."""
        return web.json_response(
            {
                "numbers": [views.number(n) for n in self._world.numbers.values()],
                "customers": [self._card(c) for c in self._world.customers.values()],
                "settings": dataclasses.asdict(self._world.settings),
            }
        )

    async def put_number(self, request: web.Request) -> web.Response:
        """Registers a business number, or changes what is known of it."""
        given, wanted = shapes.NUMBER(await body(request), "number"), request.match_info["number"]
        found = self._world.numbers.setdefault(wanted, Number(wanted))
        if "token" in given:
            found.token_digest = digest(given.pop("token"))
        if "display_phone_number" in given:
            given["display_phone_number"] = _digits(given["display_phone_number"])
        before = found.quality
        update(found, given)
        if found.quality != before:
            self._phones.tell_quality(found)
        return self._done(views.number(found))

    async def add_customer(self, request: web.Request) -> web.Response:
        """A further phone; without `phone` its owner is known by user id alone."""
        given = shapes.CUSTOMER(await body(request), "customer")
        wa_id = _digits(given.pop("phone", ""))
        if wa_id and self._world.customer_at(wa_id):
            raise Conflict("There is a phone with this number already.", field="customer.phone")
        unique = secrets.token_hex(4)
        user_id = f"XX.{secrets.randbelow(9 * 10**19) + 10**19}"
        customer = Customer(unique, wa_id or unique, wa_id, user_id, shows_phone=bool(wa_id))
        update(customer, given)
        self._world.customers[unique] = customer
        return self._done(self._card(customer))

    async def change_customer(self, request: web.Request) -> web.Response:
        """Changes a person or their phone: on- and offline, read receipts, blocking."""
        customer = self._customer(request)
        given = shapes.CUSTOMER(await body(request), "customer")
        given.pop("phone", None)
        online = given.pop("online", customer.online)
        update(customer, given)
        if online != customer.online:
            self._phones.set_online(customer, online)
        return self._done(self._card(customer))

    async def remove_customer(self, request: web.Request) -> web.Response:
        """Takes a phone away, with its chats."""
        customer = self._customer(request)
        for thread in list(self._world.threads_of(customer.id)):
            del self._world.threads[f"{thread.number}/{thread.customer}"]
        del self._world.customers[customer.id]
        return self._done({"removed": customer.id})

    async def thread(self, request: web.Request) -> web.Response:
        """One chat as the phone shows it, oldest first."""
        return web.json_response(views.chat(self._thread(request), time.time()))

    async def put_history(self, request: web.Request) -> web.Response:
        """Replaces a chat by what was said before; tells nobody."""
        thread = self._thread(request)
        history = shapes.HISTORY(await body(request), "history")
        thread.entries = [views.remembered(line) for line in history["entries"]]
        said = [entry.at for entry in thread.entries if entry.sender == "customer"]
        thread.last_inbound_at = max(said, default=None)
        return self._done(views.chat(thread, time.time()))

    async def say(self, request: web.Request) -> web.Response:
        """The customer sends a message of any type, its content as webhooks carry it."""
        asked = shapes.SAY(await body(request), "message")
        customer = self._player(request)
        content: Any = asked.get("content", {})
        if file_id := loose.text(content, "id"):
            content = self._with_file(content, file_id)
        answers = asked.get("reply_to", "")
        number = self._number(request)
        return self._done(
            views.entry(self._phones.say(number, customer, asked["type"], content, answers))
        )

    async def tap(self, request: web.Request) -> web.Response:
        """The customer taps `choice` (an id or a label) of the message `wamid`."""
        asked = shapes.TAP(await body(request), "tap")
        number, customer = self._number(request), self._player(request)
        return self._done(
            views.entry(self._phones.tap(number, customer, asked["wamid"], asked["choice"]))
        )

    async def fill_in(self, request: web.Request) -> web.Response:
        """The customer fills in the form of the message `wamid` with `answers`."""
        asked = shapes.FLOW(await body(request), "flow")
        number, customer = self._number(request), self._player(request)
        answers = asked.get("answers", {})
        entry = self._phones.fill_in(number, customer, asked["wamid"], answers)
        return self._done(views.entry(entry))

    async def call(self, request: web.Request) -> web.Response:
        """The customer calls; nobody answers."""
        customer = self._player(request)
        self._phones.call(self._number(request), customer)
        return self._done(self._card(customer))

    async def open_chat(self, request: web.Request) -> web.Response:
        """The customer looks at the chat, and goes on looking."""
        self._phones.open_chat(self._number(request), self._customer(request))
        return await self.thread(request)

    async def close_chat(self, request: web.Request) -> web.Response:
        """The customer looks elsewhere."""
        customer = self._customer(request)
        customer.viewing = ""
        return self._done(self._card(customer))

    async def marketing(self, request: web.Request) -> web.Response:
        """The customer stops marketing messages (`wanted` false) or takes them again."""
        asked = shapes.MARKETING(await body(request), "marketing")
        customer = self._player(request)
        self._phones.set_opted_out(self._number(request), customer, not asked["wanted"])
        return self._done(self._card(customer))

    def _with_file(self, content: Json, file_id: str) -> Json:
        file = self._files.find(file_id)
        return {
            "mime_type": file.mime_type,
            "sha256": file.sha256,
            **loose.some(filename=file.filename),
            **content,
        }

    def _card(self, customer: Customer) -> Json:
        return views.customer(customer, self._world.threads_of(customer.id))

    def _number(self, request: web.Request) -> Number:
        found = self._world.number(request.match_info["number"])
        if found is None:
            raise NotFound("There is no such number in the simulator.")
        return found

    def _customer(self, request: web.Request) -> Customer:
        found = self._world.customers.get(request.match_info["customer"])
        if found is None:
            raise NotFound("There is no such customer in the simulator.")
        return found

    def _player(self, request: web.Request) -> Customer:
        customer = self._customer(request)
        if not customer.online:
            raise Conflict(f"{customer.name}'s phone is offline. Put it online first.")
        return customer

    def _thread(self, request: web.Request) -> Thread:
        return self._world.thread(self._number(request).id, self._customer(request).id)

    def _done(self, answer: Json) -> web.Response:
        self._changed()
        return web.json_response(answer)


async def body(request: web.Request) -> Json:
    """The body's JSON object, {} for none. Raises Invalid."""
    raw = await request.read()
    try:
        document: Any = storable.loads(raw) if raw else {}
    except ValueError:
        raise Invalid("The body is not JSON.") from None
    if not isinstance(document, dict):
        raise Invalid("The body must be a JSON object.")
    return cast("Json", document)


def update(thing: object, values: Json) -> None:
    """Sets the fields of these names."""
    for name, value in values.items():
        setattr(thing, name, value)


def _digits(written: str) -> str:
    return phone.e164(written, field="phone").removeprefix("+") if written else ""
