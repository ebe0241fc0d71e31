"""Trying a template on a phone of one's own before many get it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from botpe_app.core import phone as phones
from botpe_app.core.permissions import Permission
from botpe_app.errors import Conflict, Invalid
from botpe_app.models import Template
from botpe_app.models.base import utc_now
from botpe_app.services import messages, template_samples
from botpe_app.services.access import Actor, get
from botpe_app.services.campaign_parts import checked_variables
from botpe_app.services.template_places import PlaceItem, places_in, sample
from botpe_app.services.views import MessageItem
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.templates.filling import filled, lacking, places

_OFFER_LASTS = timedelta(days=1)


def needs(session: Session, actor: Actor, template_id: UUID | str) -> list[PlaceItem]:
    """What a trial must be told: addresses of files that are not here, and the like.

    Raises NotFound.
    """
    actor.require(Permission.READ)
    row = get(session, actor, Template, template_id)
    known = _same(row, {}, utc_now())
    return [
        place
        for place in places_in(row.components)
        if place.same and not _is_known(known, place.part, place.name)
    ]


def send_trial(
    session: Session,
    actor: Actor,
    template_id: UUID | str,
    *,
    to: str,
    variables: dict[str, dict[str, str]] | None = None,
) -> MessageItem:
    """Queues an approved template to this number, its samples where `variables` say nothing.

    Raises Forbidden, NotFound, Conflict for one that is not approved, Invalid naming the field.
    """
    actor.require(Permission.MANAGE_TEMPLATES)
    row = get(session, actor, Template, template_id)
    if row.status != "APPROVED":
        raise Conflict(f"This template is {row.status}; only an APPROVED one can be sent.")
    number, now = phones.e164(to, field="to"), utc_now()
    given = checked_variables(variables or {})
    same = _same(row, given, now)
    lacks, why = lacking(row.components, same, now)
    if why:
        raise Invalid(why, field=f"variables.{lacks}")
    values = {
        (part, name): " ".join(
            (
                loose.text(loose.mapping(given, part), name)
                or sample(row.components, (part, name))
                or f"[{name}]"
            ).split()
        )
        for part, name in places(row.components)
    }
    content = {
        "name": row.name,
        "language": {"code": row.language},
        "components": filled(row.components, values, same),
    }
    return messages.send_to(
        session, actor, to=number, type="template", content=content, account_id=row.account_id
    )


def _same(row: Template, given: Mapping[str, Any], now: datetime) -> dict[str, dict[str, str]]:
    """What is the same for all: as given, else our own sample files and an offer of a day."""
    ours = {
        **template_samples.files(row.components),
        ("offer", "expires_at"): (now + _OFFER_LASTS).isoformat(),
    }
    same = {part: dict(values) for part, values in given.items()}
    for (part, name), value in ours.items():
        if not _is_known(same, part, name) and not same.get(part, {}).get(f"{name[:-2]}link"):
            same.setdefault(part, {})[name] = value
    return same


def _is_known(same: Mapping[str, Mapping[str, str]], part: str, name: str) -> bool:
    told = same.get(part, {})
    return bool(told.get(name) or (name.endswith("link") and told.get(f"{name[:-4]}id")))
