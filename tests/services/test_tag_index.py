"""Who bears a tag: kept by triggers whoever changes tags, and found by an index behind the wall."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from botpe_app import db
from botpe_app.services import contact_table, contacts, inbox, tags
from tests.acting import within
from tests.conftest import Business, count
from tests.services.ingesting import change, message, one, receive, rows


@pytest.fixture(autouse=True)
def url(services: str) -> str:
    return services


def make(business: Business, *tagged: str, phone: str = "+351910000123") -> str:
    return within(business.agent, contacts.create_contact, phone=phone, tags=list(tagged)).id


def bearing(business: Business, tag: str) -> list[str]:
    found = within(business.viewer, contacts.list_contacts, tag=tag).data
    assert [one.id for one in found] == [
        row.id for row in within(business.viewer, contact_table.table, tag=tag).rows
    ]
    return [one.id for one in found]


def test_a_tag_finds_whoever_bears_it_now(
    url: str, business: Business, make_business: Callable[..., Business]
) -> None:
    ana, bob = make(business, "vip", "new"), make(business, "vip", phone="+351910000124")
    assert bearing(business, "vip") == [bob, ana]
    assert bearing(make_business("Globex", "999"), "vip") == []
    within(business.agent, contacts.update_contact, ana, tags=["new", "old"])
    assert (bearing(business, "vip"), bearing(business, "old")) == ([bob], [ana])
    assert within(business.viewer, contact_table.tags_in_use) == ["new", "old", "vip"]
    change(url, "update contacts set tags = tags || array['vip', 'vip'] where id = %s", ana)
    assert bearing(business, "vip") == [bob, ana]
    change(url, "delete from contact_identities")
    change(url, "delete from contacts where id = %s", bob)
    assert bearing(business, "vip") == [ana]
    assert count(url, "contact_tags") == 3


def test_conversations_are_found_by_their_tags_also_after_a_tag_is_renamed_or_goes(
    url: str, business: Business
) -> None:
    receive(url, message(1))
    talk = str(one(url, "select id from conversations")["id"])

    def listed(tag: str) -> list[str]:
        page = within(business.viewer, inbox.list_conversations, status=None, tag=tag)
        return [item.id for item in page.data]

    within(business.agent, inbox.set_tags, talk, ["sales"])
    assert (listed("sales"), listed("vip")) == ([talk], [])
    tag = within(business.admin, tags.create_tag, name="vip").id
    within(business.agent, inbox.set_tags, talk, ["sales", "vip"])
    within(business.admin, tags.update_tag, tag, name="gold")
    assert (listed("gold"), listed("vip")) == ([talk], [])
    within(business.admin, tags.delete_tag, tag)
    assert (listed("gold"), listed("sales")) == ([], [talk])


def test_no_list_of_a_tag_reads_everything(url: str, business: Business) -> None:
    change(
        url,
        "insert into contacts (organization_id, id, name, tags, custom_fields, marketing_opt_in)"
        " select %s, gen_random_uuid(), n::text, case when n %% 500 = 0 then '{rare}'::text[]"
        " else '{}' end, '{}', false from generate_series(1, 5000) n",
        business.organization_id,
    )
    change(
        url,
        "insert into conversations (organization_id, id, account_id, contact_id, status, owner,"
        " owner_epoch, unread_count, last_message, last_direction, tags) select organization_id,"
        " gen_random_uuid(), %s, id, 'open', 'nobody', 0, 0, '', 'incoming', tags from contacts",
        business.account_id,
    )
    change(url, "analyze contacts, conversations, contact_tags, conversation_tags")
    plans: list[str] = []

    def explain(connection: Any, _: Any, statement: str, parameters: Any, *__: Any) -> None:
        if "_tags" in statement and not statement.startswith("explain"):
            found = connection.exec_driver_sql(f"explain {statement}", parameters)
            plans.append("\n".join(row[0] for row in found))

    event.listen(db.engine(), "before_cursor_execute", explain)
    try:
        page = within(business.viewer, inbox.list_conversations, status=None, tag="rare")
        table = within(business.viewer, contact_table.table, tag="rare")
    finally:
        event.remove(db.engine(), "before_cursor_execute", explain)
    assert (len(page.data), table.total) == (10, 10)
    assert len(plans) == 3
    read = re.findall(r"Seq Scan on (contacts|conversations)\b", "\n".join(plans))
    assert read == [], plans
    assert rows(url, "select count(*) as n from contact_tags") == [{"n": 10}]
