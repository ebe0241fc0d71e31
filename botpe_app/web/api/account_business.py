"""/api/whatsapp/accounts/{id}: profile, webhook, blocked, spending; /api/contacts/{id}/block."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import account_business, account_news, account_webhooks, blocks
from botpe_app.services.views import Page
from botpe_app.web.api.asking import AskingRoute, answer_of, asks
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, page_of

routes = router("", "WhatsApp numbers")

_ACCOUNT, _CONTACT = "/whatsapp/accounts/{account_id}", "/contacts/{contact_id}"


class Profile(Shape):
    """What customers see of a number; "" where nothing stands."""

    about: str
    address: str
    description: str
    email: str
    websites: list[str]
    vertical: str
    picture_url: str


class ProfileChange(BaseModel):
    """What may be changed; what is not named stays. `picture` is the id of an uploaded file."""

    about: str | None = Field(None, description="1 to 139 characters")
    address: str | None = Field(None, description="Up to 256 characters")
    description: str | None = Field(None, description="Up to 512 characters")
    email: str | None = None
    websites: list[str] | None = Field(None, description="Up to two")
    vertical: str | None = Field(None, description=", ".join(account_business.VERTICALS))
    picture: str | None = None


class Blocked(Shape):
    """Somebody a number has blocked; `id` is WhatsApp's."""

    id: str
    contact_id: Id | None
    name: str


class Block(Shape):
    """Whether a number has blocked a customer."""

    account_id: Id
    contact_id: Id
    blocked: bool


class BlockWish(BaseModel):
    """At which number; the one they last wrote to unless it is named."""

    account_id: str | None = None


class SpanQuery(BaseModel):
    """Which costs are wanted: the last 30 days unless said otherwise; `end` is not counted."""

    start: date | None = None
    end: date | None = None
    monthly: bool = False


class News(Shape):
    """Something WhatsApp told of a number beside its chats; `field` is the webhook's."""

    id: Id
    field: str
    text: str
    at: Moment


class Webhooks(Shape):
    """Where webhooks go: the number's own address wins, then its account's, then the app's."""

    number: str
    account: str
    app: str


class WebhookOverride(BaseModel):
    """An address of the number's own; "" ends it. Meta asks the address for the verify token."""

    callback_url: str = ""
    verify_token: str = ""


class Spent(Shape):
    """What messages of one kind cost in a day or month, in the account's currency."""

    start: Moment | None
    end: Moment | None
    country: str
    category: str
    type: str
    volume: int
    cost: float


@needs(Permission.READ)
@asks(account_business.prepare_profile, account_business.profile)
def get_profile(call: Caller, account_id: Id) -> Any:
    """What customers see of a number."""
    return account_business.keep(call.session, call.actor, account_id, answer_of(call))


@needs(Permission.MANAGE_NUMBERS)
@asks(account_business.prepare_change, account_business.change_profile, hears_request=True)
def change_profile(call: Caller, account_id: Id, body: ProfileChange) -> Any:
    """Change what customers see of a number."""
    told, picture = answer_of(call), body.picture
    return account_business.keep(call.session, call.actor, account_id, told, picture)


@needs(Permission.READ)
@asks(blocks.prepare_list, blocks.fetch)
def list_blocked(call: Caller, account_id: Id, query: FromQuery[Paging]) -> Page[blocks.Blocked]:
    """Whom a number has blocked, the first thousand of Meta's list."""
    listed = blocks.record_list(call.session, call.actor, account_id, answer_of(call))
    return page_of(listed, query)


@needs(Permission.READ)
@asks(account_business.prepare_spending, account_business.spending, hears_request=True)
def list_spending(call: Caller, account_id: Id, query: FromQuery[SpanQuery]) -> Page[Any]:
    """What the business account's messages cost, as Meta tells it."""
    return Page(answer_of(call))


@needs(Permission.MANAGE_CONTACTS)
@asks(blocks.prepare, blocks.block, hears_request=True)
def block_contact(call: Caller, contact_id: Id, body: BlockWish) -> Any:
    """Take nothing more from a customer who wrote within a day."""
    return blocks.record(call.session, call.actor, answer_of(call))


@needs(Permission.MANAGE_CONTACTS)
@asks(blocks.prepare, blocks.unblock, hears_request=True)
def unblock_contact(call: Caller, contact_id: Id, body: BlockWish) -> Any:
    """Let a customer write again."""
    return blocks.record(call.session, call.actor, answer_of(call))


@needs(Permission.MANAGE_NUMBERS)
@asks(account_webhooks.prepare, account_webhooks.addresses)
def get_webhooks(call: Caller, account_id: Id) -> Any:
    """Where a number's webhooks go."""
    return account_webhooks.record(call.session, call.actor, account_id, answer_of(call))


@needs(Permission.MANAGE_NUMBERS)
@asks(account_webhooks.prepare_override, account_webhooks.override, hears_request=True)
def override_webhook(call: Caller, account_id: Id, body: WebhookOverride) -> Any:
    """Send a number's webhooks to an address of its own, or back to the app's."""
    return account_webhooks.record(call.session, call.actor, account_id, answer_of(call))


@routes.get(f"{_ACCOUNT}/news", response_model=Listed[News])
@needs(Permission.READ)
def list_news(
    call: Caller, account_id: Id, query: FromQuery[Paging]
) -> Page[account_news.NewsItem]:
    """What WhatsApp told of a number beside its chats (groups, Flows, settings), newest first."""
    return account_news.list_news(
        call.session, call.actor, account_id, limit=query.limit, cursor=query.cursor
    )


for _path, _method, _endpoint, _shape in (
    (f"{_ACCOUNT}/profile", "GET", get_profile, Profile),
    (f"{_ACCOUNT}/profile", "PATCH", change_profile, Profile),
    (f"{_ACCOUNT}/webhook", "GET", get_webhooks, Webhooks),
    (f"{_ACCOUNT}/webhook", "PUT", override_webhook, Webhooks),
    (f"{_ACCOUNT}/blocked", "GET", list_blocked, Listed[Blocked]),
    (f"{_ACCOUNT}/spending", "GET", list_spending, Listed[Spent]),
    (f"{_CONTACT}/block", "POST", block_contact, Block),
    (f"{_CONTACT}/block", "DELETE", unblock_contact, Block),
):
    routes.add_api_route(
        _path,
        _endpoint,
        methods=[_method],
        response_model=_shape,
        route_class_override=AskingRoute,
    )
