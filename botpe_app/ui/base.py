"""The hinge between pages and services: who asks, one transaction a call, one place for errors.

Any browser may call any public method of a State with any arguments. So every handler does its
work through `_call`, which finds out anew who is asking from the session cookie; what a page
sends are claims, never facts.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import quote

import reflex as rx
from reflex.event import EventSpec
from reflex_base.utils.exceptions import ImmutableStateError

from botpe_app.config import settings
from botpe_app.db import Session, transaction
from botpe_app.errors import BotpeError, Unauthorized
from botpe_app.services import access
from botpe_app.services.access import Actor
from botpe_app.ui.components import Toasts

log = logging.getLogger(__name__)

P = ParamSpec("P")
Answer = TypeVar("Answer")
Asked = TypeVar("Asked")
Service = Callable[Concatenate[Session, Actor, P], Answer]


class SignInNeeded(Unauthorized):
    """Nobody is signed in on this tab any more; `path` is where it was."""

    def __init__(self, path: str) -> None:
        super().__init__("Sign in to go on.")
        self.path = path


class PageState(rx.State, mixin=True):
    """What every page's state can do."""

    async def _call(
        self, service: Service[P, Answer], /, *args: P.args, **kwargs: P.kwargs
    ) -> Answer:
        """What `service` answers to whoever is signed in on this tab, in one transaction.

        Raises SignInNeeded, and whatever the service raises.
        """
        token = session_token(self.router.headers.cookie)
        try:
            return await asyncio.to_thread(_in_transaction, token, service, *args, **kwargs)
        except Unauthorized:
            with suppress(ImmutableStateError):  # of a task beside the tab: the tab itself does it
                self._get_root_state().reset()  # what they saw is no longer theirs to see
            raise SignInNeeded(_path_of(self.router.url)) from None

    async def _ask(
        self,
        prepare: Callable[Concatenate[Session, Actor, P], Asked],
        ask: Callable[[Asked], Answer],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Answer:
        """What WhatsApp answers: `prepare` in a transaction, `ask` in none."""
        return await asyncio.to_thread(ask, await self._call(prepare, *args, **kwargs))

    def _query(self) -> dict[str, str]:
        """The query of the tab's address."""
        return dict(self.router.url.query_parameters)


def session_token(cookies: str) -> str:
    """The session token in a Cookie header, empty if there is none."""
    for pair in cookies.split(";"):
        name, _, value = pair.strip().partition("=")
        if name == settings().session_cookie:
            return value.strip('"')
    return ""


def on_error(exception: Exception) -> EventSpec:
    """What the tab does about an exception that left a handler."""
    if isinstance(exception, SignInNeeded):
        return rx.redirect(f"/login?next={quote(exception.path)}")
    if isinstance(exception, BotpeError):
        return _toast(exception.message)
    reference = uuid.uuid4().hex[:8]
    log.error("handler_failed", exc_info=exception, extra={"reference": reference})
    return _toast(
        f"Something went wrong on our side; what you typed is kept. Reference {reference}."
    )


def _toast(text: str) -> EventSpec:
    return cast("EventSpec", Toasts.tell(text, "bad"))


def _in_transaction(
    token: str, service: Service[P, Answer], /, *args: P.args, **kwargs: P.kwargs
) -> Answer:
    with transaction() as session:
        actor = access.actor_of_session(session, token)
        return service(session, actor, *args, **kwargs)


def _path_of(url: Any) -> str:
    return url.path + (f"?{url.query}" if url.query else "")
