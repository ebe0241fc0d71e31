"""Who may do what: the one table that handlers, routes and jobs ask."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What can be done; named for what the actor does."""

    READ = "read"
    ANSWER = "answer"
    MANAGE_CONTACTS = "manage_contacts"
    MANAGE_CANNED_REPLIES = "manage_canned_replies"
    MANAGE_BOTS = "manage_bots"
    MANAGE_NUMBERS = "manage_numbers"
    MANAGE_ORGANIZATION = "manage_organization"
    MANAGE_API_KEYS = "manage_api_keys"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_WEBHOOKS = "manage_webhooks"
    OVERSEE_PLATFORM = "oversee_platform"
    READ_AUDIT_LOG = "read_audit_log"
    MANAGE_AGENTS = "manage_agents"
    MANAGE_TEMPLATES = "manage_templates"
    MANAGE_CAMPAIGNS = "manage_campaigns"
    MANAGE_AUTOMATIONS = "manage_automations"

    @property
    def words(self) -> str:
        """What pages call it: Manage contacts."""
        return self.value.replace("_", " ").capitalize().replace("api", "API")


VIEWER, AGENT, ADMIN, SUPERADMIN = "VIEWER", "AGENT", "ADMIN", "SUPERADMIN"
ROLES = (VIEWER, AGENT, ADMIN)  # what a membership or an API key can hold, weakest first

_OF_VIEWER = frozenset({Permission.READ})
_OF_AGENT = _OF_VIEWER | {
    Permission.ANSWER,
    Permission.MANAGE_CANNED_REPLIES,
    Permission.MANAGE_CONTACTS,
}
_OF_ADMIN = frozenset(Permission) - {Permission.OVERSEE_PLATFORM}

_ALLOWED: dict[str, frozenset[Permission]] = {
    VIEWER: _OF_VIEWER,
    AGENT: _OF_AGENT,
    ADMIN: _OF_ADMIN,
    SUPERADMIN: frozenset(Permission),
}


def may(role: str, permission: Permission) -> bool:
    """Whether a role holds a permission; an unknown role holds none."""
    return permission in _ALLOWED.get(role, frozenset())
