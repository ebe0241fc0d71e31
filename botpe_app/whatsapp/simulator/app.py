"""One asyncio process: the Graph API, the phones, their control and the webhooks."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import time
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from botpe_app.config import Settings, settings
from botpe_app.errors import BotpeError
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.simulator.access import HEADER, ROOT, control_token, opens
from botpe_app.whatsapp.simulator.answers import Refusal, unknown_object
from botpe_app.whatsapp.simulator.backstage import Backstage
from botpe_app.whatsapp.simulator.business import Business
from botpe_app.whatsapp.simulator.control import Control
from botpe_app.whatsapp.simulator.crowd import Crowd
from botpe_app.whatsapp.simulator.events import Change
from botpe_app.whatsapp.simulator.feed import Feed
from botpe_app.whatsapp.simulator.files import Files
from botpe_app.whatsapp.simulator.graph import Graph, refused
from botpe_app.whatsapp.simulator.onboarding import Onboarding, hides_token
from botpe_app.whatsapp.simulator.phones import Phones
from botpe_app.whatsapp.simulator.postman import Postman, Told
from botpe_app.whatsapp.simulator.sending import Sending
from botpe_app.whatsapp.simulator.store import Store

WEBHOOK_PATH = "/webhooks/whatsapp"
DEFAULT_PORT = 3900

_SAVE_SECONDS = 1.0
_LARGEST_BODY = 110 * 1024 * 1024
_LONGEST_LOGGED = 4000


class Simulator:
    """The parts, put together around one world kept in `folder`."""

    def __init__(
        self, folder: Path, *, callback: str, app_secret: str, redis_url: str = ""
    ) -> None:
        self.store = Store(folder)
        self.world = self.store.load()
        self.calls: deque[Json] = deque(maxlen=200)
        self.postman = Postman(callback, app_secret, lambda: self.world.settings)
        self._feed = Feed(redis_url)
        self._unsaved = False
        self.phones = Phones(self.world, self._post, self.changed)
        self.files = Files(self.world, self.store)
        sending = Sending(self.world, self.phones)
        self._graph = Graph(
            self.world, sending, self.files, self._post, self.changed, callback=callback
        )
        self._crowd = Crowd(self.world, self.phones)
        self._business = Business(self.world, self._graph, time.time, self.changed)
        self._onboarding = Onboarding(self.world, self._graph, self._post, app_secret, self.changed)
        self._control = Control(self.world, self.phones, self.files, self.changed)
        self._backstage = Backstage(
            self.world,
            self.files,
            self._graph,
            self.postman,
            calls=self.calls,
            changed=self.changed,
        )

    def routes(self) -> list[web.RouteDef]:
        """All routes; ours first, since Graph's take any path."""
        parts = (
            self._control,
            self._backstage,
            self._crowd,
            self._onboarding,
            self._business,
            self._graph,
        )
        return [route for part in parts for route in part.routes()]

    def changed(self) -> None:
        """Notes that the journal is behind and pages should look again."""
        self._unsaved = True
        self._feed.changed()

    def _post(self, change: Change, told: Told) -> None:
        if change.waba_id not in self.world.unsubscribed:
            to = self.world.webhook_for(change.waba_id, change.value)
            self.postman.post(dataclasses.replace(change, to=to), told)

    async def live(self, app: web.Application) -> AsyncIterator[None]:
        """Works while the web application does."""
        self.phones.resume()
        saving = asyncio.create_task(self._save_now_and_then())
        yield
        saving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await saving
        await self.postman.close()
        await self._feed.close()
        self.store.save(self.world)

    async def _save_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(_SAVE_SECONDS)
            if self._unsaved:
                self._unsaved = False
                self.store.save(self.world)


def make_app(simulator: Simulator, secret_key: str) -> web.Application:
    """The web application; its control API opens with control_token(secret_key)."""
    app = web.Application(
        client_max_size=_LARGEST_BODY,
        middlewares=[_recording(simulator.calls), _answering, _guarding(control_token(secret_key))],
    )
    app.add_routes(simulator.routes())
    app.cleanup_ctx.append(simulator.live)
    return app


def serve(host: str, port: int) -> None:
    """Runs the simulator until SIGINT or SIGTERM, set up by the environment.

    Raises Misconfigured where a secret it shares with the product is missing.
    """
    chosen = settings()
    chosen.require("secret_key", "app_secret")
    web.run_app(_from(chosen), host=host, port=port, print=None, access_log=None)


async def _from(chosen: Settings) -> web.Application:
    simulator = Simulator(
        chosen.data_dir / "simulator",
        callback=chosen.base_url + WEBHOOK_PATH,
        app_secret=chosen.app_secret,
        redis_url=chosen.redis_url,
    )
    return make_app(simulator, chosen.secret_key)


def _guarding(token: str) -> Middleware:
    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        ours = request.path.startswith(ROOT) and request.path != ROOT + "/health"
        if ours and not opens(request.headers.get(HEADER, ""), token):
            return _problem(401, "unauthorized", f"The header {HEADER} is missing or wrong.")
        return await handler(request)

    return guard


@web.middleware
async def _answering(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns what was raised into answers: Graph envelopes, or ours for our own API."""
    try:
        return await handler(request)
    except Refusal as refusal:
        if request.path.startswith(ROOT):
            return _problem(404, "not_found", refusal.details)
        return refused(refusal)
    except BotpeError as error:
        return _problem(error.status, error.code, error.message, error.field)
    except web.HTTPNotFound:
        return refused(unknown_object(request.path))


def _recording(calls: deque[Json]) -> Middleware:
    """Keeps the last Graph calls, without headers: those carry tokens."""

    @web.middleware
    async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(ROOT):
            return await handler(request)
        call: Json = {"at": time.time(), "method": request.method, "path": request.path}
        calls.append(call)
        response = await handler(request)
        call.update(
            status=response.status,
            seconds=round(time.time() - call["at"], 4),
            asked=await _logged(request),
            answered="" if hides_token(request.path) else _text(response),
        )
        return response

    return record


async def _logged(request: web.Request) -> str:
    if request.content_type != "application/json":
        return request.content_type if request.can_read_body else ""
    return (await request.read())[:_LONGEST_LOGGED].decode("utf-8", "replace")


def _text(response: web.StreamResponse) -> str:
    if isinstance(response, web.Response) and response.content_type == "application/json":
        return (response.text or "")[:_LONGEST_LOGGED]
    return response.content_type


def _problem(status: int, code: str, message: str, field: str | None = None) -> web.Response:
    body = json.dumps({"error": {"code": code, "message": message, "field": field}})
    return web.Response(status=status, text=body, content_type="application/json")
