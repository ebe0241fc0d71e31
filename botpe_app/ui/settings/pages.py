"""Every settings page; importing them registers them."""

from __future__ import annotations

from botpe_app.ui.settings import (
    account,
    audit,
    fields,
    hours,
    keys,
    number,
    numbers,
    organization,
    people,
    permissions,
    problems,
    replies,
    tags,
    teams,
    webhooks,
)

__all__ = [
    "account",
    "audit",
    "fields",
    "hours",
    "keys",
    "number",
    "numbers",
    "organization",
    "people",
    "permissions",
    "problems",
    "replies",
    "tags",
    "teams",
    "webhooks",
]
