"""/api/bot-secrets: what bots' calls prove themselves with. They never come back out."""

from __future__ import annotations

from pydantic import BaseModel

from botpe_app.core.permissions import Permission
from botpe_app.services import bot_secrets
from botpe_app.services.bot_secrets import SecretItem
from botpe_app.services.views import Page
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, page_of

routes = router("/bot-secrets", "Bots")


class Secret(Shape):
    """A stored secret, without what it is. Flows name it in the `auth` of a call."""

    id: Id
    name: str
    created_at: Moment


class NewSecret(BaseModel):
    """A secret to keep, in the place of one of the same name."""

    name: str
    value: str


@routes.get("", response_model=Listed[Secret])
@needs(Permission.MANAGE_BOTS)
def list_bot_secrets(call: Caller, query: FromQuery[Paging]) -> Page[SecretItem]:
    """The stored secrets, by name."""
    return page_of(bot_secrets.list_secrets(call.session, call.actor), query)


@routes.post("", status_code=201, response_model=Secret)
@needs(Permission.MANAGE_BOTS)
def keep_bot_secret(call: Caller, body: NewSecret) -> SecretItem:
    """Keep a secret, sealed."""
    return bot_secrets.keep_secret(call.session, call.actor, name=body.name, value=body.value)


@routes.delete("/{secret_id}", status_code=204)
@needs(Permission.MANAGE_BOTS)
def forget_bot_secret(call: Caller, secret_id: Id) -> None:
    """Remove a secret. Calls that name it fail from now on."""
    bot_secrets.forget_secret(call.session, call.actor, secret_id)
