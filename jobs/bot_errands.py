"""What bots do beside their turns and wait for no answer to: showing that they type."""

from __future__ import annotations

import asyncio
import logging

from botpe_app.config import settings
from botpe_app.errors import BotpeError
from botpe_app.services.bot_calls import Answer, Call
from botpe_app.whatsapp.client import GraphClient

log = logging.getLogger(__name__)


async def show_typing(call: Call, phone_number_id: str, token: str) -> Answer:
    """Shows the customer that somebody types. That it could not be shown costs nothing."""
    known = settings()
    try:
        with GraphClient(known.graph_url, known.graph_version, token) as client:
            wamid = str(call.request["message_id"])
            await asyncio.to_thread(client.mark_read, phone_number_id, wamid, typing=True)
    except BotpeError as error:
        log.info("typing_not_shown", extra={"call_id": str(call.id), "error": error.message})
        return Answer(ok=False, error=error.message)
    return Answer(ok=True)
