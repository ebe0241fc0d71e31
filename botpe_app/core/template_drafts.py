"""A plain message template for what somebody describes, from a handful of patterns."""

from __future__ import annotations

import re
from typing import Any

_SLUG = re.compile(r"[a-z0-9]+")
# Words that give the kind away → name, category, body, samples, quick replies. First match counts.
_KINDS: tuple[tuple[str, str, str, str, list[str], list[str]], ...] = (
    (
        r"feedback|review|rating|survey|opinion",
        "feedback_request",
        "MARKETING",
        "Hello {{1}}, thank you for choosing us. How was your experience? Your answer helps us.",
        ["Ana"],
        ["Great", "Could be better"],
    ),
    (
        r"appointment|booking|reservation|visit|meeting|cita|consulta|termin",
        "appointment_reminder",
        "UTILITY",
        "Hello {{1}}, this is a reminder of your appointment on {{2}} at {{3}}. See you then.",
        ["Ana", "3 March", "10:30"],
        ["I will be there", "Reschedule"],
    ),
    (
        r"ship|deliver|parcel|package|tracking|dispatch|envío|entrega|liefer",
        "order_shipped",
        "UTILITY",
        "Hello {{1}}, your order {{2}} is on its way. It should arrive on {{3}} at the latest.",
        ["Ana", "A-1023", "3 March"],
        [],
    ),
    (
        r"pay|invoice|bill|due|factura|fatura|rechnung",
        "payment_reminder",
        "UTILITY",
        "Hello {{1}}, the payment of {{2}} for {{3}} is due. If you have paid, ignore this.",
        ["Ana", "$25.00", "invoice 1023"],
        [],
    ),
    (
        r"order|purchase|confirm|pedido|bestell",
        "order_confirmation",
        "UTILITY",
        "Hello {{1}}, we have received your order {{2}}. We will write when it is on its way.",
        ["Ana", "A-1023"],
        [],
    ),
    (
        r"",
        "news",
        "MARKETING",
        "Hello {{1}}, we have news for you: {{2}}. Answer this message to learn more.",
        ["Ana", "our new collection is here"],
        ["Tell me more", "Stop messages"],
    ),
)


def draft(description: str) -> dict[str, Any]:
    """The template, in Graph form, whose words the description comes closest to; in English."""
    described = description.casefold()
    _, name, category, body, samples, replies = next(
        kind for kind in _KINDS if re.search(kind[0], described)
    )
    return template(
        name=name,
        language="en",
        category=category,
        body=body,
        samples=samples,
        quick_replies=replies,
    )


def template(
    *,
    name: str,
    language: str,
    category: str,
    body: str,
    samples: list[str],
    header: str = "",
    footer: str = "",
    quick_replies: list[str],
) -> dict[str, Any]:
    """A template in Graph form from its parts; empty ones are left out."""
    components: list[dict[str, Any]] = []
    if header:
        components.append({"type": "HEADER", "format": "TEXT", "text": header})
    example = {"example": {"body_text": [samples]}} if samples else {}
    components.append({"type": "BODY", "text": body, **example})
    if footer:
        components.append({"type": "FOOTER", "text": footer})
    if quick_replies:
        buttons = [{"type": "QUICK_REPLY", "text": label} for label in quick_replies]
        components.append({"type": "BUTTONS", "buttons": buttons})
    tidy = "_".join(_SLUG.findall(name.lower()))[:80] or "template"
    return {"name": tidy, "language": language, "category": category, "components": components}
