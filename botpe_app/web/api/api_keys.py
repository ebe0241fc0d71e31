"""/api/api-keys: keys for other programs."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, Field

from botpe_app.core.permissions import AGENT, Permission
from botpe_app.services import api_keys
from botpe_app.services.views import ApiKeyItem, Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, page_of

routes = router("/api-keys", "API keys")


class ApiKey(Shape):
    """A key as lists show it: by the first characters."""

    id: Id
    name: str
    role: str
    prefix: str
    created_at: Moment
    last_used_at: Moment | None
    revoked_at: Moment | None
    scopes: list[str]
    expires_at: Moment | None


class FreshApiKey(ApiKey):
    """A key just made. `api_key` is shown this once."""

    api_key: str


class NewApiKey(BaseModel):
    """A key to make; `role` is viewer, agent or admin."""

    name: str
    role: str = AGENT
    scopes: list[str] | None = Field(
        None, description="Of what the role may: read, answer, manage_contacts, …; all unless named"
    )
    expires_at: AwareDatetime | None = None


@routes.get("", response_model=Listed[ApiKey])
@needs(Permission.MANAGE_API_KEYS)
def list_api_keys(call: Caller, query: FromQuery[Paging]) -> Page[ApiKeyItem]:
    """The organization's keys, newest first, revoked ones too."""
    return page_of(api_keys.list_keys(call.session, call.actor), query)


@routes.post("", status_code=201)
@needs(Permission.MANAGE_API_KEYS)
def make_api_key(call: Caller, body: NewApiKey) -> FreshApiKey:
    """Make a key; the answer is its only appearance."""
    item, plain = api_keys.create(call.session, call.actor, **body.model_dump())
    return FreshApiKey(**ApiKey.model_validate(item).model_dump(), api_key=plain)


@routes.delete("/{key_id}", status_code=204)
@needs(Permission.MANAGE_API_KEYS)
def revoke_api_key(call: Caller, key_id: Id) -> None:
    """Revoke a key; its next request is refused."""
    api_keys.revoke(call.session, call.actor, key_id)
