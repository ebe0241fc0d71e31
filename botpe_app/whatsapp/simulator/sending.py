"""POST /{phone-number-id}/messages: what the Graph API checks before it accepts a message."""

from __future__ import annotations

import random

from botpe_app.errors import Invalid
from botpe_app.whatsapp import loose, messages
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.simulator import templates
from botpe_app.whatsapp.simulator.answers import Refusal, refusal_of
from botpe_app.whatsapp.simulator.limits import Pairs, Throughput
from botpe_app.whatsapp.simulator.phones import Phones, known, stranger
from botpe_app.whatsapp.simulator.wamids import wamid
from botpe_app.whatsapp.simulator.world import Customer, Entry, Number, World


class Sending:
    """Accepts messages of businesses, or refuses them like the Graph API."""

    def __init__(self, world: World, phones: Phones) -> None:
        self._world = world
        self._phones = phones
        self._throughput: dict[str, Throughput] = {}
        self._pairs = Pairs()

    def accept(
        self, number: Number, body: Json, now: float, *, failure: int = 0, held: bool = False
    ) -> Json:
        """The answer to an accepted message. Raises Refusal.

        With `failure` it fails later under that code. `now` is in seconds since 1970.
        """
        if body.get("messaging_product") != "whatsapp":
            raise Refusal(100, "messaging_product must be whatsapp.")
        if body.get("status") == "read":
            return self._mark_read(number, body)
        by_user_id = not loose.text(body, "to")
        address = loose.text(body, "to") or loose.text(body, "recipient")
        if not address:
            raise Refusal(131008, "to or recipient is missing.")
        entry = _read(body, now)
        self._count(number, known(address, by_user_id), now)
        if entry.type == "template":
            self._fill(number, entry)
        self._check_files(entry)
        customer = self._recipient(number, known(address, by_user_id), by_user_id)
        entry.by_user_id = by_user_id
        entry.wamid = wamid(customer.wa_id or customer.user_id, "out")
        self._phones.receive(number, customer, entry, failure)
        return _answer(entry, customer, address, held)

    def _mark_read(self, number: Number, body: Json) -> Json:
        typing = bool(loose.mapping(body, "typing_indicator"))
        if not self._phones.mark_read(number, loose.text(body, "message_id"), typing):
            raise Refusal(100, "message_id is unknown.")
        return {"success": True}

    def _count(self, number: Number, address: str, now: float) -> None:
        throughput = self._throughput.get(number.id)
        if throughput is None or throughput.per_second != number.per_second:
            throughput = self._throughput[number.id] = Throughput(number.per_second)
        if not throughput.take(now):
            raise Refusal(130429)
        if self._world.settings.pair_limit and not self._pairs.take(number.id, address, now):
            raise Refusal(131056)

    def _fill(self, number: Number, entry: Entry) -> None:
        listed = self._world.templates.setdefault(number.waba_id, templates.default_templates())
        language = loose.text(loose.mapping(entry.content, "language"), "code")
        template = templates.find(listed, loose.text(entry.content, "name"), language)
        entry.shown = templates.render(template, entry.content)
        entry.category = template.category.lower()
        entry.text = loose.text(entry.shown, "body") or entry.text

    def _check_files(self, entry: Entry) -> None:
        if not messages.is_media(entry.type):
            return
        file_id = loose.text(entry.content, "id")
        if file_id and file_id not in self._world.media:
            raise Refusal(131009, f"There is no uploaded file {file_id}.")

    def _recipient(self, number: Number, address: str, by_user_id: bool) -> Customer:
        customer = self._world.customer_at(address)
        if customer is None:
            if address == number.display_phone_number:
                raise Refusal(131021)
            if (crowd := self._world.crowd).has(address):
                reads = random.random() < crowd.reads  # noqa: S311 - play, not secrecy
                return crowd.person(int(address), viewing=number.id if reads else "")
            return stranger(address, by_user_id)
        return customer


def _read(body: Json, now: float) -> Entry:
    kind = loose.text(body, "type") or "text"
    if loose.text(body, "recipient_type") not in ("", "individual"):
        raise Refusal(131009, "Only recipient_type individual is played here.")
    callback_data = loose.text(body, "biz_opaque_callback_data")
    if len(callback_data) > messages.LONGEST_CALLBACK_DATA:
        raise Refusal(100, "biz_opaque_callback_data has more than 512 characters.")
    try:
        content = messages.validate(kind, body.get(kind))
    except Invalid as invalid:
        raise refusal_of(invalid) from None
    return Entry(
        wamid="",
        sender="business",
        type=kind,
        content=content,
        text=messages.preview(kind, content),
        at=now,
        status="accepted",
        answers=loose.text(loose.mapping(body, "context"), "message_id"),
        callback_data=callback_data,
    )


def _answer(entry: Entry, customer: Customer, address: str, held: bool) -> Json:
    person = {"user_id": customer.user_id} if entry.by_user_id else {"wa_id": customer.wa_id}
    accepted: Json = {"id": entry.wamid}
    if entry.type == "template":
        accepted["message_status"] = "held_for_quality_assessment" if held else "accepted"
    return {
        "messaging_product": "whatsapp",
        "contacts": [{"input": address, **person}],
        "messages": [accepted],
    }
