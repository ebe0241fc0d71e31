"""The same change for many conversations; one that cannot take it costs none of the others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import Session

from botpe_app.core.permissions import Permission
from botpe_app.errors import BotpeError, Invalid
from botpe_app.models import Conversation
from botpe_app.services import assignment, inbox
from botpe_app.services import inbox_query as query
from botpe_app.services.access import Actor, get_locked
from botpe_app.services.inbox_views import BulkResult, Failure

MOST = 200


def change(
    session: Session, actor: Actor, ids: list[str], *, read: bool = False, **fields: Any
) -> BulkResult:
    """Changes status (with snoozed_until), assignee, team, priority, add_tags or remove_tags.

    What is not named stays; `read` marks them read. Raises Forbidden, Invalid naming the field.
    """
    actor.require(Permission.ANSWER)
    if not 1 <= len(ids) <= MOST:
        raise Invalid(f"Name 1 to {MOST} conversations.", field="ids")
    _check(session, actor, fields)
    changed = 0
    failed: list[Failure] = []
    for conversation_id in sorted(set(ids)):  # in one order: two at once must not lock each other
        try:
            with session.begin_nested():
                _change(session, actor, conversation_id, read, fields)
            changed += 1
        except BotpeError as error:
            failed.append(Failure(conversation_id, error.message))
    return BulkResult(changed, failed)


def _check(session: Session, actor: Actor, fields: dict[str, Any]) -> None:
    """What is wrong for one is wrong for all."""
    if fields.get("status") is not None:
        query.known(fields["status"], query.STATUSES, "status")
    if fields.get("priority") is not None:
        query.known(fields["priority"], query.PRIORITIES, "priority")
    if fields.get("assignee"):
        inbox.member(session, actor, fields["assignee"])


def _change(
    session: Session, actor: Actor, conversation_id: str, read: bool, fields: dict[str, Any]
) -> None:
    who = (session, actor, conversation_id)
    if read:
        inbox.mark_read(*who)
    for name, value in fields.items():
        if name in _CHANGES:
            _CHANGES[name](who, value, fields)
    if fields.get("add_tags") or fields.get("remove_tags"):
        _retag(*who, fields.get("add_tags") or [], fields.get("remove_tags") or [])


def _retag(
    session: Session, actor: Actor, conversation_id: str, add: list[str], remove: list[str]
) -> None:
    row = get_locked(session, actor, Conversation, conversation_id)
    kept = [tag for tag in row.tags if tag not in remove]
    inbox.set_tags(session, actor, row.id, [*kept, *add])


_Who = tuple[Session, Actor, str]


def _status(who: _Who, value: Any, fields: dict[str, Any]) -> None:
    until: datetime | None = fields.get("snoozed_until")
    if value is not None:
        inbox.set_status(*who, value, until)


def _priority(who: _Who, value: Any, fields: dict[str, Any]) -> None:
    if value is not None:
        inbox.set_priority(*who, value)


_CHANGES: dict[str, Callable[[_Who, Any, dict[str, Any]], object]] = {
    "status": _status,
    "priority": _priority,
    "assignee": lambda who, value, fields: inbox.assign(*who, value),
    "team": lambda who, value, fields: assignment.assign_team(*who, value),
}
