"""Signing up with the pretend WhatsApp (Cloud API docs, "Embedded Signup", "Registration")."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from aiohttp import web

from botpe_app.core import phone
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.simulator import shapes
from botpe_app.whatsapp.simulator.access import ROOT
from botpe_app.whatsapp.simulator.answers import Refusal
from botpe_app.whatsapp.simulator.control import body
from botpe_app.whatsapp.simulator.events import Change
from botpe_app.whatsapp.simulator.graph import Graph, read_json
from botpe_app.whatsapp.simulator.phones import Post
from botpe_app.whatsapp.simulator.world import Grant, Number, Signup, World, digest

APP_ID = "1000000000000001"  # any app's id will do; this is what webhooks call ours
_CODE_SECONDS = 30.0


class Onboarding:
    """Plays Meta's dialog, and exchanges its codes. `changed` is called after every change."""

    def __init__(
        self, world: World, graph: Graph, post: Post, app_secret: str, changed: Callable[[], None]
    ) -> None:
        self._world = world
        self._graph = graph
        self._post = post
        self._app_secret = app_secret.split(",")[0].strip()
        self._changed = changed

    def routes(self) -> list[web.RouteDef]:
        """All routes, for aiohttp's router; before the Graph's, which take any path."""
        version = r"/{version:v\d+\.\d+}"
        return [
            web.post(ROOT + "/signups", self.sign_up),
            web.get(version + "/oauth/access_token", self.exchange),
            web.get(version + "/debug_token", self.inspect),
            web.post(version + "/{id}/register", self.register),
            web.post(version + "/{id}/deregister", self.deregister),
            web.post(version + "/{id}/smb_app_data", self.share),
        ]

    async def sign_up(self, request: web.Request) -> web.Response:
        """Goes through Meta's dialog: a new business account with a number, and the code."""
        asked = shapes.SIGNUP(await body(request), "signup")
        number_id = asked.get("phone_number_id") or _meta_id()
        number = self._world.numbers.setdefault(number_id, Number(number_id))
        number.waba_id = asked.get("waba_id") or _meta_id()
        number.name = asked.get("name", "") or number.name or "Test business"
        shown = asked.get("phone") or f"+1555{secrets.randbelow(10**7):07d}"
        number.display_phone_number = phone.e164(shown, field="signup.phone").removeprefix("+")
        number.coexistence = asked.get("coexistence", False)
        number.registered = number.coexistence
        number.pin = asked.get("pin", "")
        signup = Signup(secrets.token_urlsafe(24), number.waba_id, number.id, time.time())
        self._world.signups[signup.code] = signup
        self._changed()
        told = "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING" if number.coexistence else "FINISH"
        data = {"phone_number_id": number.id, "waba_id": number.waba_id, "business_id": "1"}
        session = {"type": "WA_EMBEDDED_SIGNUP", "event": told, "version": "3", "data": data}
        return web.json_response({"code": signup.code, "session": session})

    async def exchange(self, request: web.Request) -> web.Response:
        """A code for the token it stands for: once, within 30 seconds."""
        query = request.query
        if not query.get("client_id") or query.get("client_secret") != self._app_secret:
            raise Refusal(1, "Error validating client secret.")
        signup = self._world.signups.pop(query.get("code", ""), None)
        if signup is None:
            raise Refusal(100, "This authorization code has been used.", subcode=36009)
        if time.time() - signup.at > _CODE_SECONDS:
            raise Refusal(100, "This authorization code has expired.", subcode=36007)
        token = "EAA" + secrets.token_urlsafe(40)
        self._world.grants[digest(token)] = Grant(query["client_id"], [signup.waba_id])
        for number in self._world.numbers.values():
            if number.waba_id == signup.waba_id:
                number.token_digest, number.token_expired = digest(token), False
        self._changed()
        waba = {"waba_id": signup.waba_id, "owner_business_id": "1", "partner_app_id": APP_ID}
        added: Json = {"event": "PARTNER_ADDED", "waba_info": waba}
        self._post(Change(signup.waba_id, "account_update", added), lambda: None)
        return web.json_response({"access_token": token, "token_type": "bearer"})

    async def inspect(self, request: web.Request) -> web.Response:
        """What a token may do."""
        if not request.query.get("access_token"):
            raise Refusal(190, "An access token is required to request this resource.")
        token = request.query.get("input_token", "")
        return web.json_response({"data": self._facts(token)})

    async def register(self, request: web.Request) -> web.Response:
        """Opens a number for the Cloud API; its PIN must fit if it has one."""
        number, asked = self._graph.number_of(request), await read_json(request)
        pin = asked.get("pin")
        if not isinstance(pin, str) or len(pin) != 6 or not pin.isdigit():
            raise Refusal(131009, "pin must have six digits.")
        if number.coexistence:
            raise Refusal(100, "The number is used in the WhatsApp Business app.")
        if number.pin and number.pin != pin:
            raise Refusal(133005, "Two step verification PIN Mismatch")
        number.registered, number.pin = True, pin
        return self._done()

    async def deregister(self, request: web.Request) -> web.Response:
        """Closes a number for the Cloud API."""
        self._graph.number_of(request).registered = False
        return self._done()

    async def share(self, request: web.Request) -> web.Response:
        """Takes the wish for the WhatsApp Business app's contacts or chats."""
        number, asked = self._graph.number_of(request), await read_json(request)
        if not number.coexistence:
            raise Refusal(100, "The number is not used in the WhatsApp Business app.")
        if asked.get("sync_type") not in ("smb_app_state_sync", "history"):
            raise Refusal(131009, "sync_type is smb_app_state_sync or history.")
        return web.json_response({"messaging_product": "whatsapp", "request_id": _meta_id()})

    def _facts(self, token: str) -> Json:
        grant = self._world.grants.get(digest(token))
        known = [n for n in self._world.numbers.values() if token and n.accepts(token)]
        if grant is None and not known and not (token and self._world.settings.open):
            return {"is_valid": False, "error": {"code": 190, "message": "Malformed token."}}
        if grant is None:
            grant = Grant("", sorted({n.waba_id for n in known}))
        expired = any(n.token_expired for n in known)
        over = 0 < grant.expires_at <= time.time()
        error = {"code": 190, "message": "The access token has expired.", "subcode": 463}
        granular = [{"scope": scope, "target_ids": grant.wabas} for scope in grant.scopes]
        return {
            "is_valid": not (expired or over),
            "expires_at": int(grant.expires_at),
            "scopes": grant.scopes,
            **({"app_id": grant.app_id} if grant.app_id else {}),
            **({"granular_scopes": granular} if grant.wabas else {}),
            **({"error": error} if expired or over else {}),
        }

    def _done(self) -> web.Response:
        self._changed()
        return web.json_response({"success": True})


def _meta_id() -> str:
    return str(secrets.randbelow(9 * 10**14) + 10**14)


def hides_token(path: str) -> bool:
    """Whether what is answered there must not stand in a log."""
    return path.endswith("/oauth/access_token")
