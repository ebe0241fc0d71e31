"""What WhatsApp tells of message templates by itself: status, quality, category, texts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from botpe_app.services.ingest_batch import Batch, Event
from botpe_app.whatsapp import loose

# A template is known by its id; by its name only until its id is.
_FIND: LiteralString = """
select t.organization_id, t.id, t.components, t.category from templates t
where t.waba_id = %s
  and (t.wa_template_id = %s
    or t.wa_template_id is null and t.name = %s and t.language = %s)
for update
"""
_TELL: LiteralString = """
update templates set
  wa_template_id = coalesce(wa_template_id, nullif(%(wa_template_id)s, '')),
  status = coalesce(%(status)s, status),
  status_at = case when %(status)s::text is null then status_at else clock_timestamp() end,
  rejection_reason = case when %(status)s::text is null then rejection_reason else %(reason)s end,
  quality = case when %(quality)s::text is null then quality
    else nullif(%(quality)s, 'UNKNOWN') end,
  category = coalesce(%(category)s, category),
  components = coalesce(%(components)s::jsonb, components),
  version = version + (%(components)s::jsonb is not null)::int,
  updated_at = now()
where organization_id = %(organization)s and id = %(id)s
"""
_KEEP_VERSION: LiteralString = """
insert into template_versions
  (organization_id, template_id, number, category, components, made_by, submitted_at)
select organization_id, id, version, category, components, 'Meta', now() from templates
where organization_id = %s and id = %s
on conflict (organization_id, template_id, number) do update
set components = excluded.components, made_by = 'Meta', submitted_at = now()
"""
_SAME = {"REINSTATED": "APPROVED", "UNARCHIVED": "APPROVED"}
_NO_STATUS = {"FLAGGED"}  # a warning: it can still be sent
_PARTS = {
    "HEADER": "message_template_title",
    "BODY": "message_template_element",
    "FOOTER": "message_template_footer",
}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Known:
    organization_id: UUID
    id: UUID
    components: list[Json]
    category: str


def tell(batch: Batch, event: Event) -> None:
    """Applies news of a template; of one that is not here the next sync learns the same."""
    value = loose.mapping(event.payload, "value")
    wa_id = loose.text(value, "message_template_id")
    name = loose.text(value, "message_template_name")
    language = loose.text(value, "message_template_language")
    rows = batch.connection.execute(_FIND, (event.waba_id, wa_id, name, language)).fetchall()
    for row in rows:
        known = _Known(*row)
        news: Json = {
            "status": None,
            "reason": None,
            "quality": None,
            "category": None,
            "components": None,
            **ABOUT_TEMPLATES[event.field](value, known),
        }
        ours = {"wa_template_id": wa_id, "organization": known.organization_id, "id": known.id}
        batch.connection.execute(_TELL, {**news, **ours})
        if news["components"]:
            batch.connection.execute(_KEEP_VERSION, (known.organization_id, known.id))
        batch.tell(known.organization_id, "templates")
    batch.handled(event, "" if rows else "Kept; we do not have this template yet.")


def _status(value: Json, known: _Known) -> Json:
    event = _word(value, "event")
    if not event or event in _NO_STATUS:
        return {}
    reason = loose.text(value, "reason")
    said = loose.text(loose.mapping(value, "rejection_info"), "reason")
    paused = loose.text(loose.mapping(value, "other_info"), "description")
    named = "" if reason.upper() == "NONE" else reason
    status = _SAME.get(event, event)
    why = "" if status == "APPROVED" else named or said or paused
    return {
        "status": status,
        "reason": why or None,
        "category": _word(value, "message_template_category") or None,
    }


def _quality(value: Json, known: _Known) -> Json:
    return {"quality": _word(value, "new_quality_score") or None}


def _category(value: Json, known: _Known) -> Json:
    """An impending change names the present category as the new one; it is told again then."""
    return {"category": _word(value, "new_category") or None}


def _components(value: Json, known: _Known) -> Json:
    """Texts are taken over; buttons come without what they need to be sent, so sync brings them."""
    changed: list[Json] = []
    for component in known.components:
        said = loose.text(value, _PARTS.get(loose.text(component, "type").upper(), ""))
        has_text = said and loose.text(component, "text")
        changed.append({**component, "text": said} if has_text else component)
    return {"components": None if changed == known.components else json.dumps(changed)}


def _word(value: Json, name: str) -> str:
    """One of Meta's words in capitals; "" for what cannot be one."""
    word = loose.text(value, name).upper()
    return word if re.fullmatch(r"[A-Z_]{1,40}", word) else ""


ABOUT_TEMPLATES: dict[str, Callable[[Json, _Known], Json]] = {
    "message_template_status_update": _status,
    "message_template_quality_update": _quality,
    "template_category_update": _category,
    "message_template_components_update": _components,
}
