"""The ceiling of `send`: aiohttp posting bodies that are ready, and nothing else.

`python -m botpe_app.bench.raw_send COUNT IN_FLIGHT` prints how many a second.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from collections.abc import Iterator
from uuid import uuid4

import aiohttp

from botpe_app.config import settings
from botpe_app.whatsapp import messages as wire

_WARM_UP = 200


async def _measure(count: int, in_flight: int) -> float:
    address = f"{settings().graph_url}/{settings().graph_version}/106540352242922/messages"
    headers = {"Content-Type": "application/json", "Authorization": "Bearer EAA-bench-token"}
    connector = aiohttp.TCPConnector(limit=in_flight)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        await _post_all(session, address, _bodies(max(_WARM_UP, in_flight)), in_flight)
        bodies = _bodies(count)
        gc.freeze()
        began = time.perf_counter()
        await _post_all(session, address, bodies, in_flight)
        return count / (time.perf_counter() - began)


def _bodies(count: int) -> list[bytes]:
    """The same messages that the outbox sends in the benchmark."""
    return [
        json.dumps(
            wire.build(
                "text",
                {"body": "Message 1"},
                to=f"+1555{1_000_000 + number}",
                callback_data=str(uuid4()),
            ),
            separators=(",", ":"),
        ).encode()
        for number in range(count)
    ]


async def _post_all(
    session: aiohttp.ClientSession, address: str, bodies: list[bytes], in_flight: int
) -> None:
    left = iter(bodies)
    await asyncio.gather(*(_post_some(session, address, left) for _ in range(in_flight)))


async def _post_some(session: aiohttp.ClientSession, address: str, left: Iterator[bytes]) -> None:
    for body in left:
        async with session.post(address, data=body) as response:
            await response.read()


if __name__ == "__main__":
    print(asyncio.run(_measure(int(sys.argv[1]), int(sys.argv[2]))))  # noqa: T201 - read by `send`
