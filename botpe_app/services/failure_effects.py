"""What a failed message says of its template and its number; of its recipient: contact_effects."""

from __future__ import annotations

from typing import LiteralString

from botpe_app.whatsapp.errors import policy

# Meta's own news of the template, or a sync, says when it can be sent again.
TEMPLATES: LiteralString = """
update templates t set status = n.status, status_at = now()
from unnest(%b::uuid[], %b::uuid[], %b::text[]) as n (organization_id, id, status)
join messages m on m.organization_id = n.organization_id and m.id = n.id and m.type = 'template'
join whatsapp_accounts a on a.organization_id = m.organization_id and a.id = m.account_id
where t.organization_id = m.organization_id and t.waba_id = a.waba_id
  and t.name = m.content->>'name' and t.language = m.content->'language'->>'code'
  and t.status = 'APPROVED'
"""
NUMBERS: LiteralString = """
update whatsapp_accounts a set status = 'paused', paused_reason = n.reason
from unnest(%b::uuid[], %b::uuid[], %b::text[]) as n (organization_id, id, reason)
where a.organization_id = n.organization_id and a.id = n.id and a.status = 'connected'
"""


def of_template(code: int | None) -> str:
    """The status that a failure under this code gives the template, "" for none."""
    return "" if code is None else policy(code).template


def of_number(code: int | None) -> str:
    """Why a number stops after a failure under this code, "" if it does not."""
    found = None if code is None else policy(code)
    return f"{found.title}. {found.advice}" if found and found.pause == "account" else ""
