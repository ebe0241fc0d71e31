"""What bots do beside their turns and wait for no answer to: e-mails, showing that they type."""

from __future__ import annotations

import asyncio
import logging
import smtplib

from botpe_app.config import settings
from botpe_app.errors import BotpeError
from botpe_app.services import mails
from botpe_app.services.bot_calls import Answer, Call
from botpe_app.whatsapp.client import GraphClient

log = logging.getLogger(__name__)

_NO_SERVER = "there is no mail server (SMTP_URL)."


async def send_email(call: Call) -> Answer:
    """Whether the mail server took it. Never raises."""
    if not mails.possible():
        return Answer(ok=False, error=_NO_SERVER)
    request = call.request
    to, subject, text = (str(request.get(part) or "") for part in ("to", "subject", "body"))
    try:
        await asyncio.to_thread(mails.post, to=to, subject=subject, text=text)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        log.warning("bot_mail_failed", extra={"call_id": str(call.id), "error": str(error)})
        refused = isinstance(error, smtplib.SMTPRecipientsRefused | ValueError)
        told = "the mail server did not take it."
        return Answer(ok=False, error=told, again=not refused)
    return Answer(ok=True)


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
