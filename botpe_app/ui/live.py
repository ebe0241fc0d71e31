"""Changes made anywhere, shown in the tabs they concern: no page ever polls.

One task per web process listens to Redis and turns a change into an ordinary event of this
process's tabs of that organization, so the same checks run as for a click. `enqueue` and
`token_to_sid` are Reflex's own and undocumented: they are used here only, under a websocket test.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

import reflex as rx
from redis.asyncio import Redis
from redis.exceptions import RedisError
from reflex_base.event import Event
from reflex_base.utils.format import format_event_handler

from botpe_app.config import settings
from botpe_app.live import CHANNEL

log = logging.getLogger(__name__)

EVERY_SECONDS = 0.3  # between two refreshes of one handler of one tab
_BACKOFF_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0)


@dataclass
class Tab:
    """An open page: whose it is, and the handler (by its event name) that each topic wakes."""

    organization_id: str
    handlers: dict[str, str]
    due: dict[str, set[str]] = field(default_factory=dict[str, set[str]])  # handler → topics
    busy: set[str] = field(default_factory=set[str])  # handlers that ran a moment ago


_tabs: dict[str, Tab] = {}  # of this process, by client token


def join(token: str, organization_id: str, handlers: Mapping[str, Any]) -> None:
    """From now on a change of these topics in that organization wakes these handlers of the tab.

    Handlers take the list of changed topics. Replaces what the tab's last page wanted.
    """
    _tabs[token] = Tab(organization_id, _names(handlers))


def listen(token: str, handlers: Mapping[str, Any]) -> None:
    """Adds to what a joined tab wants; a topic's new handler takes the place of its old one."""
    if token in _tabs:
        _tabs[token].handlers.update(_names(handlers))


def _names(handlers: Mapping[str, Any]) -> dict[str, str]:
    return {topic: format_event_handler(handler) for topic, handler in handlers.items()}


class Relay:
    """The task. `wake` runs a handler of a tab; `open_tabs` says which tokens are connected."""

    def __init__(
        self,
        wake: Callable[[str, str, list[str]], Awaitable[None]],
        open_tabs: Callable[[], Collection[str]],
    ) -> None:
        self._wake = wake
        self._open_tabs = open_tabs
        self._pacing: set[asyncio.Task[None]] = set()  # asyncio keeps only weak references

    async def run(self) -> None:
        """Listens until cancelled, over any number of Redis restarts."""
        tries = 0
        while True:
            try:
                async for _ in self._listening():
                    tries = 0
            except (RedisError, OSError):
                delay = _BACKOFF_SECONDS[min(tries, len(_BACKOFF_SECONDS) - 1)]
                log.warning("live_relay_lost", extra={"retry_seconds": delay})
                tries += 1
                await asyncio.sleep(delay)

    async def _listening(self) -> AsyncIterator[None]:
        async with (
            Redis.from_url(settings().redis_url, health_check_interval=10) as redis,
            redis.pubsub() as changes,
        ):
            await changes.subscribe(CHANNEL)
            self.changed()  # whatever happened while nobody listened
            yield
            async for message in changes.listen():
                if message["type"] == "message":
                    self._hear(message["data"])
                yield

    def _hear(self, data: bytes) -> None:
        try:
            change = json.loads(data)
            self.changed(change["organization_id"], set(change["topics"]))
        except (ValueError, KeyError, TypeError):
            log.warning("live_message_unreadable")

    def changed(self, organization_id: str | None = None, topics: Set[str] | None = None) -> None:
        """Wakes that organization's tabs that want a topic; without arguments, all of all."""
        tokens = self._open_tabs()
        for token, tab in list(_tabs.items()):
            if token not in tokens:
                del _tabs[token]
            elif organization_id in (None, tab.organization_id):
                for wanted in set(tab.handlers) if topics is None else topics & set(tab.handlers):
                    self._want(token, tab, wanted)

    def _want(self, token: str, tab: Tab, topic: str) -> None:
        handler = tab.handlers[topic]
        tab.due.setdefault(handler, set()).add(topic)
        if handler not in tab.busy:
            tab.busy.add(handler)
            task = asyncio.create_task(self._pace(token, tab, handler))
            self._pacing.add(task)
            task.add_done_callback(self._pacing.discard)

    async def _pace(self, token: str, tab: Tab, handler: str) -> None:
        """Wakes the handler at once, then once a pause for as long as changes keep coming."""
        try:
            while (topics := tab.due.pop(handler, None)) and _tabs.get(token) is tab:
                await self._wake(token, handler, sorted(topics))
                await asyncio.sleep(EVERY_SECONDS)
        finally:
            tab.busy.discard(handler)


def relay_for(app: rx.App) -> Callable[[], Awaitable[None]]:
    """The lifespan task that keeps this process's tabs of `app` up to date."""

    async def wake(token: str, handler: str, topics: list[str]) -> None:
        await app.event_processor.enqueue(token, Event(name=handler, payload={"topics": topics}))

    def open_tabs() -> Collection[str]:
        return app.event_namespace.token_to_sid if app.event_namespace else ()

    async def live_relay() -> None:
        await Relay(wake, open_tabs).run()

    return live_relay
