"""Profiles, blocks, uploads and settings of numbers, as a business asks for them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp import web

from botpe_app.core import phone
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.simulator import templates
from botpe_app.whatsapp.simulator.answers import Refusal
from botpe_app.whatsapp.simulator.graph import Graph, read_json
from botpe_app.whatsapp.simulator.insights import insights
from botpe_app.whatsapp.simulator.world import Customer, Number, World

_LONGEST = {"about": 139, "address": 256, "description": 512, "email": 128, "vertical": 40}
_SAMPLES = ("image/jpeg", "image/jpg", "image/png", "video/mp4", "application/pdf")
_DAY = 86400.0
_PATIENCE = aiohttp.ClientTimeout(total=5)


class Business:
    """Answers businesses about themselves. `changed` is called after what they changed."""

    def __init__(
        self, world: World, graph: Graph, now: Callable[[], float], changed: Callable[[], None]
    ) -> None:
        self._world = world
        self._graph = graph
        self._now = now
        self._changed = changed
        self._uploads: dict[str, tuple[int, bytearray]] = {}

    def routes(self) -> list[web.RouteDef]:
        """All routes, for aiohttp's router; before the Graph's, which take any path."""
        version = r"/{version:v\d+\.\d+}"
        return [
            web.get(version + "/{id}/whatsapp_business_profile", self.profile),
            web.post(version + "/{id}/whatsapp_business_profile", self.change_profile),
            web.get(version + "/{id}/block_users", self.blocked),
            web.post(version + "/{id}/block_users", self.block),
            web.delete(version + "/{id}/block_users", self.unblock),
            web.route("*", version + "/{id}/subscribed_apps", self.subscription),
            web.get(version + "/{id}/template_analytics", self.insights),
            web.post(version + "/{id}/uploads", self.open_upload),
            web.get(version + "/{upload:upload:.+}", self.upload_offset),
            web.post(version + "/{upload:upload:.+}", self.upload),
            web.post(version + "/{id}", self.change),
        ]

    async def profile(self, request: web.Request) -> web.Response:
        """What customers see of a number."""
        number = self._graph.number_of(request)
        told = {**number.profile, "messaging_product": "whatsapp"}
        return web.json_response({"data": [told]})

    async def change_profile(self, request: web.Request) -> web.Response:
        """Changes the fields that are named."""
        number, asked = self._graph.number_of(request), await read_json(request)
        changes = {name: asked[name] for name in (*_LONGEST, "websites") if name in asked}
        for name, most in _LONGEST.items():
            if len(loose.text(changes, name)) > most:
                raise Refusal(100, f"{name} has more than {most} characters.")
        if name := loose.text(asked, "profile_picture_handle"):
            changes["profile_picture_url"] = f"https://pps.whatsapp.net/{name[-8:]}"
        number.profile = {**number.profile, **changes}
        return self._done({"success": True})

    async def blocked(self, request: web.Request) -> web.Response:
        """Whom a number has blocked."""
        number = self._graph.number_of(request)
        listed = [
            {"messaging_product": "whatsapp", "user_id" if phone.is_bsuid(who) else "wa_id": who}
            for who in number.blocked
        ]
        return web.json_response({"data": listed, "paging": {}})

    async def block(self, request: web.Request) -> web.Response:
        """Blocks people who wrote within a day."""
        number, users = await self._users(request)
        added, failed = list[Json](), list[Json]()
        for user in users:
            found = self._customer(user)
            if found is None or not self._wrote_lately(number, found):
                error = Refusal(139100, "The user has not written within 24 hours.").in_webhook()
                failed.append({"input": user, "errors": [error]})
                continue
            known = _named(found, user)
            if known not in number.blocked:
                number.blocked.append(known)
            added.append({"input": user, "wa_id": known})
        return self._blocks(added_users=added, failed_users=failed)

    async def unblock(self, request: web.Request) -> web.Response:
        """Lets people write again."""
        number, users = await self._users(request)
        removed = list[Json]()
        for user in users:
            found = self._customer(user)
            known = _named(found, user) if found else user
            if known in number.blocked:
                number.blocked.remove(known)
            removed.append({"input": user, "wa_id": known})
        return self._blocks(removed_users=removed)

    async def subscription(self, request: web.Request) -> web.Response:
        """Whether an account's webhooks are sent, and where; POST and DELETE change it."""
        self._graph.authorize(request)
        waba_id, off = request.match_info["id"], self._world.unsubscribed
        if request.method == "GET":
            app: Json = {"whatsapp_business_api_data": {"id": "1", "link": "", "name": "BotPe"}}
            app.update(loose.some(override_callback_uri=self._world.webhooks.get(waba_id)))
            return web.json_response({"data": [] if waba_id in off else [app]})
        if request.method == "DELETE" and waba_id not in off:
            off.append(waba_id)
        if request.method == "POST":
            asked = await read_json(request) if request.can_read_body else {}
            self._world.webhooks[waba_id] = await _override(asked)
            off[:] = [other for other in off if other != waba_id]
        return self._done({"success": True})

    async def insights(self, request: web.Request) -> web.Response:
        """What became of templates' messages by day, once it was asked to count."""
        self._graph.authorize(request)
        return web.json_response(insights(self._world, request.match_info["id"], request.query))

    async def open_upload(self, request: web.Request) -> web.Response:
        """Opens an upload of a sample."""
        self._graph.authorize(request)
        length = loose.whole(dict(request.query), "file_length") or 0
        if request.query.get("file_type") not in _SAMPLES or not 0 < length <= 100 * 2**20:
            raise Refusal(100, "file_type or file_length cannot be used.")
        name = f"upload:{secrets.token_urlsafe(16)}"
        self._uploads[name] = (length, bytearray())
        return web.json_response({"id": name})

    async def upload_offset(self, request: web.Request) -> web.Response:
        """How much of it is here."""
        name, (_, content) = self._upload(request)
        return web.json_response({"id": name, "file_offset": len(content)})

    async def upload(self, request: web.Request) -> web.Response:
        """Takes bytes from `file_offset` on; the handle once all are here."""
        name, (length, content) = self._upload(request)
        if request.headers.get("file_offset") != str(len(content)):
            raise Refusal(100, f"file_offset must be {len(content)}.")
        content += await request.read()
        if len(content) != length:
            return web.json_response({"id": name, "file_offset": len(content)})
        del self._uploads[name]
        return web.json_response({"h": f"4::{secrets.token_urlsafe(24)}"})

    async def change(self, request: web.Request) -> web.Response:
        """New components or category of a template; a number's PIN or own webhook; counting of a
        business account's templates."""
        if request.query.get("is_enabled_for_insights") == "true":
            self._graph.authorize(request)
            self._world.insights.append(request.match_info["id"])
            return self._done({"id": request.match_info["id"]})
        found = self._graph.template_of(request)
        asked = await read_json(request)
        if found is not None:
            waba_id, template = found
            templates.edit(template, asked)
            self._graph.review(waba_id, template)
            return self._done({"success": True})
        number = self._graph.number_of(request)
        if isinstance(pin := asked.get("pin"), str):
            if len(pin) != 6 or not pin.isdigit():
                raise Refusal(131009, "pin must have six digits.")
            number.pin = pin
        if "webhook_configuration" in asked:
            number.webhook = await _override(asked["webhook_configuration"])
        return self._done({"success": True})

    async def _users(self, request: web.Request) -> tuple[Number, list[str]]:
        number, asked = self._graph.number_of(request), await read_json(request)
        users = [
            loose.text(item, "user") or loose.text(item, "user_id")
            for item in loose.mappings(asked, "block_users")
        ]
        if not users or not all(users):
            raise Refusal(131008, "block_users needs users.")
        return number, users

    def _customer(self, user: str) -> Customer | None:
        return self._world.customer_at(user.removeprefix("+"))

    def _wrote_lately(self, number: Number, customer: Customer) -> bool:
        at = self._world.thread(number.id, customer.id).last_inbound_at
        return at is not None and self._now() - at < _DAY

    def _upload(self, request: web.Request) -> tuple[str, tuple[int, bytearray]]:
        if not request.headers.get("Authorization", "").startswith("OAuth "):
            raise Refusal(190, "Uploads take Authorization: OAuth.")
        name = request.match_info["upload"]
        if name not in self._uploads:
            raise Refusal(100, "There is no such upload.", subcode=33)
        return name, self._uploads[name]

    def _blocks(self, **users: list[Json]) -> web.Response:
        some = {name: listed for name, listed in users.items() if listed}
        return self._done({"messaging_product": "whatsapp", "block_users": some})

    def _done(self, answer: Json) -> web.Response:
        self._changed()
        return web.json_response(answer)


def _named(customer: Customer, user: str) -> str:
    """The id under which a list names somebody: the kind they were named by."""
    return customer.user_id if phone.is_bsuid(user) else customer.wa_id


async def _override(asked: Any) -> str:
    """The web address that webhooks shall go to instead, "" for the usual one.

    Raises Refusal unless it answers the challenge, as Meta asks of it.
    """
    address = loose.text(asked, "override_callback_uri")
    if not address:
        return ""
    if not address.startswith(("http://", "https://")) or len(address) > 200:
        raise Refusal(100, "override_callback_uri must be a web address of up to 200 characters.")
    challenge = str(secrets.randbelow(10**9))
    query = {
        "hub.mode": "subscribe",
        "hub.challenge": challenge,
        "hub.verify_token": loose.text(asked, "verify_token"),
    }
    try:
        async with (
            aiohttp.ClientSession(timeout=_PATIENCE) as http,
            http.get(address, params=query) as response,
        ):
            said = (await response.content.read(100)).decode("utf-8", "replace")
    except (aiohttp.ClientError, TimeoutError, OSError):
        said = ""
    if said != challenge:
        raise Refusal(100, "The callback address did not answer the challenge.", subcode=2200)
    return address
