"""Customers: listing, making, changing, and finding the one an address belongs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, or_, select

from botpe_app import live
from botpe_app.core import phone as phones
from botpe_app.core.names import clean
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid
from botpe_app.models import Consent, Contact, ContactIdentity, ContactTag, Conversation
from botpe_app.services import (
    consents,
    credentials,
    custom_fields,
    paging,
    plans,
    segment_query,
)
from botpe_app.services.access import Actor, get, get_locked
from botpe_app.services.views import ContactItem, Page

MOST_TAGS, _LONGEST_TAG = 50, 50
MOST_FIELDS, LONGEST_FIELD = 100, 80  # custom fields, and the characters of their names


def list_contacts(
    session: Session,
    actor: Actor,
    *,
    q: str | None = None,
    tag: str | None = None,
    filter: dict[str, Any] | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[ContactItem]:
    """Customers, newest first; `q` matches names, and phone numbers by their digits, `filter` is
    a segment's.
    """
    actor.require(Permission.READ)
    found = select(Contact).where(*wanted(actor, q, tag, filter))
    return paging.newest(session, found, Contact, item, limit=limit, cursor=cursor)


def custom_field_names(
    session: Session,
    actor: Actor,
    *,
    q: str | None = None,
    tag: str | None = None,
    filter: dict[str, Any] | None = None,
) -> list[str]:
    """The custom fields that any of these customers has, in the order of their names."""
    actor.require(Permission.READ)
    theirs = wanted(actor, q, tag, filter)
    named = select(func.jsonb_object_keys(Contact.custom_fields)).where(*theirs)
    return sorted(session.exec(named.distinct()))


def get_contact(session: Session, actor: Actor, contact_id: UUID | str) -> ContactItem:
    """One customer. Raises NotFound."""
    actor.require(Permission.READ)
    return item(get(session, actor, Contact, contact_id))


def create_contact(session: Session, actor: Actor, *, phone: str, **fields: Any) -> ContactItem:
    """A new customer; `fields` as for `update_contact`.

    Raises Forbidden, Invalid naming the field, Conflict if someone has this number already.
    """
    actor.require(Permission.MANAGE_CONTACTS)
    number = phones.e164(phone)
    plans.require_room(session, actor, "contacts")
    row = Contact(organization_id=actor.organization_id, phone=number)
    _change(session, actor, row, fields)
    session.add(row)
    session.flush()
    if not _claim_phone(session, row, number):
        raise Conflict("There is a contact with this phone number already.", field="phone")
    if row.marketing_opt_in:
        consents.record(session, actor, row, granted=True)
    live.publish(session, actor.organization_id, "contacts")
    session.refresh(row)
    return item(row)


def update_contact(
    session: Session, actor: Actor, contact_id: UUID | str, **fields: Any
) -> ContactItem:
    """Changes name, email, language, tags, custom_fields (merged; None removes one), ai_opt_out,
    marketing_opt_in (with `evidence` of it) or phone; what is not named stays.

    Raises Forbidden, NotFound, Invalid naming the field, Conflict for a taken phone number.
    """
    actor.require(Permission.MANAGE_CONTACTS)
    row = get_locked(session, actor, Contact, contact_id)
    if fields.get("phone") is not None:
        row.phone = phones.e164(str(fields["phone"]))
        if not _claim_phone(session, row, row.phone):
            raise Conflict("There is a contact with this phone number already.", field="phone")
    before = row.marketing_opt_in
    _change(session, actor, row, fields)
    if row.marketing_opt_in != before:
        evidence = clean(fields.get("evidence") or "")[:500]
        evidence = evidence and f"{evidence} ({actor.name})"
        consents.record(session, actor, row, granted=row.marketing_opt_in, evidence=evidence)
    session.add(row)
    session.flush()
    live.publish(session, actor.organization_id, "contacts", "inbox")
    return item(row)


def delete_contact(session: Session, actor: Actor, contact_id: UUID | str) -> None:
    """Removes a customer nobody has talked with. Raises Conflict if there are conversations."""
    actor.require(Permission.MANAGE_CONTACTS)
    row = get_locked(session, actor, Contact, contact_id)
    talked = select(Conversation.id).where(
        Conversation.organization_id == actor.organization_id, Conversation.contact_id == row.id
    )
    if session.exec(talked.limit(1)).first():
        raise Conflict("This contact has conversations, which would be lost.")
    for table in (ContactIdentity, Consent):
        session.connection().execute(
            delete(table).where(
                col(table.organization_id) == row.organization_id,
                col(table.contact_id) == row.id,
            )
        )
    session.delete(row)
    session.flush()
    live.publish(session, actor.organization_id, "contacts")


def find_or_make(session: Session, actor: Actor, address: str) -> Contact:
    """The customer at a phone number or business-scoped user id, made if new; for sending.

    Raises Invalid naming `to`.
    """
    address = address.strip()
    is_bsuid = phones.is_bsuid(address)
    kind = "bsuid" if is_bsuid else "phone"
    number = None if is_bsuid else phones.e164(address, field="to")
    identity = session.get(
        ContactIdentity, (actor.organization_id, kind, phones.key(number or address))
    )
    if identity is not None:
        return get(session, actor, Contact, identity.contact_id)
    plans.require_room(session, actor, "contacts")
    row = Contact(organization_id=actor.organization_id, phone=number)
    session.add(row)
    session.flush()
    if not _claim(session, row, kind, number or address):
        session.delete(row)  # somebody made the same customer a moment ago: use theirs
        session.flush()
        return find_or_make(session, actor, address)
    return row


def item(row: Contact) -> ContactItem:
    """What upstairs may know of a customer."""
    return ContactItem(
        id=str(row.id),
        name=row.name,
        phone=row.phone,
        email=row.email,
        language=row.language,
        tags=list(row.tags),
        custom_fields=dict(row.custom_fields),
        marketing_opt_in=row.marketing_opt_in,
        marketing_opted_out_at=row.marketing_opted_out_at,
        last_inbound_at=row.last_inbound_at,
        created_at=row.created_at,
        ai_opt_out=row.ai_opt_out,
    )


def wanted(
    actor: Actor, q: str | None, tag: str | None, filter: dict[str, Any] | None = None
) -> list[Any]:
    """Conditions on contacts that all must hold for a search by `q` among those with `tag` whom
    a segment's `filter` means.
    """
    found: list[Any] = [Contact.organization_id == actor.organization_id]
    if q and q.strip():
        found.append(or_(*matches(q.strip())))
    if tag:
        bearing = select(ContactTag.contact_id).where(
            ContactTag.organization_id == actor.organization_id, ContactTag.tag == tag
        )
        found.append(col(Contact.id).in_(bearing))
    if filter is not None:
        found.append(segment_query.means(filter))
    return found


def matches(q: str) -> list[Any]:
    """Conditions on contacts of which one must hold for a search by `q`."""
    found: list[Any] = [col(Contact.name).icontains(q, autoescape=True)]
    digits = "".join(c for c in q if c.isdigit())
    if len(digits) >= 3:
        found.append(col(Contact.phone).contains(digits))
    return found


def clean_tags(tags: list[str]) -> list[str]:
    """Tags trimmed and without repeats, in their order. Raises Invalid naming `tags`."""
    named = list(dict.fromkeys(clean(tag) for tag in tags))
    if len(named) > MOST_TAGS or not all(1 <= len(tag) <= _LONGEST_TAG for tag in named):
        raise Invalid(
            f"At most {MOST_TAGS} tags, each of 1 to {_LONGEST_TAG} characters.", field="tags"
        )
    return named


def _claim_phone(session: Session, row: Contact, number: str) -> bool:
    session.connection().execute(
        delete(ContactIdentity).where(
            col(ContactIdentity.organization_id) == row.organization_id,
            col(ContactIdentity.contact_id) == row.id,
            col(ContactIdentity.kind) == "phone",
            col(ContactIdentity.value) != phones.key(number),
        )
    )
    return _claim(session, row, "phone", number)


def _claim(session: Session, row: Contact, kind: str, address: str) -> bool:
    """Makes the address this contact's, unless it is somebody else's."""
    session.connection().execute(
        insert(ContactIdentity)
        .values(
            organization_id=row.organization_id,
            kind=kind,
            value=phones.key(address),
            contact_id=row.id,
            address=address,
        )
        .on_conflict_do_nothing()
    )
    owner = session.connection().execute(
        text(
            "select contact_id from contact_identities"
            " where organization_id = :organization and kind = :kind and value = :value"
        ),
        {"organization": row.organization_id, "kind": kind, "value": phones.key(address)},
    )
    return owner.scalar_one() == row.id


def checked(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields as a contact keeps them; custom fields are `merged`. Raises Invalid naming one."""
    return {name: check(fields[name]) for name, check in _CHECKS.items() if name in fields}


def _short(value: Any, field: str) -> str:
    cleaned = clean(value or "")
    if len(cleaned) > 120:
        raise Invalid("At most 120 characters.", field=field)
    return cleaned


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": lambda value: _short(value, "name"),
    "language": lambda value: _short(value, "language") or None,
    "email": lambda value: credentials.email_address(value) if value else None,
    "tags": lambda value: clean_tags(value or []),
    "marketing_opt_in": bool,
    "ai_opt_out": bool,
}


def _change(session: Session, actor: Actor, row: Contact, fields: dict[str, Any]) -> None:
    for name, value in checked(fields).items():
        setattr(row, name, value)
    if "custom_fields" in fields:
        named = custom_fields.checked(session, actor, fields["custom_fields"] or {})
        row.custom_fields = merged(row.custom_fields, named)


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The custom fields of both, without those that `new` has as None. Raises Invalid."""
    both = {name: value for name, value in {**old, **new}.items() if value is not None}
    if len(both) > MOST_FIELDS or any(not 1 <= len(name) <= LONGEST_FIELD for name in both):
        raise Invalid(
            f"At most {MOST_FIELDS} custom fields with names of 1 to {LONGEST_FIELD} characters.",
            field="custom_fields",
        )
    return both
