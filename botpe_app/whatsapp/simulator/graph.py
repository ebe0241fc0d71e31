"""The Graph API's routes, as far as a business needs them to converse.

Cloud API docs: "Messages", "Media", "Phone numbers", "Templates", "Webhooks, subscriptions".
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any, cast

from aiohttp import web

from botpe_app.whatsapp import loose, storable
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.simulator import events, templates
from botpe_app.whatsapp.simulator.answers import Refusal, unknown_object
from botpe_app.whatsapp.simulator.faults import NextSends
from botpe_app.whatsapp.simulator.files import Files
from botpe_app.whatsapp.simulator.numbers import addresses, described, health, spending
from botpe_app.whatsapp.simulator.phones import Post
from botpe_app.whatsapp.simulator.sending import Sending
from botpe_app.whatsapp.simulator.world import Number, Template, World

_LONGEST_SILENCE = 120.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Graph:
    """Answers businesses. `changed` is called after what they changed."""

    def __init__(
        self,
        world: World,
        sending: Sending,
        files: Files,
        post: Post,
        changed: Callable[[], None],
        *,
        callback: str,
    ) -> None:
        self._world = world
        self._callback = callback
        self._sending = sending
        self._files = files
        self._post = post
        self._changed = changed

    def routes(self) -> list[web.RouteDef]:
        """All routes, for aiohttp's router."""
        version = r"/{version:v\d+\.\d+}"
        return [
            web.post(version + "/{id}/messages", self.send),
            web.post(version + "/{id}/media", self.upload),
            web.get(version + "/{id}/phone_numbers", self.numbers),
            web.get(version + "/{id}/message_templates", self.list_templates),
            web.post(version + "/{id}/message_templates", self.create_template),
            web.delete(version + "/{id}/message_templates", self.delete_template),
            web.get(version + "/{id}", self.describe),
            web.delete(version + "/{id}", self.delete),
            web.get("/_media/{id}", self.download),
        ]

    async def send(self, request: web.Request) -> web.StreamResponse:
        """A message, or a read receipt."""
        number, body = self.number_of(request), await read_json(request)
        is_message = body.get("status") != "read"
        mishap = self._world.settings.next_for(number.id) if is_message else None
        if mishap is not None:
            return await self._go_wrong(request, number, body, mishap)
        answer = self._sending.accept(number, body, time.time())
        if delay := self._world.settings.graph_delay:
            await asyncio.sleep(delay)
        return web.json_response(answer)

    async def _go_wrong(
        self, request: web.Request, number: Number, body: Json, mishap: NextSends
    ) -> web.StreamResponse:
        if mishap.mishap == "error":
            subcode = 463 if mishap.code == 190 else 0
            raise Refusal(mishap.code or 131000, subcode=subcode)
        if mishap.mishap == "http_500":
            return web.Response(status=500)
        if mishap.mishap == "html_502":
            page = "<html><body>502 Bad Gateway</body></html>"
            return web.Response(status=502, text=page, content_type="text/html")
        if mishap.mishap == "reset":
            return _hang_up(request)
        failure = (mishap.code or 131026) if mishap.mishap == "fail" else 0
        held = mishap.mishap == "held"
        answer = self._sending.accept(number, body, time.time(), failure=failure, held=held)
        if mishap.mishap == "timeout":
            await asyncio.sleep(_LONGEST_SILENCE)
        return _hang_up(request) if mishap.mishap == "reset_after" else web.json_response(answer)

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """A file, as multipart form."""
        self.number_of(request)
        form = await request.post()
        file = form.get("file")
        if form.get("messaging_product") != "whatsapp" or not isinstance(file, web.FileField):
            raise Refusal(100, "messaging_product and file are needed.")
        mime = str(form.get("type") or file.content_type)
        content = await asyncio.to_thread(file.file.read)
        return web.json_response(self._files.upload(content, mime, file.filename))

    async def describe(self, request: web.Request) -> web.StreamResponse:
        """A number, a file or a template, by its id."""
        wanted, fields = request.match_info["id"], request.query.get("fields", "")
        if fields.startswith("pricing_analytics"):
            self.authorize(request)
            return web.json_response(spending(self._world, wanted, fields))
        if wanted in self._world.media:
            self.authorize(request)
            root = str(request.url.origin())
            return web.json_response(self._files.described(self._files.find(wanted), root))
        if (found := self._template(wanted)) is not None:
            self.authorize(request)
            return web.json_response(templates.as_graph(found[1]))
        # An id nobody knows may be a number not used yet, but a number is asked for its fields.
        if wanted not in self._world.numbers and "fields" not in request.query:
            raise unknown_object(wanted)
        number = self.number_of(request)
        if fields == "webhook_configuration":
            return web.json_response(addresses(self._world, number, self._callback))
        return web.json_response(health(number) if fields == "health_status" else described(number))

    async def delete(self, request: web.Request) -> web.StreamResponse:
        """Deletes a file."""
        self.authorize(request)
        self._files.delete(request.match_info["id"])
        return web.json_response({"success": True})

    async def download(self, request: web.Request) -> web.StreamResponse:
        """A file's bytes."""
        self.authorize(request)
        file, content = self._files.linked(request.match_info["id"], request.query.get("until", ""))
        return web.Response(body=content, content_type=file.mime_type)

    async def numbers(self, request: web.Request) -> web.StreamResponse:
        """The numbers of a business account."""
        waba_id = self._waba(request)
        ours = [n for n in self._world.numbers.values() if n.waba_id == waba_id]
        return web.json_response({"data": [described(number) for number in ours]})

    async def list_templates(self, request: web.Request) -> web.StreamResponse:
        """The templates of a business account, in pages."""
        found = [
            template
            for template in self._templates(self._waba(request))
            if all(
                request.query.get(name, "") in ("", getattr(template, name))
                for name in ("name", "status", "language", "category")
            )
        ]
        start, limit = _whole(request, "after", 0), _whole(request, "limit", 25)
        page = [templates.as_graph(template) for template in found[start : start + limit]]
        paging: Json = {"cursors": {"before": str(start), "after": str(start + limit)}}
        if start + limit < len(found):
            paging["next"] = str(request.url.update_query(after=str(start + limit)))
        return web.json_response({"data": page, "paging": paging})

    async def create_template(self, request: web.Request) -> web.StreamResponse:
        """Submits a template; it is judged a moment later."""
        waba_id = self._waba(request)
        listed = self._templates(waba_id)
        template = templates.create(listed, await read_json(request))
        listed.append(template)
        self.review(waba_id, template)
        self._changed()
        created = {"id": template.id, "status": "PENDING", "category": template.category}
        return web.json_response(created)

    async def delete_template(self, request: web.Request) -> web.StreamResponse:
        """Deletes a template in all languages, or the one with hsm_id."""
        listed = self._templates(self._waba(request))
        name, one = request.query.get("name", ""), request.query.get("hsm_id", "")
        gone = [t for t in listed if t.name == name and one in ("", t.id)]
        if not gone:
            raise Refusal(100, f"There is no template {name}.")
        for template in gone:
            listed.remove(template)
        self._changed()
        return web.json_response({"success": True})

    def decide(self, waba_id: str, template: Template, status: str, reason: str = "NONE") -> None:
        """Gives a template another status and tells its business."""
        template.status, template.rejected_reason = status, reason
        self._post(events.template_status(waba_id, template), lambda: None)
        self._changed()

    def review(self, waba_id: str, template: Template) -> None:
        """Approves a template a moment later, or rejects it, as the settings then say."""

        def judge() -> None:
            if self._world.settings.reject_templates:
                self.decide(waba_id, template, "REJECTED", "INVALID_FORMAT")
            else:
                self.decide(waba_id, template, "APPROVED")

        asyncio.get_running_loop().call_later(self._world.settings.review_after, judge)

    def template_of(self, request: web.Request) -> tuple[str, Template] | None:
        """The template that the path names with its business account, None if it names none."""
        found = self._template(request.match_info["id"])
        if found is not None:
            self.authorize(request)
        return found

    def find_template(self, template_id: str) -> tuple[str, Template]:
        """A template and its business account's id. Raises Refusal."""
        found = self._template(template_id)
        if found is None:
            raise unknown_object(template_id)
        return found

    def _template(self, template_id: str) -> tuple[str, Template] | None:
        every = ((w, t) for w, listed in self._world.templates.items() for t in listed)
        return next((found for found in every if found[1].id == template_id), None)

    def _templates(self, waba_id: str) -> list[Template]:
        return self._world.templates.setdefault(waba_id, templates.default_templates())

    def number_of(self, request: web.Request) -> Number:
        """The number the path names, if the bearer token may act for it."""
        token = _token(request)
        number = self._world.number(request.match_info["id"])
        if number is None:
            raise unknown_object(request.match_info["id"])
        if not number.accepts(token):
            raise Refusal(190, "The access token is not valid.")
        if number.token_expired:
            raise Refusal(190, "The access token has expired.", subcode=463)
        return number

    def _waba(self, request: web.Request) -> str:
        self.authorize(request)
        return request.match_info["id"]

    def authorize(self, request: web.Request) -> None:
        """Raises Refusal unless the token is some number's, or any will do."""
        token = _token(request)
        numbers = self._world.numbers.values()
        if not self._world.settings.open and not any(n.accepts(token) for n in numbers):
            raise Refusal(190, "The access token is not valid.")


def _token(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refusal(190, "The access token is missing.")
    return token.strip()


async def read_json(request: web.Request) -> Json:
    """The body's JSON object. Raises Refusal."""
    try:
        document: Any = storable.loads(await request.read())
    except ValueError:
        raise Refusal(100, "The body is not JSON.") from None
    if not isinstance(document, dict):
        raise Refusal(100, "The body must be a JSON object.")
    return cast("Json", document)


def _whole(request: web.Request, name: str, otherwise: int) -> int:
    found = loose.whole({name: request.query.get(name)}, name)
    return otherwise if found is None or found < 0 else found


def _hang_up(request: web.Request) -> web.StreamResponse:
    """Closes the connection instead of answering."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def refused(refusal: Refusal) -> web.Response:
    """A refusal as an answer."""
    envelope = json.dumps(refusal.envelope())
    return web.Response(status=refusal.http_status, text=envelope, content_type="application/json")
