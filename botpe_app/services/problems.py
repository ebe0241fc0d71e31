"""Everything that needs a person now, each with its mend in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from botpe_app.core.permissions import Permission
from botpe_app.services import account_steps, accounts
from botpe_app.services.access import Actor
from botpe_app.services.views import AccountItem, Problem
from botpe_app.whatsapp.errors import policy

LOOKS_BACK = timedelta(days=7)
_LATE = timedelta(minutes=2)
_NUMBERS = "/settings/numbers"
_MAIL_MEND = "See that the address is right and SMTP_URL's server takes mails; then send it anew."
_PROBABLY = "WhatsApp's answer was lost. They probably arrived; open them to send again."

_NOTICES = text(
    "select account_id, kind, title, mend from account_notices"
    " where organization_id = :organization and (until is null or until > :now) order by at desc"
)
_FAILED = text(
    "select error_code as code, min(error_title) as title, count(*) as times from messages"
    " where organization_id = :organization and created_at >= :since and direction = 'outgoing'"
    " and status = 'failed' group by 1 order by 3 desc, 1 limit 20"
)
_UNCERTAIN = text(
    "select count(*) from messages where organization_id = :organization"
    " and direction = 'outgoing' and status = 'uncertain'"
)
_LATE_ONES = text(
    "select count(*) from messages m join whatsapp_accounts a"
    " on a.organization_id = m.organization_id and a.id = m.account_id and a.status = 'connected'"
    " where m.organization_id = :organization and m.direction = 'outgoing'"
    " and m.status = 'queued' and m.created_at < :late"
    " and (m.next_try_at is null or m.next_try_at < :late)"
)
_MAILS = text(
    "select count(*) as times, count(invitation_id) as invitations,"
    " (array_agg(problem order by created_at desc))[1] as problem from mails"
    " where organization_id = :organization and next_at is null and created_at >= :since"
)


def list_problems(session: Session, actor: Actor, *, now: datetime) -> list[Problem]:
    """What is wrong now, the gravest first: numbers, what did not arrive, what waits too long."""
    actor.require(Permission.READ)
    numbers = accounts.list_accounts(session, actor)
    values: dict[str, Any] = {
        "organization": actor.organization_id,
        "now": now,
        "since": now - LOOKS_BACK,
        "late": now - _LATE,
    }
    connection = session.connection()
    found = [problem for number in numbers for problem in _of_number(number, now)]
    names = {number.id: number.name for number in numbers}
    for row in connection.execute(_NOTICES, values).mappings():
        number = str(row["account_id"])
        title = f"{names.get(number, 'A number')}: {row['title']}"
        found.append(Problem(title, row["mend"], f"{_NUMBERS}/{number}", row["kind"], number))
    if late := connection.execute(_LATE_ONES, values).scalar_one():
        mend = "Run `botpe doctor`: it says which process is missing."
        found.append(
            Problem(f"{late} wait too long to be sent", mend, "/inbox", "late", count=late)
        )
    if unsure := connection.execute(_UNCERTAIN, values).scalar_one():
        found.append(Problem(f"{unsure} uncertain", _PROBABLY, "/inbox", "uncertain", count=unsure))
    mails = connection.execute(_MAILS, values).mappings().one()
    if times := mails["times"]:
        title = f"{times} {'mail' if times == 1 else 'mails'} not sent: {mails['problem']}"
        link = "/settings/people" if mails["invitations"] else "/inbox"
        found.append(Problem(title, _MAIL_MEND, link, "mail", count=times))
    found += [_failed(row) for row in connection.execute(_FAILED, values).mappings()]
    return found


def _of_number(number: AccountItem, now: datetime) -> list[Problem]:
    found, link = list[Problem](), f"{_NUMBERS}/{number.id}"
    if number.status == accounts.PAUSED:
        why = number.paused_reason or "The number is paused."
        found.append(Problem(f"{number.name} does not send", why, link, "paused", number.id))
    if soon := account_steps.expiry(number.token_expires_at, now):
        title = f"{number.name}: {soon[0].lower()}{soon[1:]}"
        found.append(Problem(title, account_steps.RENEW, link, "token", number.id))
    if number.quality == "RED":
        mend = "Stop campaigns for some days; write only to people who asked for it."
        title = f"{number.name}: its quality is low"
        found.append(Problem(title, mend, link, "quality", number.id))
    return found


def _failed(row: Any) -> Problem:
    code, times = row["code"] or 0, row["times"]
    title = f"{times} not delivered: {row['title'] or 'WhatsApp gave no reason'}"
    mend = policy(code).advice if code > 0 else "Open them to see the reason."
    return Problem(title, mend, "/inbox", "failed", count=times)
