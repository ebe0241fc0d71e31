"""/api/custom-fields: what contacts may have beyond the usual."""

from __future__ import annotations

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import custom_fields
from botpe_app.services.team_views import CustomFieldItem
from botpe_app.services.views import Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, given, page_of

routes = router("/custom-fields", "Custom fields")


class CustomField(Shape):
    """A field of contacts; `name` is its key in their `custom_fields`."""

    id: Id
    name: str
    label: str
    type: str
    options: list[str]
    created_at: Moment


class NewCustomField(BaseModel):
    """A field to make. Name and type stay as they are; contacts hold values of them."""

    name: str = Field(description="Lower-case letters, digits and _")
    label: str | None = Field(None, description="What people read; the name unless given")
    type: str = Field("text", description="text, number, boolean, date or choice")
    options: list[str] | None = Field(None, description="Of a choice")


class CustomFieldChange(BaseModel):
    """What may be changed; what is not named stays."""

    label: str | None = None
    options: list[str] | None = None


@routes.get("", response_model=Listed[CustomField])
@needs(Permission.READ)
def list_custom_fields(call: Caller, query: FromQuery[Paging]) -> Page[CustomFieldItem]:
    """The organization's custom fields, oldest first."""
    return page_of(custom_fields.list_fields(call.session, call.actor), query)


@routes.post("", status_code=201, response_model=CustomField)
@needs(Permission.MANAGE_ORGANIZATION)
def create_custom_field(call: Caller, body: NewCustomField) -> CustomFieldItem:
    """Make a custom field."""
    return custom_fields.create_field(call.session, call.actor, **body.model_dump())


@routes.get("/{field_id}", response_model=CustomField)
@needs(Permission.READ)
def get_custom_field(call: Caller, field_id: Id) -> CustomFieldItem:
    """One custom field."""
    return custom_fields.get_field(call.session, call.actor, field_id)


@routes.patch("/{field_id}", response_model=CustomField)
@needs(Permission.MANAGE_ORGANIZATION)
def change_custom_field(call: Caller, field_id: Id, body: CustomFieldChange) -> CustomFieldItem:
    """Relabel a field or change its options."""
    return custom_fields.update_field(call.session, call.actor, field_id, **given(body))


@routes.delete("/{field_id}", status_code=204)
@needs(Permission.MANAGE_ORGANIZATION)
def delete_custom_field(call: Caller, field_id: Id) -> None:
    """Forget a field; what contacts hold under its name stays."""
    custom_fields.delete_field(call.session, call.actor, field_id)
