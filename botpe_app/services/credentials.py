"""People and their passwords: what makes an address, a name and a password acceptable."""

from __future__ import annotations

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from sqlmodel import Session

from botpe_app.core.names import clean
from botpe_app.errors import Invalid
from botpe_app.models import User
from botpe_app.services import throttles
from botpe_app.services.access import Actor
from botpe_app.services.saving import save

# A business may run its own names: nobody on the internet has these, its own mail server may.
for _name in ("local", "test"):
    SPECIAL_USE_DOMAIN_NAMES.remove(_name)

_PASSWORD_LENGTH = range(8, 129)
_TOO_COMMON = frozenset(
    {"password", "password1", "password123", "12345678", "123456789", "1234567890", "11111111"}
    | {"00000000", "qwertyuiop", "qwerty123", "iloveyou", "letmein1", "welcome1", "sunshine"}
)

# OWASP's argon2id minimum (19 MiB, 2 passes); about 25 ms. Few at once, so that a burst of
# sign-ins cannot take all memory and both cores.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_hashing = threading.BoundedSemaphore(2)
# What an unknown address is checked against, so that it takes as long as a known one.
_PROOFS = throttles.Limit("own-password", burst=10, seconds=60)
NOBODY = _hasher.hash(secrets.token_hex(8))


def make_user(
    session: Session, *, name: str, email: str, password: str, is_superadmin: bool = False
) -> User:
    """A new person. Raises Invalid naming the field, Conflict if the address is taken."""
    address = email_address(email)
    user = User(
        email=address,
        name=person_name(name),
        password_hash=hash_password(password, email=address),
        is_superadmin=is_superadmin,
    )
    taken = "There is an account with this e-mail address already. Sign in instead."
    save(session, user, taken=taken, field="email")
    return user


def email_address(email: str, *, field: str = "email") -> str:
    """The address in lower case. Raises Invalid if it cannot be one."""
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise Invalid("This is not an e-mail address.", field=field) from None


def hash_password(password: str, *, email: str = "", field: str = "password") -> str:
    """The argon2id hash. Raises Invalid for a password that is short, long or easily guessed."""
    if len(password) not in _PASSWORD_LENGTH:
        raise Invalid("A password needs 8 to 128 characters.", field=field)
    if password.lower() in _TOO_COMMON or password.lower() == email:
        raise Invalid("This password is among the first anyone would try.", field=field)
    with _hashing:
        return _hasher.hash(password)


def password_fits(password_hash: str, password: str) -> bool:
    """Whether the password is the one that was hashed; takes as long either way."""
    with _hashing:
        try:
            return _hasher.verify(password_hash, password[: max(_PASSWORD_LENGTH) + 1])
        except (VerifyMismatchError, InvalidHashError):
            return False


def myself(session: Session, actor: Actor) -> User:
    """The person who acts. Raises Invalid for an API key, which is nobody."""
    user = session.get(User, actor.user_id, with_for_update=True) if actor.user_id else None
    if user is None:
        raise Invalid("An API key has no account of its own. Sign in instead.")
    return user


def proven(session: Session, actor: Actor, password: str) -> User:
    """The person who acts, once they gave their password again.

    Raises Invalid naming `password`, TooMany.
    """
    user = myself(session, actor)
    throttles.take(_PROOFS, str(user.id))
    if not password_fits(user.password_hash, password):
        raise Invalid("This is not your password.", field="password")
    return user


def set_password(user: User, password: str, *, field: str = "password") -> None:
    """Gives a person another password. Raises Invalid for one that is no good."""
    user.password_hash = hash_password(password, email=user.email, field=field)


def person_name(name: str) -> str:
    """The name without stray characters. Raises Invalid for an empty or long one."""
    name = clean(name)
    if not 1 <= len(name) <= 80:
        raise Invalid("A name needs 1 to 80 characters.", field="name")
    return name
