"""What the simulator's own API shows."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Iterable

from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.messages import preview
from botpe_app.whatsapp.simulator.world import WINDOW_SECONDS, Customer, Entry, Number, Thread


def number(known: Number) -> Json:
    """A number; of its token only whether there is one."""
    return {**dataclasses.asdict(known), "token_digest": bool(known.token_digest)}


def customer(person: Customer, threads: Iterable[Thread]) -> Json:
    """A person, their phone and a summary of each chat."""
    chats = [
        {
            "number": thread.number,
            "unread": thread.unread,
            "last": entry(thread.entries[-1]) if thread.entries else None,
        }
        for thread in threads
    ]
    phone = "+" + person.wa_id if person.wa_id else ""
    return {**dataclasses.asdict(person), "phone": phone, "threads": chats}


def entry(message: Entry) -> Json:
    """A message as the phone shows it."""
    fields = dataclasses.asdict(message)
    for ours in ("sent", "callback_data", "told"):
        del fields[ours]
    return fields


def chat(thread: Thread, now: float) -> Json:
    """A whole chat, oldest message first."""
    last = thread.last_inbound_at
    return {
        "number": thread.number,
        "customer": thread.customer,
        "entries": [entry(message) for message in thread.entries],
        "typing": thread.typing_until > now,
        "unread": thread.unread,
        "window_closes_at": None if last is None else last + WINDOW_SECONDS,
    }


def remembered(line: Json) -> Entry:
    """A message that was said before the simulator knew of it."""
    kind, content = line["type"], line.get("content", {})
    status = line.get("status", "received" if line["sender"] == "customer" else "read")
    return Entry(
        wamid=line.get("wamid") or f"wamid.{secrets.token_hex(12)}",
        sender=line["sender"],
        type=kind,
        content=content,
        text=line.get("text") or preview(kind, content),
        at=line["at"],
        status=status,
        told=status,
    )
