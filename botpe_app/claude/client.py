"""Asking Claude one question and getting a typed answer, or a sentence why there is none.

Never raises for what the other side does, and never takes longer than `DEADLINE`. What a
malformed answer cost is counted too; that is why the SDK's own parsing is not used: it would
throw the bill away with the answer.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Generic, TypeVar

import anthropic
from anthropic import Anthropic, transform_schema
from anthropic.types import Message, MessageParam
from pydantic import BaseModel, ValidationError

from botpe_app.claude import prices
from botpe_app.config import settings

Output = TypeVar("Output", bound=BaseModel)

DEFAULT_MODEL = "claude-haiku-5-5"
DEADLINE = 12.0  # seconds for everything, retries and repair included
ATTEMPTS = 2  # paid ones: the answer, and its repair
_WAITS = (0.2, 0.6)  # seconds before asking again whoever was too busy
_BUSY = (429, 500, 502, 503, 529)
_OVERHEAD = 400  # tokens around what we write


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask. `content` is data; only `instructions` instruct."""

    model: str
    instructions: str
    content: str
    most_tokens: int


@dataclass(frozen=True, slots=True)
class Answer(Generic[Output]):
    """What came back and what it cost; `problem` says why `output` is None."""

    output: Output | None
    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    problem: str = ""

    @property
    def cost_usd(self) -> Decimal:
        """In US dollars."""
        return prices.cost(self.model, self.input_tokens, self.output_tokens)


def configured() -> bool:
    """Whether there is a key to ask with."""
    return bool(settings().anthropic_api_key)


def most_input(instructions: str, content: str) -> int:
    """Tokens that a question will surely not exceed: no token is shorter than a byte."""
    return len(instructions.encode()) + len(content.encode()) + _OVERHEAD


def ask(question: Question, output: type[Output]) -> Answer[Output]:
    """Claude's answer as `output`. A malformed one is sent back once to be repaired."""
    ends = time.monotonic() + DEADLINE
    total: Answer[Output] = Answer(None, question.model)
    messages: list[MessageParam] = [{"role": "user", "content": question.content}]
    with _client() as client:
        for _ in range(ATTEMPTS):
            try:
                reply = _patiently(client, question, messages, output, ends)
            except anthropic.AnthropicError as error:
                return replace(total, problem=_told(error))
            said = "".join(block.text for block in reply.content if block.type == "text")
            total = replace(
                total,
                input_tokens=total.input_tokens + reply.usage.input_tokens,
                output_tokens=total.output_tokens + reply.usage.output_tokens,
            )
            if reply.stop_reason == "refusal":
                return replace(total, problem="Claude refused to answer.")
            try:
                return replace(total, output=output.model_validate_json(said), problem="")
            except ValidationError as error:
                total = replace(total, problem="Claude's answer was malformed, also when repaired.")
                wrong = "; ".join(one["msg"] for one in error.errors()[:5])
                messages = [
                    *messages,
                    {"role": "assistant", "content": said[:2000] or "(nothing)"},
                    {"role": "user", "content": f"That is not the JSON asked for: {wrong[:500]}"},
                ]
    return total


def _client() -> Anthropic:
    return Anthropic(
        api_key=settings().anthropic_api_key,
        base_url=settings().anthropic_base_url or "https://api.anthropic.com",
        max_retries=0,
    )


def _patiently(
    client: Anthropic,
    question: Question,
    messages: list[MessageParam],
    output: type[BaseModel],
    ends: float,
) -> Message:
    """Asks again whoever is too busy, while there is time."""
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
                output_config={
                    "format": {"type": "json_schema", "schema": transform_schema(output)}
                },
                timeout=left,
            )
        except anthropic.APIStatusError as error:
            if error.status_code not in _BUSY or wait is None:
                raise
            time.sleep(min(wait, max(0.0, ends - time.monotonic())))
    raise anthropic.AnthropicError("It took too long.")


def _told(error: anthropic.AnthropicError) -> str:
    if isinstance(error, anthropic.APITimeoutError):
        return f"Claude did not answer within {DEADLINE:.0f} seconds."
    if isinstance(error, anthropic.APIStatusError):
        return f"Claude answered with error {error.status_code}."
    if isinstance(error, anthropic.APIConnectionError):
        return "Claude could not be reached."
    return "Claude's answer could not be read."
