"""A running simulator with a webhook of ours at its other end, all over real HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from botpe_app.whatsapp import signature
from botpe_app.whatsapp.payloads import Update, parse_status, split
from botpe_app.whatsapp.simulator import Simulator, control_token, make_app

SECRET_KEY, APP_SECRET, TOKEN = "key", "app-secret", "EAAx"
NUMBER, WABA = "106540352242922", "102290129340398"

Json = dict[str, Any]


class Ours:
    """Our webhook: keeps every signed update; answers `status` to each POST."""

    def __init__(self) -> None:
        self.updates: list[Update] = []
        self.posts = 0
        self.status = 200
        self._news = asyncio.Event()

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        assert signature.verify(APP_SECRET, body, request.headers["X-Hub-Signature-256"])
        self.posts += 1
        if self.status == 200:
            self.updates += split(body)
        self._news.set()
        return web.Response(status=self.status)

    async def until(self, enough: Callable[[list[Update]], bool]) -> list[Update]:
        """All updates, as soon as there are enough of them."""
        async with asyncio.timeout(5):
            while not enough(self.updates):
                self._news.clear()
                await self._news.wait()
        return self.updates

    async def count(self, number: int) -> list[Update]:
        """All updates, as soon as there are that many."""
        return await self.until(lambda updates: len(updates) >= number)

    def words(self, wamid: str) -> list[str]:
        """The statuses told of a message, in the order they arrived."""
        read = [parse_status(u.payload) for u in self.updates if u.kind == "status"]
        return [status.word for status in read if status.wamid == wamid]


class Play:
    """A simulator that runs, its world, our webhook, and calls to both its APIs."""

    def __init__(self, url: str, simulator: Simulator, ours: Ours, http: aiohttp.ClientSession):
        self.url, self.simulator, self.ours = url, simulator, ours
        self.http = http

    async def graph(self, method: str, path: str, body: object = None, token: str = TOKEN):
        """A Graph call: its status and JSON."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        address = f"{self.url}/v25.0/{path}"
        async with self.http.request(method, address, json=body, headers=headers) as response:
            return response.status, await response.json()

    async def send(self, kind: str, content: object, to: str = "+34612345678", **others: Any):
        """A message: status and JSON of the answer."""
        body = {"messaging_product": "whatsapp", "to": to, "type": kind, kind: content, **others}
        return await self.graph("POST", f"{NUMBER}/messages", body)

    async def sent(
        self, kind: str, content: object, to: str = "+34612345678", **others: Any
    ) -> str:
        """The id of a message that must be accepted."""
        status, answer = await self.send(kind, content, to, **others)
        assert status == 200, answer
        return answer["messages"][0]["id"]

    async def control(self, method: str, path: str, body: object = None, token: str | None = None):
        """A call of the simulator's own API: its status and JSON."""
        headers = {"X-Simulator-Token": control_token(SECRET_KEY) if token is None else token}
        address = f"{self.url}/_simulator/{path}"
        async with self.http.request(method, address, json=body, headers=headers) as response:
            return response.status, await response.json()

    async def done(self, method: str, path: str, body: object = None) -> Json:
        """The JSON of a call of the simulator's own API that must succeed."""
        status, answer = await self.control(method, path, body)
        assert status == 200, answer
        return answer

    async def say(self, customer: str = "ana", kind: str = "text", content: object = None) -> Json:
        """The customer writes; the entry on the phone."""
        said = {"body": "hi"} if content is None else content
        path = f"threads/{NUMBER}/{customer}/messages"
        return await self.done("POST", path, {"type": kind, "content": said})

    async def thread(self, customer: str = "ana") -> Json:
        """The chat as the phone shows it."""
        return await self.done("GET", f"threads/{NUMBER}/{customer}")


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    """The address at which the application answers meanwhile."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def playing(folder: Path, **settings: Any) -> AsyncIterator[Play]:
    """A quick simulator in `folder` with these settings, its number registered."""
    ours, webhook = Ours(), web.Application()
    webhook.router.add_post("/webhooks/whatsapp", ours.take)
    async with serving(webhook) as callback:
        simulator = Simulator(
            folder, callback=f"{callback}/webhooks/whatsapp", app_secret=APP_SECRET
        )
        quick = {"sent_after": 0.0, "delivered_after": 0.01, "read_after": 0.01, **settings}
        for name, value in quick.items():
            setattr(simulator.world.settings, name, value)
        async with (
            serving(make_app(simulator, SECRET_KEY)) as url,
            aiohttp.ClientSession() as http,
        ):
            play = Play(url, simulator, ours, http)
            known = {"waba_id": WABA, "display_phone_number": "+15550783881"}
            await play.done("PUT", f"numbers/{NUMBER}", known)
            yield play


def code(answer: Json) -> int:
    """The code of an error envelope."""
    return json.loads(json.dumps(answer))["error"]["code"]
