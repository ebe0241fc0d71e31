"""Routes of agents: prepared in one transaction, asked in none, written down in another."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import anyio.to_thread
from anyio.lowlevel import RunVar
from fastapi import Request, Response

from botpe_app.db import act_for, transaction
from botpe_app.errors import Unavailable
from botpe_app.services import agent_asking
from botpe_app.services.agent_asking import Prepared
from botpe_app.services.intents import Unlearnt
from botpe_app.web.api import bodies, errors
from botpe_app.web.api.asking import Endpoint, is_replay
from botpe_app.web.api.routes import Call, Route, Work

# Threads of their own: agents that wait for a slow answer must not keep the other routes waiting.
_THREADS = 4
_TRIES = 3
_limiter: RunVar[anyio.CapacityLimiter] = RunVar("agent_threads")


def prepared_by(prepare: Callable[..., Any]) -> Callable[[Endpoint], Endpoint]:
    """Marks an endpoint that runs after Claude was asked what `prepare(session, actor, body)`
    says. What came back is in `asked(call)`."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.prepare = prepare  # pyright: ignore[reportFunctionMemberAccess]
        return endpoint

    return mark


def asked(call: Call) -> Any:
    """What Claude was asked and what came back."""
    return call.request.state.asked


class AgentRoute(Route):
    """A Route whose endpoint is marked with `prepared_by`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Answers in threads of its own."""
        work = _AgentWork(self.endpoint, self.status_code or 200, self.response_model)

        async def handle(request: Request) -> Response:
            try:
                raw = await bodies.read_all(request)
            except bodies.TooLarge as error:
                return errors.answer(error)
            return await anyio.to_thread.run_sync(work.answer, request, raw, limiter=_threads())

        return handle


class _AgentWork(Work):
    def _in_transaction(self, request: Request, raw: bytes) -> Response:
        call, prepared = self._prepared(request, raw)
        if prepared is None:
            return super()._in_transaction(request, raw)
        request.state.asked = agent_asking.ask(prepared)
        written_down = False
        try:
            response = super()._in_transaction(request, raw)
            written_down = "Idempotent-Replayed" not in response.headers
            return response
        finally:
            if not written_down:
                _settle(call)

    def _prepared(self, request: Request, raw: bytes) -> tuple[Call, Prepared[Any] | None]:
        """Who asks, and what; None if it was answered before."""
        for _ in range(_TRIES):
            try:
                return self._prepare(request, raw)
            except Unlearnt as phrases:
                phrases.learn()
        raise Unavailable("The phrases are being changed all the time. Try again in a moment.")

    def _prepare(self, request: Request, raw: bytes) -> tuple[Call, Prepared[Any] | None]:
        with transaction() as session:
            call = self._admit(session, request)
            assert isinstance(call, Call)  # noqa: S101 - none of these is public
            assert self.body is not None  # noqa: S101 - each of these has one
            if is_replay(call, raw):
                return call, None
            body = bodies.read_body(self.body, raw)
            return call, self.endpoint.prepare(session, call.actor, body)  # pyright: ignore[reportFunctionMemberAccess]


def _settle(call: Call) -> None:
    """Gives back what was set aside for a run whose answer nobody got."""
    with transaction() as session:
        act_for(session, call.actor.organization_id)
        agent_asking.settle(session, call.actor, asked(call), "Its answer was not needed any more.")


def _threads() -> anyio.CapacityLimiter:
    try:
        return _limiter.get()
    except LookupError:
        _limiter.set(anyio.CapacityLimiter(_THREADS))
        return _limiter.get()
