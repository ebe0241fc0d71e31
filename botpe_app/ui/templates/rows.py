"""What the templates page draws, made from services' views. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from botpe_app.core import rates
from botpe_app.services.template_drafting import LibraryItem
from botpe_app.services.template_items import TemplateItem, VersionItem
from botpe_app.ui import words

_STATES = {
    "DRAFT": ("Draft", ""),
    "PENDING": ("In review", "info"),
    "IN_APPEAL": ("In appeal", "info"),
    "APPROVED": ("Approved", "good"),
    "REJECTED": ("Rejected", "bad"),
    "PAUSED": ("Paused by Meta", "warn"),
    "DISABLED": ("Disabled by Meta", "bad"),
    "LIMIT_EXCEEDED": ("Over the limit", "warn"),
    "PENDING_DELETION": ("Being deleted", "warn"),
    "DELETED": ("Deleted at Meta", ""),
    "ARCHIVED": ("Archived", ""),
    "UNKNOWN": ("Unknown", ""),
}
SHOWN = {  # the filter's choices
    "": "All",
    "APPROVED": "Approved",
    "PENDING": "In review",
    "REJECTED": "Rejected",
    "PAUSED": "Paused",
    "DRAFT": "Drafts",
}
_MEND = {
    "PAUSED": "Customers blocked or reported it. It comes back by itself; soften its words.",
    "DISABLED": "It was paused three times. Write another one.",
    "LIMIT_EXCEEDED": "The account holds as many templates as it may. Delete old ones.",
}
_REASONS = {
    "ABUSIVE_CONTENT": "Meta finds its words abusive.",
    "INVALID_FORMAT": "Meta finds its variables or form wrong.",
    "TAG_CONTENT_MISMATCH": "Meta finds its language or category does not fit its words.",
    "INCORRECT_CATEGORY": "Meta finds it in the wrong category.",
    "PROMOTIONAL": "Meta finds it promotional.",
    "SCAM": "Meta takes it for a scam.",
}
_QUALITY = {
    "GREEN": ("High quality", "good"),
    "YELLOW": ("Medium quality", "warn"),
    "RED": ("Low quality", "bad"),
}
CHANGEABLE = ("DRAFT", "REJECTED", "APPROVED", "PAUSED")


@dataclass(frozen=True)
class Row:
    """A template in the list."""

    id: str
    href: str
    name: str
    preview: str
    language: str
    category: str
    state: str
    tone: str
    why: str  # what is wrong and what to do, "" if nothing
    quality: str
    quality_tone: str
    changed: str
    waiting: bool  # a change is not submitted yet


@dataclass(frozen=True)
class Starter:
    """A template of the library."""

    id: str
    industry: str
    title: str
    category: str
    preview: str
    said: str  # its components as JSON


@dataclass(frozen=True)
class Version:
    """What a template said once."""

    number: int
    preview: str
    made_by: str
    at: str
    submitted: bool
    said: str


@dataclass(frozen=True)
class Open:
    """The template in the builder; empty `name` for a new one."""

    id: str = ""
    title: str = "New template"
    state: str = ""
    tone: str = ""
    why: str = ""
    quality: str = ""
    quality_tone: str = ""
    named: bool = False  # Meta keeps its name and language
    fixed: bool = False  # nothing may be changed now
    waiting: bool = False
    sendable: bool = False  # somebody may get it


@dataclass(frozen=True)
class Mend:
    """Something to mend in a template."""

    field: str
    severity: str
    message: str


def row(item: TemplateItem) -> Row:
    """A template as a row of the list."""
    state, tone = _STATES.get(item.status, (item.status.capitalize(), ""))
    quality, quality_tone = _QUALITY.get(item.quality or "", ("", ""))
    return Row(
        item.id,
        f"/templates?t={item.id}",
        item.name,
        preview(item.components),
        item.language,
        item.category.capitalize(),
        state,
        tone,
        why(item),
        quality,
        quality_tone,
        words.stamp(item.updated_at),
        item.draft_components is not None,
    )


def why(item: TemplateItem) -> str:
    """What is wrong with a template and what to do."""
    if item.status == "REJECTED":
        reason = (item.rejection_reason or "").strip()
        said = _REASONS.get(reason.upper(), reason or "Meta gave no reason.")
        return f"{said} Mend it and submit it again."
    return _MEND.get(item.status, "")


def preview(components: list[dict[str, Any]]) -> str:
    """The words of a template on one line."""
    texts = {str(c.get("type", "")).upper(): c.get("text") for c in components}
    said = texts.get("BODY") or texts.get("HEADER") or "A one-time password"
    return " ".join(str(said).split())[:160]


def opened(item: TemplateItem, *, may_manage: bool) -> Open:
    """A template as the builder shows it."""
    made = row(item)
    return Open(
        item.id,
        item.name,
        made.state,
        made.tone,
        made.why,
        made.quality,
        made.quality_tone,
        named=item.wa_template_id is not None,
        fixed=not may_manage or item.status not in CHANGEABLE,
        waiting=made.waiting,
        sendable=may_manage and item.status == "APPROVED",
    )


def started(item: TemplateItem) -> str:
    """What the builder begins with, as JSON."""
    newest = item.components if item.draft_components is None else item.draft_components
    return as_json(item.name, item.language, item.category, newest)


def as_json(name: str, language: str, category: str, components: list[dict[str, Any]]) -> str:
    """A template for the builder."""
    return json.dumps(
        {"name": name, "language": language, "category": category, "components": components}
    )


def version(item: VersionItem) -> Version:
    """A version in the list of them."""
    return Version(
        item.number,
        preview(item.components),
        item.made_by,
        words.stamp(item.created_at),
        item.submitted_at is not None,
        json.dumps(item.components),
    )


def starter(item: LibraryItem) -> Starter:
    """A template of the library as a card."""
    template = item.template
    return Starter(
        item.id,
        item.industry,
        item.title,
        str(template["category"]).capitalize(),
        preview(template["components"]),
        json.dumps(template["components"]),
    )


def price(category: str, today: date) -> str:
    """What a delivered message of a category costs, in words."""
    if category not in ("MARKETING", "UTILITY", "AUTHENTICATION"):
        return ""
    card = rates.card_on(today)
    kind = "MARKETING" if category == "MARKETING" else "UTILITY"
    prices = [price for (_, each), price in card.rates.items() if each == kind]
    free = " Utility messages within the 24-hour window are free." if category == "UTILITY" else ""
    return (
        f"A delivered message costs ${min(prices):.4f} to ${max(prices):.4f}, by country"
        f" (Meta's list of {card.valid_from:%-d %B %Y}).{free}"
    )
