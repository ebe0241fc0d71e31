"""Routes that ask WhatsApp: between two transactions, so that none waits for an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Request, Response

from botpe_app.db import transaction
from botpe_app.services import idempotency
from botpe_app.web.api.routes import Call, Route, Work, fingerprint

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def asks(prepare: Callable[..., Any], ask: Callable[[Any], Any]) -> Callable[[Endpoint], Endpoint]:
    """Marks an endpoint that runs after `ask(prepare(session, actor, **ids))`.

    What WhatsApp answered is in `answer_of(call)`.
    """

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.prepare, endpoint.ask = prepare, ask  # pyright: ignore[reportFunctionMemberAccess]
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
                prepared = self.endpoint.prepare(session, call.actor, **request.path_params)  # pyright: ignore[reportFunctionMemberAccess]
        if not replayed:
            request.state.answer = self.endpoint.ask(prepared)  # pyright: ignore
        return super()._in_transaction(request, raw)


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
