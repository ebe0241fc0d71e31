"""What happens on the phones: messages arrive, are seen and answered, and webhooks tell of it."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable

from botpe_app.core import phone
from botpe_app.errors import NotFound
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.payloads.contents import read_content
from botpe_app.whatsapp.preview import preview
from botpe_app.whatsapp.simulator import events
from botpe_app.whatsapp.simulator.answers import Refusal
from botpe_app.whatsapp.simulator.choices import choices, filled_in
from botpe_app.whatsapp.simulator.events import Change
from botpe_app.whatsapp.simulator.faults import Settings
from botpe_app.whatsapp.simulator.postman import Told
from botpe_app.whatsapp.simulator.wamids import wamid
from botpe_app.whatsapp.simulator.world import FINAL, Customer, Entry, Number, Thread, World

Post = Callable[[Change, Told], None]


class Phones:
    """The phones of the world's customers. `changed` is called after every change."""

    def __init__(self, world: World, post: Post, changed: Callable[[], None]) -> None:
        self._world = world
        self._post = post
        self.changed = changed
        self.on_read: Callable[[Number, Customer, Entry], None] | None = None

    def receive(self, number: Number, customer: Customer, entry: Entry, failure: int = 0) -> None:
        """A message of the business sets out; with `failure` it fails under that code."""
        thread = self._thread(number, customer)
        thread.add(entry)
        thread.typing_until = 0.0
        failure = failure or self._obstacle(number, thread, customer, entry)
        if failure:
            entry.error = Refusal(failure).in_webhook()
        self._later(self._pace.sent_after, lambda: self._set_out(number, customer, entry))
        self.changed()

    def say(
        self, number: Number, customer: Customer, kind: str, content: object, answers: str = ""
    ) -> Entry:
        """The customer sends a message: `content` as the webhook carries it under `kind`."""
        now = time.time()
        unique = wamid(customer.wa_id or customer.id, "in")
        sent: Json = {"id": unique, "timestamp": str(int(now)), "type": kind, kind: content}
        if answers:
            sent["context"] = {"from": events.display_number(number), "id": answers}
        if kind == "unsupported":
            details = "Message type is currently not supported."
            sent["errors"] = [Refusal(131051, details).in_webhook()]
        ours = read_content(kind, sent)
        text = preview(kind, ours)
        entry = Entry(unique, "customer", kind, ours, text, now, "received", answers=answers)
        entry.sent = sent
        thread = self._thread(number, customer)
        thread.add(entry)
        thread.last_inbound_at = now
        if _barred(number, customer):
            entry.told = "received"  # the business hears nothing of it
        else:
            self._tell_message(number, customer, entry)
        self.changed()
        return entry

    def tap(self, number: Number, customer: Customer, message_id: str, choice: str) -> Entry:
        """The customer taps a button (by id, payload or label) or picks a row of a list.

        Raises NotFound where the message offers no such choice.
        """
        entry = self._thread(number, customer).find(message_id)
        for kind, content, names in choices(entry, customer) if entry else ():
            if choice in names:
                return self.say(number, customer, kind, content, answers=message_id)
        raise NotFound("The message offers no such choice.")

    def fill_in(self, number: Number, customer: Customer, message_id: str, answers: Json) -> Entry:
        """The customer fills in the form of a Flow. Raises NotFound where there is none."""
        entry = self._thread(number, customer).find(message_id)
        content = filled_in(entry, answers) if entry else None
        if content is None:
            raise NotFound("The message offers no form.")
        return self.say(number, customer, "interactive", content, answers=message_id)

    def call(self, number: Number, customer: Customer) -> None:
        """The customer calls, and hangs up when nobody answers."""
        unique = f"wacid.{secrets.token_hex(16)}"
        for after, event in ((0.0, "connect"), (self._pace.read_after, "terminate")):
            self._later(after, lambda event=event: self._tell_call(number, customer, unique, event))

    def tell_quality(self, number: Number) -> None:
        """Tells the business that its number's quality has changed."""
        self._post(events.quality(number), lambda: None)

    def open_chat(self, number: Number, customer: Customer) -> None:
        """The customer looks at the chat: everything in it is read."""
        customer.viewing = number.id
        for entry in self._thread(number, customer).entries:
            if entry.sender == "business" and entry.status == "delivered":
                self._read(number, customer, entry)
        self.changed()

    def set_online(self, customer: Customer, online: bool) -> None:
        """Takes the phone off the net, or back on: then what waited is delivered."""
        customer.online = online
        if online:
            for thread in self._world.threads_of(customer.id):
                number = self._world.numbers[thread.number]
                for entry in thread.entries:
                    if entry.sender == "business" and entry.status == "sent":
                        self._delivered(number, customer, entry)
        self.changed()

    def set_opted_out(self, number: Number, customer: Customer, opted_out: bool) -> None:
        """The customer stops marketing messages, or takes them again."""
        customer.opted_out = opted_out
        now, hidden = time.time(), self._hidden(customer)
        self._post(events.preference(number, customer, now, hidden=hidden), lambda: None)
        self.changed()

    def mark_read(self, number: Number, message_id: str, typing: bool) -> bool:
        """The business read a customer's message and all before it, and may be typing."""
        for thread in self._world.threads.values():
            if thread.number == number.id and (entry := thread.find(message_id)):
                for earlier in thread.entries:
                    if earlier.sender == "customer" and earlier.at <= entry.at:
                        earlier.status = "read"
                thread.typing_until = time.time() + 25 if typing else 0.0
                self.changed()
                return True
        return False

    def resume(self) -> None:
        """After a restart: tells and moves on whatever was not told or not final yet."""
        for thread in self._world.threads.values():
            number = self._world.numbers.get(thread.number)
            customer = self._world.customers.get(thread.customer)
            if number is not None and customer is not None:
                for entry in thread.entries:
                    self._resume(number, customer, entry)

    def _resume(self, number: Number, customer: Customer, entry: Entry) -> None:
        if entry.sender == "customer":
            if not entry.told:
                self._tell_message(number, customer, entry)
            return
        if entry.status == "accepted":
            self._set_out(number, customer, entry)
            return
        if entry.told != entry.status:
            self._tell_status(number, customer, entry, entry.status)
        if entry.status == "sent" and customer.online:
            self._delivered(number, customer, entry)

    def _obstacle(self, number: Number, thread: Thread, customer: Customer, entry: Entry) -> int:
        """The code under which the message will fail, 0 if nothing is in its way."""
        if customer.blocked or _barred(number, customer):
            return 131026
        if customer.opted_out and entry.category == "marketing":
            return 131050
        # Nobody knows when a stranger last wrote, so a stranger's window counts as open.
        closed = customer.id and not thread.window_open(entry.at)
        return 131047 if closed and entry.type != "template" else 0

    def _set_out(self, number: Number, customer: Customer, entry: Entry) -> None:
        self._step(number, customer, entry, "failed" if entry.error else "sent")
        if customer.online:
            later = self._pace.delivered_after
            self._later(later, lambda: self._delivered(number, customer, entry))

    def _delivered(self, number: Number, customer: Customer, entry: Entry) -> None:
        if not customer.online or entry.status != "sent":
            return
        self._step(number, customer, entry, "delivered", quietly=self._pace.skip_delivered)
        if customer.viewing == number.id:
            self._later(self._pace.read_after, lambda: self._read(number, customer, entry))

    def _read(self, number: Number, customer: Customer, entry: Entry) -> None:
        if entry.status == "delivered":
            self._step(number, customer, entry, "read", quietly=not customer.read_receipts)
            if self.on_read is not None:
                self.on_read(number, customer, entry)

    def _step(
        self, number: Number, customer: Customer, entry: Entry, word: str, quietly: bool = False
    ) -> None:
        if entry.status in FINAL:
            return
        entry.status = word
        if quietly:
            entry.told = word
        else:
            self._tell_status(number, customer, entry, word)
        self.changed()

    def _tell_status(self, number: Number, customer: Customer, entry: Entry, word: str) -> None:
        hidden = entry.by_user_id or self._world.settings.hide_phones
        change = events.status(number, customer, entry, word, time.time(), hidden=hidden)
        self._post(change, lambda: setattr(entry, "told", word))

    def _tell_message(self, number: Number, customer: Customer, entry: Entry) -> None:
        change = events.message(number, customer, entry, hidden=self._hidden(customer))
        self._post(change, lambda: setattr(entry, "told", "received"))

    def _tell_call(self, number: Number, customer: Customer, unique: str, event: str) -> None:
        hidden = self._hidden(customer)
        change = events.call(number, customer, unique, event, time.time(), hidden=hidden)
        self._post(change, lambda: None)

    def _hidden(self, customer: Customer) -> bool:
        return self._world.settings.hide_phones or not customer.shows_phone

    def _thread(self, number: Number, customer: Customer) -> Thread:
        if not customer.id:
            return Thread(number.id, "")
        return self._world.thread(number.id, customer.id)

    @property
    def _pace(self) -> Settings:
        return self._world.settings

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(seconds, call)


def _barred(number: Number, customer: Customer) -> bool:
    """Whether the business has blocked the customer."""
    return not {customer.wa_id, customer.user_id}.isdisjoint(number.blocked)


def stranger(address: str, by_user_id: bool) -> Customer:
    """A phone nobody plays: it takes everything, is online and never reads."""
    wa_id = "" if by_user_id else address
    return Customer(id="", name="", wa_id=wa_id, user_id=address if by_user_id else "")


def known(address: str, by_user_id: bool) -> str:
    """A recipient's address as WhatsApp spells it. Raises Refusal for one that cannot be."""
    if by_user_id:
        if phone.is_bsuid(address):
            return address
        raise Refusal(131009, "recipient is no user id.")
    digits = "".join(c for c in address if c not in "+-() .\u00a0")
    if not (digits.isascii() and digits.isdigit() and 3 <= len(digits) <= 20):
        raise Refusal(131009, "to is no phone number.")
    return digits
