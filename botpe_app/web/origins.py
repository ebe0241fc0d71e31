"""Whose pages may talk to us: those of our own public address, and nobody else's."""

from __future__ import annotations

import logging

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from botpe_app.config import settings

log = logging.getLogger(__name__)

_ASKED = ("Authorization", "Content-Type", "Idempotency-Key", "X-Request-Id")
_TOLD = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After", "X-Request-Id")


def is_ours(headers: Headers) -> bool:
    """Whether a request cannot have been made by another site's page.

    Browsers name the origin of every write and socket; programs that name none are not browsers.
    """
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "none") in {"none", "same-origin"}
    return origin.lower() in settings().origins


def cors(app: ASGIApp) -> ASGIApp:
    """`app`, readable by pages of our own origins only."""
    return CORSMiddleware(
        app,
        allow_origins=settings().origins,
        allow_credentials=True,
        allow_methods=["GET", "POST", "PATCH", "DELETE"],
        allow_headers=_ASKED,
        expose_headers=_TOLD,
    )


async def refuse_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers a socket of another site's page with 403, before it is one."""
    origin = Headers(scope=scope).get("origin", "")
    log.warning(
        "socket_refused",
        extra={"origin": origin[:200], "mend": "Open the address that BOTPE_BASE_URL names."},
    )
    await receive()
    await send({"type": "websocket.close", "code": 1008, "reason": "foreign origin"})
