"""What /api/analytics answers of messages, conversations, campaigns and templates."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from botpe_app.web.api.shapes import Id, Moment, Shape


class Compared(Shape):
    """Figures of a stretch and of the one before, which was as long.

    `change` is each one's as a share of what it was, null if that was nothing.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    since: Annotated[Moment, Field(serialization_alias="from")]
    until: Annotated[Moment, Field(serialization_alias="to")]
    change: dict[str, float | None]


class Totals(Shape):
    """Sums. Cumulative: sent ≥ delivered ≥ read."""

    incoming: int
    outgoing: int
    sent: int
    delivered: int
    read: int
    failed: int
    uncertain: int
    conversations_started: int
    conversations_resolved: int
    contacts_new: int
    opted_in: int
    opted_out: int
    ai_runs: int
    ai_cost_usd: float


class DayFigures(Shape):
    """A day of the organization's."""

    day: str
    incoming: int
    outgoing: int
    sent: int
    delivered: int
    read: int
    failed: int
    contacts_new: int


class AgentFigures(Shape):
    """What an AI agent did and cost."""

    agent: str
    runs: int
    cost_usd: float


class Overview(Compared):
    """How it goes: messages, contacts and AI; `by_sender` counts outgoing messages."""

    time_zone: str
    totals: Totals
    before: Totals
    days: list[DayFigures]
    by_sender: dict[str, int]
    agents: list[AgentFigures]


class Responses(Shape):
    """How long customers waited for an answer."""

    count: int
    median_seconds: float | None
    p90_seconds: float | None


class TalkTotals(Shape):
    """Sums, and medians in seconds."""

    started: int
    resolved: int
    answered: int
    median_response_seconds: float
    median_resolution_seconds: float


class TalkDay(Shape):
    """Conversations of a day."""

    day: str
    started: int
    resolved: int


class PersonFigures(Shape):
    """What somebody of the staff did."""

    user_id: Id
    name: str
    messages: int
    conversations: int
    median_response_seconds: float | None


class ConversationFigures(Compared):
    """How conversations go. `responses` by who answered: all, people, machines; `heat` counts
    customers' messages, Monday to Sunday, each by hour."""

    time_zone: str
    totals: TalkTotals
    before: TalkTotals
    responses: dict[str, Responses]
    days: list[TalkDay]
    people: list[PersonFigures]
    heat: list[list[int]]


class TemplateTotals(Shape):
    """Sums; `cost` is of those delivered."""

    messages: int
    sent: int
    delivered: int
    read: int
    failed: int
    replied: int
    clicked: int
    cost: float


class MetaFigures(Shape):
    """What Meta counts, by whole UTC days; `cost` is in the account's currency."""

    sent: int
    delivered: int
    read: int
    clicked: int
    cost: float | None


class TemplateFigures(TemplateTotals):
    """A template's messages."""

    template_id: Id
    name: str
    language: str
    category: str
    status: str
    quality: str | None
    by_meta: MetaFigures | None


class BotTotals(Shape):
    """What conversations came to. Of those `settled`, `contained` needed no person."""

    sessions: int
    completed: int
    hand_offs: int
    contained: int
    settled: int
    median_seconds: float


class BotRow(BotTotals):
    """One bot's conversations."""

    bot_id: Id
    name: str
    status: str


class BotDay(Shape):
    """A day's conversations: begun, and handed to a person."""

    day: str
    sessions: int
    hand_offs: int


class BotsFigures(Compared):
    """How bots do, the busiest first."""

    time_zone: str
    totals: BotTotals
    before: BotTotals
    days: list[BotDay]
    bots: list[BotRow]


class TemplatesFigures(Compared):
    """How templates do, the one sent most first."""

    currency: str
    totals: TemplateTotals
    before: TemplateTotals
    templates: list[TemplateFigures]
