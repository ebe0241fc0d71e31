"""What customers say to campaigns: answers, pressed buttons, and that they want no more."""

from __future__ import annotations

import asyncio
import random
from typing import Any
from uuid import UUID, uuid4

import pytest

from botpe_app.services import contacts, outbox, outbox_claims, outbox_leases
from botpe_app.services.outbox import Timing, Wanted
from tests.acting import within
from tests.campaigning import ask, change, customers, draft, feed, get, launch, template
from tests.conftest import Business
from tests.services.ingesting import message, receive
from tests.services.test_contact_effects import preference

PHONE = "15551000001"  # of the first of `customers`


def says(number: int, text: str = "Yes", **others: Any) -> bytes:
    """The customer writes; moments count in seconds from the bodies' own."""
    return message(number, "text", {"body": text}, **{"from": PHONE, **others})


def sent_campaign(business: Business, wamid: str = "wamid.sale") -> str:
    """A campaign to one customer whose message has arrived."""
    people = [row[0] for row in ask("select id from contacts")] or customers(business, 1)
    campaign = draft(business, template(business, name=f"t_{uuid4().hex}"), people)
    launch(business, campaign)
    feed()
    change(
        "update messages set status = 'delivered', sent_at = now(), wa_message_id = :wamid,"
        " created_at = to_timestamp(1760000000) where sent_by_id = :id",
        wamid=wamid, id=campaign,
    )  # fmt: skip
    return campaign


def answered(business: Business, campaign: str) -> tuple[int, int]:
    counts = get(business, campaign).counts
    return counts.replied, counts.clicked


def test_an_answer_counts_once_for_the_last_campaign(services: str, business: Business) -> None:
    first, last = sent_campaign(business, "wamid.a"), sent_campaign(business, "wamid.b")
    receive(services, says(10))
    receive(services, says(11, "And more"))
    assert (answered(business, first), answered(business, last)) == ((0, 0), (1, 0))


def test_a_pressed_button_counts_for_the_message_it_belongs_to(
    services: str, business: Business
) -> None:
    first, last = sent_campaign(business, "wamid.a"), sent_campaign(business, "wamid.b")
    pressed = {"payload": "more", "text": "Tell me more"}
    context = {"from": "1", "id": "wamid.a"}
    receive(services, message(12, "button", pressed, **{"from": PHONE, "context": context}))
    assert (answered(business, first), answered(business, last)) == ((1, 1), (0, 0))


def test_what_comes_weeks_later_is_no_answer(services: str, business: Business) -> None:
    campaign = sent_campaign(business)
    receive(services, says(8 * 24 * 3600))
    assert answered(business, campaign) == (0, 0)


def test_who_writes_stop_is_opted_out_with_evidence_and_start_opts_in_again(
    services: str, business: Business
) -> None:
    customers(business, 1)
    receive(services, says(20, "STOP"))
    assert ask("select marketing_opt_in, marketing_opted_out_at is null from contacts") == [
        (False, False)
    ]
    (kept,) = ask("select granted, source, evidence from consents")
    assert tuple(kept) == (False, "whatsapp", "The customer wrote: STOP")
    receive(services, says(21, "start"))
    assert ask("select marketing_opt_in, marketing_opted_out_at is null from contacts") == [
        (True, True)
    ]
    assert ask("select count(*) from consents")[0][0] == 2


def test_start_says_nothing_of_one_who_never_stopped(services: str, business: Business) -> None:
    customers(business, 1)
    change("update contacts set marketing_opt_in = false")
    receive(services, says(20, "start"))
    assert ask("select marketing_opt_in from contacts")[0][0] is False
    assert ask("select count(*) from consents")[0][0] == 0


def test_a_pressed_stop_button_opts_out(services: str, business: Business) -> None:
    campaign = sent_campaign(business)
    pressed = {"payload": "x", "text": "Stop promotions"}
    context = {"from": "1", "id": "wamid.sale"}
    receive(services, message(22, "button", pressed, **{"from": PHONE, "context": context}))
    assert ask("select marketing_opted_out_at is not null from contacts")[0][0]
    assert answered(business, campaign) == (1, 1)


async def _claim(business: Business) -> list[UUID]:
    """The contacts whose messages a sender may now send."""
    me = uuid4()
    async with await outbox.connect() as connection:
        await outbox_leases.acquire(connection, me, 1, Timing())
        wanted = [Wanted(business.organization_id, business.account_id, 50)]
        taken = await outbox_claims.claim(connection, me, wanted, Timing())
        await outbox_leases.release(connection, me, [business.account_id])
    ids = [row.id for row in taken if not row.refused]
    return [row[0] for row in ask("select contact_id from messages where id = any(:i)", i=ids)]


@pytest.mark.parametrize("seed", range(4))
def test_marketing_never_reaches_anybody_who_has_opted_out(
    services: str, business: Business, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    people = customers(business, 4)
    out: set[UUID] = set()
    sale = template(business)
    for step in range(14):
        place = chance.randrange(4)
        who, phone = people[place], f"1555{1000001 + place}"
        act = chance.choice(["stop", "prefer", "api", "start", "feed", "send", "send"])
        if act == "stop":
            receive(services, says(100 + step, "Stop", **{"from": phone}))
            out.add(who)
        elif act == "prefer":
            receive(services, preference("stop", 100 + step, wa_id=phone))
            out.add(who)
        elif act == "api":
            within(business.admin, contacts.update_contact, who, marketing_opt_in=False)
            out.add(who)
            change("update consents set at = to_timestamp(:at) where source = 'user'",
                   at=1_760_000_100 + step)  # fmt: skip
        elif act == "start":
            receive(services, says(100 + step, "START", **{"from": phone}))
            out.discard(who)
        elif act == "feed":
            launch(business, draft(business, sale, people))
            feed()
        else:
            assert not out & set(asyncio.run(_claim(business)))
            change("update messages set status = 'sent' where status = 'claimed'")
    assert {row[0] for row in ask("select id from contacts where not marketing_opt_in")} == out


def test_a_program_cannot_send_marketing_to_who_has_opted_out_either(
    services: str, business: Business
) -> None:
    people = customers(business, 2)
    template(business)
    change("update contacts set marketing_opted_out_at = now() where id = :id", id=people[0])
    change("update contacts set marketing_opt_in = false where id = :id", id=people[1])
    change(
        "insert into messages (organization_id, id, conversation_id, account_id, contact_id,"
        " direction, type, content, text, status, sent_by_kind, correlation_id, priority, attempts)"
        " select organization_id, gen_random_uuid(), id, account_id, contact_id, 'outgoing',"
        ' \'template\', \'{"name": "sale", "language": {"code": "en"}}\', \'\', \'queued\','
        " 'api', gen_random_uuid(), 0, 0 from conversations"
    )
    assert asyncio.run(_claim(business)) == [people[1]]
    assert ask("select error_code from messages where status = 'failed'") == [(outbox.OPTED_OUT,)]
