"""The simulator's phones, as one organization may play with them.

HTTP must not happen inside a transaction: `stage` finds out in one what the actor may touch,
and the Stage it gives speaks to the simulator afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlmodel import Session

from botpe_app.config import settings
from botpe_app.core.permissions import Permission, may
from botpe_app.errors import Forbidden, NotFound, Unavailable
from botpe_app.services import accounts
from botpe_app.services import simulator_views as shown
from botpe_app.services.access import Actor
from botpe_app.services.simulator_views import Chat, LogLine, Phone, Weather
from botpe_app.services.views import AccountItem
from botpe_app.whatsapp.loose import Json, mapping, mappings, text
from botpe_app.whatsapp.simulator.client import SimulatorClient

Answer = TypeVar("Answer")


class Stage:
    """What the actor may play with: the numbers of their organization and everybody's phones.

    Methods raise Unavailable if the simulator does not run, else Forbidden, NotFound, Conflict or
    Invalid.
    """

    def __init__(self, numbers: list[AccountItem], *, may_play: bool) -> None:
        self.numbers = numbers
        self._may_play = may_play

    def phones(self, number: str) -> list[Phone]:
        """The pretend customers as this number knows them, those who wrote last first."""
        found = self._ask(lambda client: client.state())
        self._introduce(found)
        people = [shown.read_phone(person, number) for person in mappings(found, "customers")]
        return [phone for _, phone in sorted(people, key=lambda pair: -pair[0])]

    def chat(self, number: str, customer: str) -> Chat:
        """A phone's chat with a number."""
        found = self._ask(lambda client: client.thread(self._own(number), customer))
        return Chat(
            [shown.read_line(entry) for entry in mappings(found, "entries")], bool(found["typing"])
        )

    def say(self, number: str, customer: str, kind: str, content: object) -> None:
        """The customer sends a message."""
        self._play(lambda client: client.say(self._own(number), customer, kind, content))

    def send_sample(self, number: str, customer: str, kind: str) -> None:
        """The customer sends a file made for the purpose: image or document."""

        def act(client: SimulatorClient) -> object:
            file = client.sample(kind)
            return client.say(self._own(number), customer, kind, {"id": file["id"]})

        self._play(act)

    def tap(self, number: str, customer: str, wamid: str, choice: str) -> None:
        """The customer taps a button or picks a row."""
        self._play(lambda client: client.tap(self._own(number), customer, wamid, choice))

    def fill_in(self, number: str, customer: str, wamid: str, answers: dict[str, str]) -> None:
        """The customer sends the form of a Flow."""
        self._play(lambda client: client.fill_in(self._own(number), customer, wamid, answers))

    def call(self, number: str, customer: str) -> None:
        """The customer calls, and nobody answers."""
        self._play(lambda client: client.call(self._own(number), customer))

    def set_quality(self, number: str, quality: str) -> None:
        """WhatsApp finds the number's quality GREEN, YELLOW or RED."""
        self._play(lambda client: client.put_number(self._own(number), quality=quality))

    def sign_up(self, name: str, phone: str, *, coexistence: bool = False) -> str:
        """Goes through the pretended dialog of Meta's; the code it gives."""

        def act(client: SimulatorClient) -> Json:
            return client.sign_up(name=name, phone=phone, coexistence=coexistence)

        return text(self._play(act), "code")

    def look(self, number: str, customer: str, looking: bool) -> None:
        """The customer opens the chat, which reads it, or puts the phone away."""
        own = self._own(number)
        self._play(
            lambda client: (client.open_chat if looking else client.close_chat)(own, customer)
        )

    def change(self, customer: str, **switches: bool) -> None:
        """Turns switches of a phone: online, read_receipts, shows_phone, blocked."""
        self._play(lambda client: client.change_customer(customer, **switches))

    def want_marketing(self, number: str, customer: str, wanted: bool) -> None:
        """The customer stops marketing messages, or takes them again."""
        own = self._own(number)
        self._play(lambda client: client.marketing(own, customer, wanted=wanted))

    def add_phone(self, name: str, phone: str) -> str:
        """A further pretend customer; without a number, one known by user id. Gives its id."""
        about = {"name": name, **({"phone": phone} if phone else {})}
        return text(self._play(lambda client: client.add_customer(**about)), "id")

    def weather(self) -> Weather:
        """How the pretend WhatsApp behaves."""
        return shown.read_weather(mapping(self._ask(lambda client: client.state()), "settings"))

    def change_weather(self, name: str, on: bool) -> None:
        """Turns a switch of Weather. Raises NotFound for an unknown one."""
        if name not in shown.SWITCHES:
            raise NotFound("There is no such switch.")
        setting, usual, unusual = shown.SWITCHES[name]
        changes = {setting: unusual if on else usual}
        self._play(lambda client: client.change_settings(**changes))

    def next_send(self, mishap: str, code: int, number: str) -> None:
        """Sets what happens to the number's next send (whatsapp/simulator/faults.py)."""
        own = self._own(number)
        self._play(lambda client: client.next_sends(mishap, code=code, number=own))

    def clear_weather(self) -> None:
        """Everything works again."""
        self._play(lambda client: client.reset_settings())

    def log(self, limit: int = 60) -> list[LogLine]:
        """The last webhooks and Graph calls of the organization's numbers, newest first."""
        found = self._ask(lambda client: client.log())
        own = {number.phone_number_id for number in self.numbers}
        webhooks = [
            shown.read_webhook(item)
            for item in mappings(found, "webhooks")
            if shown.concerns(item, own)
        ]
        calls = [
            shown.read_call(item) for item in mappings(found, "calls") if shown.concerns(item, own)
        ]
        return sorted([*webhooks, *calls], key=lambda line: -line.at)[:limit]

    def _own(self, number: str) -> str:
        if any(number == known.phone_number_id for known in self.numbers):
            return number
        raise NotFound("Number not found.")

    def _introduce(self, state: Json) -> None:
        """Tells the simulator of numbers that were connected since, or renamed."""
        known = {text(item, "id"): text(item, "name") for item in mappings(state, "numbers")}
        for number in self.numbers:
            if known.get(number.phone_number_id) != number.name:
                self._ask(lambda client, number=number: _put(client, number))

    def _play(self, act: Callable[[SimulatorClient], Answer]) -> Answer:
        if not self._may_play:
            raise Forbidden("Your role may look at the phones, not use them.")
        return self._ask(act)

    def _ask(self, act: Callable[[SimulatorClient], Answer]) -> Answer:
        if not settings().simulated:
            raise Unavailable("There is no simulator here: messages go to WhatsApp itself.")
        with SimulatorClient(settings().simulator_url, settings().secret_key) as client:
            return act(client)


def stage(session: Session, actor: Actor) -> Stage:
    """The organization's numbers and whether the actor may use the phones."""
    return Stage(
        accounts.list_accounts(session, actor), may_play=may(actor.role, Permission.ANSWER)
    )


def _put(client: SimulatorClient, number: AccountItem) -> Json:
    return client.put_number(
        number.phone_number_id,
        waba_id=number.waba_id,
        display_phone_number=number.phone,
        name=number.name,
    )
