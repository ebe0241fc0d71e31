"""Delivers webhooks like WhatsApp does: signed, at least once, tried again until a 200."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from botpe_app.whatsapp.signature import sign
from botpe_app.whatsapp.simulator.events import Change
from botpe_app.whatsapp.simulator.faults import Settings

_SLOW_SECONDS = 5.0  # an answer later than this counts as none
_LONGEST_WAIT = 300.0
_GIVE_UP_AFTER = 7 * 24 * 3600.0
_AT_ONCE = 32
_BATCH_WAIT = 0.2  # how long updates are gathered when batches are on
_OVERTAKING = 1.5

Told = Callable[[], None]


@dataclass(slots=True)
class Delivery:
    """One webhook under way: how often it was tried and what came of the last try."""

    at: float
    body: bytes
    tries: int = 0
    status: int | str = "waiting"


class Postman:
    """Posts changes to `url`, signed with `secret`; `log` keeps the last of them."""

    def __init__(self, url: str, secret: str, settings: Callable[[], Settings]) -> None:
        self.url = url
        self.log: deque[Delivery] = deque(maxlen=200)
        self._secret = secret
        self._settings = settings
        self._waiting: list[tuple[Change, Told]] = []
        self._gathering: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._doors = asyncio.Semaphore(_AT_ONCE)
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    async def close(self) -> None:
        """Stops delivering; what is under way, or posted from now on, stays untold."""
        self._closed = True
        if self._gathering is not None:
            self._gathering.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def post(self, change: Change, told: Told = lambda: None) -> None:
        """Delivers the change soon; `told` is called once it has arrived."""
        if self._closed:
            return
        self._waiting.append((change, told))
        most = self._settings().batch
        if len(self._waiting) >= most:
            self._flush()
        elif self._gathering is None:
            self._gathering = asyncio.get_running_loop().call_later(_BATCH_WAIT, self._flush)

    def _flush(self) -> None:
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = None
        batch, self._waiting = self._waiting, []
        by_address: dict[str, list[tuple[Change, Told]]] = {}
        for change, told in batch:
            by_address.setdefault(change.to, []).append((change, told))
        for together in by_address.values():
            for repeat in range(1 + self._settings().duplicates):
                self._start(together, repeat)

    def _start(self, batch: list[tuple[Change, Told]], repeat: int) -> None:
        task = asyncio.create_task(self._deliver(batch, repeat))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, batch: list[tuple[Change, Told]], repeat: int) -> None:
        settings = self._settings()
        overtaking = random.uniform(0, _OVERTAKING) if settings.reorder else 0.0  # noqa: S311
        if pause := settings.webhook_delay + overtaking + repeat * 0.05:
            await asyncio.sleep(pause)
        body = _body([change for change, _ in batch])
        if await self._until_taken(body, batch[0][0].to or self.url):
            for _, told in batch:
                told()

    async def _until_taken(self, body: bytes, url: str) -> bool:
        entry = Delivery(time.time(), body)
        self.log.append(entry)
        wait, waited = 1.0, 0.0
        while waited < _GIVE_UP_AFTER:
            async with self._doors:
                entry.tries += 1
                entry.status = await self._try(body, url)
            if entry.status == 200:
                return True
            await asyncio.sleep(wait)
            waited += wait
            wait = min(wait * 2, _LONGEST_WAIT)
        return False

    async def _try(self, body: bytes, url: str) -> int | str:
        """The HTTP status, or why there is none."""
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": sign(self._secret, body),
        }
        try:
            async with self._http().post(url, data=body, headers=headers) as response:
                await response.read()
                return response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return type(error).__name__

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            limits = aiohttp.ClientTimeout(total=_SLOW_SECONDS)
            self._session = aiohttp.ClientSession(timeout=limits)
        return self._session


def _body(changes: list[Change]) -> bytes:
    """One POST, with an entry for each business account; escaped as Meta escapes."""
    entries: dict[str, list[dict[str, Any]]] = {}
    for change in changes:
        entries.setdefault(change.waba_id, []).append(
            {"value": change.value, "field": change.field}
        )
    document = {
        "object": "whatsapp_business_account",
        "entry": [{"id": waba, "changes": listed} for waba, listed in entries.items()],
    }
    return json.dumps(document, separators=(",", ":")).replace("/", "\\/").encode()
