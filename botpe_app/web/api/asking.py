"""Routes that ask WhatsApp: between two transactions, so that none waits for an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Request, Response

from botpe_app.db import transaction
from botpe_app.services import idempotency
from botpe_app.web.api.routes import Call, Route, Work, fingerprint
from botpe_app.web.api.shapes import given

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def asks(
    prepare: Callable[..., Any], ask: Callable[[Any], Any], *, hears_request: bool = False
) -> Callable[[Endpoint], Endpoint]:
    """Marks an endpoint that runs after `ask(prepare(session, actor, **ids))`.

    What WhatsApp answered is in `answer_of(call)`. With `hears_request`, `prepare` is also given
    what the query and the body name.
    """

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.prepare, endpoint.ask = prepare, ask  # pyright: ignore[reportFunctionMemberAccess]
        endpoint.hears_request = hears_request  # pyright: ignore[reportFunctionMemberAccess]
        return endpoint

    return mark


def answer_of(call: Call) -> Any:
    """What the endpoint's `ask` returned."""
    return call.request.state.answer


class AskingRoute(Route):
    """A Route whose endpoint is marked with `asks`."""

    def work(self) -> Work:
        """What it does once the body is read."""
        return _AskingWork(self.endpoint, self.status_code or 200, self.response_model)


class _AskingWork(Work):
    def _in_transaction(self, request: Request, raw: bytes) -> Response:
        with transaction() as session:
            call = self._admit(session, request)
            assert isinstance(call, Call)  # noqa: S101 - none of these is public
            replayed = is_replay(call, raw)
            if not replayed:
                prepared = self.endpoint.prepare(session, call.actor, **self._heard(call, raw))  # pyright: ignore[reportFunctionMemberAccess]
        if not replayed:
            request.state.answer = self.endpoint.ask(prepared)  # pyright: ignore
        return super()._in_transaction(request, raw)

    def _heard(self, call: Call, raw: bytes) -> dict[str, Any]:
        """What `prepare` is given; 404 comes before 422."""
        ids = dict(call.request.path_params)
        if not self.endpoint.hears_request:  # pyright: ignore[reportFunctionMemberAccess]
            return ids
        for name, value in ids.items():
            self._look_up(call, name, value)
        read = self._read(call.request, raw)
        named = {name: given(read[name]) for name in ("query", "body") if name in read}
        return {**ids, **named.get("query", {}), **named.get("body", {})}


def is_replay(call: Call, raw: bytes) -> bool:
    """Whether this was done before, and so is answered without asking again."""
    key = call.request.headers.get(idempotency.HEADER)
    if key is None:
        return False
    savepoint = call.session.begin_nested()
    try:
        asked = fingerprint(call.request, raw)
        return idempotency.first_answer(call.session, call.actor, key, asked) is not None
    finally:
        savepoint.rollback()
