"""/settings/people of one tab."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import reflex as rx

from botpe_app.core.permissions import ROLES, Permission, may
from botpe_app.db import Session
from botpe_app.services import invitations, people
from botpe_app.services.access import Actor
from botpe_app.services.invitations import InvitationItem
from botpe_app.services.views import Member
from botpe_app.ui import live, words
from botpe_app.ui.components import Toasts
from botpe_app.ui.session import SessionState
from botpe_app.ui.settings.editing import NEW, Editing

ROLE_CHOICES = [(role, role.capitalize()) for role in reversed(ROLES)]


@dataclass(frozen=True)
class Person:
    """Somebody of the organization as the settings show them."""

    id: str
    name: str
    email: str
    role: str
    role_words: str
    active: bool
    me: bool
    initials: str
    hue: int


@dataclass(frozen=True)
class Guest:
    """Somebody invited who has not come in yet."""

    id: str
    email: str
    role: str
    left: str
    mail: str
    mail_problem: str


class PeopleState(Editing, rx.State):
    """People, who is invited, and the link for a guest that was just made."""

    people: rx.Field[list[Person]] = rx.field(default_factory=list)
    guests: rx.Field[list[Guest]] = rx.field(default_factory=list)
    link: str = ""  # until the dialog is closed
    mailed: str = ""

    @rx.event
    async def enter(self):
        """Shows the people."""
        live.listen(self.router.session.client_token, {"mails": PeopleState.refresh})
        self.link = self.mailed = ""
        await self._read()

    @rx.event
    async def refresh(self, topics: list[str]):
        """Reads anew; the live relay calls it."""
        await self._read()

    @rx.event
    def show_form(self):
        """Opens the form for an invitation."""
        self.link = self.mailed = ""
        self._open(NEW)

    @rx.event
    async def invite(self, form: dict[str, Any]):
        """Invites somebody; shows the link where no mail can carry it."""
        await self._invite(str(form.get("email", "")), str(form.get("role", "")))

    @rx.event
    async def invite_again(self, email: str, role: str):
        """Makes a new link for a guest; the one before is no good any more."""
        self._open(NEW)
        await self._invite(str(email), str(role))

    @rx.event
    async def withdraw(self, invitation_id: str):
        """Makes an invitation useless."""
        await self._call(invitations.withdraw, invitation_id)
        await self._read()
        return Toasts.tell("The invitation is withdrawn")

    @rx.event
    async def give_role(self, user_id: str, role: str):
        """Gives a person another role."""
        try:
            item = await self._call(people.change_role, user_id, role)
        finally:
            await self._read()
        return Toasts.tell(f"{item.name} is {_a(item.role)} now")

    @rx.event
    async def let_in(self, user_id: str, active: bool):
        """Keeps a person out for now, or lets them in again."""
        item = await self._call(people.set_active, user_id, bool(active))
        await self._read()
        return Toasts.tell(f"{item.name} {'can come in again' if active else 'is deactivated'}")

    @rx.event
    def ask_remove(self, user_id: str):
        """Asks whether to show a person out."""
        self._ask_about(user_id, next((one.name for one in self.people if one.id == user_id), ""))

    @rx.event
    async def remove(self):
        """Shows the person out who was asked about."""
        user_id, name = self._asked()
        await self._call(people.remove_member, user_id)
        await self._read()
        return Toasts.tell(f"{name} is no longer here")

    def _forget(self) -> None:
        self.link = self.mailed = ""

    async def _invite(self, email: str, role: str) -> None:
        item = await self._try(invitations.invite, email=email, role=role)
        if item is not None:
            self.link, self.mailed = item.link or "", "" if item.link else item.email
            await self._read()

    async def _read(self) -> None:
        frame = await self.get_state(SessionState)
        members, guests = await self._call(_everybody)
        self.people = [_person(member, frame._user_id) for member in members]
        self.guests = [_guest(guest) for guest in guests]
        self.loaded = True


def _everybody(session: Session, actor: Actor) -> tuple[list[Member], list[InvitationItem]]:
    inviting = may(actor.role, Permission.MANAGE_PEOPLE)
    guests = invitations.list_invitations(session, actor) if inviting else []
    return people.list_members(session, actor, all=True), guests


def _person(item: Member, me: str) -> Person:
    return Person(
        item.id,
        item.name,
        item.email,
        item.role,
        item.role.capitalize(),
        item.active,
        item.id == me,
        words.initials(item.name),
        words.hue(item.id),
    )


def _guest(item: InvitationItem) -> Guest:
    left = (item.expires_at - datetime.now(UTC)).total_seconds()
    says = f"the link works for another {words.span(left)}" if left > 0 else "the link is too old"
    return Guest(item.id, item.email, item.role, says, item.mail, item.mail_problem)


def _a(role: str) -> str:
    return f"{'an' if role[0] in 'AEIOU' else 'a'} {role.lower()}"
