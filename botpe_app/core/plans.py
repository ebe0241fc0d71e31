"""What a plan allows an organization to have; None is without end."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """The most of each; messages are those sent in a month, whoever or whatever sends them."""

    numbers: int | None = None
    people: int | None = None
    contacts: int | None = None
    messages: int | None = None
    ai_usd: int | None = None  # a month


PLANS = {
    "FREE": Plan(numbers=1, people=3, contacts=1_000, messages=1_000, ai_usd=5),
    "STARTER": Plan(numbers=2, people=10, contacts=10_000, messages=20_000, ai_usd=50),
    "PROFESSIONAL": Plan(numbers=10, people=50, contacts=100_000, messages=200_000, ai_usd=500),
    "ENTERPRISE": Plan(),
}


def over_messages(plan: str) -> str:
    """Why no more can be sent this month."""
    return f"The plan {plan} allows {PLANS[plan].messages or 0:,} messages a month."
