"""What the phones show, and what can be sent or set to go wrong with one click. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from botpe_app.services.simulator_views import Line, Phone
from botpe_app.ui import words
from botpe_app.ui.messages.contents import Content, content_of

# What a customer can send with one click: (words, icon, kind, content); files are made for it.
KINDS: list[tuple[str, str, str, Any]] = [
    ("Photo", "image", "image", None),
    ("Document", "file_text", "document", None),
    (
        "Location",
        "map_pin",
        "location",
        {"latitude": 40.4155, "longitude": -3.7074, "name": "Puerta del Sol", "address": "Madrid"},
    ),
    (
        "Contact",
        "contact",
        "contacts",
        [{"name": {"formatted_name": "Lena Fischer"}, "phones": [{"phone": "+4915112345678"}]}],
    ),
    (
        "Order",
        "shopping_cart",
        "order",
        {
            "catalog_id": "3021",
            "text": "Please wrap it as a gift",
            "product_items": [
                {
                    "product_retailer_id": "fjell-blue-m",
                    "quantity": 1,
                    "item_price": 189,
                    "currency": "EUR",
                }
            ],
        },
    ),
    ("Something new", "circle_help", "unsupported", {"type": "poll"}),
    ("Call", "phone", "call", None),
]
ANSWERS = 4  # lines of a form
CONTENTS = {kind: content for _, _, kind, content in KINDS}

SWITCHES = [  # of services.simulator.Weather
    ("slow", "WhatsApp answers slowly (3 s)"),
    ("duplicates", "Every webhook arrives twice"),
    ("reorder", "Webhooks overtake each other"),
    ("skip_delivered", "“Delivered” is left out"),
    ("hide_phones", "Customers hide their numbers"),
    ("slow_review", "Templates wait a minute for their review"),
    ("reject_templates", "Templates are rejected"),
]
QUALITIES = [("High", "GREEN"), ("Medium", "YELLOW"), ("Low", "RED")]
MISHAPS = [  # (words, what happens, error code)
    ("Rate limit reached", "error", 130429),
    ("Access token expired", "error", 190),
    ("Template paused", "error", 132015),
    ("Not on WhatsApp", "fail", 131026),
    ("Server error", "http_500", 0),
    ("Answer lost, message arrives", "reset_after", 0),
    ("Connection lost, nothing arrives", "reset", 0),
    ("Held for its quality", "held", 0),
]


@dataclass(frozen=True)
class Card:
    """A phone in the list."""

    id: str
    href: str
    name: str
    initials: str
    hue: int
    last: str
    unread: int
    online: bool
    looking: bool


@dataclass(frozen=True)
class Device:
    """The phone in the middle and its switches."""

    id: str = ""
    name: str = ""
    phone: str = ""
    online: bool = True
    read_receipts: bool = True
    shows_phone: bool = True
    blocked: bool = False
    wants_marketing: bool = True
    looking: bool = False


@dataclass(frozen=True)
class Spoken:
    """A message on the phone's screen; the customer's own are on the right."""

    id: str
    side: str
    time: str
    content: Content
    tick: str
    error: str
    form: str = ""  # the button that opens the form of a Flow


def address(number: str, phone: str) -> str:
    """The address of a phone."""
    return f"/simulator?n={number}&p={phone}"


def card(phone: Phone, number: str) -> Card:
    """A phone as the list shows it."""
    return Card(
        id=phone.id,
        href=address(number, phone.id),
        name=phone.name,
        initials=words.initials(phone.name),
        hue=words.hue(phone.id),
        last=phone.last or words.phone(phone.phone) or "number hidden",
        unread=phone.unread,
        online=phone.online,
        looking=phone.looking,
    )


def device(phone: Phone) -> Device:
    """A phone and its switches."""
    return Device(
        id=phone.id,
        name=phone.name,
        phone=words.phone(phone.phone) or "number hidden",
        online=phone.online,
        read_receipts=phone.read_receipts,
        shows_phone=phone.shows_phone,
        blocked=phone.blocked,
        wants_marketing=not phone.opted_out,
        looking=phone.looking,
    )


def spoken(line: Line, zone: ZoneInfo) -> Spoken:
    """A message as the phone shows it."""
    content = content_of(line.type, line.content)
    return Spoken(
        id=line.wamid,
        side="out" if line.mine else "in",
        time=words.clock(datetime.fromtimestamp(line.at, UTC), zone),
        content=content,
        tick=("read" if line.status == "read" else "delivered") if line.mine else "",
        error=line.error if not line.mine else "",
        form=_form(line, content.options),
    )


def _form(line: Line, options: list[str]) -> str:
    """Which of its buttons opens the form of a Flow, "" if none does."""
    if line.mine:
        return ""
    if line.content.get("type") == "flow":
        return options[-1] if options else ""
    shown = line.content.get("shown") or {}
    kinds = [button.get("type") for button in shown.get("buttons", ())]
    return options[kinds.index("FLOW")] if "FLOW" in kinds else ""


def answers(form: dict[str, Any]) -> dict[str, str]:
    """What somebody wrote into the form of a Flow: name and value of each line that has both."""
    lines = (
        (str(form.get(f"name{place}", "")).strip(), str(form.get(f"value{place}", "")).strip())
        for place in range(ANSWERS)
    )
    return {name[:80]: value[:1000] for name, value in lines if name and value}


def visible(line: Line) -> bool:
    """Whether the phone has it: not what failed or has not reached it yet."""
    return line.mine or line.status in {"delivered", "read"}
