"""What embedded signup asks of Meta, step by step (Cloud API docs, "Embedded Signup")."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from botpe_app.config import settings
from botpe_app.errors import BotpeError, Invalid
from botpe_app.whatsapp.client import GraphRefused, PhoneNumber
from botpe_app.whatsapp.setup import SCOPES, GraphSetup

_PIN_WRONG = frozenset((133005, 133006, 133008, 133009))
_AGAIN = "Then send the same code again: it goes on here."


class SignupFailed(BotpeError):
    """A step did not work; the message names it, says why and what to do."""

    def __init__(self, message: str, cause: BotpeError) -> None:
        super().__init__(message, field=cause.field)
        self.code, self.status = cause.code, cause.status


@dataclass(frozen=True, slots=True)
class Asked:
    """A signup to carry through; what the browser says of it is checked against the token."""

    code: str
    code_hash: bytes
    waba_id: str
    phone_number_id: str
    pin: str
    coexistence: bool
    redirect_uri: str = ""  # where the dialog sent the browser back to
    token: str = field(default="", repr=False)  # from an earlier try
    account_id: UUID | None = None  # it is through already


@dataclass(slots=True)
class Progress:
    """How far it came."""

    asked: Asked
    token: str = field(default="", repr=False)
    expires_at: datetime | None = None
    waba_id: str = ""
    number: PhoneNumber | None = None
    pin: str | None = None  # the two-step PIN we chose
    notes: list[str] = field(default_factory=list[str])
    failure: SignupFailed | None = None


def app_token() -> str:
    """The token of the app itself, "" where there is none."""
    return f"{settings().app_id}|{_secret()}" if settings().app_id else ""


def carry_through(asked: Asked) -> Progress:
    """Does the steps that are left; `failure` says at which it stopped."""
    progress = Progress(asked, token=asked.token, waba_id=asked.waba_id)
    if asked.account_id is not None:
        return progress
    for place, (name, work, mend) in enumerate(_STEPS, start=1):
        try:
            work(progress)
        except BotpeError as error:
            said = f"Step {place} of {len(_STEPS)}, {name}: {_why(error)} {mend}"
            progress.failure = SignupFailed(said.strip(), error)
            break
    return progress


def _why(error: BotpeError) -> str:
    if isinstance(error, GraphRefused):
        details = error.refused.details or error.refused.title
        return f"Meta refused it ({details.rstrip('.')})."
    return error.message


def _exchange(progress: Progress) -> None:
    if progress.token:
        return
    try:
        with _graph(app_token()) as graph:
            chosen = settings()
            progress.token = graph.exchange(
                chosen.app_id,
                _secret(),
                progress.asked.code,
                redirect_uri=progress.asked.redirect_uri,
            )
    except GraphRefused as error:
        raise Invalid(_why(error), field="code") from error


def _check(progress: Progress) -> None:
    """The business account is the one the token was granted, whatever the browser says."""
    with _graph(app_token()) as graph:
        facts = graph.inspect(progress.token, app_token())
    if facts.valid is False:
        raise Invalid(facts.said or "Meta says that the token is not valid.", field="code")
    if facts.app_id and facts.app_id != settings().app_id:
        raise Invalid("The token belongs to another app.", field="code")
    missing = [s for s in SCOPES if facts.scopes is not None and s not in facts.scopes]
    if missing:
        raise Invalid(f"It was granted without {' and '.join(missing)}.", field="code")
    progress.expires_at = facts.expires_at
    progress.waba_id = _granted(progress.asked.waba_id, facts.wabas or ())


def _granted(wanted: str, wabas: tuple[str, ...]) -> str:
    if not wanted and len(wabas) == 1:
        return wabas[0]
    if wanted in wabas:
        return wanted
    if not wanted and wabas:
        said = f"Several business accounts were granted: say which ({', '.join(wabas[:5])})."
        raise Invalid(said, field="waba_id")
    raise Invalid("The token was not granted this business account.", field="waba_id")


def _subscribe(progress: Progress) -> None:
    with _graph(progress.token) as graph:
        graph.subscribe(progress.waba_id)


def _choose(progress: Progress) -> None:
    with _graph(progress.token) as graph:
        numbers = graph.numbers(progress.waba_id)
    wanted = progress.asked.phone_number_id
    chosen = [number for number in numbers if wanted in ("", number.id)]
    if len(chosen) == 1:
        progress.number = chosen[0]
    elif chosen:
        ids = ", ".join(f"{n.id} ({n.display_phone_number})" for n in chosen[:5])
        raise Invalid(f"It has several numbers: say which ({ids}).", field="phone_number_id")
    elif wanted:
        raise Invalid("The business account has no such number.", field="phone_number_id")
    else:
        raise Invalid("The business account has no number yet.", field="waba_id")


def _register(progress: Progress) -> None:
    number, asked = progress.number, progress.asked
    if number is None:
        return
    if asked.coexistence:
        _request_history(progress, number)
        return
    if (number.status, number.platform_type) == ("CONNECTED", "CLOUD_API"):
        return
    pin = asked.pin or f"{secrets.randbelow(10**6):06d}"
    try:
        with _graph(progress.token) as graph:
            graph.register(number.id, pin)
    except GraphRefused as error:
        if error.refused.code in _PIN_WRONG:
            raise Invalid(_why(error), field="pin") from error
        raise
    progress.pin = None if asked.pin else pin


def _request_history(progress: Progress, number: PhoneNumber) -> None:
    """Contacts, then chats. Meta gives them once: a refusal costs them, not the connection."""
    try:
        with _graph(progress.token) as graph:
            graph.request_history(number.id, "smb_app_state_sync")
            graph.request_history(number.id, "history")
    except GraphRefused as error:
        progress.notes.append(f"Earlier chats do not come over. {_why(error)}")


def _graph(token: str) -> GraphSetup:
    return GraphSetup(settings().graph_url, settings().graph_version, token, patience=10.0)


def _secret() -> str:
    return settings().app_secret.split(",")[0].strip()


_STEPS: tuple[tuple[str, Callable[[Progress], None], str], ...] = (
    (
        "exchanging the code",
        _exchange,
        "A code works once, for 30 seconds: press Connect with Meta again. If it goes on, compare"
        " WHATSAPP_APP_ID and WHATSAPP_APP_SECRET with Meta's app dashboard.",
    ),
    (
        "checking the token",
        _check,
        "In Meta's dialog choose the business account and allow everything it asks for.",
    ),
    (
        "subscribing to the business account",
        _subscribe,
        f"See that the app has the whatsapp_business_management permission. {_AGAIN}",
    ),
    (
        "finding the number",
        _choose,
        f"Add the number in WhatsApp Manager if it is missing. {_AGAIN}",
    ),
    (
        "registering the number",
        _register,
        "Give the six-digit PIN of its two-step verification, or turn that off in WhatsApp"
        f" Manager. {_AGAIN}",
    ),
)
