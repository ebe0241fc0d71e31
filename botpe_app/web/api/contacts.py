"""/api/contacts: customers."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import consents, contact_data, contact_removal, contacts
from botpe_app.services.views import ConsentItem, ContactItem, Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, given, page_of

routes = router("/contacts", "Contacts")


class Contact(Shape):
    """A customer. `phone` is E.164, null where only a WhatsApp user id is known."""

    id: Id
    phone: str | None
    name: str
    email: str | None
    language: str | None
    custom_fields: dict[str, Any]
    tags: list[str]
    marketing_opt_in: bool
    marketing_opted_out_at: Moment | None
    ai_opt_out: bool
    last_inbound_at: Moment | None
    created_at: Moment


class Consent(Shape):
    """That marketing was allowed or stopped. `source` is whatsapp, api or user."""

    id: Id
    granted: bool
    source: str
    evidence: str
    at: Moment


class ContactFields(BaseModel):
    """What may be said of a customer. `custom_fields` are merged, null removes one."""

    name: str | None = None
    email: str | None = None
    language: str | None = None
    custom_fields: dict[str, Any] | None = None
    tags: list[str] | None = None
    marketing_opt_in: bool | None = None
    ai_opt_out: bool | None = Field(None, description="No model is shown what they write")


class ContactChange(ContactFields):
    """What may be changed; what is not named stays."""

    phone: str | None = None


class NewContact(ContactFields):
    """A customer to add."""

    phone: str = Field(description="E.164, such as +15550783881")


class Removal(BaseModel):
    """How a customer goes."""

    erase: bool = Field(False, description="With their conversations, messages and files")


class Merger(BaseModel):
    """Who is the same person."""

    contact_id: Id


class ContactQuery(Paging):
    """Which contacts are wanted."""

    q: str | None = Field(None, description="Part of a name, or digits of a number")
    tag: str | None = None


@routes.get("", response_model=Listed[Contact])
@needs(Permission.READ)
def list_contacts(call: Caller, query: FromQuery[ContactQuery]) -> Page[ContactItem]:
    """Customers, newest first."""
    return contacts.list_contacts(call.session, call.actor, **query.model_dump())


@routes.post("", status_code=201, response_model=Contact)
@needs(Permission.MANAGE_CONTACTS)
def create_contact(call: Caller, body: NewContact) -> ContactItem:
    """Add a customer."""
    return contacts.create_contact(call.session, call.actor, **given(body))


@routes.get("/{contact_id}", response_model=Contact)
@needs(Permission.READ)
def get_contact(call: Caller, contact_id: Id) -> ContactItem:
    """One customer."""
    return contacts.get_contact(call.session, call.actor, contact_id)


@routes.patch("/{contact_id}", response_model=Contact)
@needs(Permission.MANAGE_CONTACTS)
def change_contact(call: Caller, contact_id: Id, body: ContactChange) -> ContactItem:
    """Change a customer."""
    return contacts.update_contact(call.session, call.actor, contact_id, **given(body))


@routes.delete("/{contact_id}", status_code=204)
@needs(Permission.MANAGE_CONTACTS)
def delete_contact(call: Caller, contact_id: Id, query: FromQuery[Removal]) -> None:
    """Remove a customer nobody has talked with; an admin may erase anybody."""
    if query.erase:
        contact_removal.erase_contact(call.session, call.actor, contact_id)
    else:
        contacts.delete_contact(call.session, call.actor, contact_id)


@routes.post("/{contact_id}/merge", response_model=Contact)
@needs(Permission.MANAGE_CONTACTS)
def merge_contacts(call: Caller, contact_id: Id, body: Merger) -> ContactItem:
    """Give this customer all that another one has, who is then gone."""
    return contact_removal.merge_contacts(call.session, call.actor, contact_id, body.contact_id)


@routes.get("/{contact_id}/data")
@needs(Permission.MANAGE_ORGANIZATION)
def get_contact_data(call: Caller, contact_id: Id) -> dict[str, Any]:
    """Everything held of one person, to hand to them: each table's rows, by its name."""
    return contact_data.person_data(call.session, call.actor, contact_id)


@routes.get("/{contact_id}/consents", response_model=Listed[Consent])
@needs(Permission.READ)
def list_consents(call: Caller, contact_id: Id, query: FromQuery[Paging]) -> Page[ConsentItem]:
    """What a customer allowed and stopped, and how we know, newest first."""
    return page_of(consents.list_consents(call.session, call.actor, contact_id), query)
