"""A number's profile, and what its account's messages cost: prepare, ask, record.

All of it lies at Meta; the profile is kept as it last told, to be shown while it is asked anew.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import Session

from botpe_app.config import settings
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid
from botpe_app.models import WhatsAppAccount
from botpe_app.models.base import utc_now
from botpe_app.services import media
from botpe_app.services.access import Actor, get
from botpe_app.services.account_checks import Question, open_question
from botpe_app.services.credentials import email_address
from botpe_app.services.media import Stored
from botpe_app.storage import storage
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.business import GraphBusiness, Profile, Spent
from botpe_app.whatsapp.client import GraphRefused

Answer = TypeVar("Answer")

VERTICALS = (
    "UNDEFINED", "OTHER", "ALCOHOL", "APPAREL", "AUTO", "BEAUTY", "EDU", "ENTERTAIN",
    "EVENT_PLAN", "FINANCE", "GOVT", "GROCERY", "HEALTH", "HOTEL", "MATRIMONY_SERVICE",
    "NONPROFIT", "ONLINE_GAMBLING", "OTC_DRUGS", "PHYSICAL_GAMBLING", "PROF_SERVICES",
    "RESTAURANT", "RETAIL", "TRAVEL",
)  # fmt: skip
LONGEST = {"about": 139, "address": 256, "description": 512}
LONGEST_SPAN = timedelta(days=366)
_PICTURES = ("image/jpeg", "image/png")
_LARGEST_PICTURE = 5 * 2**20
_FILE = "picture"


@dataclass(frozen=True, slots=True)
class Change:
    """What to change of a profile."""

    question: Question
    changes: dict[str, Any] = field(default_factory=dict[str, Any])
    picture: Stored | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Which costs are asked for."""

    question: Question
    start: datetime
    end: datetime
    monthly: bool


def prepare_profile(session: Session, actor: Actor, account_id: UUID | str) -> Question:
    """Whose profile to read. Raises Forbidden, NotFound, Conflict."""
    actor.require(Permission.READ)
    return open_question(session, actor, account_id)


def profile(question: Question) -> Profile:
    """What customers see of the number. Raises GraphRefused, Unavailable."""
    with graph_of(question) as graph:
        return graph.profile(question.phone_number_id)


def keep(
    session: Session,
    actor: Actor,
    account_id: UUID | str,
    told: Profile,
    picture: str | None = None,
) -> Profile:
    """Keeps what Meta told of a profile, and which file of ours its picture was made of.

    Raises Forbidden, NotFound.
    """
    actor.require(Permission.READ)
    row = get(session, actor, WhatsAppAccount, account_id)
    file = (picture or row.profile.get(_FILE, "")) if told.picture_url else ""
    row.profile = {**asdict(told), "websites": list(told.websites), _FILE: file}
    session.add(row)
    session.flush()
    return told


def kept(session: Session, actor: Actor, account_id: UUID | str) -> tuple[Profile, str] | None:
    """The profile as Meta last told, with the id of its picture's file, "" if that is not ours.

    None if it was not asked yet. Raises Forbidden, NotFound.
    """
    actor.require(Permission.READ)
    told = dict(get(session, actor, WhatsAppAccount, account_id).profile)
    if not told:
        return None
    file, sites = told.pop(_FILE), told.pop("websites")
    return Profile(**told, websites=tuple(sites)), file


def prepare_change(session: Session, actor: Actor, account_id: UUID | str, **fields: Any) -> Change:
    """What to change. Raises Forbidden, NotFound, Conflict, Invalid naming field and limit."""
    actor.require(Permission.MANAGE_NUMBERS)
    question = open_question(session, actor, account_id)
    checked = {name: _CHECKS[name](value) for name, value in fields.items() if name in _CHECKS}
    picture = None
    if fields.get("picture") is not None:
        picture = media.stored(session, actor, fields["picture"])
        if picture.mime_type not in _PICTURES or (picture.size or 0) > _LARGEST_PICTURE:
            raise Invalid("A picture is a JPEG or PNG of up to 5 MB.", field="picture")
        _require_app()
    return Change(question, checked, picture)


def change_profile(change: Change) -> Profile:
    """Changes the profile, and what it is then. Raises Invalid, GraphRefused, Unavailable."""
    question, changes = change.question, dict(change.changes)
    with graph_of(question) as graph:
        if change.picture is not None:
            changes["profile_picture_handle"] = upload(graph, change.picture)
        try:
            if changes:
                graph.change_profile(question.phone_number_id, changes)
        except GraphRefused as error:
            if error.refused.code == 100:
                raise Invalid(error.refused.details or error.refused.title) from error
            raise
        return graph.profile(question.phone_number_id)


def upload(graph: GraphBusiness, file: Stored) -> str:
    """Meta's handle of a file of ours. Raises GraphRefused, Unavailable."""
    with tempfile.TemporaryFile() as content:
        for chunk in storage().read(file.key):
            content.write(chunk)
        content.seek(0)
        return graph.upload_sample(settings().app_id, file.filename, file.mime_type, content.read())


def prepare_spending(
    session: Session,
    actor: Actor,
    account_id: UUID | str,
    *,
    start: date | None = None,
    end: date | None = None,
    monthly: bool = False,
) -> Span:
    """Which costs to ask for: 30 days to now unless said otherwise; `end` is not counted.

    Raises Forbidden, NotFound, Conflict, Invalid naming the field.
    """
    actor.require(Permission.READ)
    question = open_question(session, actor, account_id)
    today = utc_now().date()
    for name, day in (("start", start), ("end", end)):
        if day is not None and not 2015 <= day.year <= today.year + 1:
            raise Invalid("Meta tells a year back at most.", field=name)
    end = end or today + timedelta(days=1)
    start = start or end - timedelta(days=30)
    if not start < end:
        raise Invalid("The end must come after the start.", field="end")
    if end - start > LONGEST_SPAN or today - start > LONGEST_SPAN:
        raise Invalid("Meta tells a year back at most.", field="start")
    return Span(question, _midnight(start), _midnight(end), monthly)


def spending(span: Span) -> list[Spent]:
    """What Meta tells of the costs. Raises GraphRefused, Unavailable."""
    with graph_of(span.question) as graph:
        waba = span.question.waba_id
        return graph.spent(waba, span.start, span.end, monthly=span.monthly)


def _require_app() -> None:
    if not settings().app_id:
        raise Conflict("Files for Meta's review need WHATSAPP_APP_ID to be set.")


def graph_of(question: Question) -> GraphBusiness:
    """The Graph API with the number's token."""
    return GraphBusiness(
        settings().graph_url, settings().graph_version, question.token, patience=20.0
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _text(name: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        words = str(value or "").strip()
        if len(words) > LONGEST[name]:
            raise Invalid(f"At most {LONGEST[name]} characters.", field=name)
        if name == "about" and not words:
            raise Invalid("About cannot be empty: 1 to 139 characters.", field=name)
        return words

    return check


def _email(value: Any) -> str:
    return email_address(value) if value else ""


def _websites(value: Any) -> list[str]:
    given: list[Any] = loose.listing({"websites": value}, "websites")
    sites = [site for each in given if (site := str(each).strip())]
    if len(sites) > 2:
        raise Invalid("At most two websites.", field="websites")
    for site in sites:
        if not site.startswith(("http://", "https://")) or len(site) > 256:
            raise Invalid(
                "A website begins with https:// and has up to 256 characters.", field="websites"
            )
    return sites


def _vertical(value: Any) -> str:
    if value not in VERTICALS:
        raise Invalid(f"One of {', '.join(VERTICALS)}.", field="vertical")
    return value


_CHECKS: dict[str, Callable[[Any], Any]] = {
    **{name: _text(name) for name in LONGEST},
    "email": _email,
    "websites": _websites,
    "vertical": _vertical,
}
