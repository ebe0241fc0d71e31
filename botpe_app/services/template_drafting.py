"""What helps to write templates: checking while somebody types, starting from one that works."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import Template
from botpe_app.services import templates
from botpe_app.services.access import Actor, get
from botpe_app.services.template_items import TemplateItem, newest
from botpe_app.whatsapp import templates as rules

LANGUAGES = tuple(sorted(rules.LANGUAGES))
CATEGORIES = rules.CATEGORIES
_LIBRARY = Path(__file__).parent / "starting_templates"


@dataclass(frozen=True, slots=True)
class LibraryItem:
    """A template to start from, with samples in its places."""

    id: str
    industry: str
    title: str
    template: dict[str, Any]  # name, language, category, components


@cache
def library() -> tuple[LibraryItem, ...]:
    """Templates that pass our checks, by industry."""
    return tuple(
        LibraryItem(
            template["name"],
            file.stem.replace("_", " ").capitalize(),
            template.pop("title"),
            {"language": "en", **template},
        )
        for file in sorted(_LIBRARY.glob("*.json"))
        for template in json.loads(file.read_text(encoding="utf-8"))
    )


def check(
    session: Session, actor: Actor, said: dict[str, Any], template_id: UUID | str | None = None
) -> list[rules.Problem]:
    """What would keep `said` from being approved, errors first; also of one not yet saved.

    Raises NotFound for a template_id of nobody's, Invalid for what is no template at all.
    """
    actor.require(Permission.READ)
    if not isinstance(said.get("components"), list):
        raise Invalid("A template has components.", field="components")
    said = {**said, "name": _plain(said, "name"), "language": _plain(said, "language")}
    if template_id is not None:
        return templates.problems(session, get(session, actor, Template, template_id), said)
    others = select(Template).where(
        Template.organization_id == actor.organization_id,
        Template.language == said["language"],
        Template.name != said["name"],
        col(Template.status).not_in(("DELETED", "PENDING_DELETION")),
    )
    return rules.lint(said, [(other.name, newest(other)) for other in session.exec(others)])


def _plain(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    return value.replace("\0", "")[:600] if isinstance(value, str) else ""


def duplicate(
    session: Session, actor: Actor, template_id: UUID | str, *, language: str
) -> TemplateItem:
    """A draft that says the same under the same name, to be put into another language.

    Raises Forbidden, NotFound, Invalid, Conflict if there is one in this language.
    """
    actor.require(Permission.MANAGE_TEMPLATES)
    row = get(session, actor, Template, template_id)
    return templates.create_template(
        session,
        actor,
        name=row.name,
        language=language,
        category=row.category,
        components=newest(row),
        account_id=str(row.account_id),
    )
