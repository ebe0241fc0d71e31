"""What a failed message says of its template and its number."""

from __future__ import annotations

import time
from typing import Any

import pytest

from botpe_app.bench import rows as bench
from botpe_app.services.outbox import Result
from tests.conftest import Business
from tests.services.ingesting import change, one, receive, sent_message, status
from tests.services.sending import Drain, run, three_customers

NUMBER = "select status, paused_reason from whatsapp_accounts"
TEMPLATE = "select status from templates"


def template(url: str, **known: Any) -> None:
    """Our approved template sale in English."""
    change(
        url,
        "insert into templates (organization_id, id, account_id, waba_id, name, language, category,"
        " components, status) select organization_id, gen_random_uuid(), id, waba_id, 'sale', 'en',"
        " 'MARKETING', '[]', %s from whatsapp_accounts",
        known.get("status", "APPROVED"),
    )
    change(
        url,
        "update messages set type = 'template', content ="
        ' \'{"name": "sale", "language": {"code": "en"}}\' where direction = \'outgoing\'',
    )


def failed(code: int, **about: Any) -> bytes:
    return status("failed", "wamid.out", errors=[{"code": code, "title": "said"}], **about)


@pytest.mark.parametrize(("code", "word"), [(132015, "PAUSED"), (132016, "DISABLED")])
def test_a_template_that_meta_stopped_is_not_approved_any_more(
    services: str, business: Business, code: int, word: str
) -> None:
    sent_message(services, business)
    template(services)
    receive(services, failed(code))
    assert one(services, TEMPLATE)["status"] == word


def test_a_failure_for_another_reason_leaves_the_template_and_the_number_alone(
    services: str, business: Business
) -> None:
    sent_message(services, business)
    template(services)
    receive(services, failed(131026))
    assert one(services, TEMPLATE)["status"] == "APPROVED"
    assert one(services, NUMBER)["status"] == "connected"


def test_a_template_that_was_rejected_stays_so(services: str, business: Business) -> None:
    sent_message(services, business)
    template(services, status="REJECTED")
    receive(services, failed(132015))
    assert one(services, TEMPLATE)["status"] == "REJECTED"


def test_a_payment_problem_that_comes_later_pauses_the_number_and_says_why(
    services: str, business: Business
) -> None:
    sent_message(services, business)
    late = int(time.time()) - 1_760_000_000
    receive(services, failed(131042, at=late))
    number = one(services, NUMBER)
    assert number["status"] == "paused"
    assert "payment method" in number["paused_reason"]


def test_an_old_failure_pauses_nothing(services: str, business: Business) -> None:
    sent_message(services, business)
    receive(services, failed(131042))
    assert one(services, NUMBER)["status"] == "connected"


@pytest.mark.parametrize(("code", "word"), [(132015, "PAUSED"), (132000, "APPROVED")])
def test_a_refusal_says_the_same_of_the_template(
    services: str, business: Business, code: int, word: str
) -> None:
    with three_customers(business) as sql:
        bench.queue_messages(sql, business.account_id)
    template(services)

    async def scenario(one: Drain) -> None:
        first, *_ = await one.claim()
        await one.record(Result(first, "failed", code=code))

    run(business, scenario)
    assert one(services, TEMPLATE)["status"] == word
