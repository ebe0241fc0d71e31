"""Embedded signup: a business connects its number by Meta's own dialog.

`prepare` and `record` belong into transactions, `carry_through` between them into none. Meta's
code works once, so the token it was exchanged for is kept: the same code again goes on where it
stopped, and once it is through it answers the same number.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from botpe_app import vault
from botpe_app.config import settings
from botpe_app.core.permissions import Permission
from botpe_app.errors import BotpeError, Conflict, Invalid, Unavailable
from botpe_app.models import WhatsAppAccount, WhatsAppSignup
from botpe_app.services import account_checks, accounts, plans
from botpe_app.services.access import Actor, get, hash_token
from botpe_app.services.signup_steps import Asked, Progress, carry_through
from botpe_app.services.views import AccountItem
from botpe_app.whatsapp.setup import SCOPES

__all__ = ["BACK", "Connected", "carry_through", "dialog", "prepare", "prepare_return", "record"]

BACK = "/settings/numbers"
_PIN = re.compile(r"[0-9]{6}")
# What tells Meta's dialog that the number stays in the app.
_COEXISTENCE = json.dumps({"setup": {}, "featureType": "whatsapp_business_app_onboarding"})
_SLOW = 20  # messages a second of a number that its owner also uses in the app


@dataclass(frozen=True, slots=True)
class Connected:
    """The number, or why there is none; `pin` is the two-step PIN we chose, told this once."""

    account: AccountItem | None
    pin: str | None
    notes: list[str]
    failure: BotpeError | None = None


def dialog(session: Session, actor: Actor, *, coexistence: bool = False) -> str:
    """The address of Meta's dialog; it sends the browser back to BACK with a code. With
    `coexistence` it is the one for a number that stays in the WhatsApp Business app.

    Raises Forbidden, Conflict where it is not set up.
    """
    actor.require(Permission.MANAGE_NUMBERS)
    chosen = settings()
    if not chosen.app_id or not chosen.config_id:
        raise Conflict("Connecting with Meta needs WHATSAPP_APP_ID and WHATSAPP_CONFIG_ID.")
    query = {
        "client_id": chosen.app_id,
        "config_id": chosen.config_id,
        "response_type": "code",
        "override_default_response_type": "true",
        "redirect_uri": chosen.base_url + BACK,
        "state": _state(actor, coexistence=coexistence),
    }
    if coexistence:
        query["extras"] = _COEXISTENCE
    return f"https://www.facebook.com/{chosen.graph_version}/dialog/oauth?{urlencode(query)}"


def prepare_return(session: Session, actor: Actor, *, code: str, state: str) -> Asked:
    """As `prepare`, for a browser that came back from the dialog which this person opened.

    Raises Invalid for another one's.
    """
    actor.require(Permission.MANAGE_NUMBERS)
    for coexistence in (False, True):
        opened = _state(actor, coexistence=coexistence)
        if hmac.compare_digest(state.encode(), opened.encode()):
            back = settings().base_url + BACK
            return prepare(session, actor, code=code, redirect_uri=back, coexistence=coexistence)
    raise Invalid("This is not the dialog that you opened. Press Connect with Meta again.")


def prepare(
    session: Session,
    actor: Actor,
    *,
    code: str,
    waba_id: str = "",
    phone_number_id: str = "",
    pin: str = "",
    coexistence: bool = False,
    redirect_uri: str = "",
) -> Asked:
    """What to carry through. Raises Forbidden, Invalid naming the field, Conflict where the
    platform has no Meta app or the plan has no room."""
    actor.require(Permission.MANAGE_NUMBERS)
    code = code.strip()
    if not 1 <= len(code) <= 4096 or not code.isascii() or not code.isprintable():
        raise Invalid("Send the code that Meta's dialog gave.", field="code")
    if pin and not _PIN.fullmatch(pin):
        raise Invalid("A PIN has six digits.", field="pin")
    waba_id = waba_id and accounts.graph_id(waba_id, "waba_id")
    phone_number_id = phone_number_id and accounts.graph_id(phone_number_id, "phone_number_id")
    if not settings().app_id or not settings().app_secret:
        raise Conflict(
            "Connecting with Meta is not set up here: WHATSAPP_APP_ID and WHATSAPP_APP_SECRET are"
            " needed. Connect the number by hand instead."
        )
    digest = hash_token(code)
    row = _signup(session, actor, digest)
    known = row is not None and _account(session, actor, row.account_id) is not None
    if not known and _numbered(session, actor, phone_number_id) is None:
        plans.require_room(session, actor, "numbers")
    token = "" if row is None else vault.open_sealed(row.token_sealed, place=place(row))
    return Asked(
        code=code,
        code_hash=digest,
        waba_id=waba_id,
        phone_number_id=phone_number_id,
        pin=pin,
        coexistence=coexistence,
        redirect_uri=redirect_uri[:500],
        token=token,
        account_id=row.account_id if row is not None and known else None,
    )


def record(session: Session, actor: Actor, progress: Progress) -> Connected:
    """Connects the number, or keeps how far it came; then `failure` says what is to be done."""
    actor.require(Permission.MANAGE_NUMBERS)
    row = _kept(session, actor, progress)
    through = _account(session, actor, row.account_id) if row is not None else None
    if through is not None:
        return Connected(accounts.item(through), None, progress.notes)
    if progress.failure is not None or row is None:
        return Connected(None, None, progress.notes, progress.failure)
    try:
        with session.begin_nested():
            account = _connect(session, actor, progress)
    except BotpeError as error:
        return Connected(None, None, progress.notes, error)
    row.account_id = account.id
    session.add(row)
    session.flush()
    return Connected(accounts.item(account), progress.pin, progress.notes)


def _connect(session: Session, actor: Actor, progress: Progress) -> WhatsAppAccount:
    number = progress.number
    if number is None or not number.display_phone_number:
        raise Unavailable("Meta does not tell the phone number yet. Send the same code again.")
    connected = accounts.connect(
        session,
        actor,
        waba_id=progress.waba_id,
        phone_number_id=number.id,
        phone=number.display_phone_number,
        token=progress.token,
        name=number.verified_name[:80],
    )
    row = get(session, actor, WhatsAppAccount, connected.id)
    row.coexistence = progress.asked.coexistence
    if row.coexistence:
        row.messages_per_second = min(row.messages_per_second, _SLOW)
    found = account_checks.Found(
        valid=True,
        scopes=list(SCOPES),
        granted=True,
        number=True,
        listed=True,
        subscribed=True,
        shown=number.display_phone_number,
        status=number.status if progress.asked.coexistence else "CONNECTED",
        platform=number.platform_type,
        verification=number.code_verification_status,
    )
    question = account_checks.question_of(row)
    account_checks.keep(row, account_checks.Answer(question, found, number, progress.expires_at))
    session.add(row)
    session.flush()
    return row


def _kept(session: Session, actor: Actor, progress: Progress) -> WhatsAppSignup | None:
    """The signup's row with the newest token; None if it never had one."""
    row = _signup(session, actor, progress.asked.code_hash, lock=True)
    if row is None and progress.token:
        row = WhatsAppSignup(
            organization_id=actor.organization_id,
            code_hash=progress.asked.code_hash,
            token_sealed="",
        )
        row.token_sealed = vault.seal(progress.token, place=place(row))
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # its twin was quicker
            row = _signup(session, actor, progress.asked.code_hash, lock=True)
    return row


def _signup(
    session: Session, actor: Actor, digest: bytes, *, lock: bool = False
) -> WhatsAppSignup | None:
    wanted = select(WhatsAppSignup).where(
        WhatsAppSignup.organization_id == actor.organization_id,
        WhatsAppSignup.code_hash == digest,
    )
    return session.exec(wanted.with_for_update() if lock else wanted).first()


def _account(session: Session, actor: Actor, account_id: UUID | None) -> WhatsAppAccount | None:
    if account_id is None:
        return None
    return session.get(WhatsAppAccount, (actor.organization_id, account_id))


def _numbered(session: Session, actor: Actor, phone_number_id: str) -> WhatsAppAccount | None:
    ours = select(WhatsAppAccount).where(
        WhatsAppAccount.organization_id == actor.organization_id,
        WhatsAppAccount.phone_number_id == phone_number_id,
    )
    return session.exec(ours).first()


def _state(actor: Actor, *, coexistence: bool) -> str:
    kind = "coexistence" if coexistence else "signup"
    who = f"{kind}:{actor.organization_id}:{actor.user_id}"
    return hmac.new(settings().secret_key.encode(), who.encode(), hashlib.sha256).hexdigest()


def place(row: WhatsAppSignup) -> str:
    """Where a sign-up's token is sealed to (see `vault`)."""
    return f"whatsapp_signups:{row.organization_id}:{row.id}"
