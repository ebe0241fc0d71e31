"""/api/intents: what customers want, taught by phrases."""

from __future__ import annotations

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import intents
from botpe_app.services.intents import IntentItem
from botpe_app.services.views import Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, given, page_of

routes = router("/intents", "Intents")


class EntityValue(Shape):
    """A value, and other ways of writing it; slips are understood anyway."""

    value: str
    synonyms: list[str] = Field(default_factory=list)


class OwnEntity(Shape):
    """A kind of thing of your own that texts name, such as a size."""

    name: str
    values: list[EntityValue]


class Intent(Shape):
    """Something customers want, and ways of saying it."""

    id: Id
    name: str
    description: str
    phrases: list[str]
    entities: list[OwnEntity]
    created_at: Moment
    updated_at: Moment


class IntentChange(BaseModel):
    """What may be changed; `phrases` and `entities` are replaced as a whole."""

    name: str | None = None
    description: str | None = None
    phrases: list[str] | None = None
    entities: list[OwnEntity] | None = None


class NewIntent(BaseModel):
    """An intent to add."""

    name: str
    description: str = ""
    phrases: list[str] = Field([], description="Ways of saying it; two are enough to begin with")
    entities: list[OwnEntity] = Field([], description="Things of your own to look for in texts")


@routes.get("", response_model=Listed[Intent])
@needs(Permission.READ)
def list_intents(call: Caller, query: FromQuery[Paging]) -> Page[IntentItem]:
    """Intents by name."""
    return page_of(intents.list_intents(call.session, call.actor), query)


@routes.post("", status_code=201, response_model=Intent)
@needs(Permission.MANAGE_AGENTS)
def create_intent(call: Caller, body: NewIntent) -> IntentItem:
    """Add an intent. It is told apart from the next text on."""
    return intents.create_intent(call.session, call.actor, **body.model_dump())


@routes.get("/{intent_id}", response_model=Intent)
@needs(Permission.READ)
def get_intent(call: Caller, intent_id: Id) -> IntentItem:
    """One intent."""
    return intents.get_intent(call.session, call.actor, intent_id)


@routes.patch("/{intent_id}", response_model=Intent)
@needs(Permission.MANAGE_AGENTS)
def change_intent(call: Caller, intent_id: Id, body: IntentChange) -> IntentItem:
    """Change an intent."""
    return intents.update_intent(call.session, call.actor, intent_id, **given(body))


@routes.delete("/{intent_id}", status_code=204)
@needs(Permission.MANAGE_AGENTS)
def delete_intent(call: Caller, intent_id: Id) -> None:
    """Remove an intent and its phrases."""
    intents.delete_intent(call.session, call.actor, intent_id)
