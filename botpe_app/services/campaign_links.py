"""Links that count who opens them.

WhatsApp tells nobody that a button with a web address was pressed. A template whose button leads
to `/c/{{1}}` here lets a campaign say where it leads on to; each recipient's link is signed, so it
counts for them alone and leads nowhere else.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from botpe_app import live
from botpe_app.config import settings
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.templates.filling import Place, buttons_of

PATH = "/c/"
LONGEST = 600  # characters of where it leads; the link has to stay an address Meta takes
_MAC = 16
_CLICKED = text(
    "update campaign_recipients set clicked_at = now() where organization_id = :organization"
    " and campaign_id = :campaign and contact_id = :contact and clicked_at is null"
)


class Link(NamedTuple):
    """Whose link it is and where it leads."""

    organization_id: UUID
    campaign_id: UUID
    contact_id: UUID
    address: str


def address() -> str:
    """What a template's button says for its clicks to be counted."""
    return f"{settings().base_url}{PATH}{{{{1}}}}"


def counted(components: list[Json]) -> list[Place]:
    """The buttons whose clicks are counted."""
    ours = address()
    return [place for place, button in buttons_of(components) if loose.text(button, "url") == ours]


def signed(link: Link) -> str:
    """What stands for {{1}} in a recipient's message."""
    whose = b"".join(key.bytes for key in link[:3])
    leads = link.address.encode()
    return f"{_written(whose + _mac(whose + leads))}.{_written(leads)}"


def read(token: str) -> Link | None:
    """Whose link this is; None if we never made it."""
    try:
        head, leads = map(_raw, token.split("."))
        whose, mac = head[:-_MAC], head[-_MAC:]
        if len(whose) != 48 or not hmac.compare_digest(mac, _mac(whose + leads)):
            return None
        ours, campaign, contact = (UUID(bytes=whose[at : at + 16]) for at in (0, 16, 32))
        return Link(ours, campaign, contact, leads.decode())
    except ValueError:
        return None


def note_click(session: Session, link: Link) -> None:
    """Notes that a recipient opened their link; the first time counts. Acts as the system."""
    named = {
        "organization": link.organization_id,
        "campaign": link.campaign_id,
        "contact": link.contact_id,
    }
    if session.connection().execute(_CLICKED, named).rowcount:
        live.publish(session, link.organization_id, "campaigns")


def _written(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _raw(written: str) -> bytes:
    return urlsafe_b64decode(written + "=" * (-len(written) % 4))


def _mac(said: bytes) -> bytes:
    key = settings().secret_key.encode()
    return hmac.new(key, b"link:" + said, hashlib.sha256).digest()[:_MAC]
