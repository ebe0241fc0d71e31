"""The demo's templates: those the simulator has approved, one it rejected, one being written."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from botpe_app.models import Template
from botpe_app.services import template_drafting, templates
from botpe_app.services.access import Actor, get
from botpe_app.services.template_items import keep_version
from botpe_app.whatsapp.simulator.templates import default_templates

_OWN = ("basket_left_behind", "new_menu")
_QUALITY = {"hello_world": None, "season_sale": "YELLOW"}


def write(session: Session, boss: Actor, account_id: str, now: datetime) -> None:
    """Makes them on this number; those approved are found again by a sync."""
    library = {item.id: item.template for item in template_drafting.library()}
    rejected, _ = (
        templates.create_template(session, boss, account_id=account_id, **library[name])
        for name in _OWN
    )
    own = get(session, boss, Template, rejected.id)
    own.status, own.rejection_reason = "REJECTED", "TAG_CONTENT_MISMATCH"
    session.add(own)
    for day, known in enumerate(default_templates(), 2):
        row = Template(
            organization_id=boss.organization_id,
            account_id=own.account_id,
            waba_id=own.waba_id,
            name=known.name,
            language=known.language,
            category=known.category,
            components=known.components,
            parameter_format=known.parameter_format,
            status="APPROVED",
            quality=_QUALITY.get(known.name, "GREEN"),
            wa_template_id=known.id,
            created_at=now - timedelta(days=day),
            updated_at=now - timedelta(days=day),
        )
        session.add(row)
        session.flush()
        keep_version(session, row, "Meta").submitted_at = row.created_at
    session.flush()
