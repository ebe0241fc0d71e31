"""Templates that may be sent in a conversation, and sending one with its places filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.models import Conversation, Template
from botpe_app.services import messages
from botpe_app.services.access import Actor, get
from botpe_app.services.views import MessageItem
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.templates.filling import Place, places, shown

_MOST = 200
_FILES = ("IMAGE", "VIDEO", "DOCUMENT", "GIF", "LOCATION")


@dataclass(frozen=True, slots=True)
class Sendable:
    """An approved template: how it reads, and the names of its places, like `body.1`."""

    id: str
    name: str
    language: str
    category: str
    text: str
    places: list[str]


def list_sendable(session: Session, actor: Actor, conversation_id: UUID | str) -> list[Sendable]:
    """The templates that the conversation's number may send, by name. Raises NotFound.

    Left out are those that need a file or a code.
    """
    actor.require(Permission.READ)
    talk = get(session, actor, Conversation, conversation_id)
    wanted = select(Template).where(
        Template.organization_id == actor.organization_id,
        Template.account_id == talk.account_id,
        Template.status == "APPROVED",
        Template.category != "AUTHENTICATION",
    )
    ordered = wanted.order_by(col(Template.name), col(Template.language)).limit(_MOST)
    return [_sendable(row) for row in session.exec(ordered) if not _needs_more(row)]


def send_template(
    session: Session,
    actor: Actor,
    conversation_id: UUID | str,
    template_id: UUID | str,
    values: dict[str, str],
    *,
    client_key: str | None = None,
) -> MessageItem:
    """Queues a template; `values` are by the names of its places.

    Raises NotFound, Forbidden, Invalid naming the place that is empty or cannot be.
    """
    row = get(session, actor, Template, template_id)
    filled = {
        (part, name): " ".join(values.get(f"{part}.{name}", "").split())
        for part, name in places(row.components)
    }
    for part, name in filled:
        if not filled[part, name]:
            raise Invalid("This place of the template is empty.", field=f"{part}.{name}")
    content = {
        "name": row.name,
        "language": {"code": row.language},
        "components": _components(row, filled),
    }
    return messages.reply(
        session, actor, conversation_id, type="template", content=content, client_key=client_key
    )


def _sendable(row: Template) -> Sendable:
    found = places(row.components)
    blanks = {place: f"[{place[1]}]" for place in found}
    return Sendable(
        str(row.id),
        row.name,
        row.language,
        row.category,
        shown(row.components, blanks),
        [f"{part}.{name}" for part, name in found],
    )


def _needs_more(row: Template) -> bool:
    return any(
        loose.text(component, "type").upper() == "HEADER"
        and loose.text(component, "format").upper() in _FILES
        for component in row.components
    )


def _components(row: Template, filled: dict[Place, str]) -> list[dict[str, Any]]:
    named = row.parameter_format.upper() == "NAMED"
    found: list[dict[str, Any]] = []
    for part in ("header", "body"):
        given: list[dict[str, Any]] = [
            {"type": "text", "text": text, **({"parameter_name": name} if named else {})}
            for (of, name), text in filled.items()
            if of == part
        ]
        if given:
            found.append({"type": part, "parameters": given})
    found += [
        {
            "type": "button",
            "sub_type": "url",
            "index": name,
            "parameters": [{"type": "text", "text": text}],
        }
        for (of, name), text in filled.items()
        if of == "buttons"
    ]
    return found
