"""Every settings page; importing them registers them."""

from __future__ import annotations

from botpe_app.ui.settings import (
    audit,
    fields,
    hours,
    keys,
    numbers,
    organization,
    people,
    permissions,
    replies,
    tags,
    teams,
    webhooks,
)

__all__ = [
    "audit",
    "fields",
    "hours",
    "keys",
    "numbers",
    "organization",
    "people",
    "permissions",
    "replies",
    "tags",
    "teams",
    "webhooks",
]
