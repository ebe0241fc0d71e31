"""Threads for what may hang: unlike the event loop's own they never keep a process from ending."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


async def in_thread(
    call: Callable[Given, Answer], *given: Given.args, **named: Given.kwargs
) -> Answer:
    """What `call` returns or raises, run in a thread of its own."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Answer] = loop.create_future()

    def run() -> None:
        try:
            result = call(*given, **named)
        except BaseException as error:  # noqa: BLE001 - raised where it is awaited
            tell(answer.set_exception, error)
        else:
            tell(answer.set_result, result)

    def tell(settle: Callable[[Any], None], value: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(lambda: answer.cancelled() or settle(value))

    threading.Thread(target=run, daemon=True, name=call.__name__).start()
    return await answer
