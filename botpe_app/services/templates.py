"""Message templates: listing, drafting, changing and checking them. Meta is not asked here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from botpe_app import live
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid
from botpe_app.models import Template, TemplateVersion
from botpe_app.models.base import utc_now
from botpe_app.services import accounts, paging
from botpe_app.services.access import Actor, as_id, get, get_locked
from botpe_app.services.saving import save
from botpe_app.services.template_items import (
    TemplateItem,
    VersionItem,
    item,
    keep_version,
    newest,
)
from botpe_app.services.views import Page
from botpe_app.whatsapp import templates as rules

DRAFT = "DRAFT"
REWRITABLE = (DRAFT, "REJECTED")  # nobody can send it, so a change replaces what it said
EDITABLE = ("APPROVED", "PAUSED")  # in use, so a change waits until it is submitted
_MOST_COMPONENTS = 20
_TAKEN = "There is a template of this name in this language already."


def list_templates(
    session: Session,
    actor: Actor,
    *,
    q: str | None = None,
    status: str | None = None,
    account_id: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[TemplateItem]:
    """Templates, newest first; `q` is part of a name. Raises Invalid for a bad cursor."""
    actor.require(Permission.READ)
    wanted = select(Template).where(Template.organization_id == actor.organization_id)
    if q and q.strip():
        wanted = wanted.where(col(Template.name).icontains(q.strip(), autoescape=True))
    if status:
        wanted = wanted.where(Template.status == status.upper())
    if account_id:
        wanted = wanted.where(Template.account_id == as_id(account_id))
    return paging.newest(session, wanted, Template, item, limit=limit, cursor=cursor)


def get_template(session: Session, actor: Actor, template_id: UUID | str) -> TemplateItem:
    """One template. Raises NotFound."""
    actor.require(Permission.READ)
    return item(get(session, actor, Template, template_id))


def versions(session: Session, actor: Actor, template_id: UUID | str) -> list[VersionItem]:
    """What the template said, newest first. Raises NotFound."""
    actor.require(Permission.READ)
    row = get(session, actor, Template, template_id)
    kept = select(TemplateVersion).where(
        TemplateVersion.organization_id == row.organization_id,
        TemplateVersion.template_id == row.id,
    )
    return [
        VersionItem(v.number, v.category, v.components, v.made_by, v.created_at, v.submitted_at)
        for v in session.exec(kept.order_by(col(TemplateVersion.number).desc()))
    ]


def create_template(
    session: Session,
    actor: Actor,
    *,
    name: str,
    language: str,
    category: str,
    components: list[dict[str, Any]],
    account_id: str | None = None,
) -> TemplateItem:
    """A draft in Graph form, which may still break rules that `lint_template` tells.

    Raises Forbidden, NotFound, Invalid naming the field, Conflict for a taken name and language.
    """
    actor.require(Permission.MANAGE_TEMPLATES)
    account = accounts.choose(session, actor, account_id)
    row = Template(
        organization_id=actor.organization_id,
        account_id=account.id,
        waba_id=account.waba_id,
        name=_name(name),
        language=_language(language),
        category=_category(category),
        components=_components(components),
    )
    row.parameter_format = _format(row)
    save(session, row, taken=_TAKEN, field="name")
    keep_version(session, row, actor.name)
    session.flush()
    live.publish(session, actor.organization_id, "templates")
    return item(row)


def update_template(
    session: Session, actor: Actor, template_id: UUID | str, **fields: Any
) -> TemplateItem:
    """Changes components, category, name or language; what is None or not named stays.

    A change to an approved template waits in `draft_components` until it is submitted. Raises
    Forbidden, NotFound, Invalid naming the field, Conflict for a state that allows no change.
    """
    actor.require(Permission.MANAGE_TEMPLATES)
    row = get_locked(session, actor, Template, template_id)
    given = {name: value for name, value in fields.items() if value is not None}
    if row.status not in (*REWRITABLE, *EDITABLE):
        raise Conflict(f"This template is {row.status}: it cannot be changed now.")
    _rename(row, given)
    if "category" in given:
        _recategorize(row, _category(given["category"]))
    if "components" in given:
        _rewrite(row, _components(given["components"]))
    row.updated_at = utc_now()
    save(session, row, taken=_TAKEN, field="name")
    keep_version(session, row, actor.name)
    session.flush()
    live.publish(session, actor.organization_id, "templates")
    return item(row)


def lint_template(
    session: Session, actor: Actor, template_id: UUID | str, **fields: Any
) -> list[rules.Problem]:
    """What would keep the template from being approved; `fields` stand for what it says.

    Raises NotFound.
    """
    actor.require(Permission.READ)
    row = get(session, actor, Template, template_id)
    given = {name: value for name, value in fields.items() if value is not None}
    return problems(session, row, {**said(row), **given})


def problems(session: Session, row: Template, text: dict[str, Any]) -> list[rules.Problem]:
    """What is wrong with `text`, which stands for this row."""
    others = select(Template).where(
        Template.organization_id == row.organization_id,
        Template.waba_id == row.waba_id,
        Template.language == text["language"],
        Template.id != row.id,
        Template.name != text["name"],
        col(Template.status).not_in(("DELETED", "PENDING_DELETION")),
    )
    return rules.lint(text, [(other.name, newest(other)) for other in session.exec(others)])


def said(row: Template) -> dict[str, Any]:
    """The template as it is submitted, in Graph form."""
    return {
        "name": row.name,
        "language": row.language,
        "category": row.category,
        "parameter_format": "NAMED" if rules.are_named(newest(row)) else "POSITIONAL",
        "components": newest(row),
    }


def _rename(row: Template, given: dict[str, Any]) -> None:
    name = _name(given.get("name", row.name))
    language = _language(given.get("language", row.language))
    for field, new, old in (("name", name, row.name), ("language", language, row.language)):
        if new != old and row.wa_template_id is not None:
            raise Invalid("Meta keeps this for good. Make another template.", field=field)
    row.name, row.language = name, language


def _recategorize(row: Template, category: str) -> None:
    if category != row.category and row.status in EDITABLE:
        raise Invalid("The category of an approved template is fixed.", field="category")
    row.category = category


def _rewrite(row: Template, components: list[dict[str, Any]]) -> None:
    if row.status in EDITABLE:
        row.draft_components = None if components == row.components else components
    else:
        row.components = components
        row.parameter_format = _format(row)


def _name(name: str) -> str:
    if not rules.is_name(name):
        raise Invalid("Lower-case letters, digits and underscores, 512 at most.", field="name")
    return name


def _language(language: str) -> str:
    if language not in rules.LANGUAGES:
        raise Invalid("A language code of WhatsApp's, such as en or pt_BR.", field="language")
    return language


def _category(category: str) -> str:
    if category.upper() not in rules.CATEGORIES:
        raise Invalid(f"One of {', '.join(rules.CATEGORIES)}.", field="category")
    return category.upper()


def _components(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(components) > _MOST_COMPONENTS:
        raise Invalid(f"At most {_MOST_COMPONENTS} components.", field="components")
    return components


def _format(row: Template) -> str:
    return "NAMED" if rules.are_named(row.components) else "POSITIONAL"
