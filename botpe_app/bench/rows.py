"""Rows in bulk for benchmarks and tests: numbers, customers whose window is open, messages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg

from botpe_app import vault
from botpe_app.models.base import new_id
from botpe_app.services import accounts

_ORGANIZATION = "insert into organizations (id, name, slug, time_zone) values (%s, %s, %s, 'UTC')"
_ACCOUNT = (
    "insert into whatsapp_accounts (organization_id, id, name, waba_id, phone_number_id, phone,"
    " token_sealed, token_hint, status, messages_per_second, lease_epoch)"
    " values (%s, %s, 'Main', %s, %s, '+15550783881', %s, '', 'connected', %s, 0)"
)
_CUSTOMERS = """
with contact as (
  insert into contacts (organization_id, id, name, phone, marketing_opt_in)
  select %(organization)s, gen_random_uuid(), 'Customer ' || n, '+1555' || (1000000 + n), true
  from generate_series(%(first)s::int, %(last)s::int) n
  returning id, phone
), identity as (
  insert into contact_identities (organization_id, kind, value, contact_id, address)
  select %(organization)s, 'phone', ltrim(phone, '+'), id, ltrim(phone, '+') from contact
)
insert into conversations (organization_id, id, account_id, contact_id, status, owner,
  owner_epoch, unread_count, last_message, last_direction, last_inbound_at)
select %(organization)s, gen_random_uuid(), %(account)s, id, 'open', 'nobody', 0, 0, '',
  'incoming', now() from contact
"""
# Their ids sort as they are numbered: message 1 of every conversation, then message 2, ...
_MESSAGES = """
insert into messages (organization_id, id, conversation_id, account_id, contact_id, direction,
  type, content, text, status, sent_by_kind, correlation_id, priority, attempts)
select c.organization_id,
  (lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0')
    || '7' || lpad(to_hex(n), 6, '0') || substr(md5(c.id::text || random()), 1, 13))::uuid,
  c.id, c.account_id, c.contact_id, 'outgoing', 'text',
  jsonb_build_object('body', %(text)s || ' ' || n), %(text)s || ' ' || n, 'queued', %(kind)s,
  gen_random_uuid(), %(priority)s, 0
from generate_series(1, %(each)s) n, (
  select * from conversations where account_id = %(account)s order by id limit %(most)s) c
"""


def make_number(
    connection: psycopg.Connection[Any],
    *,
    name: str = "Bench",
    phone_number_id: str = "106540352242922",
    token: str = "EAA-bench-token",  # noqa: S107 - opens nothing
    per_second: int = 80,
) -> tuple[UUID, UUID]:
    """The organization and account ids of a new organization with one number."""
    organization, account = new_id(), new_id()
    sealed = vault.seal(token, place=accounts.place(organization, account))
    connection.execute(_ORGANIZATION, [organization, name, f"{name.lower()}-{organization.hex}"])
    values = [organization, account, f"waba-{name}", phone_number_id, sealed, per_second]
    connection.execute(_ACCOUNT, values)
    return organization, account


def make_customers(
    connection: psycopg.Connection[Any],
    organization: UUID,
    account: UUID,
    count: int,
    *,
    first: int = 1,
) -> None:
    """Gives the number `count` customers, each with a conversation whose window is open."""
    values = {"organization": organization, "account": account}
    connection.execute(_CUSTOMERS, {**values, "first": first, "last": first + count - 1})


def queue_messages(
    connection: psycopg.Connection[Any],
    account: UUID,
    each: int = 1,
    *,
    priority: int = 0,
    text: str = "Message",
    most: int | None = None,
) -> int:
    """Queues `each` texts ("Message 1", …) to every customer of a number; how many that makes.

    `most`: only to so many customers.
    """
    kind = "campaign" if priority else "user"
    values = {"account": account, "each": each, "kind": kind, "priority": priority, "text": text}
    return connection.execute(_MESSAGES, {**values, "most": most}).rowcount
