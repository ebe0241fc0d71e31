"""WhatsApp numbers: connecting, pausing, removing. Tokens go in and never come back out."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from botpe_app import live, vault
from botpe_app.core import phone as phones
from botpe_app.core.names import clean
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid, NotFound
from botpe_app.models import Bot, Campaign, Conversation, WhatsAppAccount
from botpe_app.queue import Lane, nudge
from botpe_app.services import plans
from botpe_app.services.access import Actor, get
from botpe_app.services.saving import save
from botpe_app.services.views import AccountItem

CONNECTED, PAUSED = "connected", "paused"
THROUGHPUT = range(1, 1001)  # messages a second: 20 to 1,000 by Meta, less if one wishes

_USERS = (
    (Conversation, "This number has conversations, which would be lost. Pause it instead."),
    (Bot, "This number has bots. Give them another number or delete them first."),
    (Campaign, "A campaign is to be sent from this number. Remove the campaign first."),
)


def place(organization_id: UUID, account_id: UUID) -> str:
    """Where a number's token is sealed to (see `vault`)."""
    return f"whatsapp_accounts:{organization_id}:{account_id}"


def token_of(row: WhatsAppAccount) -> str:
    """A number's token in clear. Raises Misconfigured if the key it is sealed with is gone."""
    return vault.open_sealed(row.token_sealed, place=place(row.organization_id, row.id))


def list_accounts(session: Session, actor: Actor) -> list[AccountItem]:
    """The organization's numbers, the first connected first."""
    actor.require(Permission.READ)
    mine = select(WhatsAppAccount).where(WhatsAppAccount.organization_id == actor.organization_id)
    return [item(row) for row in session.exec(mine.order_by(col(WhatsAppAccount.id)))]


def get_account(session: Session, actor: Actor, account_id: UUID | str) -> AccountItem:
    """One number. Raises NotFound."""
    actor.require(Permission.READ)
    return item(get(session, actor, WhatsAppAccount, account_id))


def add_account(
    session: Session,
    actor: Actor,
    *,
    waba_id: str,
    phone_number_id: str,
    phone: str,
    token: str,
    name: str = "",
) -> AccountItem:
    """Connects a number. Graph is not asked: what it would tell is simply not known yet.

    Raises Forbidden, Invalid naming the field, Conflict if the number is connected already.
    """
    actor.require(Permission.MANAGE_NUMBERS)
    plans.require_room(session, actor, "numbers")
    number = phones.e164(phone)
    row = WhatsAppAccount(
        organization_id=actor.organization_id,
        name=_name(name or number),
        waba_id=graph_id(waba_id, "waba_id"),
        phone_number_id=graph_id(phone_number_id, "phone_number_id"),
        phone=number,
        token_sealed="",
    )
    _keep_token(row, token)
    taken = "This phone number id is connected already."
    save(session, row, taken=taken, field="phone_number_id")
    live.publish(session, actor.organization_id, "accounts")
    return item(row)


def connect(
    session: Session,
    actor: Actor,
    *,
    waba_id: str,
    phone_number_id: str,
    phone: str,
    token: str,
    name: str = "",
) -> AccountItem:
    """As `add_account`; a number that is connected here already gets the new token instead."""
    actor.require(Permission.MANAGE_NUMBERS)
    mine = select(WhatsAppAccount).where(
        WhatsAppAccount.organization_id == actor.organization_id,
        WhatsAppAccount.phone_number_id == phone_number_id,
    )
    row = session.exec(mine.with_for_update()).first()
    if row is None:
        told = {"waba_id": waba_id, "phone_number_id": phone_number_id, "phone": phone}
        return add_account(session, actor, **told, token=token, name=name)
    row.waba_id = graph_id(waba_id, "waba_id")
    session.add(row)
    return update_account(session, actor, row.id, token=token)


def update_account(
    session: Session,
    actor: Actor,
    account_id: UUID | str,
    *,
    name: str | None = None,
    token: str | None = None,
    status: str | None = None,
    messages_per_second: int | None = None,
) -> AccountItem:
    """Changes a number. A new token or `status="connected"` lifts a pause, and what waited goes.

    Raises Forbidden, NotFound, Invalid naming the field.
    """
    actor.require(Permission.MANAGE_NUMBERS)
    row = get(session, actor, WhatsAppAccount, account_id)
    if name is not None:
        row.name = _name(name)
    if token is not None:
        _keep_token(row, token)
        _resume(row)
    if status is not None:
        _set_status(row, status)
    if messages_per_second is not None:
        if messages_per_second not in THROUGHPUT:
            raise Invalid("Between 1 and 1,000 messages a second.", field="messages_per_second")
        row.messages_per_second = messages_per_second
    session.add(row)
    session.flush()
    nudge(session, Lane.OUTBOX)
    live.publish(session, actor.organization_id, "accounts")
    return item(row)


def remove_account(session: Session, actor: Actor, account_id: UUID | str) -> None:
    """Disconnects a number that no conversation has used; others can only be paused.

    Raises Forbidden, NotFound, Conflict.
    """
    actor.require(Permission.MANAGE_NUMBERS)
    row = get(session, actor, WhatsAppAccount, account_id)
    for table, words in _USERS:
        ours = table.organization_id == actor.organization_id
        used = select(table.id).where(ours, table.account_id == row.id)
        if session.exec(used.limit(1)).first():
            raise Conflict(words)
    session.delete(row)
    session.flush()
    live.publish(session, actor.organization_id, "accounts")


def choose(session: Session, actor: Actor, account_id: UUID | str | None) -> WhatsAppAccount:
    """The number to send from: the named one, or the only one there is.

    Raises NotFound, Invalid if there are none or several and none is named.
    """
    if account_id is not None:
        return get(session, actor, WhatsAppAccount, account_id)
    mine = select(WhatsAppAccount).where(WhatsAppAccount.organization_id == actor.organization_id)
    rows = session.exec(mine.limit(2)).all()
    if not rows:
        raise NotFound("No WhatsApp number is connected yet. Connect one under Settings.")
    if len(rows) > 1:
        raise Invalid("There are several numbers: say which one sends.", field="account_id")
    return rows[0]


def item(row: WhatsAppAccount) -> AccountItem:
    """What upstairs may know of a number."""
    return AccountItem(
        id=str(row.id),
        name=row.name,
        phone=row.phone,
        phone_number_id=row.phone_number_id,
        waba_id=row.waba_id,
        status=row.status,
        paused_reason=row.paused_reason,
        quality=row.quality,
        messages_per_second=row.messages_per_second,
        token_hint=row.token_hint,
        created_at=row.created_at,
        verified_name=row.verified_name,
        name_status=row.name_status,
        messaging_limit=row.messaging_limit,
        review_status=row.review_status,
        username=row.username,
        coexistence=row.coexistence,
        last_webhook_at=row.last_webhook_at,
        checked_at=row.checked_at,
        token_expires_at=row.token_expires_at,
    )


def graph_id(value: str, field: str) -> str:
    """An id of Meta's as it was pasted. Raises Invalid naming the field."""
    value = value.strip()
    if not 1 <= len(value) <= 64 or not value.isascii() or not value.isprintable():
        raise Invalid("Paste the id as Meta shows it (1 to 64 characters).", field=field)
    return value


def readable_token(token: str) -> str:
    """The token without what was pasted around it. Raises Invalid for what cannot be one."""
    token = token.strip()
    if not token or len(token) > 4096 or not token.isascii() or any(c.isspace() for c in token):
        raise Invalid("Paste the access token as Meta shows it, in one piece.", field="token")
    return token


def _keep_token(row: WhatsAppAccount, token: str) -> None:
    token = readable_token(token)
    row.token_sealed = vault.seal(token, place=place(row.organization_id, row.id))
    row.token_hint = token[-4:] if len(token) >= 12 else ""
    # What was found of the token before says nothing of this one.
    row.found, row.checked_at, row.token_expires_at = {}, None, None


def _set_status(row: WhatsAppAccount, status: str) -> None:
    if status == CONNECTED:
        _resume(row)
    elif status == PAUSED:
        row.status, row.paused_reason = PAUSED, "Paused by hand."
    else:
        raise Invalid("A number is connected or paused.", field="status")


def _resume(row: WhatsAppAccount) -> None:
    row.status, row.paused_reason = CONNECTED, None


def _name(name: str) -> str:
    name = clean(name)
    if not 1 <= len(name) <= 80:
        raise Invalid("A number's name has 1 to 80 characters.", field="name")
    return name
