"""What the sign-in pages know before anybody is signed in."""

from __future__ import annotations

from dataclasses import dataclass

import reflex as rx


@dataclass(frozen=True)
class DemoUser:
    """One of the demo's people; their passwords are no secret."""

    name: str
    role: str
    email: str
    password: str


class EntryState(rx.State):
    """The sign-in pages of one tab."""

    people: list[DemoUser] = []
    query: str = ""

    @rx.event
    def enter(self):
        """Keeps the way back."""
        self.query = self.router.url.query
