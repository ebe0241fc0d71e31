"""Proving that an address is one's own by a mail's link: for a new password, and to verify it."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from botpe_app.db import act_as_system, act_for
from botpe_app.errors import Conflict, Invalid
from botpe_app.models import MailToken, User, UserSession
from botpe_app.models.base import utc_now
from botpe_app.services import credentials, mails, throttles, two_factor
from botpe_app.services.access import Actor, hash_token

_RESET_LASTS, _VERIFY_LASTS = timedelta(minutes=30), timedelta(hours=72)
PER_PERSON = throttles.Limit("forgot-person", burst=3, seconds=300)
PER_ADDRESS = throttles.Limit("forgot-address", burst=20, seconds=60)
USES = throttles.Limit("mail-token-address", burst=50, seconds=6)


def forgot_password(session: Session, *, email: str, address: str) -> None:
    """Mails a link for a new password, if somebody has this address; tells nobody whether.

    Raises Invalid for what cannot be an address, TooMany.
    """
    throttles.take(PER_ADDRESS, address)
    email = credentials.email_address(email)
    throttles.take(PER_PERSON, email)
    act_as_system(session)
    user = session.exec(select(User).where(User.email == email)).first()
    if user is None:
        return
    token = _issue(session, user, "reset", _RESET_LASTS)
    mails.send(
        session,
        to=user.email,
        good_until=utc_now() + _RESET_LASTS,
        subject="A new password for BotPe",
        text=f"Choose a new password within 30 minutes:\n\n{mails.link('reset', token)}\n\n"
        "If you did not ask for it, nothing has changed.\n",
    )


def reset_password(
    session: Session, *, token: str, password: str, code: str = "", address: str
) -> User:
    """Sets a new password and ends every session of the person.

    Raises Invalid naming the field, CodeNeeded (a mailbox alone is one factor), TooMany.
    """
    user = _redeem(session, token, "reset", address)
    two_factor.require(session, user, code)
    credentials.set_password(user, password)
    user.email_verified_at = user.email_verified_at or utc_now()
    session.add(user)
    for table in (UserSession, MailToken):
        session.connection().execute(delete(table).where(col(table.user_id) == user.id))
    session.flush()
    return user


def ask_to_verify(session: Session, user: User) -> None:
    """Mails a link that proves the person's address. Acts as the system."""
    if not mails.possible():
        return
    token = _issue(session, user, "verify", _VERIFY_LASTS)
    mails.send(
        session,
        to=user.email,
        good_until=utc_now() + _VERIFY_LASTS,
        subject="Is this your address?",
        text=f"Confirm it for BotPe within 72 hours:\n\n{mails.link('verify', token)}\n",
    )


def ask_again(session: Session, actor: Actor) -> None:
    """Mails the signed-in person another such link.

    Raises Invalid for an API key, Conflict if it is proven or no mail can be sent, TooMany.
    """
    user = credentials.myself(session, actor)
    if user.email_verified_at:
        raise Conflict("Your address is verified already.")
    if not mails.possible():
        raise Conflict("No mail server is set up: SMTP_URL is missing.")
    throttles.take(PER_PERSON, user.email)
    act_as_system(session)
    ask_to_verify(session, user)
    act_for(session, actor.organization_id)


def verify_email(session: Session, *, token: str, address: str) -> None:
    """Marks the person's address as theirs. Raises Invalid naming `token`, TooMany."""
    user = _redeem(session, token, "verify", address)
    user.email_verified_at = utc_now()
    session.add(user)
    session.flush()


def _issue(session: Session, user: User, purpose: str, lasts: timedelta) -> str:
    token = secrets.token_urlsafe(32)
    session.connection().execute(delete(MailToken).where(col(MailToken.expires_at) < utc_now()))
    session.add(
        MailToken(
            token_hash=hash_token(token),
            user_id=user.id,
            purpose=purpose,
            expires_at=utc_now() + lasts,
        )
    )
    session.flush()
    return token


def _redeem(session: Session, token: str, purpose: str, address: str) -> User:
    """Whose token it is; of two who bring it at once, one gets it."""
    throttles.take(USES, address)
    act_as_system(session)
    found = session.connection().execute(
        delete(MailToken)
        .where(
            col(MailToken.token_hash) == hash_token(token),
            col(MailToken.purpose) == purpose,
            col(MailToken.expires_at) > utc_now(),
        )
        .returning(col(MailToken.user_id))
    )
    user_id = found.scalar()
    if user_id is None:
        raise Invalid("This link was used or is too old. Ask for a new one.", field="token")
    return session.get_one(User, user_id)
