"""Every settings page; importing them registers them."""

from __future__ import annotations

from botpe_app.ui.settings import keys, numbers, organization, people, permissions, tags, teams

__all__ = ["keys", "numbers", "organization", "people", "permissions", "tags", "teams"]
