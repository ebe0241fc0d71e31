"""When a running campaign must stop by itself: what to look at, and the words to say why."""

from __future__ import annotations

from typing import Any, LiteralString, NamedTuple
from uuid import UUID

import psycopg

from botpe_app.services.outbox_refusals import SKIPS
from botpe_app.whatsapp.errors import policy

Connection = psycopg.Connection[Any]

FEWEST = 50  # finished messages that say something about a campaign
MOST_FAILED = 0.4  # of them
_STOPPERS = ("campaign", "number")
_NOT_ALONE = {130497}  # one recipient's country stops nobody else's message

# Since it began or was resumed: who resumes it knows of what was before.
_FAILURES: LiteralString = """
select coalesce(m.error_code, 0), count(*)::int from messages m
where m.organization_id = %(organization)s and m.sent_by_kind = 'campaign'
  and m.sent_by_id = %(campaign)s and m.status = 'failed' and m.failed_at > %(since)s
  and not coalesce(m.error_code, 0) = any(%(skips)s)
group by 1 order by 2 desc
"""
_SENT: LiteralString = """
select count(*)::int from (select from messages m
  where m.organization_id = %(organization)s and m.sent_by_kind = 'campaign'
    and m.sent_by_id = %(campaign)s and m.status in ('sent', 'delivered', 'read', 'held')
    and m.sent_at > %(since)s limit %(limit)s) sent
"""


class Standing(NamedTuple):
    """How a campaign's number and template are doing."""

    number_sends: bool
    number_reason: str | None
    number_quality: str | None
    template_status: str
    template_quality: str | None
    seen_quality: str  # of both when it began or was resumed


def quality(number: str | None, template: str | None) -> str:
    """Both qualities as a campaign remembers them."""
    return f"{number or ''} {template or ''}"


def of_standing(now: Standing) -> str:
    """Why the campaign cannot go on as number and template are now; "" if it can."""
    if now.template_status != "APPROVED":
        return f"The template is {now.template_status}; only an APPROVED one can be sent."
    if not now.number_sends:
        return f"The number is paused: {now.number_reason or 'by hand'}."
    number, _, template = now.seen_quality.partition(" ")
    for what, was, is_ in (
        ("number", number, now.number_quality),
        ("template", template, now.template_quality),
    ):
        if is_ == "RED" and was != "RED":
            return f"The quality of the {what} has dropped to RED: people block or report it."
    return ""


def of_failures(
    connection: Connection, organization_id: UUID, campaign_id: UUID, since: object
) -> str:
    """Why the campaign must stop for what failed since then; "" if it need not."""
    about = {"organization": organization_id, "campaign": campaign_id, "since": since}
    found = connection.execute(_FAILURES, {**about, "skips": list(SKIPS)}).fetchall()
    for code, _ in found:
        stops = policy(code)
        if stops.pause in _STOPPERS and code not in _NOT_ALONE:
            return f"{stops.title}. {stops.advice}"
    failed = sum(count for _, count in found)
    if failed < FEWEST * MOST_FAILED:
        return ""
    enough = int(failed / MOST_FAILED) + 1
    row = connection.execute(_SENT, {**about, "limit": enough}).fetchone()
    finished = failed + (row[0] if row else 0)
    if finished < FEWEST or failed < MOST_FAILED * finished:
        return ""
    worst = policy(found[0][0])
    return f"{round(100 * failed / finished)} % failed, mostly: {worst.title}. {worst.advice}"
