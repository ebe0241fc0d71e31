"""/api/webhooks: programs that are told what happens here."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import webhooks
from botpe_app.services.views import Page
from botpe_app.services.webhooks import DeliveryItem, WebhookItem
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, page_of

routes = router("/webhooks", "Outbound webhooks")


class Webhook(Shape):
    """An address that events are posted to."""

    id: Id
    url: str
    events: list[str]
    created_at: Moment


class FreshWebhook(Webhook):
    """A webhook just made. `secret` is shown this once."""

    secret: str


class NewWebhook(BaseModel):
    """A webhook to make; private networks are refused."""

    url: str
    events: list[str] | None = Field(
        None,
        description=f"{', '.join(webhooks.EVENTS)}; all unless named",
    )


class Delivery(Shape):
    """What became of telling one event; `state` is pending, delivered or failed."""

    id: Id
    event: str
    payload: dict[str, Any]
    state: str
    attempts: int
    next_at: Moment | None
    status_code: int | None
    problem: str
    created_at: Moment
    settled_at: Moment | None


class DeliveryQuery(Paging):
    """Which deliveries are wanted."""

    state: str | None = None


@routes.get("", response_model=Listed[Webhook])
@needs(Permission.MANAGE_WEBHOOKS)
def list_webhooks(call: Caller, query: FromQuery[Paging]) -> Page[WebhookItem]:
    """The organization's webhooks, newest first."""
    return page_of(webhooks.list_webhooks(call.session, call.actor), query)


@routes.post("", status_code=201)
@needs(Permission.MANAGE_WEBHOOKS)
def create_webhook(call: Caller, body: NewWebhook) -> FreshWebhook:
    """Make a webhook; the answer is its secret's only appearance."""
    item, secret = webhooks.create_webhook(
        call.session, call.actor, url=body.url, events=body.events
    )
    return FreshWebhook(**Webhook.model_validate(item).model_dump(), secret=secret)


@routes.get("/{webhook_id}", response_model=Webhook)
@needs(Permission.MANAGE_WEBHOOKS)
def get_webhook(call: Caller, webhook_id: Id) -> WebhookItem:
    """One webhook."""
    return webhooks.get_webhook(call.session, call.actor, webhook_id)


@routes.delete("/{webhook_id}", status_code=204)
@needs(Permission.MANAGE_WEBHOOKS)
def delete_webhook(call: Caller, webhook_id: Id) -> None:
    """Remove a webhook and its log."""
    webhooks.delete_webhook(call.session, call.actor, webhook_id)


@routes.get("/{webhook_id}/deliveries", response_model=Listed[Delivery])
@needs(Permission.MANAGE_WEBHOOKS)
def list_deliveries(
    call: Caller, webhook_id: Id, query: FromQuery[DeliveryQuery]
) -> Page[DeliveryItem]:
    """What it was told in the last week, newest first."""
    return webhooks.list_deliveries(call.session, call.actor, webhook_id, **query.model_dump())


@routes.post("/{webhook_id}/deliveries/{delivery_id}/replay", response_model=Delivery)
@needs(Permission.MANAGE_WEBHOOKS)
def replay_delivery(call: Caller, webhook_id: Id, delivery_id: Id) -> DeliveryItem:
    """Tell an event again."""
    return webhooks.replay(call.session, call.actor, webhook_id, delivery_id)
