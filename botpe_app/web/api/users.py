"""/api/users: the people of the organization, and oneself."""

from __future__ import annotations

from pydantic import BaseModel

from botpe_app.core.permissions import AGENT, Permission
from botpe_app.services import assignment, auth, invitations, people, views
from botpe_app.services.views import Me, Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, page_of

routes = router("/users", "People")


class Home(Shape):
    """The organization one acts in."""

    id: Id
    name: str
    slug: str
    time_zone: str


class Person(Shape):
    """Oneself: a person, or the API key that asks."""

    id: Id
    email: str
    name: str
    role: str
    two_factor: bool
    verified: bool
    organization: Home

    @classmethod
    def of(cls, me: Me) -> Person:
        """The same as the view says it."""
        home = Home(
            id=me.organization_id,
            name=me.organization_name,
            slug=me.organization_slug,
            time_zone=me.time_zone,
        )
        return cls(
            id=me.user_id,
            email=me.email,
            name=me.name,
            role=me.role,
            two_factor=me.two_factor,
            verified=me.verified,
            organization=home,
        )


class Member(Shape):
    """A person of the organization."""

    id: Id
    name: str
    email: str
    role: str
    active: bool
    available: bool


class Availability(BaseModel):
    """Whether one takes conversations that are given by turns."""

    available: bool


class PersonChange(BaseModel):
    """What may be changed of oneself."""

    name: str


class NewInvitation(BaseModel):
    """Whom to invite; `role` is viewer, agent or admin."""

    email: str
    role: str = AGENT


class Invitation(Shape):
    """An invitation. Where no mail server is set, `link` is to be handed over.

    `mail` is waiting, or failed because of `mail_problem`; empty once the mail has left.
    """

    id: Id
    email: str
    role: str
    expires_at: Moment
    link: str | None
    mail: str
    mail_problem: str


class MemberChange(BaseModel):
    """What may be changed of a person; who is not active cannot come in."""

    role: str | None = None
    active: bool | None = None


@routes.get("/me")
@needs(Permission.READ)
def get_me(call: Caller) -> Person:
    """Who is asking."""
    return Person.of(auth.me(call.session, call.actor))


@routes.patch("/me")
@needs(Permission.READ)
def change_me(call: Caller, body: PersonChange) -> Person:
    """Change one's own name."""
    return Person.of(auth.rename_me(call.session, call.actor, name=body.name))


@routes.put("/me/availability", response_model=Availability)
@needs(Permission.ANSWER)
def change_my_availability(call: Caller, body: Availability) -> Availability:
    """Say that one is there, or away: teams give conversations to those who are there."""
    there = assignment.set_available(call.session, call.actor, body.available)
    return Availability(available=there)


@routes.get("", response_model=Listed[Member])
@needs(Permission.READ)
def list_users(call: Caller, query: FromQuery[Paging]) -> Page[views.Member]:
    """Everyone in the organization, by name."""
    return page_of(people.list_members(call.session, call.actor, all=True), query)


@routes.post("/invite", status_code=201, response_model=Invitation)
@needs(Permission.MANAGE_PEOPLE)
def invite_user(call: Caller, body: NewInvitation) -> invitations.InvitationItem:
    """Invite somebody for 72 hours; inviting them again replaces the first invitation."""
    return invitations.invite(call.session, call.actor, email=body.email, role=body.role)


@routes.get("/invitations", response_model=Listed[Invitation])
@needs(Permission.MANAGE_PEOPLE)
def list_invitations(call: Caller, query: FromQuery[Paging]) -> Page[invitations.InvitationItem]:
    """Who was invited and has not come in yet, newest first."""
    return page_of(invitations.list_invitations(call.session, call.actor), query)


@routes.delete("/invitations/{invitation_id}", status_code=204)
@needs(Permission.MANAGE_PEOPLE)
def withdraw_invitation(call: Caller, invitation_id: Id) -> None:
    """Make an invitation useless."""
    invitations.withdraw(call.session, call.actor, invitation_id)


@routes.get("/{user_id}", response_model=Member)
@needs(Permission.READ)
def get_user(call: Caller, user_id: Id) -> views.Member:
    """One person of the organization."""
    return people.get_member(call.session, call.actor, user_id)


@routes.patch("/{user_id}", response_model=Member)
@needs(Permission.MANAGE_PEOPLE)
def change_user(call: Caller, user_id: Id, body: MemberChange) -> views.Member:
    """Change a person's role, or keep them out for now; there is always an ADMIN."""
    if body.role is not None:
        people.change_role(call.session, call.actor, user_id, body.role)
    if body.active is not None:
        people.set_active(call.session, call.actor, user_id, body.active)
    return people.get_member(call.session, call.actor, user_id)


@routes.delete("/{user_id}", status_code=204)
@needs(Permission.MANAGE_PEOPLE)
def remove_user(call: Caller, user_id: Id) -> None:
    """Show a person out of the organization; there is always an ADMIN."""
    people.remove_member(call.session, call.actor, user_id)
