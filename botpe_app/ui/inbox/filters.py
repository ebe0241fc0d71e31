"""What the address of the inbox asks for. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

SHOWS = {"mine": "me", "unassigned": "none", "all": None}  # ?show= → the service's `assignee`
STATUSES = ("open", "pending", "snoozed", "resolved", "closed", "any")
PRIORITIES = ("urgent", "high", "normal", "low")
ONLY = {"unread": "Unread", "mentioned": "Mentions me"}  # ?only= → words


@dataclass(frozen=True)
class Filters:
    """Strange values fall back to the usual ones."""

    show: str = "all"
    status: str = "open"
    query: str = ""
    conversation: str = ""
    only: str = ""
    team: str = ""
    tag: str = ""
    priority: str = ""
    number: str = ""

    @classmethod
    def of(cls, query: dict[str, str]) -> Filters:
        """The filters in a page's query."""

        def one_of(name: str, known: Any, usual: str) -> str:
            value = query.get(name, usual)
            return value if value in known else usual

        return cls(
            show=one_of("show", SHOWS, "all"),
            status=one_of("status", STATUSES, "open"),
            query=query.get("q", "")[:200],
            conversation=query.get("c", "")[:64],
            only=one_of("only", ONLY, ""),
            team=query.get("team", "")[:64],
            tag=query.get("tag", "")[:50],
            priority=one_of("priority", PRIORITIES, ""),
            number=query.get("number", "")[:64],
        )

    def address(self, **changes: str) -> str:
        """The address of the inbox with some of the filters changed."""
        asked = {
            "c": self.conversation,
            "show": self.show if self.show != "all" else "",
            "status": self.status if self.status != "open" else "",
            "q": self.query,
            "only": self.only,
            "team": self.team,
            "tag": self.tag,
            "priority": self.priority,
            "number": self.number,
            **changes,
        }
        query = urlencode({name: value for name, value in asked.items() if value})
        return "/inbox" + (f"?{query}" if query else "")

    def wanted(self) -> dict[str, Any]:
        """What the service is asked for."""
        return {
            "status": None if self.status == "any" else self.status,
            "assignee": SHOWS[self.show],
            "q": self.query or None,
            "unread": self.only == "unread",
            "mentioned": self.only == "mentioned",
            "team": self.team or None,
            "tag": self.tag or None,
            "priority": self.priority or None,
            "account_id": self.number or None,
        }
