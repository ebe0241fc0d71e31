"""What stands in a campaign's way, and what to know before it is launched."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from math import ceil
from typing import Any

from botpe_app.core import tiers
from botpe_app.core.significance import FEWEST
from botpe_app.models import Campaign, WhatsAppAccount
from botpe_app.services import campaign_links
from botpe_app.services.campaign_parts import Part
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.templates import ERROR, WARNING, Problem
from botpe_app.whatsapp.templates.filling import lacking

_ADDRESS = re.compile(r"https?://[^\s{]")
_LONG_SECONDS = 600


def audience_field(row: Campaign) -> str:
    """The field that says whom it is for."""
    return "contact_ids" if row.segment_id is None else "segment_id"


def obstacles(account: WhatsAppAccount, parts: Sequence[Part], now: datetime) -> list[Problem]:
    """What keeps it from being sent to anybody."""
    found: list[Problem] = []
    for place, part in enumerate(parts):
        where = f"variants[{place}]." if len(parts) > 1 else ""
        template = part.template
        if template.status != "APPROVED":
            words = f"The template is {template.status}; only an APPROVED one can be sent."
            found.append(Problem(f"{where}template_id", ERROR, words))
        found += _dead_links(part, where)
        lacks, why = lacking(template.components, part.variables, now)
        if why:
            found.append(Problem(f"{where}variables.{lacks}", ERROR, why))
    if account.status != "connected":
        words = f"The number is {account.status}: {account.paused_reason or 'by hand'}."
        found.append(Problem("account_id", ERROR, words))
    return found


def _dead_links(part: Part, where: str) -> list[Problem]:
    """Counted buttons that are not told where they lead."""
    return [
        Problem(f"{where}variables.{of}", ERROR, "Say where the button leads: https://…")
        for of, name in campaign_links.counted(part.template.components)
        if not _ADDRESS.match(loose.text(loose.mapping(part.variables, of), name))
    ]


def warnings(
    row: Campaign,
    account: WhatsAppAccount,
    parts: Sequence[Part],
    markets: Counter[tuple[str, str]],
    seconds: int,
) -> list[Problem]:
    """What to know before it is launched; an error only if nobody would get it."""
    marketing_to_america = markets["North America", "MARKETING"]
    limit, eligible = tiers.per_day(account.messaging_limit), sum(markets.values())
    qualities = {account.quality, *(part.template.quality for part in parts)}
    whom = audience_field(row)
    checks: list[tuple[Any, str, str, str]] = [
        (not markets, whom, ERROR, "Nobody would get it."),
        (
            bool(qualities & {"YELLOW", "RED"}),
            "account_id",
            WARNING,
            "The quality of the number or the template has dropped: Meta may pause it.",
        ),
        (
            marketing_to_america,
            whom,
            WARNING,
            f"{marketing_to_america} numbers begin with +1: Meta delivers no marketing to the"
            " United States.",
        ),
        (
            account.messaging_limit is None or account.quality is None,
            "account_id",
            WARNING,
            "WhatsApp has not told this number's daily limit or quality yet: no limit is assumed.",
        ),
        (
            bool(limit and eligible > limit),
            "account_id",
            WARNING,
            f"The number may write first to {limit or 0:,} people a day; more wait for the next.",
        ),
        (
            len(parts) > 1 and 0 < eligible < FEWEST * len(parts),
            "variants",
            WARNING,
            f"Fewer than {FEWEST} people get each variant: that will not tell which is better.",
        ),
        (
            seconds > _LONG_SECONDS,
            "rate_per_second",
            WARNING,
            f"It takes about {ceil(seconds / 60)} minutes. 100,000 messages in ten minutes need"
            " three numbers of 80 a second, or one of 1,000.",
        ),
    ]
    return [Problem(field, severity, words) for holds, field, severity, words in checks if holds]
