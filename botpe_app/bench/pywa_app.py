"""A peer of `ingest`: pywa on FastAPI with a handler that does nothing. It stores nothing.

pywa is no dependency of the app, only of its development.
"""

from __future__ import annotations

from fastapi import FastAPI
from pywa_async.client import WhatsApp
from pywa_async.types.message import Message

from botpe_app.config import settings

app = FastAPI()
_whatsapp = WhatsApp(
    phone_id="106540352242922",
    token="EAA-bench-token",  # noqa: S106 - opens nothing
    server=app,
    webhook_endpoint="/webhooks/whatsapp",
    verify_token="bench",  # noqa: S106 - opens nothing
    app_secret=settings().app_secret,
)


@_whatsapp.on_message()
async def hear(client: WhatsApp, message: Message) -> None:
    """Takes a message and does nothing."""
