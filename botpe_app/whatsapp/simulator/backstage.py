"""The rest of the simulator's own API: files, faults, templates, raw webhooks and the log."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable
from typing import Any

from aiohttp import web

from botpe_app.errors import NotFound
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.simulator import shapes
from botpe_app.whatsapp.simulator.access import ROOT
from botpe_app.whatsapp.simulator.control import body, update
from botpe_app.whatsapp.simulator.events import Change
from botpe_app.whatsapp.simulator.faults import NextSends, Settings
from botpe_app.whatsapp.simulator.files import Files
from botpe_app.whatsapp.simulator.graph import Graph
from botpe_app.whatsapp.simulator.postman import Postman
from botpe_app.whatsapp.simulator.samples import SAMPLES
from botpe_app.whatsapp.simulator.store import make
from botpe_app.whatsapp.simulator.world import World


class Backstage:
    """Answers the drawer of the simulator's page. `changed` is called after every change."""

    def __init__(
        self,
        world: World,
        files: Files,
        graph: Graph,
        postman: Postman,
        *,
        calls: Iterable[Json],
        changed: Callable[[], None],
    ) -> None:
        self._world = world
        self._files = files
        self._graph = graph
        self._postman = postman
        self._calls = calls
        self._changed = changed

    def routes(self) -> list[web.RouteDef]:
        """All routes, for aiohttp's router."""
        return [
            web.post(ROOT + "/media", self.add_media),
            web.post(ROOT + "/media/samples/{kind}", self.add_sample),
            web.get(ROOT + "/media/{id}", self.media),
            web.patch(ROOT + "/settings", self.change_settings),
            web.delete(ROOT + "/settings", self.reset_settings),
            web.post(ROOT + "/next", self.next_sends),
            web.post(ROOT + "/templates/{id}", self.decide_template),
            web.post(ROOT + "/webhooks", self.webhook),
            web.get(ROOT + "/log", self.log),
        ]

    async def add_media(self, request: web.Request) -> web.Response:
        """Keeps the body as a file, so that a customer can send it by its id."""
        filename = request.query.get("filename", "")
        return self._done(self._files.add(await request.read(), request.content_type, filename))

    async def add_sample(self, request: web.Request) -> web.Response:
        """Makes a file for those who have none at hand: an image or a document."""
        kind = request.match_info["kind"]
        if kind not in SAMPLES:
            raise NotFound(f"Samples are {' and '.join(SAMPLES)}.")
        filename, mime, draw = SAMPLES[kind]
        return self._done(self._files.add(draw(), mime, filename))

    async def media(self, request: web.Request) -> web.Response:
        """A file's bytes, for the page."""
        file = self._files.find(request.match_info["id"])
        return web.Response(body=self._files.content(file.id), content_type=file.mime_type)

    async def change_settings(self, request: web.Request) -> web.Response:
        """Changes how the pretend WhatsApp behaves."""
        update(self._world.settings, shapes.SETTINGS(await body(request), "settings"))
        return self._done(self._world.settings)

    async def reset_settings(self, request: web.Request) -> web.Response:
        """Everything works again, nothing goes wrong next."""
        update(self._world.settings, dataclasses.asdict(Settings()))
        return self._done(self._world.settings)

    async def next_sends(self, request: web.Request) -> web.Response:
        """Sets what happens to the next messages sent."""
        planned = make(NextSends, shapes.NEXT(await body(request), "next"))
        self._world.settings.upcoming.append(planned)
        return self._done(self._world.settings)

    async def decide_template(self, request: web.Request) -> web.Response:
        """Approves, rejects, pauses or disables a template."""
        asked = shapes.TEMPLATE(await body(request), "template")
        waba_id, template = self._graph.find_template(request.match_info["id"])
        self._graph.decide(waba_id, template, asked["status"], asked.get("reason", "NONE"))
        return self._done(template)

    async def webhook(self, request: web.Request) -> web.Response:
        """Sends any webhook at all."""
        asked = shapes.WEBHOOK(await body(request), "webhook")
        change = Change(asked.get("waba_id", "0"), asked["field"], asked["value"])
        self._postman.post(change)
        return self._done(change)

    async def log(self, request: web.Request) -> web.Response:
        """The last webhooks and Graph calls, newest first; no token is in it."""
        webhooks = [
            {"at": d.at, "tries": d.tries, "status": d.status, "body": json.loads(d.body)}
            for d in reversed(self._postman.log)
        ]
        calls = list(self._calls)[::-1]
        return web.json_response(
            {"webhooks": webhooks, "calls": calls, "callback_url": self._postman.url}
        )

    def _done(self, thing: Any) -> web.Response:
        self._changed()
        return web.json_response(dataclasses.asdict(thing))
