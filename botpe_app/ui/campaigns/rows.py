"""What the campaign pages draw, made from services' views. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from botpe_app.services.campaign_reports import Report, Winner
from botpe_app.services.campaign_views import CampaignCounts, CampaignItem, RecipientItem
from botpe_app.ui import words
from botpe_app.ui.components import Series

STATES = {
    "draft": ("Draft", ""),
    "scheduled": ("Scheduled", "info"),
    "running": ("Running", "good"),
    "paused": ("Paused", "warn"),
    "completed": ("Completed", ""),
    "cancelled": ("Cancelled", "bad"),
}
# Why somebody is left out, and what one can do.
REASONS = {
    "no_opt_in": ("Never allowed marketing", "Ask for it, and note it with the contact"),
    "opted_out": ("Stopped marketing", "Nothing: they said no"),
    "variable_missing": ("A variable would be empty", "Give it a fallback"),
    "variable_too_long": ("A variable would be too long", "Shorten the field it comes from"),
    "no_phone": ("No phone number", "Add it to the contact"),
    "blocked": ("Blocked the business", "Nothing: they do not want messages"),
    "barred": ("Blocked by the number", "Let them in again, if you want to write"),
    "unreachable": ("Not reachable on WhatsApp", "Reach them another way"),
    "capped": ("Had enough campaigns lately", "They get it when the cap allows"),
    "contact_gone": ("No longer a contact", "Nothing: they were deleted"),
    "cooling_down": ("Had enough marketing lately", "WhatsApp wants them left alone for now"),
    "duplicate": ("Listed twice", "Nothing: they get it once"),
    "cancelled": ("Cancelled before their turn", "Start another campaign for them"),
}


@dataclass(frozen=True)
class Row:
    """A campaign in the list."""

    id: str
    href: str
    name: str
    state: str
    tone: str
    template: str
    percent: int
    words: str  # how far it is
    at: str
    under_way: bool


@dataclass(frozen=True)
class Line:
    """A line of a table with a bar: how many, and a word beside it."""

    label: str
    count: str
    detail: str
    share: str  # width of its bar, in percent
    tone: str = ""


@dataclass(frozen=True)
class Shown:
    """A campaign that has begun."""

    id: str = ""
    name: str = ""
    state: str = ""
    tone: str = ""
    status: str = ""
    reason: str = ""
    percent: int = 0
    words: str = ""
    begun: str = ""
    ended: str = ""


@dataclass(frozen=True)
class Cause:
    """A kind of failure with what to do."""

    title: str
    mend: str
    count: str
    again: bool


@dataclass(frozen=True)
class Recipient:
    """One recipient and what became of their message."""

    id: str
    href: str
    name: str
    phone: str
    status: str
    tone: str
    why: str
    at: str


def row(item: CampaignItem, templates: Mapping[str, str]) -> Row:
    """A campaign as a row of the list."""
    state, tone = STATES[item.status]
    percent, said = progress(item)
    return Row(
        item.id,
        f"/campaigns?c={item.id}",
        item.name,
        state,
        tone,
        templates.get(item.template_id, ""),
        percent,
        said,
        words.stamp(item.started_at or item.scheduled_at or item.created_at),
        item.status in ("running", "paused"),
    )


def progress(item: CampaignItem) -> tuple[int, str]:
    """How far a campaign is, in percent and in words."""
    counts = item.counts
    if item.status == "draft":
        return 0, "Not sent yet"
    if item.status == "scheduled":
        return 0, "Waits for its time"
    settled = counts.recipients - counts.queued - counts.held
    percent = 100 * settled // counts.recipients if counts.recipients else 100
    said = f"{counts.sent:,} sent · {counts.delivered:,} delivered · {counts.read:,} read"
    return percent, said + (f" · {counts.failed:,} failed" if counts.failed else "")


def shown(item: CampaignItem) -> Shown:
    """A campaign that has begun, as its page shows it."""
    state, tone = STATES[item.status]
    percent, said = progress(item)
    return Shown(
        item.id,
        item.name,
        state,
        tone,
        item.status,
        item.reason,
        percent,
        said,
        words.stamp(item.started_at) if item.started_at else "",
        words.stamp(item.finished_at) if item.finished_at else "",
    )


def funnel(counts: CampaignCounts) -> list[Line]:
    """From everybody meant down to who answered."""
    steps = (
        ("Recipients", counts.recipients, counts.recipients),
        ("Sent", counts.sent, counts.recipients),
        ("Delivered", counts.delivered, counts.sent),
        ("Read", counts.read, counts.delivered),
        ("Replied", counts.replied, counts.delivered),
        ("Clicked", counts.clicked, counts.delivered),
    )
    return [
        Line(
            label,
            f"{count:,}",
            "" if label == "Recipients" or not before else f"{100 * count / before:.0f} %",
            share(count, counts.recipients),
        )
        for label, count, before in steps
    ]


def rest(counts: CampaignCounts) -> list[Line]:
    """Those who are not in the funnel's second step."""
    named = (
        ("Waiting for their turn", counts.queued, ""),
        ("Held by Meta's quality check", counts.held, "warn"),
        ("Left out", counts.skipped, ""),
        ("Failed", counts.failed, "bad"),
        ("Uncertain", counts.uncertain, "warn"),
    )
    return [
        Line(label, f"{count:,}", "", share(count, counts.recipients), tone)
        for label, count, tone in named
        if count
    ]


def causes(found: Report) -> list[Cause]:
    """Failures by cause."""
    return [
        Cause(each.title, each.advice, f"{each.count:,}", each.retryable) for each in found.errors
    ]


def cost(found: Report) -> str:
    """What it cost so far, and what it may cost."""
    if not found.by_market:
        return ""
    sign = "$" if found.cost.currency == "USD" else f"{found.cost.currency} "
    return f"{sign}{found.cost.real:,.2f} so far, at most {sign}{found.cost.planned:,.2f}"


def markets(found: Report) -> list[Line]:
    """Messages and money by country."""
    most = max((market.recipients for market in found.by_market), default=0)
    return [
        Line(
            market.market,
            f"{market.delivered:,} of {market.recipients:,}",
            f"{market.real:,.2f} of {market.planned:,.2f}",
            share(market.delivered, most),
        )
        for market in found.by_market
    ]


def variants(found: Report) -> list[Line]:
    """What became of each variant."""
    most = max((each.recipients for each in found.by_variant), default=0)
    return [
        Line(
            each.name,
            words.plural(each.recipients, "person", "people"),
            " · ".join(
                f"{getattr(each, what):,} {what}"
                for what in ("delivered", "read", "replied", "clicked")
            ),
            share(each.recipients, most),
        )
        for each in found.by_variant
    ]


def verdicts(found: Report) -> list[str]:
    """Which variant did better by what, and whether that means anything."""
    return [_verdict(each) for each in found.winners]


def _verdict(winner: Winner) -> str:
    if winner.p_value is None:
        return f"{winner.variant} was {winner.measure} most so far. Too few got it to say more."
    chance = f"{100 * winner.p_value:.1f} %"
    if winner.significant:
        return f"{winner.variant} was {winner.measure} more: chance alone does that in {chance}."
    return (
        f"{winner.variant} was {winner.measure} most, but chance alone does that in {chance}: "
        "it may mean nothing."
    )


def hours(found: Report, zone: ZoneInfo) -> tuple[list[str], list[Series]]:
    """What happened in each hour, for a chart."""
    series = [
        Series(name.capitalize(), tone, [float(getattr(hour, name)) for hour in found.by_hour])
        for name, tone in (("sent", "out"), ("read", "in"), ("failed", "third"))
    ]
    return [f"{hour.hour.astimezone(zone):%d %b %H:%M}" for hour in found.by_hour], series


def left_out(skipped: Mapping[str, int]) -> list[Line]:
    """Who is left out, the largest group first."""
    total = sum(skipped.values())
    ordered = sorted(skipped.items(), key=lambda each: -each[1])
    return [
        Line(
            REASONS.get(reason, (reason.replace("_", " ").capitalize(), ""))[0],
            f"{count:,}",
            REASONS.get(reason, ("", ""))[1],
            share(count, total),
        )
        for reason, count in ordered
    ]


def share(count: int, whole: int) -> str:
    """The width of a bar, in percent."""
    return f"{100 * count / whole:.1f}%" if whole else "0%"


def recipient(item: RecipientItem) -> Recipient:
    """A recipient as a row."""
    tones = {"failed": "bad", "uncertain": "warn", "read": "good", "delivered": "good"}
    why = REASONS.get(item.reason, (item.reason, ""))[0] if item.reason else ""
    moment = item.read_at or item.delivered_at or item.sent_at
    return Recipient(
        item.contact_id,
        f"/contacts?c={item.contact_id}",
        item.name or words.phone(item.phone) or "Erased",
        words.phone(item.phone),
        "left out" if item.status == "skipped" else item.status,
        tones.get(item.status, ""),
        item.error.title if item.error else why,
        words.stamp(moment) if moment else "",
    )
