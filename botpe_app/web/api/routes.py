"""The hinge of the API: every route is one transaction by one actor, refused in one order.

401, then 403, then 404, then 422, whatever the framework would find first; so a stranger learns
nothing from a refusal. A route says what it needs with `@needs` or that anyone may call it with
`@public`; one that says neither does not start.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar, get_type_hints

import anyio.to_thread
from anyio.lowlevel import RunVar
from fastapi import APIRouter, Request, Response, Security
from fastapi.routing import APIRoute
from fastapi.security import APIKeyCookie, HTTPBearer
from pydantic import BaseModel, TypeAdapter
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from botpe_app import models
from botpe_app.core.permissions import Permission
from botpe_app.db import transaction
from botpe_app.errors import BotpeError
from botpe_app.services import access, idempotency, platform, sessions
from botpe_app.services.access import Actor
from botpe_app.web import cookies
from botpe_app.web.api import bodies, callers, errors, limits
from botpe_app.web.api.callers import READING

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Answer = TypeVar("Answer")

# What a path's id names; looked up before the body is read, since 404 comes before 422.
_TABLES = {
    "account_id": models.WhatsAppAccount,
    "automation_id": models.AutomationRule,
    "bot_id": models.Bot,
    "campaign_id": models.Campaign,
    "contact_id": models.Contact,
    "conversation_id": models.Conversation,
    "delivery_id": models.WebhookDelivery,
    "field_id": models.CustomField,
    "import_id": models.ContactImport,
    "intent_id": models.Intent,
    "invitation_id": models.Invitation,
    "item_id": models.KnowledgeItem,
    "key_id": models.ApiKey,
    "media_id": models.Media,
    "message_id": models.Message,
    "reply_id": models.CannedReply,
    "run_id": models.AgentLog,
    "secret_id": models.BotSecret,
    "segment_id": models.Segment,
    "tag_id": models.Tag,
    "team_id": models.Team,
    "template_id": models.Template,
    "user_id": models.Membership,
    "webhook_id": models.WebhookSubscription,
}
# Ids of what is no row of the actor's organization.
_OTHERWISE: dict[str, Callable[[Session, Actor, str], object]] = {
    "organization_id": platform.get_organization,
    "session_id": sessions.get_session,
}
# Half of the database's connections: a sign-in takes two, and the pages need some as well.
_THREADS = 8
_limiter: RunVar[anyio.CapacityLimiter] = RunVar("api_threads")

_BEARER = HTTPBearer(auto_error=False, scheme_name="key", description="An API key, `bp_…`")
_COOKIE = APIKeyCookie(
    name="botpe_session", auto_error=False, scheme_name="session", description="A page's session"
)


@dataclass
class Visit:
    """A request being answered: its transaction, and the cookies to set with the answer."""

    session: Session
    request: Request
    set_cookies: list[str] = field(default_factory=list[str])

    @property
    def token(self) -> str | None:
        """The session token of the browser."""
        return cookies.token_of(self.request.headers.get("cookie"))


@dataclass
class Call(Visit):
    """A visit by someone known."""

    actor: Actor = field(kw_only=True)


def _documented(
    bearer: Annotated[Any, Security(_BEARER)], cookie: Annotated[Any, Security(_COOKIE)]
) -> None:
    """Never called: it tells the OpenAPI document which credentials are taken."""


def _undocumented() -> None:
    """Never called: what it stands for comes from `Route`."""


Caller = Annotated[Call, Security(_documented)]
Visitor = Annotated[Visit, Security(_undocumented)]


def needs(permission: Permission) -> Callable[[Endpoint], Endpoint]:
    """Marks an endpoint as one for actors with this permission; its first argument is a Call."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.needs = permission  # pyright: ignore[reportFunctionMemberAccess]
        return endpoint

    return mark


def public(endpoint: Endpoint) -> Endpoint:
    """Marks an endpoint as one for anybody; its first argument is a Visit."""
    endpoint.needs = None  # pyright: ignore[reportFunctionMemberAccess]
    return endpoint


def router(prefix: str, tag: str, route_class: type[APIRoute] | None = None) -> APIRouter:
    """The routes of one resource, all of one class: `Route` unless it is named."""
    return APIRouter(prefix=f"/api{prefix}", tags=[tag], route_class=route_class or Route)


class Route(APIRoute):
    """An endpoint `(call, ids…, query=, body=)`, run in a thread inside its transaction."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Takes the place of the framework's own order of reading, checking and calling."""
        work = self.work()

        async def handle(request: Request) -> Response:
            try:
                raw = await bodies.read_all(request)
            except bodies.TooLarge as error:
                return errors.answer(error)
            return await in_thread(work.answer, request, raw)

        return handle

    def work(self) -> Work:
        """What it does once the body is read."""
        return Work(self.endpoint, self.status_code or 200, self.response_model)


class Work:
    """What a route does for its endpoint. One that returns a Response is answered with that."""

    def __init__(self, endpoint: Callable[..., Any], status: int, result: Any) -> None:
        if not hasattr(endpoint, "needs"):
            raise TypeError(f"{endpoint.__name__} must say @needs(…) or @public")
        hints = get_type_hints(endpoint, include_extras=True)
        self.endpoint, self.status = endpoint, status
        self.permission: Permission | None = endpoint.needs  # pyright: ignore[reportFunctionMemberAccess]
        self.query = _bare(hints.get("query"))
        self.body = _bare(hints.get("body"))
        self.result = TypeAdapter[Any](result)

    def answer(self, request: Request, raw: bytes) -> Response:
        """The response, also to what is expected to fail; anything else is raised."""
        quota: dict[str, str] = {}
        try:
            if token := callers.credential(request):
                quota = limits.take(token)
            response = self._in_transaction(request, raw)
        except BotpeError as error:
            response = errors.answer(error)
        except SQLAlchemyError as error:
            known = errors.of_database(error)
            if known is None:
                raise
            response = errors.answer(known)
        response.headers.update(quota)
        return response

    def actor(self, request: Request) -> Actor:
        """Who asks a route that is not public. Raises Unauthorized, then Forbidden."""
        with transaction() as session:
            visit = self._admit(session, request)
            assert isinstance(visit, Call)  # noqa: S101
            return visit.actor

    def _in_transaction(self, request: Request, raw: bytes) -> Response:
        with transaction() as session:
            visit = self._admit(session, request)
            key = request.headers.get(idempotency.HEADER) if isinstance(visit, Call) else None
            if isinstance(visit, Call) and key is not None and request.method not in READING:
                response = self._once(visit, key, raw)
            else:
                response = self._perform(visit, raw)
            for cookie in visit.set_cookies:
                response.headers.append("set-cookie", cookie)
            return response

    def _admit(self, session: Session, request: Request) -> Visit:
        """Raises Unauthorized, then Forbidden."""
        session.info["address"] = callers.address(request)
        if self.permission is None:
            callers.require_own_page(request)
            return Visit(session, request)
        call = Call(session, request, actor=callers.actor(session, request))
        _tell_log(request, call.actor)
        callers.require_own_page(request)
        call.actor.require(self.permission)
        return call

    def _once(self, call: Call, key: str, raw: bytes) -> Response:
        """Does the work, or if this Idempotency-Key was used before, gives that answer again."""
        asked = fingerprint(call.request, raw)
        known = idempotency.first_answer(call.session, call.actor, key, asked)
        if known:
            return _json(known.status, known.body.encode(), {"Idempotent-Replayed": "true"})
        response = self._perform(call, raw)
        if response.status_code >= 400:
            idempotency.release(call.session, call.actor, key)
            return response
        answer = idempotency.Answer(response.status_code, bytes(response.body).decode())
        idempotency.keep(call.session, call.actor, key, answer)
        return response

    def _perform(self, visit: Visit, raw: bytes) -> Response:
        """Raises NotFound, then Invalid, then what the endpoint raises."""
        if isinstance(visit, Call):
            for name, value in visit.request.path_params.items():
                self._look_up(visit, name, value)
        result = self.endpoint(visit, **self._read(visit.request, raw))
        if result is None:
            return Response(status_code=204)
        if isinstance(result, Response):
            return result
        shaped = self.result.validate_python(result, from_attributes=True)
        return _json(self.status, self.result.dump_json(shaped))

    def _look_up(self, call: Call, name: str, value: str) -> None:
        if name in _OTHERWISE:
            _OTHERWISE[name](call.session, call.actor, value)
        else:
            access.get(call.session, call.actor, _TABLES[name], value)

    def _read(self, request: Request, raw: bytes) -> dict[str, Any]:
        arguments: dict[str, Any] = dict(request.path_params)
        if self.query:
            arguments["query"] = bodies.read_query(self.query, request.query_params)
        if self.body:
            arguments["body"] = bodies.read_body(self.body, raw)
        return arguments


def _bare(hint: Any) -> type[BaseModel] | None:
    """The model of `Annotated[Model, …]`."""
    return getattr(hint, "__origin__", hint) if hint else None


async def in_thread(call: Callable[..., Answer], *given: Any) -> Answer:
    """What `call` returns; as many at once as the database is meant to bear."""
    return await anyio.to_thread.run_sync(call, *given, limiter=_threads())


def _threads() -> anyio.CapacityLimiter:
    try:
        return _limiter.get()
    except LookupError:
        _limiter.set(anyio.CapacityLimiter(_THREADS))
        return _limiter.get()


def _tell_log(request: Request, actor: Actor) -> None:
    who = request.scope.get("botpe.who", {})
    who["organization_id"] = str(actor.organization_id)
    who["user_id" if actor.user_id else "key_id"] = str(actor.user_id or actor.key_id)


def fingerprint(request: Request, raw: bytes) -> bytes:
    """The same for two requests that ask for the same, however their JSON is spaced."""
    try:
        body = json.dumps(bodies.read_json(raw), sort_keys=True).encode()
    except BotpeError:
        body = raw
    asked = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(asked + body).digest()


def _json(status: int, body: bytes, headers: dict[str, str] | None = None) -> Response:
    if status == 204:
        return Response(status_code=status, headers=headers)
    return Response(body, status, headers, media_type="application/json")
