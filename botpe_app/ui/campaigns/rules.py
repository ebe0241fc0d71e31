"""What a draft keeps to beside its rate, as the wizard's inputs say it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botpe_app.services.campaign_views import CampaignItem

_LONGEST = 5


@dataclass(frozen=True)
class Rules:
    """Each rule is off, or on with what its inputs say."""

    local: bool = False  # each recipient's clock counts
    canary: bool = False
    canary_percent: str = "2"
    canary_minutes: str = "30"
    quiet: bool = False
    quiet_from: str = "21:00"
    quiet_to: str = "08:00"
    cap: bool = False
    cap_messages: str = "2"
    cap_days: str = "7"


def rules_of(item: CampaignItem) -> Rules:
    """The rules of a campaign; those that are off begin with what suits most."""
    known: dict[str, Any] = {"local": item.local_time}
    for name, given in (
        ("canary", item.canary),
        ("quiet", item.quiet_hours),
        ("cap", item.frequency_cap),
    ):
        if given:
            known |= {name: True, **{f"{name}_{key}": str(said) for key, said in given.items()}}
    return Rules(**known)


def fields_of(rules: Rules) -> dict[str, Any]:
    """The campaign's rules; None takes one back."""
    return {
        "local_time": rules.local or None,
        "canary": {
            "percent": _number(rules.canary_percent),
            "minutes": _number(rules.canary_minutes),
        }
        if rules.canary
        else None,
        "quiet_hours": {"from": rules.quiet_from, "to": rules.quiet_to} if rules.quiet else None,
        "frequency_cap": {
            "messages": _number(rules.cap_messages),
            "days": _number(rules.cap_days),
        }
        if rules.cap
        else None,
    }


def _number(said: str) -> int:
    """0, which every rule refuses by its name, for what is none."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= _LONGEST else 0
