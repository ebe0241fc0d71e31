"""Many plausible rows at once, for trying the product at size."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from sqlmodel import Session

# A sixth of all conversations are open; each has the same number of messages, in and out in turn.
_CONTACTS = text(
    "insert into contacts (organization_id, id, name, phone, language, tags, custom_fields,"
    " marketing_opt_in, created_at) select :organization, gen_random_uuid(),"
    " (array['Ana','Bilal','Chloé','Daiki','Esha','Finn','Giulia','Hannah'])[1 + n % 8]"
    " || ' ' || n,"
    " '+1' || (2000000000 + :first + n), (array['en','de','es','fr'])[1 + n % 4],"
    " case when n % 9 = 0 then array['vip'] else array[]::text[] end, '{}', n % 2 = 0,"
    " :now - n * interval '1 minute' from generate_series(1, :contacts) n"
    " returning id"
)
_IDENTITIES = text(
    "insert into contact_identities (organization_id, kind, value, contact_id, address)"
    " select organization_id, 'phone', substr(phone, 2), id, substr(phone, 2) from contacts"
    " where organization_id = :organization and phone like '+12%' on conflict do nothing"
)
_CONVERSATIONS = text(
    "insert into conversations (organization_id, id, account_id, contact_id, status, owner,"
    " owner_epoch, unread_count, last_message, last_direction, last_message_at, created_at)"
    " select c.organization_id, gen_random_uuid(), :account, c.id,"
    " case when row_number() over () % 6 = 0 then 'open' else 'resolved' end, 'nobody', 0, 0,"
    " '', 'incoming', c.created_at, c.created_at from contacts c"
    " where c.organization_id = :organization and c.phone like '+12%' and not exists"
    " (select from conversations v where v.organization_id = c.organization_id"
    "  and v.contact_id = c.id)"
)
# Numbered once: a join on a place that had to be worked out per pair of rows would not end.
_PLACES = text(
    "create temporary table bulk_places on commit drop as"
    " select row_number() over (order by id) - 1 as place, id, account_id, contact_id, created_at"
    " from conversations where organization_id = :organization and last_message = ''"
)
_MESSAGES = text(
    "insert into messages (organization_id, id, conversation_id, account_id, contact_id,"
    " direction, type, content, text, status, wa_message_id, sent_by_kind, correlation_id,"
    " priority, attempts, created_at)"
    # A UUID version 7 of the message's own second: threads are read in the order of their ids.
    " select :organization, (lpad(to_hex((extract(epoch from v.created_at) * 1000)::bigint"
    "  + n / :many * 1000), 12, '0') || '7' || substr(md5(random()::text), 1, 3) || '8'"
    "  || substr(md5(random()::text), 1, 15))::uuid, v.id, v.account_id, v.contact_id,"
    " case when n / :many % 2 = 0 then 'incoming' else 'outgoing' end, 'text',"
    " jsonb_build_object('body', line), line,"
    " case when n / :many % 2 = 0 then 'received' else 'read' end,"
    " 'wamid.bulk' || :first || '.' || n,"
    " case when n / :many % 2 = 0 then 'contact' else 'api' end, gen_random_uuid(), 0, 0,"
    " v.created_at + n / :many * interval '1 second'"
    " from generate_series(0, :messages - 1) n join bulk_places v on v.place = n % :many,"
    " lateral (select (array['Where is my order','Thank you very much','Is the jacket in stock',"
    "  'It arrives tomorrow','Which size fits me'])[1 + n % 5] || ' ' || n as line) said"
)
_LAST = text(
    "update conversations v set last_message = m.text, last_message_id = m.id,"
    " last_message_at = m.created_at, last_direction = m.direction,"
    " last_inbound_at = m.created_at from"
    " (select distinct on (conversation_id) conversation_id, id, text, created_at, direction"
    "  from messages where organization_id = :organization and wa_message_id like 'wamid.bulk%'"
    "  order by conversation_id, created_at desc) m"
    " where v.organization_id = :organization and v.id = m.conversation_id and v.last_message = ''"
)


def add(
    session: Session, organization_id: UUID, *, now: datetime, messages: int, contacts: int
) -> None:
    """Adds that many contacts, and messages spread evenly over conversations with them."""
    connection = session.connection()
    # What never happened starts no automations.
    connection.execute(text("select set_config('botpe.automation_depth', '99', true)"))
    first, account = connection.execute(
        text(
            "select (select count(*) from contacts where organization_id = :organization),"
            " (select id from whatsapp_accounts where organization_id = :organization limit 1)"
        ),
        {"organization": organization_id},
    ).one()
    values: dict[str, Any] = {
        "organization": organization_id,
        "account": account,
        "now": now,
        "first": first,
        "contacts": contacts or (1000 if messages else 0),
        "messages": messages,
    }
    for step in (_CONTACTS, _IDENTITIES):
        connection.execute(step, values)
    if messages:
        _talk(connection, values)


def _talk(connection: Connection, values: dict[str, Any]) -> None:
    """Conversations with all who have none, and their messages."""
    connection.execute(text("analyze contacts"))
    connection.execute(_CONVERSATIONS, values)
    connection.execute(_PLACES, values)
    connection.execute(text("analyze bulk_places"))
    many = connection.execute(text("select count(*) from bulk_places")).scalar_one()
    connection.execute(_MESSAGES, {**values, "many": many})
    connection.execute(text("analyze messages, conversations"))
    connection.execute(_LAST, values)
