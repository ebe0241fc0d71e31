"""Lean HTTP load over raw sockets: as fast as answers come, or at a fixed rate.

No HTTP library, so that what is measured is the server. Every answer must be a 200.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Coroutine, Iterator, Sequence
from typing import Any, TypeVar, cast

import uvloop

_Result = TypeVar("_Result")
_HEAD_END = b"\r\n\r\n"


def request(path: str, body: bytes, signature: str) -> bytes:
    """A signed POST as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"X-Hub-Signature-256: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def flat_out(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> float:
    """Answers a second when each connection sends its next request at once.

    Raises RuntimeError for an answer that is not 200, or if the requests run out.
    """
    return _run(_flat_out(port, requests, connections, seconds))


def at_rate(
    port: int, requests: Sequence[bytes], connections: int, per_second: float
) -> list[float]:
    """Milliseconds from the moment each request was due to its answer, sorted.

    A server that falls behind is not spared: waiting for a free connection counts too.
    """
    return sorted(_run(_at_rate(port, requests, connections, per_second)))


class _Line(asyncio.Protocol):
    """One kept-alive connection, one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport | None = None
        self._answer: asyncio.Future[None] | None = None
        self._received = b""
        self._lost = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(_HEAD_END)
        if not found or len(body) < _length(head) or self._answer is None:
            return
        answer, self._received, self._answer = self._answer, b"", None
        if head[9:12] == b"200":
            answer.set_result(None)
        else:
            answer.set_exception(RuntimeError(f"answered {head[:60]!r}"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost.set_result(None)
        if self._answer and not self._answer.done():
            self._answer.set_exception(RuntimeError(f"the server hung up: {exc}"))

    def send(self, request: bytes) -> asyncio.Future[None]:
        if self._transport is None or self._transport.is_closing():
            raise RuntimeError("the connection is closed")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    async def close(self) -> None:
        if self._transport:
            self._transport.close()
            await self._lost


async def _flat_out(
    port: int, requests: Iterator[bytes], connections: int, seconds: float
) -> float:
    async def keep_busy(line: _Line) -> int:
        answers = 0
        while time.perf_counter() < until:
            following = next(requests, None)
            if following is None:
                raise RuntimeError("the prepared requests ran out")
            await line.send(following)
            answers += 1
        return answers

    async with _lines(port, connections) as lines:
        began = time.perf_counter()
        until = began + seconds
        answers = sum(await asyncio.gather(*map(keep_busy, lines)))
        return answers / (time.perf_counter() - began)


async def _at_rate(
    port: int, requests: Sequence[bytes], connections: int, per_second: float
) -> list[float]:
    free: asyncio.Queue[_Line] = asyncio.Queue()
    latencies: list[float] = []

    async def one(due: float, what: bytes) -> None:
        line = await free.get()
        await line.send(what)
        latencies.append(1000 * (time.perf_counter() - due))
        free.put_nowait(line)

    async with _lines(port, connections) as lines, asyncio.TaskGroup() as tasks:
        for line in lines:
            free.put_nowait(line)
        began = time.perf_counter()
        for number, what in enumerate(requests):
            due = began + number / per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.create_task(one(due, what))
    return latencies


@contextlib.asynccontextmanager
async def _lines(port: int, connections: int) -> AsyncGenerator[list[_Line]]:
    loop = asyncio.get_running_loop()
    lines: list[_Line] = []
    try:
        for _ in range(connections):
            lines.append((await loop.create_connection(_Line, "127.0.0.1", port))[1])
        yield lines
    finally:
        await asyncio.gather(*(line.close() for line in lines))


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _run(work: Coroutine[Any, Any, _Result]) -> _Result:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
