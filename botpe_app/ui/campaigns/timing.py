"""When a campaign goes, how fast, and what it keeps to, while somebody plans it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import reflex as rx

from botpe_app.errors import Invalid
from botpe_app.ui import words
from botpe_app.ui.campaigns.rules import Rules

RATES = {
    "": "As fast as the number may",
    **{str(rate): f"{rate:,} a second" for rate in (10, 20, 40, 80, 200, 1000)},
}


class Timing(rx.State, mixin=True):
    """The wizard's third step."""

    rules: Rules = Rules()
    later: bool = False
    at: str = ""  # local, as an input says it
    zone: str = "UTC"  # the organization's
    rate: str = ""

    @rx.event
    def wait(self, later: bool):
        """Whether it waits for a time."""
        self.later = bool(later)

    @rx.event
    def begin_at(self, at: str):
        """When it begins, in the organization's zone."""
        self.at = at[:32]

    @rx.event
    def pace(self, rate: str):
        """How many messages a second at most; "" as fast as the number may."""
        self.rate = rate if rate in RATES else ""

    @rx.event
    def turn_rule(self, name: str):
        """Turns a rule on or off."""
        if name in ("local", "canary", "quiet", "cap"):
            self.rules = replace(self.rules, **{name: not getattr(self.rules, name)})

    @rx.event
    def keep_rule(self, name: str, said: str):
        """What a rule's input says."""
        if name in Rules.__dataclass_fields__ and "_" in name:
            self.rules = replace(self.rules, **{name: said[:8]})

    def _moment(self) -> datetime | None:
        if not self.later:
            return None
        moment = words.moment_of(self.at, words.zone(self.zone))
        if moment is None:
            raise Invalid("Say the day and the time it begins.", field="scheduled_at")
        return moment
