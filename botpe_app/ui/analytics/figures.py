"""Services' figures as cards, charts and a table; the same shape for every tab. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from botpe_app.services.analytics import Overview
from botpe_app.services.bots_analytics import BotsFigures, BotTotals
from botpe_app.services.campaign_views import CampaignItem
from botpe_app.services.conversation_analytics import ConversationFigures
from botpe_app.services.template_analytics import MetaFigures, TemplatesFigures
from botpe_app.ui import words
from botpe_app.ui.components.charts import Series

_BECAME = ("sent", "delivered", "read", "replied", "clicked", "failed")


@dataclass(frozen=True)
class Card:
    """A number, how it changed, and what that means."""

    title: str
    value: str
    change: str = ""
    tone: str = ""  # good or bad
    detail: str = ""


@dataclass(frozen=True)
class Plot:
    """A chart."""

    title: str
    kind: str
    labels: list[str]
    series: list[Series]
    unit: str = ""


@dataclass(frozen=True)
class Row:
    """A row of the table; its first cell leads to `href`."""

    cells: list[str]
    href: str = ""


@dataclass(frozen=True)
class Sheet:
    """Everything a tab shows."""

    cards: list[Card] = field(default_factory=list[Card])
    plots: list[Plot] = field(default_factory=list[Plot])
    heat: list[list[int]] = field(default_factory=list[list[int]])
    table: str = ""  # its title
    heads: list[str] = field(default_factory=list[str])
    rows: list[Row] = field(default_factory=list[Row])

    @property
    def cells(self) -> list[list[str]]:
        """The table's rows as they are saved."""
        return [row.cells for row in self.rows]


def overview(found: Overview) -> Sheet:
    """Messages, people, marketing and AI, day by day."""
    now, changed = found.totals, found.change
    labels = [_day(day.day) for day in found.days]
    people = {"user": "People", "bot": "Bots", "agent": "AI", "campaign": "Campaigns", "api": "API"}
    return Sheet(
        cards=[
            _counted("Messages in", now.incoming, changed["incoming"]),
            _counted("Messages out", now.outgoing, changed["outgoing"]),
            _rated("Delivered", now.delivered, now.sent + now.failed, f"{now.failed:,} failed"),
            _rated("Read", now.read, now.delivered, f"{now.read:,} of {now.delivered:,}"),
            _counted("New contacts", now.contacts_new, changed["contacts_new"]),
            _counted("Conversations", now.conversations_started, changed["conversations_started"]),
            Card(
                "Marketing",
                f"+{now.opted_in:,} / −{now.opted_out:,}",
                detail="allowed it, stopped it",
            ),
            _money("AI", now.ai_cost_usd, changed["ai_cost_usd"], f"{now.ai_runs:,} runs"),
        ],
        plots=[
            Plot(
                "Messages by day",
                "bars",
                labels,
                [
                    Series("Incoming", "in", [day.incoming for day in found.days]),
                    Series("Outgoing", "out", [day.outgoing for day in found.days]),
                ],
            ),
            Plot(
                "New contacts by day",
                "lines",
                labels,
                [Series("New contacts", "in", [day.contacts_new for day in found.days])],
            ),
        ],
        table="Who sent",
        heads=["Sender", "Messages"],
        rows=[
            Row([people.get(kind, kind), f"{count:,}"])
            for kind, count in sorted(found.by_sender.items(), key=lambda each: -each[1])
        ],
    )


def conversations(found: ConversationFigures) -> Sheet:
    """How many, how soon answered and resolved, by whom and when."""
    now, changed = found.totals, found.change
    first, resolved = now.median_response_seconds, now.median_resolution_seconds
    return Sheet(
        cards=[
            _counted("Begun", now.started, changed["started"]),
            _counted("Resolved", now.resolved, changed["resolved"]),
            _timed("Answer", first, changed["median_response_seconds"], now.answered),
            _timed("Resolution", resolved, changed["median_resolution_seconds"], now.resolved),
        ],
        plots=[
            Plot(
                "Conversations by day",
                "bars",
                [_day(day.day) for day in found.days],
                [
                    Series("Begun", "in", [day.started for day in found.days]),
                    Series("Resolved", "out", [day.resolved for day in found.days]),
                ],
            )
        ],
        heat=found.heat,
        table="By person",
        heads=["Person", "Messages", "Conversations", "Median answer"],
        rows=[
            Row(
                [
                    each.name or "Somebody who left",
                    f"{each.messages:,}",
                    f"{each.conversations:,}",
                    _span(each.median_response_seconds),
                ]
            )
            for each in found.people
        ],
    )


def bots(found: BotsFigures) -> Sheet:
    """How far bots came without a person, side by side."""
    now, changed = found.totals, found.change
    handed = _percent(now.hand_offs, now.sessions)
    return Sheet(
        cards=[
            _counted("Conversations", now.sessions, changed["sessions"]),
            _rated("Needed nobody", now.contained, now.settled, f"{now.contained:,} of those over"),
            Card("Handed to a person", f"{now.hand_offs:,}", detail=f"{handed} of all"),
            Card("Finished", f"{now.completed:,}", detail=_finish(now)),
        ],
        plots=[
            Plot(
                "Conversations by day",
                "bars",
                [_day(day.day) for day in found.days],
                [
                    Series("Begun", "in", [day.sessions for day in found.days]),
                    Series("Handed to a person", "out", [day.hand_offs for day in found.days]),
                ],
            )
        ],
        table="Bots",
        heads=["Bot", "Conversations", "Needed nobody", "Handed over", "Finished", "Time"],
        rows=[
            Row(
                [
                    one.name,
                    f"{one.sessions:,}",
                    _percent(one.contained, one.settled),
                    f"{one.hand_offs:,}",
                    f"{one.completed:,}",
                    _span(one.median_seconds if one.completed else None),
                ],
                f"/bots/{one.bot_id}?show=figures",
            )
            for one in found.bots
        ],
    )


def _finish(of: BotTotals) -> str:
    return f"half within {_span(of.median_seconds)}" if of.completed else ""


def campaigns(found: Sequence[CampaignItem]) -> Sheet:
    """Campaigns that began in the stretch, compared."""
    sums = {
        name: sum(getattr(item.counts, name) for item in found)
        for name in ("sent", "delivered", "read", "failed", "replied", "clicked")
    }
    tried = sums["sent"] + sums["failed"]
    return Sheet(
        cards=[
            Card("Campaigns", f"{len(found):,}"),
            _rated("Delivered", sums["delivered"], tried, f"{sums['failed']:,} failed"),
            _rated("Read", sums["read"], sums["delivered"], f"{sums['read']:,} people"),
            _rated("Replied", sums["replied"], sums["delivered"], f"{sums['replied']:,} people"),
        ],
        table="Campaigns",
        heads=["Campaign", "Sent", "Delivered", "Read", "Replied", "Clicked", "Failed"],
        rows=[_campaign(item) for item in found],
    )


def _campaign(item: CampaignItem) -> Row:
    counts = item.counts
    numbers = (counts.sent, counts.delivered, counts.read, counts.replied, counts.clicked)
    cells = [item.name, *(f"{number:,}" for number in numbers), f"{counts.failed:,}"]
    return Row(cells, f"/campaigns?c={item.id}")


def templates(found: TemplatesFigures) -> Sheet:
    """What became of each template's messages, and what they cost."""
    now, changed = found.totals, found.change
    return Sheet(
        cards=[
            _counted("Messages", now.messages, changed["messages"]),
            _rated("Delivered", now.delivered, now.sent + now.failed, f"{now.failed:,} failed"),
            _rated("Read", now.read, now.delivered, f"{now.read:,} of {now.delivered:,}"),
            _money("Cost", now.cost, changed["cost"], "of those delivered, by Meta's list"),
        ],
        table="Templates",
        heads=[
            *("Template", "Sent", "Delivered", "Read", "Replied", "Clicked", "Failed", "Cost"),
            *("Delivered, by Meta", "Read, by Meta", "Cost, by Meta"),
        ],
        rows=[
            Row(
                [
                    f"{one.name} ({one.language})",
                    *(f"{getattr(one, name):,}" for name in _BECAME),
                    f"${one.cost:,.2f}",
                    *_by_meta(one.by_meta),
                ],
                f"/templates?t={one.template_id}",
            )
            for one in found.templates
        ],
    )


def _by_meta(told: MetaFigures | None) -> list[str]:
    """What Meta counts beside our own; – where it does not tell."""
    if told is None:
        return ["–"] * 3
    cost = "–" if told.cost is None else f"{told.cost:,.2f}"
    return [f"{told.delivered:,}", f"{told.read:,}", cost]


def _counted(title: str, count: int, change: float | None) -> Card:
    return Card(title, f"{count:,}", *_changed(change))


def _money(title: str, amount: float, change: float | None, detail: str) -> Card:
    said, tone = _changed(change, less_is_good=True)
    return Card(title, f"${amount:,.2f}", said, tone, detail)


def _timed(title: str, seconds: float, change: float | None, of: int) -> Card:
    said, tone = _changed(change, less_is_good=True)
    detail = "half come sooner" if of else "none yet"
    return Card(title, _span(seconds if of else None), said, tone, detail)


def _rated(title: str, part: int, whole: int, detail: str) -> Card:
    return Card(title, _percent(part, whole), detail=detail)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"


def _changed(change: float | None, *, less_is_good: bool = False) -> tuple[str, str]:
    if change is None:
        return "", ""
    tone = "" if abs(change) < 0.005 else "good" if (change < 0) == less_is_good else "bad"
    return f"{100 * change:+.0f} %", tone


def _span(seconds: float | None) -> str:
    return "–" if seconds is None else words.span(seconds)


def _day(day: str) -> str:
    when = date.fromisoformat(day)
    return f"{when.day} {when:%b}"
