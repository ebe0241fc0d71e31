"""Asking Claude one question and getting a typed answer, or a sentence why there is none.

Never raises for what the other side does, and never takes longer than the question's time. What a
malformed answer cost is counted too; that is why the SDK's own parsing is not used: it would
throw the bill away with the answer. The SDK is loaded by who asks first: it would cost every
process seconds at its start, and seventy megabytes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from botpe_app.claude import prices
from botpe_app.config import settings

if TYPE_CHECKING:
    from anthropic.types import MessageParam, Usage

Output = TypeVar("Output", bound=BaseModel)

DEFAULT_MODEL = "claude-haiku-5-5"
DEADLINE = 12.0  # seconds for everything, retries and repair included
ATTEMPTS = 2  # paid ones: the answer, and its repair
_OVERHEAD = 400  # tokens around what we write
CORRECTION = 2000  # bytes of what is said of an answer that has to be repaired


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask. `content` is data; only `instructions` instruct."""

    model: str
    instructions: str
    content: str
    most_tokens: int
    attempts: int = ATTEMPTS
    seconds: float | None = None  # DEADLINE unless given
    effort: Literal["low", "medium", "high"] = "low"


@dataclass(frozen=True, slots=True)
class Answer(Generic[Output]):
    """What came back and what it cost. `problem` says why `output` is None, or no good."""

    output: Output | None
    model: str
    input_tokens: int = 0  # those that a cache took or gave included
    output_tokens: int = 0
    problem: str = ""
    cost_usd: Decimal = Decimal(0)  # in US dollars


def configured() -> bool:
    """Whether there is a key to ask with."""
    return bool(settings().anthropic_api_key)


def most_input(instructions: str, content: str) -> int:
    """Tokens that a question will surely not exceed: no token is shorter than a byte."""
    return len(instructions.encode()) + len(content.encode()) + _OVERHEAD


def ask(
    question: Question, output: type[Output], check: Callable[[Output], str] | None = None
) -> Answer[Output]:
    """Claude's answer as `output`.

    One that is malformed, or of which `check` says what is wrong, is sent back to be repaired as
    often as the question allows; the last one stands with its problem.
    """
    from botpe_app.claude import sdk

    seconds = question.seconds or DEADLINE
    ends = time.monotonic() + seconds
    total: Answer[Output] = Answer(None, question.model)
    first: MessageParam = {"role": "user", "content": question.content}
    messages: list[MessageParam] = [first]
    with sdk.connect() as connection:
        for _ in range(question.attempts):
            try:
                reply = sdk.ask(connection, question, messages, output, ends)
            except sdk.Problem as error:
                return replace(total, problem=sdk.told(error, seconds))
            total = _paid(total, reply.usage)
            if reply.stop_reason == "refusal":
                return replace(total, problem="Claude refused to answer.")
            said = "".join(block.text for block in reply.content if block.type == "text")
            total, wrong = _read(total, said, output, check)
            if not wrong:
                return total
            messages = [
                first,
                {"role": "assistant", "content": said.strip() or "(nothing)"},
                {"role": "user", "content": _short(f"Please repair this: {wrong}")},
            ]
    return total


def _read(
    total: Answer[Output],
    said: str,
    output: type[Output],
    check: Callable[[Output], str] | None,
) -> tuple[Answer[Output], str]:
    """The answer with what was said in it, and what is wrong with that."""
    try:
        read = output.model_validate_json(said)
    except ValidationError as error:
        wrong = "; ".join(one["msg"] for one in error.errors()[:5])
        malformed = "Claude's answer was malformed, also when repaired."
        return replace(total, problem=malformed), f"it is not the JSON asked for: {wrong}"
    wrong = check(read) if check else ""
    problem = f"Claude's answer had faults, also when repaired: {wrong}"[:1000] if wrong else ""
    return replace(total, output=read, problem=problem), wrong


def _paid(total: Answer[Output], usage: Usage) -> Answer[Output]:
    """The answer with what one more reply cost."""
    written, read = usage.cache_creation_input_tokens or 0, usage.cache_read_input_tokens or 0
    cost = prices.cost(
        total.model, usage.input_tokens, usage.output_tokens, written=written, read=read
    )
    return replace(
        total,
        input_tokens=total.input_tokens + usage.input_tokens + written + read,
        output_tokens=total.output_tokens + usage.output_tokens,
        cost_usd=total.cost_usd + cost,
    )


def _short(text: str) -> str:
    return text.encode()[:CORRECTION].decode("utf-8", "ignore")
