"""Who is signed in on a tab, and what the frame shows about them."""

from __future__ import annotations

import reflex as rx

from botpe_app.config import settings
from botpe_app.db import Session
from botpe_app.services import auth, inbox
from botpe_app.services.access import Actor
from botpe_app.services.views import InboxCounts, Me
from botpe_app.ui import live, words
from botpe_app.ui.base import PageState


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
    _user_id: str = ""
    _role: str = ""
    _zone: str = "UTC"

    @rx.var
    def unread_words(self) -> str:
        """The badge: what fits in it."""
        return str(self.unread) if self.unread < 100 else "99+"

    @rx.event
    async def enter(self):
        """Fills the frame of a page that was just opened; asks for a sign-in if there is none."""
        me, counts = await self._call(_frame)
        self.name, self.email = me.name, me.email
        self.role, self.organization = me.role.capitalize(), me.organization_name
        self.initials, self.hue = words.initials(me.name), words.hue(me.user_id)
        self.unread = counts.unread
        self.simulated = settings().simulated
        self._user_id, self._role, self._zone = me.user_id, me.role, me.time_zone
        live.join(
            self.router.session.client_token, me.organization_id, {"inbox": SessionState.refresh}
        )

    @rx.event
    async def refresh(self, topics: list[str]):
        """Counts anew what is unread; the live relay calls it."""
        self.unread = (await self._call(inbox.counts)).unread


def _frame(session: Session, actor: Actor) -> tuple[Me, InboxCounts]:
    return auth.me(session, actor), inbox.counts(session, actor)
