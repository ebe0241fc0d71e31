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
# Of the first few: whose failed, and who blocked the business or stopped marketing since.
_CANARY: LiteralString = """
select count(*)::int,
  count(*) filter (where m.status in ('queued', 'claimed', 'sending'))::int,
  count(*) filter (where m.status = 'failed' and not m.error_code = any(%(skips)s))::int,
  count(*) filter (where k.blocked_at > m.created_at
    or k.marketing_opted_out_at > m.created_at)::int
from messages m
left join contacts k on k.organization_id = m.organization_id and k.id = m.contact_id
where m.organization_id = %(organization)s and m.sent_by_kind = 'campaign'
  and m.sent_by_id = %(campaign)s
"""
CANARY_FAILED, CANARY_GONE, CANARY_FEWEST = 0.1, 0.05, 2


class Canary(NamedTuple):
    """How those do who got it first."""

    messages: int
    unsent: int
    failed: int
    gone: int  # blocked the business or stopped marketing

    def verdict(self) -> str:
        """Why the rest should not get it; "" if they may."""
        share = f"Of the first {self.messages}, "
        if self.failed >= CANARY_FEWEST and self.failed > CANARY_FAILED * self.messages:
            return f"{share}{self.failed} failed. Look at the errors before the rest gets it."
        if self.gone >= CANARY_FEWEST and self.gone > CANARY_GONE * self.messages:
            return f"{share}{self.gone} blocked the business or stopped marketing."
        return ""


def canary(connection: Connection, organization_id: UUID, campaign_id: UUID) -> Canary:
    """How the first few of a campaign do."""
    about = {"organization": organization_id, "campaign": campaign_id, "skips": list(SKIPS)}
    row = connection.execute(_CANARY, about).fetchone()
    return Canary(*row) if row else Canary(0, 0, 0, 0)


class Standing(NamedTuple):
    """How a campaign's number and template are doing."""

    number_sends: bool
    number_reason: str | None
    number_quality: str | None
    templates: list[tuple[str, str | None]]  # status and quality of each variant's
    seen_quality: str  # of all when it began or was resumed


def quality(*qualities: str | None) -> str:
    """The number's and the templates' as a campaign remembers them."""
    return " ".join(each or "-" for each in qualities)


def of_standing(now: Standing) -> str:
    """Why the campaign cannot go on as number and template are now; "" if it can."""
    for status, _ in now.templates:
        if status != "APPROVED":
            return f"The template is {status}; only an APPROVED one can be sent."
    if not now.number_sends:
        return f"The number is paused: {now.number_reason or 'by hand'}."
    qualities = [now.number_quality, *(quality for _, quality in now.templates)]
    for place, (was, is_) in enumerate(zip(now.seen_quality.split(), qualities, strict=False)):
        what = "template" if place else "number"
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
