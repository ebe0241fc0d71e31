"""/api/whatsapp/accounts: WhatsApp numbers. Their tokens go in and never come back out."""

from __future__ import annotations

from pydantic import BaseModel

from botpe_app.core.permissions import Permission
from botpe_app.services import account_checks, account_steps, accounts
from botpe_app.services.views import AccountItem, Page
from botpe_app.web.api.asking import AskingRoute, answer_of, asks
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, given, page_of

routes = router("/whatsapp/accounts", "WhatsApp numbers")


class Account(Shape):
    """A number; `token_hint` is the end of its token. What Graph did not tell is null."""

    id: Id
    name: str
    phone: str
    phone_number_id: str
    waba_id: str
    status: str
    paused_reason: str | None
    quality: str | None
    messages_per_second: int
    token_hint: str
    created_at: Moment
    verified_name: str | None
    name_status: str | None
    messaging_limit: str | None
    review_status: str | None
    username: str | None
    coexistence: bool
    last_webhook_at: Moment | None
    checked_at: Moment | None
    token_expires_at: Moment | None


class SetupStep(Shape):
    """One thing that must be right. `state` is ok, warn, bad or unknown; `mend` what to do."""

    id: str
    title: str
    state: str
    said: str
    mend: str


class Setup(Shape):
    """How far a number's setup is; `state` is that of its gravest step."""

    state: str
    checked_at: Moment | None
    callback_url: str
    steps: list[SetupStep]


class NewAccount(BaseModel):
    """A number to connect, as Meta shows it."""

    waba_id: str
    phone_number_id: str
    phone: str
    token: str
    name: str = ""


class AccountChange(BaseModel):
    """What may be changed; what is not named stays. `status` is connected or paused."""

    name: str | None = None
    token: str | None = None
    status: str | None = None
    messages_per_second: int | None = None


@routes.get("", response_model=Listed[Account])
@needs(Permission.READ)
def list_accounts(call: Caller, query: FromQuery[Paging]) -> Page[AccountItem]:
    """The organization's numbers, the first connected first."""
    return page_of(accounts.list_accounts(call.session, call.actor), query)


@routes.post("", status_code=201, response_model=Account)
@needs(Permission.MANAGE_NUMBERS)
def add_account(call: Caller, body: NewAccount) -> AccountItem:
    """Connect a number."""
    return accounts.add_account(call.session, call.actor, **body.model_dump())


@routes.get("/{account_id}", response_model=Account)
@needs(Permission.READ)
def get_account(call: Caller, account_id: Id) -> AccountItem:
    """One number."""
    return accounts.get_account(call.session, call.actor, account_id)


@needs(Permission.MANAGE_NUMBERS)
@asks(account_checks.prepare_token, account_checks.verify_token, hears_request=True)
def change_account(call: Caller, account_id: Id, body: AccountChange) -> AccountItem:
    """Rename, pause or resume a number, or give it a new token that Meta accepts."""
    accounts.update_account(call.session, call.actor, account_id, **given(body))
    account_checks.record_token(call.session, call.actor, account_id, answer_of(call))
    return accounts.get_account(call.session, call.actor, account_id)


routes.add_api_route(
    "/{account_id}",
    change_account,
    methods=["PATCH"],
    response_model=Account,
    route_class_override=AskingRoute,
)


@needs(Permission.READ)
@asks(account_checks.prepare, account_checks.ask)
def check_setup(call: Caller, account_id: Id) -> account_steps.Setup:
    """Look at each step of a number's setup, at Meta too, and tell what is to be mended."""
    return account_checks.record(call.session, call.actor, account_id, answer_of(call))


routes.add_api_route(
    "/{account_id}/setup",
    check_setup,
    methods=["GET"],
    response_model=Setup,
    route_class_override=AskingRoute,
)


@needs(Permission.MANAGE_NUMBERS)
@asks(account_checks.prepare_subscription, account_checks.subscribe)
def subscribe_account(call: Caller, account_id: Id) -> account_steps.Setup:
    """Have Meta send the business account's news to this platform's app."""
    return account_checks.record(call.session, call.actor, account_id, answer_of(call))


routes.add_api_route(
    "/{account_id}/subscribe",
    subscribe_account,
    methods=["POST"],
    response_model=Setup,
    route_class_override=AskingRoute,
)


@routes.delete("/{account_id}", status_code=204)
@needs(Permission.MANAGE_NUMBERS)
def remove_account(call: Caller, account_id: Id) -> None:
    """Disconnect a number that no conversation has used."""
    accounts.remove_account(call.session, call.actor, account_id)
