"""The door for WhatsApp's webhooks: verify, store, answer; nothing else happens here.

A plain ASGI function outside the framework's middleware: this is the busiest address we have.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID
from weakref import WeakKeyDictionary

from botpe_app.config import settings
from botpe_app.errors import Unavailable
from botpe_app.models.base import new_id
from botpe_app.services.intake import Intake
from botpe_app.whatsapp.payloads import split
from botpe_app.whatsapp.signature import verify

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LARGEST_BODY = 3 * 1024 * 1024  # bytes; Meta sends no more
_RETRY_AFTER_SECONDS = b"5"

_intakes: WeakKeyDictionary[asyncio.AbstractEventLoop, Intake] = WeakKeyDictionary()


class _TooLarge(Exception):
    pass


class _Gone(Exception):
    """The client went away before it had said everything."""


async def webhook(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers GET (Meta's verification) and POST (signed events) of /webhooks/whatsapp.

    A POST gets 200 only after all it brought is durable; 503 means: send it again.
    """
    if scope["method"] == "POST":
        await _take(scope, receive, send)
    elif scope["method"] == "GET":
        await _verify(scope, send)
    else:
        await _refuse(send, 405, "method_not_allowed", "Use GET or POST.", (b"allow", b"GET, POST"))


def intake() -> Intake:
    """The intake of the running event loop, made at its first use."""
    loop = asyncio.get_running_loop()
    found = _intakes.get(loop)
    if found is None:
        found = _intakes[loop] = Intake()
    return found


async def _take(scope: Scope, receive: Receive, send: Send) -> None:
    correlation_id = new_id()
    headers = dict(scope["headers"])
    try:
        body = await _body(headers, receive)
    except _TooLarge:
        await _refuse(send, 413, "too_large", "At most 3 MB.", (b"connection", b"close"))
        return
    except _Gone:
        return
    if not _signed(body, headers.get(b"x-hub-signature-256")):
        log.info("webhook_refused", extra={"reason": "signature", "bytes": len(body)})
        await _refuse(send, 401, "unauthorized", "The X-Hub-Signature-256 header does not fit.")
        return
    try:
        await intake().store(split(body), correlation_id)
    except Unavailable as error:
        log.warning("webhook_not_stored", extra={"error": str(error.__cause__ or error)})
        retry = (b"retry-after", _RETRY_AFTER_SECONDS)
        await _refuse(send, 503, error.code, "It could not be stored. Send it again.", retry)
        return
    await _accept(send, correlation_id)


async def _body(headers: dict[bytes, bytes], receive: Receive) -> bytes:
    """The whole body; what the header says of its length is not believed."""
    declared = headers.get(b"content-length", b"")
    if declared.isdigit() and int(declared[:12]) > LARGEST_BODY:
        raise _TooLarge
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        event = await receive()
        if event["type"] != "http.request":
            raise _Gone
        part = event.get("body", b"")
        size += len(part)
        if size > LARGEST_BODY:
            raise _TooLarge
        parts.append(part)
        more = event.get("more_body", False)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _signed(body: bytes, header: bytes | None) -> bool:
    return any(verify(secret, body, header) for secret in _secrets(settings().app_secret))


@lru_cache(maxsize=4)
def _secrets(listed: str) -> tuple[bytes, ...]:
    """WHATSAPP_APP_SECRET may name several, comma between: the new and the old while rotating."""
    return tuple(secret.strip().encode() for secret in listed.split(",") if secret.strip())


async def _verify(scope: Scope, send: Send) -> None:
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)

    def said(name: str) -> str:
        return query.get(name, [""])[0]

    token = settings().verify_token.encode()
    told = said("hub.verify_token").encode("utf-8", "surrogatepass")
    if said("hub.mode") != "subscribe" or not token or not hmac.compare_digest(told, token):
        log.info("webhook_refused", extra={"reason": "verify_token"})
        await _refuse(send, 403, "forbidden", "The verify token is not ours.")
        return
    await _answer(send, 200, said("hub.challenge").encode(), b"text/plain; charset=utf-8")


async def _accept(send: Send, correlation_id: UUID) -> None:
    await _answer(
        send, 200, b"", b"text/plain", (b"x-correlation-id", str(correlation_id).encode())
    )


async def _refuse(
    send: Send, status: int, code: str, message: str, *headers: tuple[bytes, bytes]
) -> None:
    problem = {"error": {"code": code, "message": message, "field": None}}
    await _answer(send, status, json.dumps(problem).encode(), b"application/json", *headers)


async def _answer(
    send: Send, status: int, body: bytes, kind: bytes, *headers: tuple[bytes, bytes]
) -> None:
    length = (b"content-length", str(len(body)).encode())
    all_headers = [(b"content-type", kind), length, *headers]
    await send({"type": "http.response.start", "status": status, "headers": all_headers})
    await send({"type": "http.response.body", "body": body})
