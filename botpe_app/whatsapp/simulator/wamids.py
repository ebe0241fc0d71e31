"""Message ids that look like WhatsApp's. Real ones are opaque; nothing may read them."""

from __future__ import annotations

import base64
import secrets
from typing import Literal

Direction = Literal["in", "out"]

_DIRECTION = {"out": 0x11, "in": 0x12}  # business to customer, customer to business


def wamid(phone: str, direction: Direction, hex_id: str | None = None) -> str:
    """The id of a message to or from a customer's phone (digits); a new one without `hex_id`."""
    unique = hex_id or secrets.token_hex(9 if direction == "out" else 10).upper()
    number, name = phone.encode()[:255], unique.encode()
    raw = b"".join(
        (
            bytes((0x1C, 0x18, len(number))),
            number,
            bytes((0x15, 0x02, 0x00, _DIRECTION[direction], 0x18, len(name))),
            name,
            b"\x00",
        )
    )
    return "wamid." + base64.b64encode(raw).decode()
