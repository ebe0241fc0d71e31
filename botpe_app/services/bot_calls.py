"""What bots do outside: calls to other programs, showing that they type.

Those to agents lie in the same table; `bot_tasks` makes them.

Written with the turn that wants it, done later. A call is claimed in a commit before it goes out.
One whose worker was killed counts as tried, so it goes out again only if the flow allows retries.
"""

from __future__ import annotations

from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from botpe_app import vault
from botpe_app.errors import NotFound
from botpe_app.models.base import new_id
from botpe_app.services import accounts, bot_secrets
from botpe_app.services.converse_batch import Connection
from botpe_app.whatsapp.payloads import dumps

Json = dict[str, Any]

_CLAIM: LiteralString = """
update bot_calls b set attempts = b.attempts + 1,
  next_at = now() + ((b.request ->> 'timeout_seconds')::int + 15) * interval '1 second'
from (
  select organization_id, id from bot_calls
  where next_at <= now() and not jsonb_exists(request, 'mode')
  order by next_at limit %s for update skip locked
) due
where b.organization_id = due.organization_id and b.id = due.id
returning b.organization_id, b.id, b.conversation_id, b.attempts, b.request,
  set_config('synchronous_commit', 'on', true)
"""
_DONE: LiteralString = """
with done as (
  delete from bot_calls where organization_id = %(organization)s and id = %(id)s
    and attempts = %(attempts)s
  returning organization_id, conversation_id
)
insert into bot_inputs (organization_id, id, conversation_id, kind, data, attempts)
select organization_id, %(input)s, conversation_id, 'callback',
  convert_from(%(data)s, 'UTF8')::jsonb, 0
from done
"""
_OVER: LiteralString = """
delete from bot_calls where organization_id = %(organization)s and id = %(id)s
  and attempts = %(attempts)s
"""
_KEPT: LiteralString = """
select id, value_sealed from bot_secrets where organization_id = %s and name = %s
"""
_NUMBER: LiteralString = """
select a.id, a.phone_number_id, a.token_sealed from conversations c
join whatsapp_accounts a on a.organization_id = c.organization_id and a.id = c.account_id
where c.organization_id = %s and c.id = %s
"""
_AGAIN: LiteralString = """
update bot_calls set next_at = now() + power(2, attempts - 1) * interval '1 second'
where organization_id = %(organization)s and id = %(id)s and attempts = %(attempts)s
"""


class Call(NamedTuple):
    """Something that is ours to do now; `attempts` counts this time."""

    organization_id: UUID
    id: UUID
    conversation_id: UUID
    attempts: int
    request: Json

    @property
    def kind(self) -> str:
        """What it is: call or typing."""
        return str(self.request.get("kind", "call"))

    @property
    def was_lost(self) -> bool:
        """Whether all tries are used up: the last one's end is not known."""
        return self.attempts > 1 + self.request["retries"]

    @property
    def may_retry(self) -> bool:
        """Whether the flow allows another try."""
        return self.attempts <= self.request["retries"]


class Answer(NamedTuple):
    """What came of a call; `again`: another try may do better."""

    ok: bool
    data: Json | None = None
    error: str = ""
    again: bool = False


def claim(connection: Connection, room: int) -> list[Call]:
    """Up to `room` calls that are due. That they are tried is on the disk (see db.DISK_LATER)."""
    return [Call(*row[:-1]) for row in connection.execute(_CLAIM, (room,))]


def secret_of(connection: Connection, call: Call) -> str | None:
    """The stored secret that a call names, None if there is none of that name."""
    name = call.request["auth"].get("secret", "")
    row = connection.execute(_KEPT, (call.organization_id, name)).fetchone()
    if row is None:
        return None
    return vault.open_sealed(row[1], place=bot_secrets.place(call.organization_id, row[0]))


def number_of(connection: Connection, call: Call) -> tuple[str, str]:
    """The number a conversation is on, as WhatsApp names it, and its token."""
    row = connection.execute(_NUMBER, (call.organization_id, call.conversation_id)).fetchone()
    if row is None:
        raise NotFound("The conversation is gone.")
    where = accounts.place(call.organization_id, row[0])
    return row[1], vault.open_sealed(row[2], place=where)


def settle(connection: Connection, call: Call, answer: Answer) -> None:
    """Tells the bot, or puts the call off where another try is allowed and worth it."""
    key = {"organization": call.organization_id, "id": call.id, "attempts": call.attempts}
    if answer.again and call.may_retry:
        connection.execute(_AGAIN, key)
        return
    if call.kind != "call":
        connection.execute(_OVER, key)
        return
    told = {
        "token": call.request["token"],
        "ok": answer.ok,
        "data": answer.data,
        "error": answer.error,
    }
    connection.execute(_DONE, {**key, "input": new_id(), "data": dumps(told)})
