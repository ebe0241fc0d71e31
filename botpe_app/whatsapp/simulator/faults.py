"""What can be set to go wrong, and how fast the pretend WhatsApp is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

# Between accepting a message and an honest answer a request can end in these ways.
Mishap = Literal["error", "http_500", "html_502", "reset", "reset_after", "timeout", "fail", "held"]
MISHAPS: tuple[Mishap, ...] = (
    "error",
    "http_500",
    "html_502",
    "reset",
    "reset_after",
    "timeout",
    "fail",
    "held",
)


@dataclass
class NextSends:
    """What happens to the next `count` messages sent, of one number or of any ("").

    error: refused with `code`; fail: accepted, then failed with `code`; held: accepted and
    held for quality assessment; http_500, html_502: an answer without an envelope; reset:
    not accepted, connection closed; reset_after: accepted, connection closed; timeout:
    accepted, never answered.
    """

    mishap: Mishap
    count: int = 1
    code: int = 0
    number: str = ""


@dataclass
class Settings:
    """How the pretend WhatsApp behaves. Times are seconds."""

    open: bool = True  # any phone number id and any bearer token will do
    graph_delay: float = 0.0  # before a send is answered
    sent_after: float = 0.1
    delivered_after: float = 0.4  # after sent
    read_after: float = 0.6  # after delivered, while the chat is open
    webhook_delay: float = 0.0
    duplicates: int = 0  # further deliveries of every webhook
    reorder: bool = False  # webhooks overtake each other
    skip_delivered: bool = False
    hide_phones: bool = False  # webhooks carry user ids only
    batch: int = 1  # updates in one webhook, up to 1,000
    pair_limit: bool = True
    review_after: float = 1.0  # after a template was submitted
    reject_templates: bool = False
    upcoming: list[NextSends] = field(default_factory=list[NextSends])

    def next_for(self, number: str) -> NextSends | None:
        """What is to happen to this send, counted down."""
        for item in self.upcoming:
            if item.number in ("", number):
                item.count -= 1
                if item.count <= 0:
                    self.upcoming.remove(item)
                return item
        return None
