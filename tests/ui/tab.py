"""A browser's tab without the browser: a real socket to a real web process."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

import aiohttp
import socketio
from reflex_base.utils.format import format_event_handler

NAMESPACE = "/_event"
ROOT = "reflex___state____state"


class Tab:
    """Speaks as Reflex's own script does, and keeps every frame it was sent."""

    def __init__(self, base: str, cookie: str = "", *, origin: str = "", token: str = "") -> None:
        self._base = base
        self._headers = {"Cookie": cookie, "Origin": origin or base}
        self.token = token or str(uuid.uuid4())
        self.address = "/"
        self.frames: list[dict[str, Any]] = []

    async def open(self, address: str) -> Self:
        """Connects as a page at this address does."""
        self.address = address
        await self._sio.connect(
            f"{self._base}?token={self.token}",
            headers=self._headers,
            transports=["websocket"],
            socketio_path="_event",
            namespaces=[NAMESPACE],
            auth={"event": self._event(f"{ROOT}.hydrate_and_load", {})},
        )
        return self

    async def go(self, address: str) -> None:
        """Navigates."""
        self.address = address
        await self.call(f"{ROOT}.reflex___state____on_load_internal_state.on_load_internal")

    async def call(self, handler: Any, /, **payload: Any) -> None:
        """Calls a handler (or any name) with any arguments, as any browser may."""
        name = handler if isinstance(handler, str) else format_event_handler(handler)
        await self._sio.emit("event", self._event(name, payload), namespace=NAMESPACE)

    def state(self, name: str) -> dict[str, Any]:
        """What the page knows of a state by now, by the variables' own names."""
        known: dict[str, Any] = {}
        for frame in self.frames:
            for substate, delta in (frame.get("delta") or {}).items():
                if substate.rsplit(".", 1)[-1].endswith(name):
                    known.update({key.removesuffix("_rx_state_"): v for key, v in delta.items()})
        return known

    @property
    def events(self) -> list[dict[str, Any]]:
        """What the server told the page to do, such as redirects."""
        return [event for frame in self.frames for event in frame.get("events") or []]

    def said(self) -> str:
        """Everything that was sent to this tab."""
        return json.dumps(self.frames, default=str)

    async def until(self, holds: Callable[[Tab], object], seconds: float = 30) -> float:
        """Waits until it holds; gives the seconds it took. Raises TimeoutError."""
        begin = time.monotonic()
        async with asyncio.timeout(seconds):
            while not holds(self):  # noqa: ASYNC110 - a test may poll
                await asyncio.sleep(0.005)
        return time.monotonic() - begin

    async def __aenter__(self) -> Self:
        # A session of our own: the client forgets to close its own after a refusal.
        self._http = aiohttp.ClientSession()
        self._sio = socketio.AsyncClient(reconnection=False, http_session=self._http)
        self._sio.on("event", self._hear, namespace=NAMESPACE)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._sio.disconnect()
        await self._http.close()

    def _hear(self, frame: dict[str, Any]) -> None:
        self.frames.append(frame)

    def _event(self, name: str, payload: dict[str, Any]) -> dict[str, Any]:
        path, _, query = self.address.partition("?")
        router = {"pathname": path, "asPath": self.address, "query": dict(parse_qsl(query))}
        return {"name": name, "payload": payload, "router_data": router}
