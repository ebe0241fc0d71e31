"""The least a webhook can do: read the body, check its signature, say 200. It stores nothing."""

from __future__ import annotations

from botpe_app.config import settings
from botpe_app.web.webhook import Receive, Scope, Send
from botpe_app.whatsapp.signature import verify


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ceiling for an endpoint on this server and machine; 401 for a wrong signature."""
    body, more = b"", True
    while more:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
    header = dict(scope["headers"]).get(b"x-hub-signature-256")
    status = 200 if verify(settings().app_secret, body, header) else 401
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
