"""Finding the contact behind the names WhatsApp uses, making it or merging two where needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import LiteralString, NamedTuple
from uuid import UUID

from botpe_app.core import phone
from botpe_app.models.base import new_id
from botpe_app.services.ingest_batch import Batch
from botpe_app.services.ingest_merge import merge
from botpe_app.whatsapp.payloads import Sender


class Name(NamedTuple):
    """One identity: `value` is compared, `address` is how a send spells it."""

    kind: str  # phone, bsuid, parent_bsuid
    value: str
    address: str


class Person(NamedTuple):
    """Somebody an event is about: all their names here are one and the same person's.

    `known` is a contact they are for certain; `make` says whether a stranger becomes one.
    """

    organization_id: UUID
    names: tuple[Name, ...]
    display: str = ""
    known: UUID | None = None
    make: bool = True


class Raced(Exception):
    """Somebody else made the same thing at the same moment; the next try will find it."""


_KNOWN: LiteralString = """
select i.organization_id, i.kind, i.value, i.contact_id
from unnest(%b::uuid[], %b::text[], %b::text[]) as n (organization_id, kind, value)
join contact_identities i on (i.organization_id, i.kind, i.value)
  = (n.organization_id, n.kind, n.value)
"""
_MAKE: LiteralString = """
insert into contacts (organization_id, id, name, phone, marketing_opt_in)
select organization_id, id, name, phone, false
from unnest(%b::uuid[], %b::uuid[], %b::text[], %b::text[])
  as n (organization_id, id, name, phone)
"""
_NAME: LiteralString = """
insert into contact_identities (organization_id, kind, value, address, contact_id)
select * from unnest(%b::uuid[], %b::text[], %b::text[], %b::text[], %b::uuid[])
on conflict do nothing
"""


def names_of(sender: Sender) -> tuple[Name, ...]:
    """The identities of who wrote a message; empty where WhatsApp said nothing of them."""
    return names(sender.wa_id, sender.bsuid, sender.parent_bsuid)


def names(wa_id: str, bsuid: str, parent_bsuid: str = "") -> tuple[Name, ...]:
    """The same from the bare ids, each of which may be ""."""
    found: list[Name] = []
    if wa_id:
        found.append(Name("phone", phone.key(wa_id), phone.from_wa_id(wa_id) or wa_id))
    if bsuid:
        found.append(Name("bsuid", bsuid, bsuid))
    if parent_bsuid:
        found.append(Name("parent_bsuid", parent_bsuid, parent_bsuid))
    return tuple(found)


def find_or_make(batch: Batch, people: Sequence[Person]) -> list[UUID | None]:
    """The contact of each person, in their order; None for a stranger who is not to be made.

    Two contacts that turn out to be one person become the older one. Raises Raced.
    """
    known = _known(batch, people)
    groups = _grouped(people, known)
    contacts: dict[int, UUID | None] = {}
    strangers: list[tuple[UUID, UUID, str, str | None]] = []
    for indices in groups:
        members = [people[index] for index in indices]
        contact = _one_of(batch, members, known)
        if contact is None and any(person.make for person in members):
            contact = new_id()
            strangers.append(_stranger(contact, members))
        contacts.update(dict.fromkeys(indices, contact))
    if strangers:
        batch.change(_MAKE, strangers)
        batch.topics.update({(row[0], "contacts"): None for row in strangers})
    _add_names(batch, people, known, contacts)
    return [contacts[index] for index in range(len(people))]


_Key = tuple[UUID, str, str]  # organization, kind, value


def _known(batch: Batch, people: Sequence[Person]) -> dict[_Key, UUID]:
    wanted = {(p.organization_id, name.kind, name.value) for p in people for name in p.names}
    if not wanted:
        return {}
    found = batch.run(_KNOWN, sorted(wanted))
    return {(organization, kind, value): contact for organization, kind, value, contact in found}


def _grouped(people: Sequence[Person], known: dict[_Key, UUID]) -> list[list[int]]:
    """Indices of the people that are the same: they share a name, or a contact we know."""
    parents: dict[Hashable, Hashable] = {}

    def root(item: Hashable) -> Hashable:
        while (parent := parents.setdefault(item, item)) != item:
            parents[item] = item = parents[parent]
        return item

    for index, person in enumerate(people):
        for name in person.names:
            key = (person.organization_id, name.kind, name.value)
            parents[root(key)] = root(index)
            if key in known:
                parents[root(known[key])] = root(index)
        if person.known:
            parents[root(person.known)] = root(index)
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for index in range(len(people)):
        groups[root(index)].append(index)
    return list(groups.values())


def _one_of(batch: Batch, members: list[Person], known: dict[_Key, UUID]) -> UUID | None:
    """The contact these already are; several become one."""
    found = {person.known for person in members if person.known}
    for person in members:
        keys = ((person.organization_id, name.kind, name.value) for name in person.names)
        found.update(known[key] for key in keys if key in known)
    if len(found) > 1:
        return merge(batch, members[0].organization_id, sorted(found))
    return next(iter(found), None)


def _stranger(contact_id: UUID, members: list[Person]) -> tuple[UUID, UUID, str, str | None]:
    display = next((person.display for person in members if person.display), "")
    addresses = (name.address for person in members for name in person.names)
    number = next((address for address in addresses if phone.is_e164(address)), None)
    return members[0].organization_id, contact_id, display, number


def _add_names(
    batch: Batch,
    people: Sequence[Person],
    known: dict[_Key, UUID],
    contacts: dict[int, UUID | None],
) -> None:
    fresh: dict[_Key, tuple[UUID, str, str, str, UUID]] = {}
    for index, person in enumerate(people):
        contact = contacts[index]
        for name in person.names if contact else ():
            key = (person.organization_id, name.kind, name.value)
            if key not in known and contact:
                fresh[key] = (*key, name.address, contact)
    if fresh and batch.change(_NAME, sorted(fresh.values())).rowcount < len(fresh):
        raise Raced("a contact")
