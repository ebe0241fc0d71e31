"""What the sign-in pages know before anybody is signed in."""

from __future__ import annotations

import reflex as rx

from botpe_app.config import settings
from botpe_app.services.demo import SIGN_INS, SignIn


class EntryState(rx.State):
    """The sign-in pages of one tab."""

    people: rx.Field[list[SignIn]] = rx.field(default_factory=list)
    query: str = ""

    @rx.event
    def enter(self):
        """Keeps the way back; offers the demo's people, whose passwords are no secret."""
        self.query = self.router.url.query
        self.people = SIGN_INS if settings().simulated else []
