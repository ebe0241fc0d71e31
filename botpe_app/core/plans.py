"""What a plan allows an organization to have; None is without end."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """The most of each."""

    numbers: int | None = None
    people: int | None = None


PLANS = {
    "FREE": Plan(numbers=1, people=3),
    "STARTER": Plan(numbers=2, people=10),
    "PROFESSIONAL": Plan(numbers=10, people=50),
    "ENTERPRISE": Plan(),
}
