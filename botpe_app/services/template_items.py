"""Templates as everything upstairs sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from botpe_app.models import Template, TemplateVersion


@dataclass(frozen=True, slots=True)
class TemplateItem:
    """A template. `draft_components` is a change that was not submitted yet, or None."""

    id: str
    account_id: str
    name: str
    language: str
    category: str
    components: list[dict[str, Any]]
    draft_components: list[dict[str, Any]] | None
    parameter_format: str
    status: str  # DRAFT, then Meta's: PENDING, APPROVED, REJECTED, PAUSED, …; UNKNOWN
    rejection_reason: str | None
    quality: str | None
    wa_template_id: str | None
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class VersionItem:
    """What a template said from `created_at` on."""

    number: int
    category: str
    components: list[dict[str, Any]]
    made_by: str
    created_at: datetime
    submitted_at: datetime | None


def item(row: Template) -> TemplateItem:
    """What upstairs may know of a template."""
    return TemplateItem(
        id=str(row.id),
        account_id=str(row.account_id),
        name=row.name,
        language=row.language,
        category=row.category,
        components=row.components,
        draft_components=row.draft_components,
        parameter_format=row.parameter_format,
        status=row.status,
        rejection_reason=row.rejection_reason,
        quality=row.quality,
        wa_template_id=row.wa_template_id,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def newest(row: Template) -> list[dict[str, Any]]:
    """What the template says, or will once it is submitted."""
    return row.components if row.draft_components is None else row.draft_components


def keep_version(session: Session, row: Template, made_by: str) -> TemplateVersion:
    """Keeps what the template says now; a version that never went to Meta is written over."""
    kept = session.get(TemplateVersion, (row.organization_id, row.id, row.version))
    if kept is not None and kept.submitted_at is not None:
        row.version += 1
        kept = None
    if kept is None:
        kept = TemplateVersion(
            organization_id=row.organization_id,
            template_id=row.id,
            number=row.version,
            category=row.category,
        )
    kept.category, kept.components, kept.made_by = row.category, newest(row), made_by
    session.add(kept)
    return kept
