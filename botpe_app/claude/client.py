"""Asking Claude one question and getting a typed answer, or a sentence why there is none.

Never raises for what the other side does, and never takes longer than the question's time. What a
malformed answer cost is counted too; that is why the SDK's own parsing is not used: it would
throw the bill away with the answer. The SDK is loaded by who asks first: it would cost every
process seconds at its start, and seventy megabytes.
"""

from __future__ import annotations

import asyncio
import importlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from botpe_app.claude import prices
from botpe_app.config import settings

if TYPE_CHECKING:
    from anthropic.types import MessageParam

Output = TypeVar("Output", bound=BaseModel)
Thought = Literal["low", "medium", "high"]

DEFAULT_MODEL = "claude-haiku-5-5"
DEADLINE = 12.0  # seconds for everything, retries and repair included
ATTEMPTS = 2  # paid ones: the answer, and its repair
CANCELLED = "It was cancelled."
_OVERHEAD = 400  # tokens around what we write
CORRECTION = 2000  # bytes of what is said of an answer that has to be repaired
_LOOK_EVERY = 0.3  # seconds


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask. `content` is data; only `instructions` instruct."""

    model: str
    instructions: str
    content: str
    most_tokens: int
    attempts: int = ATTEMPTS
    seconds: float | None = None  # DEADLINE unless given
    effort: Thought = "low"


@dataclass(frozen=True, slots=True)
class Answer(Generic[Output]):
    """What came back and what it cost. `problem` says why `output` is None, or no good."""

    output: Output | None
    model: str
    input_tokens: int = 0  # those that a cache took or gave included
    output_tokens: int = 0
    problem: str = ""
    cost_usd: Decimal = Decimal(0)  # in US dollars
    called: tuple[str, ...] = ()  # tools it tried to call, though it is given none


@dataclass(slots=True)
class Reply:
    """What one request brought, as far as it has come."""

    text: str = ""
    called: list[str] = field(default_factory=list[str])
    stop_reason: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    written: int = 0  # into a cache
    read: int = 0  # out of one
    hear: Callable[[str], None] | None = None  # who is told the text while it comes


def configured() -> bool:
    """Whether there is a key to ask with."""
    return bool(settings().anthropic_api_key)


def most_input(instructions: str, content: str) -> int:
    """Tokens that a question will surely not exceed: no token is shorter than a byte."""
    return len(instructions.encode()) + len(content.encode()) + _OVERHEAD


def ask(
    question: Question,
    output: type[Output],
    check: Callable[[Output], str] | None = None,
    *,
    hear: Callable[[str], None] | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Answer[Output]:
    """Claude's answer as `output`.

    One that is malformed, or of which `check` says what is wrong, is sent back to be repaired as
    often as the question allows; the last one stands with its problem. `hear` is told the text
    of an answer while it comes. Once `stopped` says so the connection is closed, so that no more
    is written and paid for.
    """
    importlib.import_module("botpe_app.claude.sdk")  # its seconds are not the question's
    asking = _Asking(question, output, check, hear)
    return asyncio.run(_within(asking, question.seconds or DEADLINE, stopped))


async def _within(
    asking: _Asking[Output], seconds: float, stopped: Callable[[], bool] | None
) -> Answer[Output]:
    """The answer, or what has come of it when the time is up or nobody wants it any more."""
    ends = time.monotonic() + seconds
    task = asyncio.create_task(asking.run(seconds))
    problem = ""
    while not task.done() and not problem:
        left = ends - time.monotonic()
        await asyncio.wait({task}, timeout=min(left, _LOOK_EVERY) if stopped else left)
        if time.monotonic() >= ends:
            problem = f"Claude did not answer within {seconds:.0f} seconds."
        elif stopped and not task.done() and stopped():
            problem = CANCELLED
    if task.done():
        return await task
    task.cancel()
    await asyncio.wait({task})
    return replace(asking.paid(), output=None, problem=problem)


class _Asking(Generic[Output]):
    """A question that is being asked; `total` is the answer so far."""

    def __init__(
        self,
        question: Question,
        output: type[Output],
        check: Callable[[Output], str] | None,
        hear: Callable[[str], None] | None,
    ) -> None:
        self._question, self._output, self._check, self._hear = question, output, check, hear
        self._total: Answer[Output] = Answer(None, question.model)
        self._reply = Reply()

    async def run(self, seconds: float) -> Answer[Output]:
        """Asks, and has repaired what is wrong."""
        from botpe_app.claude import sdk

        first: MessageParam = {"role": "user", "content": self._question.content}
        messages: list[MessageParam] = [first]
        async with sdk.connect() as connection:
            for _ in range(self._question.attempts):
                reply = self._reply = Reply(hear=self._hear)
                try:
                    await sdk.ask(connection, self._question, messages, self._output, reply)
                except sdk.Problem as error:
                    return replace(self.paid(), problem=sdk.told(error, seconds))
                self._total = self.paid()
                if reply.stop_reason == "refusal":
                    return replace(self._total, problem="Claude refused to answer.")
                wrong = self._read(reply.text)
                if not wrong:
                    break
                messages = [
                    first,
                    {"role": "assistant", "content": reply.text.strip() or "(nothing)"},
                    {"role": "user", "content": _short(f"Please repair this: {wrong}")},
                ]
        return self._total

    def paid(self) -> Answer[Output]:
        """The answer so far, with what the last request has cost; asked once for each."""
        total, reply, self._reply = self._total, self._reply, Reply()
        cost = prices.cost(
            total.model,
            reply.input_tokens,
            reply.output_tokens,
            written=reply.written,
            read=reply.read,
        )
        return replace(
            total,
            input_tokens=total.input_tokens + reply.input_tokens + reply.written + reply.read,
            output_tokens=total.output_tokens + reply.output_tokens,
            cost_usd=total.cost_usd + cost,
            called=(*total.called, *reply.called),
        )

    def _read(self, said: str) -> str:
        """Takes what was said into the answer; what is wrong with it."""
        try:
            read = self._output.model_validate_json(said)
        except ValidationError as error:
            wrong = "; ".join(one["msg"] for one in error.errors()[:5])
            malformed = "Claude's answer was malformed, also when repaired."
            self._total = replace(self._total, problem=malformed)
            return f"it is not the JSON asked for: {wrong}"
        wrong = self._check(read) if self._check else ""
        problem = f"Claude's answer had faults, also when repaired: {wrong}"[:1000] if wrong else ""
        self._total = replace(self._total, output=read, problem=problem)
        return wrong


def _short(text: str) -> str:
    return text.encode()[:CORRECTION].decode("utf-8", "ignore")
