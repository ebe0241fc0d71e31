"""Looking at a number's setup: prepare, ask, record.

`prepare` and `record` belong into transactions, the asking between them into none. What Meta does
not tell stays unknown and breaks nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from botpe_app import live
from botpe_app.config import settings
from botpe_app.core import tiers
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid, Misconfigured, Unavailable
from botpe_app.models import WhatsAppAccount
from botpe_app.models.base import utc_now
from botpe_app.services import accounts
from botpe_app.services.access import Actor, get
from botpe_app.services.account_steps import Setup, setup_of
from botpe_app.services.signup_steps import app_token
from botpe_app.whatsapp.business import GraphBusiness
from botpe_app.whatsapp.client import GraphRefused, PhoneNumber
from botpe_app.whatsapp.setup import GraphSetup, TokenFacts

FRESH = timedelta(seconds=20)  # Meta counts these requests: looking again this soon asks nothing
_PATIENCE = 8.0
_PACE = 80  # the default; another one was chosen by somebody, and stays
_TOKEN_LOST = frozenset((0, 102, 104, 190))
_QUALITIES = frozenset(("GREEN", "YELLOW", "RED"))


class Looker(GraphSetup, GraphBusiness):
    """All that is asked when a setup is looked at."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which number to ask about; without a token nothing can be asked."""

    account_id: UUID
    waba_id: str
    phone_number_id: str
    token: str
    sealed: str  # the token as it was kept


@dataclass(slots=True)
class Found:
    """What Meta answered, as it is kept beside the number; None is not known."""

    opens: bool = True  # whether our keys open the kept token
    valid: bool | None = None
    scopes: list[str] | None = None
    granted: bool | None = None  # whether the token was granted the business account
    number: bool | None = None  # whether the token sees the number
    listed: bool | None = None  # whether the business account lists it
    subscribed: bool | None = None
    override: str = ""  # the web address its webhooks go to, if not the app's
    shown: str = ""
    status: str = ""
    platform: str = ""
    verification: str = ""
    health: str = ""  # AVAILABLE, LIMITED, BLOCKED
    advice: str = ""  # what Meta advises about it
    said: dict[str, str] = field(default_factory=dict[str, str])  # Meta's words, by what was asked


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, with what is kept in columns of its own."""

    question: Question
    found: Found
    number: PhoneNumber | None = None
    expires_at: datetime | None = None


def prepare(session: Session, actor: Actor, account_id: UUID | str) -> Question | None:
    """What to ask; None if it was asked a moment ago. Raises Forbidden, NotFound."""
    actor.require(Permission.READ)
    row = get(session, actor, WhatsAppAccount, account_id)
    if row.checked_at is not None and utc_now() - row.checked_at < FRESH:
        return None
    return question_of(row)


def question_of(row: WhatsAppAccount) -> Question:
    """What to ask about a number."""
    try:
        token = accounts.token_of(row)
    except Misconfigured:
        token = ""
    return Question(row.id, row.waba_id, row.phone_number_id, token, row.token_sealed)


def open_question(session: Session, actor: Actor, account_id: UUID | str) -> Question:
    """What to ask about a number whose token still opens. Raises NotFound, Conflict."""
    question = question_of(get(session, actor, WhatsAppAccount, account_id))
    if not question.token:
        raise Conflict("The number's token does not open any more. Enter a new one first.")
    return question


def ask(question: Question | None) -> Answer | None:
    """What Meta says of the setup; never raises what Meta answers."""
    if question is None:
        return None
    if not question.token:
        return Answer(question, Found(opens=False))
    with _graph(question.token) as graph:
        return _look(graph, question)


def prepare_subscription(session: Session, actor: Actor, account_id: UUID | str) -> Question:
    """Whose business account to subscribe to. Raises Forbidden, NotFound, Conflict."""
    actor.require(Permission.MANAGE_NUMBERS)
    return open_question(session, actor, account_id)


def subscribe(question: Question) -> Answer:
    """Has Meta send the account's news to us, then looks. Raises GraphRefused, Unavailable."""
    with _graph(question.token) as graph:
        graph.subscribe(question.waba_id)
        return _look(graph, question)


def record(session: Session, actor: Actor, account_id: UUID | str, answer: Answer | None) -> Setup:
    """Keeps what was found and tells the steps; a token that changed meanwhile is looked at anew.

    Raises NotFound.
    """
    row = get(session, actor, WhatsAppAccount, account_id)
    if answer is not None and answer.question.sealed == row.token_sealed:
        keep(row, answer)
        session.add(row)
        session.flush()
        live.publish(session, actor.organization_id, "accounts")
    return setup_of(row, now=utc_now())


def kept(session: Session, actor: Actor, account_id: UUID | str) -> Setup:
    """The steps as they were last found, without asking. Raises Forbidden, NotFound."""
    actor.require(Permission.READ)
    return setup_of(get(session, actor, WhatsAppAccount, account_id), now=utc_now())


def keep(row: WhatsAppAccount, answer: Answer) -> None:
    """Writes what was found beside the number; what was not told stays as it was known."""
    row.found, row.checked_at = asdict(answer.found), utc_now()
    if answer.found.valid is not None:
        row.token_expires_at = answer.expires_at
    number = answer.number
    if number is None:
        return
    row.verified_name = number.verified_name or row.verified_name
    row.name_status = number.name_status or row.name_status
    row.messaging_limit = tiers.tier(number.messaging_limit) or row.messaging_limit
    if number.quality_rating in _QUALITIES:
        row.quality = number.quality_rating
    if row.messages_per_second == _PACE and number.messages_per_second:
        row.messages_per_second = number.messages_per_second


def prepare_token(
    session: Session,
    actor: Actor,
    account_id: UUID | str,
    *,
    token: str | None = None,
    **_others: Any,
) -> Question | None:
    """What to ask about a new token; None where none is given. Raises Forbidden, NotFound,
    Invalid for what cannot be a token."""
    actor.require(Permission.MANAGE_NUMBERS)
    row = get(session, actor, WhatsAppAccount, account_id)
    if token is None:
        return None
    return Question(row.id, row.waba_id, row.phone_number_id, accounts.readable_token(token), "")


def verify_token(question: Question | None) -> Answer | None:
    """What Meta says of a new token. Raises Invalid if Meta says that it is none."""
    answer = ask(question)
    if answer is not None and (why := _no_good(answer.found)):
        raise Invalid(f"Meta does not accept this token: {why}", field="token")
    return answer


def record_token(
    session: Session, actor: Actor, account_id: UUID | str, answer: Answer | None
) -> None:
    """Keeps what was found of a new token, which is kept already. Raises NotFound."""
    if answer is not None:
        row = get(session, actor, WhatsAppAccount, account_id)
        keep(row, answer)
        session.add(row)
        session.flush()


def _graph(token: str) -> Looker:
    return Looker(settings().graph_url, settings().graph_version, token, patience=_PATIENCE)


def _look(graph: Looker, question: Question) -> Answer:
    found, told = Found(), dict[str, Any]()
    for name, look in _LOOKS.items():
        try:
            look(graph, question, found, told)
        except GraphRefused as error:
            _heed(found, name, error)
        except Unavailable as error:
            found.said["graph"] = error.message
            break  # the rest would only wait as long
    return Answer(question, found, told.get("number"), told.get("expires_at"))


def _heed(found: Found, asked: str, error: GraphRefused) -> None:
    found.said[asked] = (error.refused.details or error.refused.title)[:300]
    if asked == "number" and error.refused.code == 100:
        found.number = False
    # Asking about the token may be refused for the app's own sake.
    if asked != "token" and error.refused.code in _TOKEN_LOST:
        found.valid = False


def _no_good(found: Found) -> str:
    if found.valid is False:
        return found.said.get("token") or "it is not valid any more."
    if found.granted is False:
        return "it was not granted this number's business account."
    return ""


def _token(graph: Looker, asked: Question, found: Found, told: dict[str, Any]) -> None:
    facts: TokenFacts = graph.inspect(asked.token, app_token() or asked.token)
    found.valid, told["expires_at"] = facts.valid, facts.expires_at
    found.scopes = None if facts.scopes is None else list(facts.scopes)
    found.granted = None if facts.wabas is None else asked.waba_id in facts.wabas
    if facts.said:
        found.said["token"] = facts.said[:300]


def _number(graph: Looker, asked: Question, found: Found, told: dict[str, Any]) -> None:
    number = graph.phone_number(asked.phone_number_id)
    told["number"], found.number = number, True
    found.shown, found.status = number.display_phone_number, number.status
    found.platform, found.verification = number.platform_type, number.code_verification_status


def _listing(graph: Looker, asked: Question, found: Found, _: dict[str, Any]) -> None:
    listed = graph.phone_numbers(asked.waba_id)
    found.listed = asked.phone_number_id in listed if listed else None


def _subscription(graph: Looker, asked: Question, found: Found, _: dict[str, Any]) -> None:
    found.subscribed = graph.is_subscribed(asked.waba_id)


def _override(graph: Looker, asked: Question, found: Found, _: dict[str, Any]) -> None:
    found.override = graph.webhook_addresses(asked.phone_number_id).number


def _health(graph: Looker, asked: Question, found: Found, _: dict[str, Any]) -> None:
    health = graph.health(asked.phone_number_id)
    found.health = health.can_send
    for trouble in health.troubles[:1]:
        found.said["health"], found.advice = trouble.said[:300], trouble.advice[:300]


_LOOKS = {
    "token": _token,
    "number": _number,
    "business": _listing,
    "subscription": _subscription,
    "override": _override,
    "health": _health,
}
