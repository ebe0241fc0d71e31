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

from botpe_app.core.permissions import Permission
from botpe_app.db import transaction
from botpe_app.errors import BotpeError, Forbidden, Unauthorized
from botpe_app.models import ApiKey, Contact, Conversation, Message, WhatsAppAccount
from botpe_app.services import access, idempotency
from botpe_app.services.access import Actor
from botpe_app.web import cookies, origins
from botpe_app.web.api import bodies, errors, limits

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

# What a path's id names; looked up before the body is read, since 404 comes before 422.
_TABLES = {
    "account_id": WhatsAppAccount,
    "contact_id": Contact,
    "conversation_id": Conversation,
    "key_id": ApiKey,
    "message_id": Message,
}
_READING = {"GET", "HEAD"}
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


def router(prefix: str, tag: str) -> APIRouter:
    """The routes of one resource."""
    return APIRouter(prefix=f"/api{prefix}", tags=[tag], route_class=Route)


class Route(APIRoute):
    """An endpoint `(call, ids…, query=, body=)`, run in a thread inside its transaction."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Takes the place of the framework's own order of reading, checking and calling."""
        work = _Work(self.endpoint, self.status_code or 200, self.response_model)

        async def handle(request: Request) -> Response:
            raw = await request.body()
            return await anyio.to_thread.run_sync(work.answer, request, raw, limiter=_threads())

        return handle


class _Work:
    """What `Route` does for one endpoint."""

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
            if token := _credential(request):
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

    def _in_transaction(self, request: Request, raw: bytes) -> Response:
        with transaction() as session:
            visit = self._admit(session, request)
            arguments = self._read(request, raw)
            if isinstance(visit, Call) and request.method not in _READING:
                response = self._once(visit, raw, arguments)
            else:
                response = self._perform(visit, arguments)
            for cookie in visit.set_cookies:
                response.headers.append("set-cookie", cookie)
            return response

    def _admit(self, session: Session, request: Request) -> Visit:
        """Raises Unauthorized, Forbidden, NotFound, in this order."""
        if self.permission is None:
            _require_own_page(request)
            return Visit(session, request)
        call = Call(session, request, actor=_actor(session, request))
        _tell_log(request, call.actor)
        _require_own_page(request)
        call.actor.require(self.permission)
        for name, value in request.path_params.items():
            access.get(session, call.actor, _TABLES[name], value)
        return call

    def _read(self, request: Request, raw: bytes) -> dict[str, Any]:
        arguments: dict[str, Any] = dict(request.path_params)
        if self.query:
            arguments["query"] = bodies.read_query(self.query, request.query_params)
        if self.body:
            arguments["body"] = bodies.read_body(self.body, raw)
        return arguments

    def _once(self, call: Call, raw: bytes, arguments: dict[str, Any]) -> Response:
        """Does the work, or if its Idempotency-Key was used before, gives that answer again."""
        key = call.request.headers.get(idempotency.HEADER)
        if key is None:
            return self._perform(call, arguments)
        known = idempotency.first_answer(
            call.session, call.actor, key, _fingerprint(call.request, raw)
        )
        if known:
            again = {"Idempotent-Replayed": "true"}
            return _json(known.status, known.body.encode(), again)
        response = self._perform(call, arguments)
        answer = idempotency.Answer(response.status_code, bytes(response.body).decode())
        idempotency.keep(call.session, call.actor, key, answer)
        return response

    def _perform(self, visit: Visit, arguments: dict[str, Any]) -> Response:
        result = self.endpoint(visit, **arguments)
        if result is None:
            return Response(status_code=204)
        shaped = self.result.validate_python(result, from_attributes=True)
        return _json(self.status, self.result.dump_json(shaped))


def _bare(hint: Any) -> type[BaseModel] | None:
    """The model of `Annotated[Model, …]`."""
    return getattr(hint, "__origin__", hint) if hint else None


def _threads() -> anyio.CapacityLimiter:
    try:
        return _limiter.get()
    except LookupError:
        _limiter.set(anyio.CapacityLimiter(_THREADS))
        return _limiter.get()


def _credential(request: Request) -> str | None:
    """The API key or session token that came along."""
    return _key(request) or cookies.token_of(request.headers.get("cookie"))


def _key(request: Request) -> str | None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


def _actor(session: Session, request: Request) -> Actor:
    if "authorization" in request.headers:
        key = _key(request)
        if not key:
            raise Unauthorized("Send `Authorization: Bearer bp_…` with an API key.")
        return access.actor_of_key(session, key)
    token = cookies.token_of(request.headers.get("cookie"))
    if token is None:
        raise Unauthorized("Sign in, or send `Authorization: Bearer bp_…` with an API key.")
    return access.actor_of_session(session, token)


def _require_own_page(request: Request) -> None:
    """Raises Forbidden for a write that another site's page could have caused.

    A browser adds the cookie by itself; it never adds an API key.
    """
    writes = request.method not in _READING
    if writes and "authorization" not in request.headers and not origins.is_ours(request.headers):
        raise Forbidden("Another site's page may not do this. Open BotPe at its own address.")


def _tell_log(request: Request, actor: Actor) -> None:
    who = request.scope.get("botpe.who", {})
    who["organization_id"] = str(actor.organization_id)
    who["user_id" if actor.user_id else "key_id"] = str(actor.user_id or actor.key_id)


def _fingerprint(request: Request, raw: bytes) -> bytes:
    """The same for two requests that ask for the same, however their JSON is spaced."""
    body = json.dumps(bodies.read_json(raw), sort_keys=True)
    parts = (request.method, request.url.path, request.url.query, body)
    return hashlib.sha256("\n".join(parts).encode()).digest()


def _json(status: int, body: bytes, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status, headers, media_type="application/json")
