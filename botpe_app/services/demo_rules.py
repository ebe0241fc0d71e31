"""The demo's automation rules, and a team that one of them gives conversations to.

Those that write are off, so that the simulator's people are left to the bots.
"""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from botpe_app.services import automations, teams
from botpe_app.services.access import Actor

_RULES: tuple[dict[str, Any], ...] = (
    {
        "name": "Welcome",
        "enabled": False,
        "trigger": {"type": "first_message"},
        "actions": [
            {"type": "reply", "text": "Hello {{contact.name|there}}, how can we help you?"},
            {"type": "tag", "add": ["new"], "on": "contact"},
        ],
    },
    {
        "name": "Away",
        "enabled": False,
        "trigger": {"type": "outside_hours"},
        "conditions": {"all": [{"field": "tags", "op": "not_contains", "value": "vip"}]},
        "rest_minutes": 240,
        "actions": [
            {
                "type": "reply",
                "text": "Thank you for writing. We are closed now and answer in the morning.",
            },
            {"type": "tag", "add": ["after hours"]},
        ],
    },
    {
        "name": "Invoices to Billing",
        "trigger": {"type": "keyword", "keywords": ["invoice", "vat"], "match": "contains"},
        "actions": [{"type": "tag", "add": ["invoice"]}, {"type": "assign"}],
    },
)


def build(session: Session, boss: Actor) -> None:
    """Adds them to the boss's organization."""
    team = teams.create_team(
        session, boss, name="Billing", member_ids=[str(boss.user_id)], assignment="least_busy"
    )
    for rule in _RULES:
        actions = [
            {**one, "team_id": team.id} if one["type"] == "assign" else one
            for one in rule["actions"]
        ]
        made: dict[str, Any] = {**rule, "actions": actions}
        automations.create_rule(session, boss, **made)
