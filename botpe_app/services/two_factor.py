"""The second factor: a code from an app on the phone, or one of ten kept for when it is lost."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

import segno
from sqlmodel import Session

from botpe_app import vault
from botpe_app.core import totp
from botpe_app.errors import CodeNeeded, Conflict, Invalid
from botpe_app.models import User
from botpe_app.models.base import utc_now
from botpe_app.services import audit, credentials, throttles
from botpe_app.services.access import Actor

ISSUER = "BotPe"
_CODES, _SECRET_BYTES = 10, 20
# Whoever knows the password may guess so often: a million codes, of which three are good.
TRIES = throttles.Limit("second-factor", burst=8, seconds=120)


@dataclass(frozen=True, slots=True)
class Beginning:
    """What an app needs; `qr` is an SVG as a data address. It counts once a code came back."""

    secret: str
    address: str
    qr: str


def begin(session: Session, actor: Actor, *, password: str) -> Beginning:
    """A new secret for the actor's own app. Raises Invalid, Conflict if there is one, TooMany."""
    user = credentials.proven(session, actor, password)
    if user.totp_since:
        raise Conflict("Two-factor is on already. Turn it off first.")
    secret = secrets.token_bytes(_SECRET_BYTES)
    user.totp_sealed = vault.seal(secret.hex(), place=place(user))
    user.totp_step = 0
    session.add(user)
    session.flush()
    address = totp.address(secret, issuer=ISSUER, person=user.email)
    return Beginning(totp.written(secret), address, _picture(address))


def confirm(session: Session, actor: Actor, *, code: str, now: datetime | None = None) -> list[str]:
    """Turns it on once the app gives a right code; the recovery codes' only appearance.

    Raises Invalid naming `code`, Conflict, TooMany.
    """
    user = credentials.myself(session, actor)
    throttles.take(TRIES, str(user.id))
    if user.totp_sealed is None or user.totp_since:
        raise Conflict("Begin with the QR code.")
    step = _step(user, code, now or utc_now())
    if step is None:
        raise Invalid("This is not the code the app shows now.", field="code")
    user.totp_step, user.totp_since = step, utc_now()
    audit.note(session, actor, "account.two_factor_on", user.id)
    return _new_codes(session, user)


def renew_codes(session: Session, actor: Actor, *, code: str) -> list[str]:
    """Ten other recovery codes; those before are no good. Raises Invalid, Conflict, TooMany."""
    user = _on(session, actor)
    _require(user, code)
    audit.note(session, actor, "account.recovery_codes_renewed", user.id)
    return _new_codes(session, user)


def turn_off(session: Session, actor: Actor, *, password: str, code: str) -> None:
    """Back to the password alone. Raises Invalid naming the field, Conflict, TooMany."""
    credentials.proven(session, actor, password)
    user = _on(session, actor)
    _require(user, code)
    user.totp_sealed, user.totp_since, user.recovery_hashes = None, None, []
    session.add(user)
    session.flush()
    audit.note(session, actor, "account.two_factor_off", user.id)


def require(session: Session, user: User, code: str, *, now: datetime | None = None) -> None:
    """Passes whoever needs no second factor or has it; each code once.

    Raises CodeNeeded where none came, Invalid naming `code` for a wrong one, TooMany.
    """
    session.refresh(user, with_for_update=True)
    if user.totp_since is None:
        return
    if not code.strip():
        raise CodeNeeded("Enter the code your authenticator app shows.", field="code")
    _require(user, code, now)
    session.add(user)
    session.flush()


def _require(user: User, code: str, now: datetime | None = None) -> None:
    throttles.take(TRIES, str(user.id))
    step = _step(user, code, now or utc_now())
    if step is not None:
        user.totp_step = step
        return
    kept = _hash(code)
    if kept not in user.recovery_hashes:
        raise Invalid("This code is not right, or was used already.", field="code")
    user.recovery_hashes = [one for one in user.recovery_hashes if one != kept]


def _on(session: Session, actor: Actor) -> User:
    user = credentials.myself(session, actor)
    if user.totp_since is None:
        raise Conflict("Two-factor is not on.")
    return user


def _step(user: User, code: str, now: datetime) -> int | None:
    if user.totp_sealed is None:
        return None
    secret = bytes.fromhex(vault.open_sealed(user.totp_sealed, place=place(user)))
    return totp.matching(secret, code, now, after=user.totp_step)


def _new_codes(session: Session, user: User) -> list[str]:
    codes = [f"{secrets.token_hex(3)}-{secrets.token_hex(3)}" for _ in range(_CODES)]
    user.recovery_hashes = [_hash(code) for code in codes]
    session.add(user)
    session.flush()
    return codes


def _hash(code: str) -> str:
    """They are random, so one hash is enough."""
    plain = "".join(code.split()).replace("-", "").lower()
    return hashlib.sha256(plain.encode()).hexdigest()


def place(user: User) -> str:
    """Where a person's second factor is sealed to (see `vault`)."""
    return f"users:{user.id}:totp"


def _picture(address: str) -> str:
    return str(segno.make(address, error="m").svg_data_uri(scale=5, border=2, light="#ffffff"))
