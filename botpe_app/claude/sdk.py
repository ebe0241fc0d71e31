"""What we use of Anthropic's SDK: one request, repeated where the other side is too busy.

Whoever imports this loads the SDK: see client.py.
"""

from __future__ import annotations

import re
import time
from typing import Any

import anthropic
from anthropic import Anthropic, transform_schema
from anthropic.types import Message, MessageParam
from pydantic import BaseModel

from botpe_app.claude.client import Question
from botpe_app.config import settings

Problem = anthropic.AnthropicError

_WAITS = (0.2, 0.6)  # seconds before asking again whoever was too busy
_BUSY = (429, 500, 502, 503, 529)
_WITH_EFFORT = re.compile(r"-5(-\d)?$")  # models that think by themselves, and can be told how much


def connect() -> Anthropic:
    """A connection for a few questions; close it."""
    return Anthropic(
        api_key=settings().anthropic_api_key,
        base_url=settings().anthropic_base_url or "https://api.anthropic.com",
        max_retries=0,
    )


def ask(
    client: Anthropic,
    question: Question,
    messages: list[MessageParam],
    output: type[BaseModel],
    ends: float,
) -> Message:
    """Claude's reply; asks again whoever is too busy, while there is time. Raises Problem."""
    for wait in (*_WAITS, None):
        left = ends - time.monotonic()
        if left <= 0:
            break
        try:
            return client.messages.create(
                model=question.model,
                max_tokens=question.most_tokens,
                system=[
                    {
                        "type": "text",
                        "text": question.instructions,
                        "cache_control": {"type": "ephemeral"},
                    }
                ],
                messages=messages,
                output_config=_asked_for(question, output),
                timeout=left,
            )
        except anthropic.APIStatusError as error:
            if error.status_code not in _BUSY or wait is None:
                raise
            time.sleep(min(wait, max(0.0, ends - time.monotonic())))
    raise anthropic.AnthropicError("It took too long.")


def told(error: Problem, seconds: float) -> str:
    """What went wrong, in words."""
    if isinstance(error, anthropic.APITimeoutError):
        return f"Claude did not answer within {seconds:.0f} seconds."
    if isinstance(error, anthropic.APIStatusError):
        return f"Claude answered with error {error.status_code}."
    if isinstance(error, anthropic.APIConnectionError):
        return "Claude could not be reached."
    return "Claude's answer could not be read."


def _asked_for(question: Question, output: type[BaseModel]) -> Any:
    """What the answer has to look like, and how much thought it is worth."""
    wanted: dict[str, Any] = {"format": {"type": "json_schema", "schema": transform_schema(output)}}
    return {**wanted, "effort": question.effort} if _WITH_EFFORT.search(question.model) else wanted
