"""What the simulator's own API takes."""

from __future__ import annotations

from botpe_app.whatsapp.messages.checks import (
    flag,
    items,
    mapping,
    number,
    one_of,
    shape,
    text,
    whole,
)
from botpe_app.whatsapp.simulator.faults import MISHAPS

_ID = text(128)
NUMBER = shape(
    {},
    {
        "waba_id": _ID,
        "display_phone_number": text(40),
        "name": text(200),
        "token": text(4096),
        "token_expired": flag,
        "per_second": whole(1, 10_000),
        "registered": flag,
        "quality": one_of("GREEN", "YELLOW", "RED", "UNKNOWN"),
        "name_status": text(40),
        "messaging_limit": text(40),
    },
)
SIGNUP = shape(
    {},
    {
        "waba_id": _ID,
        "phone_number_id": _ID,
        "phone": text(40),
        "name": text(200),
        "pin": text(6),
        "coexistence": flag,
    },
)
CUSTOMER = shape(
    {},
    {
        "name": text(200),
        "phone": text(40),
        "username": text(35, least=0),
        "language": text(10),
        "shows_phone": flag,
        "online": flag,
        "read_receipts": flag,
        "blocked": flag,
    },
)
SETTINGS = shape(
    {},
    {
        "open": flag,
        **dict.fromkeys(
            (
                "graph_delay",
                "sent_after",
                "delivered_after",
                "read_after",
                "webhook_delay",
                "review_after",
            ),
            number(0, 3600),
        ),
        "duplicates": whole(0, 10),
        "reorder": flag,
        "skip_delivered": flag,
        "hide_phones": flag,
        "batch": whole(1, 1000),
        "pair_limit": flag,
        "reject_templates": flag,
    },
)
NEXT = shape(
    {"mishap": one_of(*MISHAPS)},
    {"count": whole(1, 100_000), "code": whole(0, 10**8), "number": _ID},
)
LINE = shape(
    {"sender": one_of("customer", "business"), "type": text(50), "at": number(0, 10**11)},
    {"content": mapping, "wamid": text(256), "status": text(20), "text": text(5000, least=0)},
)
HISTORY = shape({"entries": items(LINE, 300, least=0)})
TEMPLATE = shape(
    {"status": one_of("APPROVED", "REJECTED", "PAUSED", "DISABLED", "PENDING")},
    {"reason": text(100)},
)
WEBHOOK = shape({"field": text(100), "value": mapping}, {"waba_id": _ID})
SAY = shape({"type": text(50)}, {"content": lambda value, field: value, "reply_to": text(256)})
TAP = shape({"wamid": text(256), "choice": text(256)})
FLOW = shape({"wamid": text(256)}, {"answers": mapping})
CROWD = shape(
    {"size": whole(0, 1_000_000)},
    {"first": text(40), "reads": number(0, 1), "replies": number(0, 1), "text": text(4096)},
)
CROWD_SAY = shape(
    {"number": _ID, "count": whole(1, 100_000)}, {"start": whole(0, 1_000_000), "text": text(4096)}
)
MARKETING = shape({"wanted": flag})
