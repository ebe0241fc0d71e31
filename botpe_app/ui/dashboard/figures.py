"""The dashboard's numbers as cards and a chart. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from botpe_app.services.views import AccountItem, Overview
from botpe_app.ui import words
from botpe_app.ui.components.charts import Series

RANGES = (7, 30, 90)  # days


@dataclass(frozen=True)
class Card:
    """One number with what it means and where it leads."""

    title: str
    value: str
    detail: str
    tone: str = ""  # "", good, warn, bad
    href: str = ""


@dataclass(frozen=True)
class Step:
    """A line of the first-run checklist."""

    title: str
    text: str
    done: bool
    href: str
    act: str


@dataclass(frozen=True)
class Number:
    """A WhatsApp number in a word or two."""

    name: str
    phone: str
    state: str
    tone: str
    detail: str


def cards(found: Overview) -> list[Card]:
    """The cards, the most pressing first."""
    return [_waiting(found), _today(found), _response(found), _arrived(found)]


def labels(found: Overview) -> list[str]:
    """The days of the chart, oldest first."""
    return [_short(day.day, len(found.days)) for day in found.days]


def series(found: Overview) -> list[Series]:
    """What came in and went out on each of the days."""
    return [
        Series("Incoming", "in", [day.incoming for day in found.days]),
        Series("Outgoing", "out", [day.outgoing for day in found.days]),
    ]


def steps(found: Overview, *, simulated: bool) -> list[Step]:
    """What to do first; empty once all of it is done."""
    talked = sum(day.incoming for day in found.days) > 0 or found.contacts > 0
    answered = sum(day.outgoing for day in found.days) > 0
    made = [
        Step(
            "Connect a WhatsApp number",
            "Its ids and an access token from Meta are enough.",
            bool(found.accounts),
            "/settings/numbers",
            "Connect",
        ),
        Step(
            "Send yourself a message",
            "Write from the simulator's phone; it arrives like a customer's."
            if simulated
            else "Write to your number from any phone.",
            talked,
            "/simulator" if simulated else "/inbox",
            "Open",
        ),
        Step("Answer it", "In the inbox; watch the ticks turn blue.", answered, "/inbox", "Answer"),
    ]
    return [] if all(step.done for step in made) else made


def numbers(accounts: list[AccountItem]) -> list[Number]:
    """The WhatsApp numbers and how they are."""
    return [
        Number(
            account.name,
            words.phone(account.phone),
            "Connected" if account.status == "connected" else "Paused",
            "good" if account.status == "connected" else "warn",
            account.paused_reason or f"up to {account.messages_per_second} a second",
        )
        for account in accounts
    ]


def _waiting(found: Overview) -> Card:
    wait = found.oldest_wait_seconds
    detail = f"longest {words.span(wait)}" if wait is not None else "Nobody is waiting"
    tone = "good" if not found.waiting else "warn" if (wait or 0) > 3600 else ""
    return Card("Waiting for an answer", f"{found.waiting:,}", detail, tone, "/inbox")


def _today(found: Overview) -> Card:
    before = found.incoming_last_week + found.outgoing_last_week
    detail = f"{found.incoming_today:,} in, {found.outgoing_today:,} out · a week ago {before:,}"
    return Card("Messages today", f"{found.incoming_today + found.outgoing_today:,}", detail)


def _response(found: Overview) -> Card:
    seconds = found.median_first_response_seconds
    value = "–" if seconds is None else words.span(seconds)
    detail = "half of the first answers come sooner" if seconds is not None else "no answer yet"
    return Card("First answer", value, detail)


def _arrived(found: Overview) -> Card:
    tried = found.sent + found.failed
    value = f"{100 * found.delivered / tried:.0f} %" if tried else "–"
    lost = [f"{found.failed:,} failed"] if found.failed else []
    lost += [f"{found.uncertain:,} uncertain"] if found.uncertain else []
    detail = " · ".join([f"{found.read:,} of {found.sent:,} read", *lost])
    return Card("Delivered", value, detail, "warn" if found.failed else "")


def _short(day: str, days: int) -> str:
    when = date.fromisoformat(day)
    return f"{when:%a}" if days <= 7 else f"{when.day} {when:%b}"
