"""A dry run as the wizard's last step shows it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from botpe_app.services.campaign_plans import Plan
from botpe_app.ui import words
from botpe_app.ui.campaigns.rows import Line, left_out, share


@dataclass(frozen=True)
class Check:
    """What launching would do."""

    will: str = ""
    of: str = ""
    cost: str = ""
    cost_detail: str = ""
    takes: str = ""
    takes_detail: str = ""
    begins: str = ""
    first: str = ""  # how many get it before the others
    variants: list[Line] = field(default_factory=list[Line])
    zones: list[Line] = field(default_factory=list[Line])
    left_out_words: str = ""
    left_out: list[Line] = field(default_factory=list[Line])
    markets: list[Line] = field(default_factory=list[Line])
    warnings: list[str] = field(default_factory=list[str])
    errors: list[str] = field(default_factory=list[str])
    samples: list[str] = field(default_factory=list[str])


def check(plan: Plan, zone: ZoneInfo, now: datetime) -> Check:
    """A dry run as the wizard's last step shows it."""
    cost, left = plan.estimated_cost, plan.recipients - plan.eligible
    top = ", ".join(f"{line.market} {line.amount:,.2f}" for line in cost.by_market[:2])
    more = len(cost.by_market) - 2
    detail = top + (f" · {more} more" if more > 0 else "")
    return Check(
        will=f"{plan.eligible:,}",
        of=f"of {words.plural(plan.recipients, 'person', 'people')}",
        cost=f"{'$' if cost.currency == 'USD' else cost.currency} {cost.amount:,.2f}",
        cost_detail=detail or "Nobody would get it",
        takes=_takes(plan.estimated_seconds),
        takes_detail="Answers in the inbox always go first",
        begins=_begins(plan, zone, now),
        first=words.plural(plan.canary, "person", "people") if plan.canary else "",
        variants=[
            Line(each.name, f"{each.recipients:,}", "", share(each.recipients, plan.eligible))
            for each in plan.by_variant
        ],
        zones=[
            Line(
                each.zone.replace("_", " "),
                f"{each.recipients:,}",
                words.full(each.begins_at, ZoneInfo(each.zone)),
                share(each.recipients, plan.eligible),
            )
            for each in plan.by_zone
        ],
        left_out=left_out(plan.skipped),
        left_out_words=words.plural(left, "person", "people"),
        markets=[
            Line(
                line.market,
                f"{line.messages:,}",
                f"{line.rate:.4f} each · {line.amount:,.2f}",
                share(line.messages, plan.eligible),
            )
            for line in cost.by_market
        ],
        warnings=[one.message for one in plan.problems if one.severity != "error"],
        errors=[one.message for one in plan.problems if one.severity == "error"],
        samples=[one.rendered for one in plan.sample],
    )


def _takes(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} s"
    minutes, left = divmod(seconds, 60)
    return f"{minutes} min {left} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _begins(plan: Plan, zone: ZoneInfo, now: datetime) -> str:
    at_once = plan.begins_at < now + timedelta(minutes=1)
    return "as soon as you launch it" if at_once else f"on {words.full(plan.begins_at, zone)}"
