"""Organizations: made by sign-up and by `botpe org create`."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass

from sqlmodel import Session, col, select

from botpe_app.core.languages import LANGUAGES
from botpe_app.core.names import clean, slug
from botpe_app.core.permissions import ADMIN, Permission
from botpe_app.db import act_as_system, act_for, act_in_the_name_of
from botpe_app.errors import Conflict, Invalid, NotFound
from botpe_app.models import Membership, Organization, User
from botpe_app.services import api_keys, credentials
from botpe_app.services.access import Actor, organization_of
from botpe_app.services.views import OrganizationItem

UNDO_SECONDS = (0, 3, 5, 10, 30)


@dataclass(frozen=True, slots=True)
class CreatedOrganization:
    """What `botpe org create` prints; the key is shown this once."""

    organization_id: str
    slug: str
    user_id: str
    api_key: str


def create_organization(
    session: Session, *, name: str, admin_email: str, admin_password: str, admin_name: str = ""
) -> CreatedOrganization:
    """An organization, its ADMIN and an ADMIN's API key.

    A person who exists already becomes its ADMIN if the password is theirs; Conflict otherwise.
    """
    act_as_system(session)
    user = _admin(session, admin_email, admin_password, admin_name)
    home = make_organization(session, name)
    session.add(Membership(organization_id=home.id, user_id=user.id, role=ADMIN))
    session.flush()
    act_for(session, home.id)
    owner = Actor(home.id, user.id, ADMIN, user.name)
    _, key = api_keys.create(session, owner, name="First key", role=ADMIN)
    return CreatedOrganization(str(home.id), home.slug, str(user.id), key)


def make_organization(session: Session, name: str, *, field: str = "name") -> Organization:
    """A new organization with a slug nobody has. Raises Invalid for an empty or long name."""
    name = clean(name)
    if not 1 <= len(name) <= 120:
        raise Invalid("An organization needs a name of 1 to 120 characters.", field=field)
    home = Organization(name=name, slug=_free_slug(session, slug(name)))
    session.add(home)
    session.flush()
    return home


def find(session: Session, slug_or_id: str) -> Actor:
    """Someone who may do everything in the organization of this slug; for the command line.

    The transaction then sees that organization only. Raises NotFound.
    """
    act_as_system(session)
    home = session.exec(select(Organization).where(Organization.slug == slug_or_id)).first()
    if home is None:
        raise NotFound(f"There is no organization with the slug {slug_or_id!r}.", field="org")
    act_for(session, home.id)
    act_in_the_name_of(session, "system", None, "command line")
    return Actor(home.id, None, ADMIN, "command line", kind="system")


def get_current(session: Session, actor: Actor) -> OrganizationItem:
    """The actor's organization."""
    return _item(organization_of(session, actor))


def update_current(
    session: Session,
    actor: Actor,
    *,
    name: str | None = None,
    time_zone: str | None = None,
    language: str | None = None,
    undo_seconds: int | None = None,
) -> OrganizationItem:
    """Renames the organization, moves its clock or changes its language.

    `undo_seconds`: how long what its people send waits, so that they may take it back.

    Raises Forbidden, Invalid.
    """
    actor.require(Permission.MANAGE_ORGANIZATION)
    home = organization_of(session, actor)
    if name is not None:
        home.name = clean(name)
        if not 1 <= len(home.name) <= 120:
            raise Invalid("An organization needs a name of 1 to 120 characters.", field="name")
    if time_zone is not None:
        if time_zone not in zoneinfo.available_timezones():
            raise Invalid("This is not a time zone, such as Europe/Berlin.", field="time_zone")
        home.time_zone = time_zone
    if language is not None:
        if language not in LANGUAGES:
            raise Invalid("This is not a language's code, such as en or pt.", field="language")
        home.language = language
    if undo_seconds is not None:
        home.undo_seconds = _known_seconds(undo_seconds)
    session.add(home)
    session.flush()
    return _item(home)


def _known_seconds(seconds: int) -> int:
    if seconds not in UNDO_SECONDS:
        known = ", ".join(map(str, UNDO_SECONDS))
        raise Invalid(f"This is one of {known} seconds.", field="undo_seconds")
    return seconds


def _admin(session: Session, email: str, password: str, name: str) -> User:
    address = credentials.email_address(email, field="admin_email")
    user = session.exec(select(User).where(User.email == address)).first()
    if user is None:
        name = name or address.partition("@")[0]
        return credentials.make_user(session, name=name, email=address, password=password)
    if not credentials.password_fits(user.password_hash, password):
        raise Conflict(
            "There is an account with this e-mail address already, with another password.",
            field="admin_email",
        )
    return user


def _free_slug(session: Session, wanted: str) -> str:
    taken = set(
        session.exec(select(Organization.slug).where(col(Organization.slug).startswith(wanted)))
    )
    number, free = 1, wanted
    while free in taken:
        number += 1
        free = f"{wanted}-{number}"
    return free


def _item(home: Organization) -> OrganizationItem:
    return OrganizationItem(
        str(home.id),
        home.name,
        home.slug,
        home.time_zone,
        home.language,
        home.plan,
        home.created_at,
        home.undo_seconds,
    )
