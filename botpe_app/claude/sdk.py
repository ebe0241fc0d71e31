"""What we use of Anthropic's SDK: one request, repeated where the other side is too busy.

Whoever imports this loads the SDK: see client.py.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any, cast

import anthropic
import httpx
from anthropic import AsyncAnthropic, transform_schema
from anthropic.types import Message, MessageParam, RawMessageStreamEvent, Usage
from pydantic import BaseModel

from botpe_app.claude.client import Question, Reply
from botpe_app.config import settings

Problem = anthropic.AnthropicError

_WAITS = (0.2, 0.6)  # seconds before asking again whoever was too busy
_BUSY = (429, 500, 502, 503, 529)
# Models that think by themselves, and can be told how much: Haiku 4.5 and Sonnet 4.5 refuse that.
_WITH_EFFORT = re.compile(r"(?<!haiku-4)(?<!sonnet-4)-5(-\d)?$")


def connect() -> AsyncAnthropic:
    """A connection for a few questions; close it."""
    return AsyncAnthropic(
        api_key=settings().anthropic_api_key,
        base_url=settings().anthropic_base_url or "https://api.anthropic.com",
        max_retries=0,
    )


async def ask(
    client: AsyncAnthropic,
    question: Question,
    messages: list[MessageParam],
    output: type[BaseModel],
    reply: Reply,
) -> None:
    """Writes what Claude says into `reply`; asks again whoever is too busy. Raises Problem."""
    asked: dict[str, Any] = {
        "model": question.model,
        "max_tokens": question.most_tokens,
        "system": [
            {
                "type": "text",
                "text": question.instructions,
                "cache_control": {"type": "ephemeral"},
            }
        ],
        "messages": messages,
        "output_config": _asked_for(question, output),
    }
    for wait in (*_WAITS, None):
        try:
            if reply.hear is None:
                _take(cast("Message", await client.messages.create(**asked)), reply)
            else:
                await _listen(client, asked, reply, reply.hear)
            return
        except anthropic.APIStatusError as error:
            if error.status_code not in _BUSY or wait is None:
                raise
            await asyncio.sleep(wait)
        except (AttributeError, TypeError, ValueError, httpx.HTTPError) as error:
            raise anthropic.AnthropicError("That was no message, or half of one.") from error


async def _listen(
    client: AsyncAnthropic, asked: dict[str, Any], reply: Reply, hear: Callable[[str], None]
) -> None:
    streaming = client.messages.with_streaming_response.create(**asked, stream=True)
    async with streaming as response:
        if "event-stream" not in response.headers.get("content-type", ""):
            _take(Message.model_validate_json(await response.read()), reply)
            return
        async for event in await response.parse():
            before = reply.text
            _hear(event, reply)
            if reply.text != before:
                hear(reply.text)
    if not reply.stop_reason:
        raise anthropic.AnthropicError("It broke off.")


def told(error: Problem, seconds: float) -> str:
    """What went wrong, in words."""
    if isinstance(error, anthropic.APITimeoutError):
        return f"Claude did not answer within {seconds:.0f} seconds."
    if isinstance(error, anthropic.APIStatusError):
        return f"Claude answered with error {error.status_code}."
    if isinstance(error, anthropic.APIConnectionError):
        return "Claude could not be reached."
    return "Claude's answer could not be read."


def _take(message: Message, reply: Reply) -> None:
    reply.text = "".join(block.text for block in message.content if block.type == "text")
    reply.called = [block.name for block in message.content if block.type == "tool_use"]
    reply.stop_reason = message.stop_reason or "end_turn"
    _count(message.usage, reply)


def _hear(event: RawMessageStreamEvent, reply: Reply) -> None:
    if event.type == "message_start":
        _count(event.message.usage, reply)
    elif event.type == "content_block_start" and event.content_block.type == "tool_use":
        reply.called.append(event.content_block.name)
    elif event.type == "content_block_delta" and event.delta.type == "text_delta":
        reply.text += event.delta.text
        # Until it is told: no token is shorter than a byte.
        reply.output_tokens = max(reply.output_tokens, len(reply.text.encode()))
    elif event.type == "message_delta":
        reply.stop_reason = event.delta.stop_reason or "end_turn"
        reply.output_tokens = event.usage.output_tokens


def _count(usage: Usage, reply: Reply) -> None:
    reply.input_tokens, reply.output_tokens = usage.input_tokens, usage.output_tokens
    reply.written = usage.cache_creation_input_tokens or 0
    reply.read = usage.cache_read_input_tokens or 0


def _asked_for(question: Question, output: type[BaseModel]) -> Any:
    """What the answer has to look like, and how much thought it is worth."""
    wanted: dict[str, Any] = {"format": {"type": "json_schema", "schema": transform_schema(output)}}
    return {**wanted, "effort": question.effort} if _WITH_EFFORT.search(question.model) else wanted
