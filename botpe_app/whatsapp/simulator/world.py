"""What the pretend WhatsApp knows: numbers, customers with a phone each, their threads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from botpe_app.core import phone
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.setup import SCOPES
from botpe_app.whatsapp.simulator.faults import Settings

LONGEST_THREAD = 300  # messages a phone keeps
WINDOW_SECONDS = 24 * 3600

# What a phone shows about a message of the business; beyond "sent" the phone has it.
FINAL = frozenset(("read", "failed"))


@dataclass
class Number:
    """A business number. Without a token's digest any bearer token will do."""

    id: str
    waba_id: str = "0"
    display_phone_number: str = ""  # digits
    name: str = ""
    token_digest: str = ""
    token_expired: bool = False
    per_second: int = 80
    registered: bool = True  # for the Cloud API
    pin: str = ""  # of two-step verification; "" if it has none
    coexistence: bool = False  # used in the WhatsApp Business app as well
    quality: str = "GREEN"
    name_status: str = "APPROVED"
    messaging_limit: str = "TIER_2K"
    profile: Json = field(default_factory=dict[str, Any])
    blocked: list[str] = field(default_factory=list[str])  # people it wants nothing of
    webhook: str = ""  # where its webhooks go instead of the app's address

    def accepts(self, token: str) -> bool:
        """Whether this bearer token may act for the number."""
        return bool(token) and (not self.token_digest or digest(token) == self.token_digest)


@dataclass
class Customer:
    """A pretend person. `wa_id` is WhatsApp's spelling of the number, digits.

    `shows_phone` is False for one with a username, whose number businesses do not see.
    `viewing` is the number whose chat is open on the phone, "" if none.
    """

    id: str
    name: str
    wa_id: str
    user_id: str
    username: str = ""
    language: str = "en"
    shows_phone: bool = True
    online: bool = True
    read_receipts: bool = True
    opted_out: bool = False
    blocked: bool = False
    viewing: str = ""


@dataclass
class Entry:
    """A message on the phone's screen.

    `status` is what became of it: of the business's sent … read or failed, of the customer's
    received or read. `told` is the last status whose webhook arrived, so that a restart can
    tell the rest. Times are seconds since 1970.
    """

    wamid: str
    sender: str  # customer or business
    type: str
    content: Json
    text: str
    at: float
    status: str
    told: str = ""
    answers: str = ""  # wamid
    callback_data: str = ""
    category: str = "service"
    by_user_id: bool = False
    error: Json = field(default_factory=dict[str, Any])
    shown: Json = field(default_factory=dict[str, Any])  # a template as the phone shows it
    sent: Json = field(
        default_factory=dict[str, Any]
    )  # the customer's message as the webhook carries it


@dataclass
class Thread:
    """One customer's chat with one number, oldest entry first."""

    number: str
    customer: str
    entries: list[Entry] = field(default_factory=list[Entry])
    last_inbound_at: float | None = None
    typing_until: float = 0.0

    def add(self, entry: Entry) -> None:
        """Appends, forgetting the oldest beyond LONGEST_THREAD."""
        self.entries.append(entry)
        del self.entries[:-LONGEST_THREAD]

    def find(self, wamid: str) -> Entry | None:
        """The entry with this id, if the phone still has it."""
        return next((entry for entry in reversed(self.entries) if entry.wamid == wamid), None)

    def window_open(self, now: float) -> bool:
        """Whether free-form messages may be sent to this customer."""
        return self.last_inbound_at is not None and now < self.last_inbound_at + WINDOW_SECONDS

    @property
    def unread(self) -> int:
        """How many messages of the business wait to be looked at."""
        return sum(e.sender == "business" and e.status == "delivered" for e in self.entries)


@dataclass
class Template:
    """A message template of a business account."""

    id: str
    name: str
    language: str
    category: str
    components: list[Json]
    status: str = "APPROVED"
    parameter_format: str = "POSITIONAL"
    rejected_reason: str = "NONE"


@dataclass
class MediaFile:
    """A file WhatsApp holds; its bytes lie beside the journal."""

    id: str
    mime_type: str
    sha256: str
    size: int
    filename: str = ""


@dataclass
class Signup:
    """Somebody went through Meta's dialog; the code was not exchanged yet."""

    code: str
    waba_id: str
    phone_number_id: str
    at: float


@dataclass
class Grant:
    """What a token that a code was exchanged for may do; `expires_at` 0 is never."""

    app_id: str
    wabas: list[str]
    expires_at: float = 0.0
    scopes: list[str] = field(default_factory=lambda: list(SCOPES))


@dataclass
class CrowdPlan:
    """Customers that are nobody in particular: numbers counted up from `first`, and habits."""

    size: int = 0
    first: int = 491_500_000_000
    reads: float = 1.0
    replies: float = 0.0
    text: str = "Thank you!"

    def has(self, wa_id: str) -> bool:
        """Whether this is somebody of the crowd."""
        digits = wa_id.isascii() and wa_id.isdigit() and len(wa_id) <= 15
        return digits and 0 <= int(wa_id) - self.first < self.size

    def person(self, wa_id: int, viewing: str = "") -> Customer:
        """Somebody of the crowd, made up anew each time."""
        place = wa_id - self.first
        return Customer("", f"Customer {place + 1}", str(wa_id), f"XX.{wa_id}", viewing=viewing)


@dataclass
class World:
    """Everything, as it is journaled."""

    numbers: dict[str, Number] = field(default_factory=dict[str, Number])
    customers: dict[str, Customer] = field(default_factory=dict[str, Customer])
    threads: dict[str, Thread] = field(default_factory=dict[str, Thread])
    templates: dict[str, list[Template]] = field(default_factory=dict[str, list[Template]])
    media: dict[str, MediaFile] = field(default_factory=dict[str, MediaFile])
    unsubscribed: list[str] = field(default_factory=list[str])  # business accounts
    insights: list[str] = field(default_factory=list[str])  # those whose templates are counted
    webhooks: dict[str, str] = field(default_factory=dict[str, str])  # of business accounts
    signups: dict[str, Signup] = field(default_factory=dict[str, Signup])  # by code
    grants: dict[str, Grant] = field(default_factory=dict[str, Grant])  # by the token's digest
    settings: Settings = field(default_factory=Settings)
    crowd: CrowdPlan = field(default_factory=CrowdPlan)

    def number(self, number_id: str) -> Number | None:
        """A number; in open mode any id is one from its first use on."""
        if number_id not in self.numbers and self.settings.open and number_id.isdigit():
            self.numbers[number_id] = Number(number_id, name="Test business")
        return self.numbers.get(number_id)

    def webhook_for(self, waba_id: str, value: Json) -> str:
        """Where news goes instead of the app's address: of the number, else of its account."""
        number = self.numbers.get(loose.text(loose.mapping(value, "metadata"), "phone_number_id"))
        return (number.webhook if number else "") or self.webhooks.get(waba_id, "")

    def thread(self, number: str, customer: str) -> Thread:
        """Their chat, begun if there is none."""
        return self.threads.setdefault(f"{number}/{customer}", Thread(number, customer))

    def threads_of(self, customer: str) -> Iterator[Thread]:
        """A customer's chats with all numbers."""
        return (thread for thread in self.threads.values() if thread.customer == customer)

    def customer_at(self, address: str) -> Customer | None:
        """Whose number (in any spelling), user id or simulator id this is."""
        if address in self.customers:
            return self.customers[address]
        wanted = phone.key(address)
        return next((c for c in self.customers.values() if wanted in keys(c)), None)


def keys(customer: Customer) -> tuple[str, str]:
    """What a customer may be addressed by."""
    return phone.key(customer.wa_id), customer.user_id


def display_number(number: Number) -> str:
    """The number's digits, made up for one nobody described."""
    return number.display_phone_number or f"1555{number.id[-7:].zfill(7)}"


def digest(token: str) -> str:
    """A token as it may be kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def default_customers() -> dict[str, Customer]:
    """The people whose phones are there from the start."""
    people = (
        Customer("ana", "Ana Ruiz", "34612345678", "ES.10482039571836402915", language="es"),
        Customer("bilal", "Bilal Mansoor", "971501234567", "AE.20593817462950173846"),
        Customer("chloe", "Chloé Martin", "33612345678", "FR.30716294853017462958", language="fr"),
        Customer("esha", "Esha Patel", "919876543210", "IN.40827163950284619375"),
        # WhatsApp knows many Brazilian numbers without their ninth digit.
        Customer(
            "joao", "João Pereira", "553187654321", "BR.50938471620593817264", language="pt_BR"
        ),
        Customer(
            "hannah",
            "Hannah Schmidt",
            "4915112345678",
            "DE.13491208655302741918",
            username="hannah.schmidt",
            language="de",
            shows_phone=False,
        ),
    )
    return {person.id: person for person in people}
