"""The front door: one port for pages, sockets, the API, health and the webhook."""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from botpe_app.services import campaign_links
from botpe_app.web import origins
from botpe_app.web.api import api
from botpe_app.web.headers import WithHeaders
from botpe_app.web.requests import Watched

WEBHOOK = "/webhooks/whatsapp"
_MACHINES = {"/healthz", "/readyz", "/metrics"}
_ROOMS = ("/api/", campaign_links.PATH)


def mount(pages: ASGIApp, build: Path | None = None) -> ASGIApp:
    """`pages` (Reflex) with everything else that this port answers in front of it.

    `build` is the folder of the built pages, whose inline scripts the browser may run.
    """
    rest = api()

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        ours = path in _MACHINES or path == "/api" or path.startswith(_ROOMS)
        await (rest if ours else pages)(scope, receive, send)

    layered = WithHeaders(Watched(origins.cors(choose)), build)

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == WEBHOOK:
            await _webhook()(scope, receive, send)
        elif scope["type"] == "http":
            await layered(scope, receive, send)
        elif scope["type"] == "websocket" and not origins.is_ours(Headers(scope=scope)):
            await origins.refuse_socket(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return door


def _webhook() -> ASGIApp:
    from botpe_app.web.webhook import webhook

    return webhook
