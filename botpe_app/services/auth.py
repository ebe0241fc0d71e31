"""Signing up, in and out. Tokens leave here once, in clear; only their hash is kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from botpe_app.core.permissions import ADMIN, Permission, may
from botpe_app.db import act_as_system
from botpe_app.errors import Invalid, Unauthorized
from botpe_app.models import Membership, Organization, User, UserSession
from botpe_app.models.base import utc_now
from botpe_app.services import audit, organizations, recovery, sessions, throttles, two_factor
from botpe_app.services.access import Actor, actor_of_session, hash_token, organization_of
from botpe_app.services.credentials import (
    NOBODY,
    make_user,
    password_fits,
    person_name,
    proven,
    set_password,
)
from botpe_app.services.views import Me

SESSION_DAYS = 7
_ROTATE_AFTER = timedelta(hours=24)
PER_PERSON = throttles.Limit("sign-in-person", burst=10, seconds=60)
PER_ADDRESS = throttles.Limit("sign-in-address", burst=50, seconds=6)
SIGN_UPS = throttles.Limit("sign-up-address", burst=20, seconds=180)


@dataclass(frozen=True, slots=True)
class Client:
    """The browser or program that asks: its network address and what it calls itself."""

    address: str
    agent: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token for the cookie, and who it is."""

    token: str
    expires_at: datetime
    actor: Actor


def sign_up(
    session: Session, *, organization: str, name: str, email: str, password: str, client: Client
) -> SignedIn:
    """Makes an organization and its first ADMIN, signed in.

    Raises Invalid naming the field, Conflict if the e-mail address is taken, TooMany.
    """
    throttles.take(SIGN_UPS, client.address)
    act_as_system(session)
    user = make_user(session, name=name, email=email, password=password)
    home = organizations.make_organization(session, organization, field="organization")
    session.add(Membership(organization_id=home.id, user_id=user.id, role=ADMIN))
    session.flush()
    recovery.ask_to_verify(session, user)
    return start_session(session, user, home, client)


def sign_in(
    session: Session, *, email: str, password: str, code: str = "", client: Client
) -> SignedIn:
    """Signs a person in. Raises Unauthorized, the same for a wrong password and an unknown
    address and after the same time; CodeNeeded or Invalid for the second factor; TooMany."""
    throttles.take(PER_ADDRESS, client.address)
    throttles.take(PER_PERSON, email.strip().lower())
    act_as_system(session)
    user = session.exec(select(User).where(User.email == email.strip().lower())).first()
    if not password_fits(user.password_hash if user else NOBODY, password) or user is None:
        raise Unauthorized("E-mail address or password is wrong.")
    two_factor.require(session, user, code)
    return enter(session, user, client)


def sign_out(session: Session, token: str) -> None:
    """Ends the session of this token, if there is one."""
    act_as_system(session)
    digest = hash_token(token)
    session.connection().execute(
        delete(UserSession).where(
            (col(UserSession.token_hash) == digest) | (col(UserSession.previous_hash) == digest)
        )
    )


def rotate(session: Session, token: str, *, now: datetime | None = None) -> SignedIn | None:
    """A fresh token for a session whose token is a day old, good for another week; else None.

    The old token stays good until the next rotation, for sockets that still carry it.
    """
    now = now or utc_now()
    actor = actor_of_session(session, token, now=now)
    act_as_system(session)
    fresh = secrets.token_urlsafe(32)
    expires_at = now + timedelta(days=SESSION_DAYS)
    renewed = session.connection().execute(
        update(UserSession)
        .where(
            col(UserSession.token_hash) == hash_token(token),
            col(UserSession.rotated_at) < now - _ROTATE_AFTER,
        )
        .values(
            token_hash=hash_token(fresh),
            previous_hash=hash_token(token),
            rotated_at=now,
            expires_at=expires_at,
        )
    )
    return SignedIn(fresh, expires_at, actor) if renewed.rowcount else None


def me(session: Session, actor: Actor) -> Me:
    """Who the actor is, for the page's corner and for /api/users/me."""
    home = organization_of(session, actor)
    user = session.get(User, actor.user_id) if actor.user_id else None
    member = session.get(Membership, (home.id, user.id)) if user else None
    return Me(
        user_id=str(actor.user_id or actor.key_id),
        email=user.email if user else "",
        name=user.name if user else actor.name,
        role=actor.role,
        organization_id=str(home.id),
        organization_name=home.name,
        organization_slug=home.slug,
        time_zone=home.time_zone,
        available=member.available if member and may(actor.role, Permission.ANSWER) else None,
        two_factor=bool(user and user.totp_since),
        recovery_codes=len(user.recovery_hashes) if user else 0,
        verified=bool(user and user.email_verified_at),
    )


def rename_me(session: Session, actor: Actor, *, name: str) -> Me:
    """Changes the signed-in person's own name."""
    user = session.get(User, actor.user_id) if actor.user_id else None
    if user is None:
        raise Invalid("An API key has no person whose name could change.", field="name")
    user.name = person_name(name)
    session.add(user)
    session.flush()
    return me(session, actor)


def change_password(session: Session, actor: Actor, *, password: str, new_password: str) -> None:
    """Gives the signed-in person another password and ends their other sessions.

    Raises Invalid naming the field, TooMany.
    """
    user = proven(session, actor, password)
    set_password(user, new_password, field="new_password")
    session.add(user)
    session.flush()
    sessions.end_others(session, actor)
    audit.note(session, actor, "account.password_changed", user.id)


def enter(session: Session, user: User, client: Client) -> SignedIn:
    """A new session of a person who proved who they are. Raises Unauthorized without a home."""
    return start_session(session, user, _home_of(session, user), client)


def start_session(session: Session, user: User, home: Organization, client: Client) -> SignedIn:
    """A new session in this organization; the transaction then sees that one only."""
    token = secrets.token_urlsafe(32)
    expires_at = utc_now() + timedelta(days=SESSION_DAYS)
    session.add(
        UserSession(
            user_id=user.id,
            organization_id=home.id,
            token_hash=hash_token(token),
            client=client.agent[:200],
            address=client.address,
            expires_at=expires_at,
        )
    )
    session.flush()
    return SignedIn(token, expires_at, actor_of_session(session, token))


def _home_of(session: Session, user: User) -> Organization:
    """The organization a person lands in: the one they joined first; any, for a superadmin."""
    mine = (
        select(Organization)
        .join(Membership, col(Membership.organization_id) == col(Organization.id))
        .where(Membership.user_id == user.id, col(Membership.deactivated_at).is_(None))
        .order_by(col(Membership.created_at))
    )
    home = session.exec(mine).first()
    if home is None and user.is_superadmin:
        home = session.exec(select(Organization).order_by(col(Organization.created_at))).first()
    if home is None:
        raise Unauthorized("You are not a member of any organization. Ask for an invitation.")
    return home
