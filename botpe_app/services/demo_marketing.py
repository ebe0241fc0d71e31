"""The demo's marketing: fields, what is known of customers, segments."""

from __future__ import annotations

import zlib
from typing import Any

from sqlmodel import Session, select

from botpe_app.models import Contact
from botpe_app.services import contacts, custom_fields, segments
from botpe_app.services.access import Actor

_FIELDS: tuple[dict[str, Any], ...] = (
    {"name": "city", "label": "City"},
    {"name": "size", "label": "Size", "type": "choice", "options": ["XS", "S", "M", "L", "XL"]},
    {"name": "birthday", "label": "Birthday", "type": "date"},
    {"name": "orders", "label": "Orders", "type": "number"},
)
_CITIES = ("Berlin", "Hamburg", "München", "Köln", "Leipzig", "Dresden", "Freiburg")
_SEGMENTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Regulars", {"all": [{"field": "custom_fields.orders", "op": "gt", "value": 4}]}),
    (
        "Allowed marketing, Berlin and Hamburg",
        {
            "all": [
                {"field": "marketing_opt_in", "op": "eq", "value": True},
                {"field": "custom_fields.city", "op": "in", "value": ["Berlin", "Hamburg"]},
            ]
        },
    ),
    (
        "Newsletter or hikers",
        {
            "any": [
                {"field": "tags", "op": "contains", "value": "newsletter"},
                {"field": "tags", "op": "contains", "value": "hiking"},
            ]
        },
    ),
)


def know(session: Session, boss: Actor) -> None:
    """Makes the fields and segments, and tells more of the demo's customers."""
    for field in _FIELDS:
        custom_fields.create_field(session, boss, **field)
    ours = select(Contact).where(Contact.organization_id == boss.organization_id)
    for row in session.exec(ours).all():
        if row.phone and row.phone.startswith("+4915"):
            contacts.update_contact(session, boss, row.id, **_known(row.phone))
    for name, filter in _SEGMENTS:
        segments.create_segment(session, boss, name=name, filter=filter)


def _known(phone: str) -> dict[str, Any]:
    """What a customer with this number always is."""
    chance = zlib.crc32(phone.encode())
    tags = [
        tag for bit, tag in enumerate(("newsletter", "hiking", "vip")) if chance >> bit & 3 == 3
    ]
    known: dict[str, Any] = {
        "tags": tags,
        "custom_fields": {
            "city": _CITIES[chance % len(_CITIES)],
            "orders": chance // 7 % 9,
            "size": ("S", "M", "L")[chance // 63 % 3],
        },
    }
    if chance % 4:
        known |= {"marketing_opt_in": True, "evidence": "Ticked the box in the shop's check-out"}
    return known
