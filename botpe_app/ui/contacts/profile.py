"""One customer as the drawer shows them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from botpe_app.errors import Invalid
from botpe_app.services.contact_story import Happening, Story
from botpe_app.services.team_views import CustomFieldItem
from botpe_app.services.views import ConsentItem, ContactItem, ConversationItem
from botpe_app.ui import words
from botpe_app.ui.contacts import rows
from botpe_app.ui.contacts.rows import CUSTOM

_PLAIN = ("name", "phone", "email", "language")
_KINDS = {"phone": "Phone", "bsuid": "WhatsApp user id", "parent_bsuid": "Parent user id"}
_SOURCES = {"whatsapp": "Said on WhatsApp", "api": "By a program", "user": "By a colleague"}
_ICONS = {
    "added": "user_plus",
    "consent": "badge_check",
    "conversation": "message_circle",
    "note": "sticky_note",
    "campaign": "megaphone",
}


@dataclass(frozen=True)
class Fact:
    """A label and what it says."""

    label: str
    value: str


@dataclass(frozen=True)
class Evidence:
    """One thing a customer allowed or stopped."""

    words: str
    tone: str
    how: str
    at: str


@dataclass(frozen=True)
class Talk:
    """A conversation of theirs."""

    href: str
    title: str
    last: str
    status: str
    at: str
    account_id: str
    blocked: bool  # the number takes nothing from them


@dataclass(frozen=True)
class Line:
    """A line of what happened."""

    icon: str
    words: str
    at: str
    href: str


@dataclass(frozen=True)
class Input:
    """A field of the form."""

    name: str  # custom_fields.X
    label: str
    type: str  # text, number, boolean, date, choice
    value: str
    options: list[str]


@dataclass(frozen=True)
class Profile:
    """A customer; empty `id` for none."""

    id: str = ""
    name: str = ""
    title: str = ""
    initials: str = ""
    hue: int = 1
    phone: str = ""
    email: str = ""
    language: str = ""
    marketing: str = ""
    tone: str = ""
    allowed: bool = False
    blocked: bool = False
    ai_opt_out: bool = False
    tags: list[str] = field(default_factory=list[str])
    facts: list[Fact] = field(default_factory=list[Fact])
    custom: list[Fact] = field(default_factory=list[Fact])
    evidence: list[Evidence] = field(default_factory=list[Evidence])
    talks: list[Talk] = field(default_factory=list[Talk])
    lines: list[Line] = field(default_factory=list[Line])


def profile(told: Story, fields: list[CustomFieldItem]) -> Profile:
    """Everything the drawer shows of a customer."""
    item = told.contact
    marketing, tone = rows.marketing(item)
    return Profile(
        id=item.id,
        name=item.name,
        title=rows.title(item),
        initials=words.initials(rows.title(item)),
        hue=words.hue(item.id),
        phone=item.phone or "",
        email=item.email or "",
        language=item.language or "",
        marketing=marketing,
        tone=tone,
        allowed=item.marketing_opt_in,
        blocked=any(each.blocked for each in told.conversations),
        ai_opt_out=item.ai_opt_out,
        tags=item.tags,
        facts=_facts(told),
        custom=_custom(item, fields),
        evidence=[_evidence(each) for each in told.consents],
        talks=[_talk(each) for each in told.conversations],
        lines=[_line(each) for each in told.happenings],
    )


def _facts(told: Story) -> list[Fact]:
    item = told.contact
    named = [
        Fact(_KINDS.get(kind, kind), words.phone(address) if kind == "phone" else address)
        for kind, address in told.addresses
    ]
    return [
        *named,
        Fact("E-mail", item.email or "–"),
        Fact("Language", item.language or "–"),
    ]


def _custom(item: ContactItem, fields: list[CustomFieldItem]) -> list[Fact]:
    labels = {each.name: each.label for each in fields}
    order = [*labels, *(name for name in item.custom_fields if name not in labels)]
    return [
        Fact(labels.get(name, name), rows.said(item.custom_fields[name]))
        for name in order
        if name in item.custom_fields
    ]


def _evidence(item: ConsentItem) -> Evidence:
    how = _SOURCES.get(item.source, item.source)
    return Evidence(
        "Allowed" if item.granted else "Stopped",
        "good" if item.granted else "bad",
        f"{how}: {item.evidence}" if item.evidence else how,
        words.stamp(item.at),
    )


def _talk(item: ConversationItem) -> Talk:
    return Talk(
        f"/inbox?c={item.id}&status=any",
        item.account_name,
        item.last_message or "No message yet",
        item.status,
        words.stamp(item.last_message_at),
        item.account_id,
        item.blocked,
    )


def _line(happening: Happening) -> Line:
    talk = happening.conversation_id
    return Line(
        _ICONS[happening.kind],
        happening.words,
        words.stamp(happening.at),
        f"/inbox?c={talk}&status=any" if talk else "",
    )


def inputs(fields: list[CustomFieldItem], item: ContactItem | None) -> list[Input]:
    """The form's custom fields, as they are with `item`."""
    known = item.custom_fields if item else {}
    return [
        Input(
            f"{CUSTOM}{each.name}", each.label, each.type, _raw(known.get(each.name)), each.options
        )
        for each in fields
    ]


def _raw(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return rows.said(value)


def given(form: dict[str, Any]) -> dict[str, Any]:
    """What a form says of a customer, as services take it. Raises Invalid."""
    said = {key: str(form[key]).strip() for key in _PLAIN if key in form}
    custom = {
        key.removeprefix(CUSTOM): str(value).strip() or None
        for key, value in form.items()
        if key.startswith(CUSTOM)
    }
    if any(len(value or "") > 4000 for value in custom.values()):
        raise Invalid("At most 4,000 characters.", field="form")
    fields: dict[str, Any] = {**said, "custom_fields": custom}
    if "tags" in form:
        fields["tags"] = [tag for tag in str(form["tags"]).split(",") if tag.strip()]
    if form.get("marketing_opt_in"):
        fields["marketing_opt_in"] = True
    return fields
