"""Who is signed in on a tab, and what the frame shows about them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import reflex as rx
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event

from botpe_app.config import settings
from botpe_app.core.permissions import Permission, may
from botpe_app.db import Session
from botpe_app.services import assignment, auth, inbox, memberships
from botpe_app.services.access import Actor
from botpe_app.services.memberships import MembershipItem
from botpe_app.services.views import InboxCounts, Me
from botpe_app.ui import live, words
from botpe_app.ui.base import PageState, session_token


class SessionState(PageState, rx.State):
    """The signed-in person as the frame shows them."""

    name: str = ""
    email: str = ""
    role: str = ""
    organization: str = ""
    initials: str = ""
    hue: int = 1
    unread: int = 0
    simulated: bool = False
    permissions: rx.Field[list[str]] = rx.field(default_factory=list)  # for what is shown
    homes: rx.Field[list[tuple[str, str]]] = rx.field(
        default_factory=list
    )  # others of theirs: id, name
    turns: str = ""  # there or away, for those who take turns
    _user_id: str = ""
    _role: str = ""
    _zone: str = "UTC"
    _owner: bytes = b""  # digest of the session token the tab came with

    @rx.var
    def unread_words(self) -> str:
        """The badge: what fits in it."""
        return str(self.unread) if self.unread < 100 else "99+"

    @rx.event
    async def enter(self):
        """Fills the frame of a page that was just opened; asks for a sign-in if there is none."""
        me, counts, mine = await self._call(_frame)
        self.name, self.email = me.name, me.email
        self.role, self.organization = me.role.capitalize(), me.organization_name
        self.initials, self.hue = words.initials(me.name), words.hue(me.user_id)
        self.unread = counts.unread
        self.homes = [(home.id, home.name) for home in mine if not home.current]
        self.simulated = settings().simulated
        self.permissions = [one.value for one in Permission if may(me.role, one)]
        self.turns = "" if me.available is None else "there" if me.available else "away"
        self._user_id, self._role, self._zone = me.user_id, me.role, me.time_zone
        live.join(
            self.router.session.client_token, me.organization_id, {"inbox": SessionState.refresh}
        )

    @rx.event
    async def turn_availability(self):
        """From away to there, or back."""
        there = await self._call(assignment.set_available, self.turns == "away")
        self.turns = "there" if there else "away"

    @rx.event
    async def refresh(self, topics: list[str]):
        """Counts anew what is unread; the live relay calls it."""
        self.unread = (await self._call(inbox.counts)).unread


@dataclass(init=True)
class OwnTab(Middleware):
    """Empties a tab's state when it comes back under another session than the one that filled it.

    A tab is known by a token its browser keeps; nobody may inherit what it showed.
    """

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        """Runs before every event of every tab."""
        session = await state.get_state(SessionState)
        owner = hashlib.sha256(session_token(state.router.headers.cookie).encode()).digest()
        if session._owner != owner:
            if session._owner:
                state.reset()
            session._owner = owner
        return None


def _frame(session: Session, actor: Actor) -> tuple[Me, InboxCounts, list[MembershipItem]]:
    mine = memberships.list_memberships(session, actor)
    return auth.me(session, actor), inbox.counts(session, actor), mine
