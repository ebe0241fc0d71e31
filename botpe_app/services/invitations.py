"""Invitations into an organization: by a mail's link, or one to hand over oneself."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from botpe_app.core.permissions import ROLES, Permission
from botpe_app.db import act_as_system, act_in_the_name_of
from botpe_app.errors import Conflict, Invalid
from botpe_app.models import Invitation, Mail, Membership, Organization, User
from botpe_app.models.base import utc_now
from botpe_app.services import auth, credentials, mails, plans, throttles, two_factor
from botpe_app.services.access import Actor, get_locked, hash_token, organization_of

_LASTS = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class InvitationItem:
    """An invitation. `link` is there once, when made where no mail could carry it.

    `mail`: "waiting" for the server, "failed" because of `mail_problem`; "" once it has left.
    """

    id: str
    email: str
    role: str
    expires_at: datetime
    link: str | None = None
    mail: str = ""
    mail_problem: str = ""


def invite(session: Session, actor: Actor, *, email: str, role: str) -> InvitationItem:
    """Invites somebody for 72 hours; a second invitation takes the place of the first.

    Raises Forbidden, Invalid naming the field, Conflict for somebody who is a member.
    """
    actor.require(Permission.MANAGE_PEOPLE)
    email, role = credentials.email_address(email), known_role(role)
    members = select(User.id).join(Membership, col(Membership.user_id) == col(User.id))
    members = members.where(
        Membership.organization_id == actor.organization_id, User.email == email
    )
    if session.exec(members).first():
        raise Conflict("This person is a member already.", field="email")
    session.connection().execute(
        delete(Invitation).where(
            col(Invitation.organization_id) == actor.organization_id,
            col(Invitation.email) == email,
        )
    )
    plans.require_room(session, actor, "people")
    token = secrets.token_urlsafe(32)
    row = Invitation(
        organization_id=actor.organization_id,
        email=email,
        role=role,
        token_hash=hash_token(token),
        expires_at=utc_now() + _LASTS,
    )
    session.add(row)
    session.flush()
    link = mails.link("invite", token)
    home = organization_of(session, actor).name
    mails.send(
        session,
        to=email,
        good_until=row.expires_at,
        organization_id=row.organization_id,
        invitation_id=row.id,
        subject=f"Join {home} on BotPe",
        text=f"{actor.name} invites you to {home}. Come in within 72 hours:\n\n{link}\n",
    )
    if mails.possible():
        return _item(row, mail="waiting")
    return _item(row, link=link)


def list_invitations(session: Session, actor: Actor) -> list[InvitationItem]:
    """Who was invited and has not come in yet, newest first, those too late as well."""
    actor.require(Permission.MANAGE_PEOPLE)
    ours = (
        select(Invitation, Mail)
        .join(Mail, col(Mail.invitation_id) == col(Invitation.id), isouter=True)
        .where(Invitation.organization_id == actor.organization_id)
        .order_by(col(Invitation.created_at).desc(), col(Invitation.id))
    )
    return [_item(row, **_left(mail)) for row, mail in session.exec(ours)]


def withdraw(session: Session, actor: Actor, invitation_id: UUID | str) -> None:
    """Makes an invitation useless. Raises Forbidden, NotFound."""
    actor.require(Permission.MANAGE_PEOPLE)
    session.delete(get_locked(session, actor, Invitation, invitation_id))
    session.flush()


def accept(
    session: Session,
    *,
    token: str,
    password: str,
    name: str = "",
    code: str = "",
    client: auth.Client,
) -> auth.SignedIn:
    """Makes the invited person a member, signed in; somebody new gets an account.

    Somebody known gives the password they have, and the code of their second factor.
    Raises Invalid naming the field, CodeNeeded, TooMany.
    """
    throttles.take(auth.PER_ADDRESS, client.address)
    act_as_system(session)
    wanted = select(Invitation).where(
        Invitation.token_hash == hash_token(token), col(Invitation.expires_at) > utc_now()
    )
    row = session.exec(wanted.with_for_update()).first()
    if row is None:
        raise Invalid("This invitation was used or is too old. Ask for a new one.", field="token")
    user = _invited(session, row.email, name, password, code)
    act_in_the_name_of(session, "user", user.id, user.name)
    user.email_verified_at = user.email_verified_at or utc_now()
    if session.get(Membership, (row.organization_id, user.id)) is None:
        session.add(Membership(organization_id=row.organization_id, user_id=user.id, role=row.role))
    home = session.get_one(Organization, row.organization_id)
    session.add(user)
    session.delete(row)
    session.flush()
    return auth.start_session(session, user, home, client)


def known_role(role: str) -> str:
    """The role in capitals. Raises Invalid naming `role` for one that there is not."""
    if role.upper() not in ROLES:
        raise Invalid(f"A role is one of {', '.join(ROLES)}.", field="role")
    return role.upper()


def _item(row: Invitation, **more: str) -> InvitationItem:
    return InvitationItem(str(row.id), row.email, row.role, row.expires_at, **more)


def _left(mail: Mail | None) -> dict[str, str]:
    if mail is None:
        return {}
    state = "waiting" if mail.next_at else "failed"
    return {"mail": state, "mail_problem": mail.problem}


def _invited(session: Session, email: str, name: str, password: str, code: str) -> User:
    user = session.exec(select(User).where(User.email == email)).first()
    if user is None:
        return credentials.make_user(session, name=name, email=email, password=password)
    throttles.take(auth.PER_PERSON, email)
    if not credentials.password_fits(user.password_hash, password):
        raise Invalid("You have an account; this is not its password.", field="password")
    two_factor.require(session, user, code)
    return user
