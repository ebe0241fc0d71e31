"""Bots and the library as the list shows them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from botpe_app.services.bot_cards import BUSY_DAYS, BotCard
from botpe_app.services.bot_library import LibraryItem
from botpe_app.ui import words

_STANDING = {"active": "Live", "paused": "Paused", "draft": "Draft"}
_TONE = {"active": "good", "paused": "warn", "draft": ""}
ICONS = {  # of the library's bots
    "appointment": "calendar_check",
    "faq": "circle_help",
    "lead_capture": "magnet",
    "order_status": "package_search",
    "shop": "shopping_bag",
    "survey": "star",
}


@dataclass(frozen=True)
class Card:
    """A bot on its card."""

    id: str
    name: str
    status: str
    standing: str  # Live v7
    tone: str
    changed: bool  # the draft is not what answers
    number: str
    steps: str
    sessions: str
    running: str
    edited: str


@dataclass(frozen=True)
class Start:
    """A bot of the library."""

    id: str
    name: str
    text: str


def card(item: BotCard) -> Card:
    """The bot in words."""
    version = f" v{item.version}" if item.version else ""
    running = f"{item.running:,} now" if item.running else ""
    return Card(
        id=item.id,
        name=item.name,
        status=item.status,
        standing=f"{_STANDING.get(item.status, item.status)}{version}",
        tone=_TONE.get(item.status, ""),
        changed=item.unpublished,
        number=item.account_name or "No number yet",
        steps=words.plural(item.steps, "step"),
        sessions=f"{words.plural(item.sessions, 'conversation')} in {BUSY_DAYS} days",
        running=running,
        edited=words.stamp(item.updated_at),
    )


def start(item: LibraryItem) -> Start:
    """The starting bot in words."""
    return Start(item.id, item.name, item.description)
