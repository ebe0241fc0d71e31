"""What happened beside the chat, as lines to stand in it: calls, and what the WhatsApp Business app
says of itself (Cloud API docs, "Calling", "Coexistence")."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from botpe_app.core import phone
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.payloads.contents import read_content
from botpe_app.whatsapp.payloads.inbound import Incoming, Sender
from botpe_app.whatsapp.preview import preview

_LONGEST = 500  # characters of a line


def lines(field: str, value: Json) -> list[Incoming]:
    """The lines of a webhook, each with the customer it concerns; never raises."""
    reader = _READERS.get(field)
    return list(reader(value)) if reader else []


def _calls(value: Json) -> Iterator[Incoming]:
    for call in loose.mappings(value, "calls"):
        ours = loose.text(call, "direction").upper() == "BUSINESS_INITIATED"
        who = loose.text(call, "to") if ours else loose.text(call, "from")
        event = loose.text(call, "event")
        words = _CALL.get((event, ours)) or f"Call: {event or 'news'}"
        if event == "terminate":
            seconds = loose.whole(call, "duration") or 0
            missed = "Call not answered" if ours else "Missed call"
            words = f"Call ended after {_length(seconds)}" if seconds > 0 else missed
        yield _line(f"{loose.text(call, 'id')}:{event}", who, words, call)
    for told in loose.mappings(value, "statuses"):
        status = loose.text(told, "status").upper()
        if loose.text(told, "type") == "call" and status in _ANSWERED:
            unique = f"{loose.text(told, 'id')}:{status}"
            yield _line(unique, loose.text(told, "recipient_id"), _ANSWERED[status], told)


_CALL = {("connect", False): "The customer calls", ("connect", True): "You call the customer"}
_ANSWERED = {
    "ACCEPTED": "The customer took the call",
    "REJECTED": "The customer declined the call",
}


def _echoes(value: Json) -> Iterator[Incoming]:
    for echo in loose.mappings(value, "message_echoes"):
        words = f"Sent from the WhatsApp Business app: {_said(echo)}"
        who = loose.text(echo, "to") or loose.text(echo, "to_user_id")
        yield _line(f"echo:{loose.text(echo, 'id')}", who, words, echo)


def _history(value: Json) -> Iterator[Incoming]:
    for part in loose.mappings(value, "history"):
        for thread in loose.mappings(part, "threads"):
            who = loose.text(thread, "id")
            for message in loose.mappings(thread, "messages"):
                theirs = phone.key(loose.text(message, "from")) == phone.key(who)
                words = f"{_day(message)}, {'the customer' if theirs else 'you'}: {_said(message)}"
                yield _line(f"history:{loose.text(message, 'id')}", who, words, message)


def _said(message: Json) -> str:
    kind = loose.text(message, "type") or "unknown"
    return preview(kind, read_content(kind, message))


def _day(message: Json) -> str:
    at = loose.time(message, "timestamp")
    return f"{at:%Y-%m-%d}" if at else "Earlier"


def _length(seconds: int) -> str:
    minutes, left = divmod(seconds, 60)
    return f"{minutes} min {left} s" if minutes else f"{left} s"


def _line(unique: str, who: str, words: str, told: Json) -> Incoming:
    bsuid = who if phone.is_bsuid(who) else ""
    wa_id = "" if bsuid else who.removeprefix("+")
    return Incoming(
        wamid=unique,
        type="system",
        sender=Sender(wa_id, phone.shown(wa_id), bsuid, "", "", ""),
        timestamp=loose.time(told, "timestamp"),
        content={"body": words[:_LONGEST]},
        text=words[:_LONGEST],
        context=None,
        referral={},
        group_id="",
        errors=(),
    )


_READERS: dict[str, Callable[[Json], Iterator[Incoming]]] = {
    "calls": _calls,
    "smb_message_echoes": _echoes,
    "history": _history,
}
