"""/api/whatsapp/accounts: WhatsApp numbers. Their tokens go in and never come back out."""

from __future__ import annotations

from pydantic import BaseModel

from botpe_app.core.permissions import Permission
from botpe_app.services import accounts
from botpe_app.services.views import AccountItem, Page
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


@routes.patch("/{account_id}", response_model=Account)
@needs(Permission.MANAGE_NUMBERS)
def change_account(call: Caller, account_id: Id, body: AccountChange) -> AccountItem:
    """Rename, pause or resume a number, or give it a new token."""
    return accounts.update_account(call.session, call.actor, account_id, **given(body))


@routes.delete("/{account_id}", status_code=204)
@needs(Permission.MANAGE_NUMBERS)
def remove_account(call: Caller, account_id: Id) -> None:
    """Disconnect a number that no conversation has used."""
    accounts.remove_account(call.session, call.actor, account_id)
