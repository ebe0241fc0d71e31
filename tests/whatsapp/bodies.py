"""Webhook bodies for the tests: one real-looking POST, and builders for the rest."""

from __future__ import annotations

import json
from typing import Any

SINGLE_MESSAGE = (
    b'{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":'
    b'{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881",'
    b'"phone_number_id":"106540352242922"},"contacts":[{"profile":{"name":"Ana"},"wa_id":'
    b'"16505551234"}],"messages":[{"from":"16505551234","id":'
    b'"wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQUFBMDAwMDAwMDAwMDAwMDAwMQA=","timestamp":"1760000000",'
    b'"type":"text","text":{"body":"hi"}}]},"field":"messages"}]}]}'
)
WABA, NUMBER = "102290129340398", "106540352242922"
METADATA = {"display_phone_number": "15550783881", "phone_number_id": NUMBER}

Json = dict[str, Any]


def post(*values: Json, field: str = "messages", waba: str = WABA) -> bytes:
    """A POST with one entry and one change for each value."""
    changes = [{"field": field, "value": value} for value in values]
    document = {"object": "whatsapp_business_account", "entry": [{"id": waba, "changes": changes}]}
    return json.dumps(document).encode()


def value(**parts: Any) -> Json:
    """A `messages` value of our number with these parts."""
    return {"messaging_product": "whatsapp", "metadata": METADATA, **parts}


def message(kind: str = "text", content: Any = None, **others: Any) -> Json:
    """A message of Ana's; without content a short text."""
    content = {"body": "hi"} if content is None else content
    sent = {"from": "16505551234", "id": "wamid.1", "timestamp": "1760000000", "type": kind}
    return {**sent, kind: content, **others}


def status(word: str = "delivered", **others: Any) -> Json:
    """A status of one of our messages to Ana."""
    known = {"id": "wamid.9", "status": word, "timestamp": "1760000001"}
    return {**known, "recipient_id": "16505551234", **others}
