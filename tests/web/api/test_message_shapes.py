"""Every kind of message through the API to what the sender posts: Meta's shape, Meta's limits."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from botpe_app import db
from botpe_app.services import outbox, outbox_claims, outbox_leases
from botpe_app.services.outbox import Claimed, Timing, Wanted
from jobs.outbox_departures import _body
from tests.conftest import Business
from tests.services.ingesting import ANA, message, receive
from tests.web.api.conftest import problem
from tests.web.conftest import Browser
from tests.whatsapp.outgoing import BAD, GOOD, template

BSUID = "US.13491208655302741918"
CARD = {
    "card_index": 0,
    "components": [
        {"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]},
        {"type": "body", "parameters": [{"type": "text", "text": "x"}]},
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": "0",
            "parameters": [{"type": "payload", "payload": "c0"}],
        },
    ],
}


def component(kind: str, *parameters: Any, **others: Any) -> dict[str, Any]:
    return {"type": kind, **others, "parameters": list(parameters)}


def tapped(sub_type: str, index: str, parameter: Any) -> dict[str, Any]:
    return component("button", parameter, sub_type=sub_type, index=index)


ACTION = {"thumbnail_product_retailer_id": "sku1"}
SECTIONS = [{"title": "A", "product_items": [{"product_retailer_id": "sku1"}]}]
COMPONENTS = [
    component("header", {"type": "text", "text": "Hi", "parameter_name": "greeting"}),
    component("header", {"type": "document", "document": {"id": "1", "filename": "a.pdf"}}),
    component("header", {"type": "location", "location": {"latitude": 1.5, "longitude": -2.5}}),
    component(
        "header",
        {"type": "product", "product": {"product_retailer_id": "sku1", "catalog_id": "9"}},
    ),
    component("body", {"type": "text", "parameter_name": "first_name", "text": "Ana"}),
    component(
        "body",
        {
            "type": "currency",
            "currency": {"fallback_value": "$1", "code": "USD", "amount_1000": 1000},
        },
        {"type": "date_time", "date_time": {"fallback_value": "May 1"}},
    ),
    tapped("url", "0", {"type": "text", "text": "promo/42"}),
    tapped("quick_reply", "1", {"type": "payload", "payload": "STOP"}),
    tapped("copy_code", "2", {"type": "coupon_code", "coupon_code": "SAVE20"}),
    tapped("flow", "3", {"type": "action", "action": {"flow_token": "t"}}),
    tapped("catalog", "0", {"type": "action", "action": ACTION}),
    tapped("mpm", "0", {"type": "action", "action": {**ACTION, "sections": SECTIONS}}),
    tapped("voice_call", "0", {"type": "ttl_minutes", "ttl_minutes": 100}),
    component(
        "limited_time_offer",
        {
            "type": "limited_time_offer",
            "limited_time_offer": {"expiration_time_ms": 1_760_000_000_000},
        },
    ),
    component(
        "tap_target_configuration",
        {
            "type": "tap_target_configuration",
            "tap_target_configuration": [{"url": "https://x.example", "title": "Offer"}],
        },
    ),
    {"type": "carousel", "cards": [CARD, {**CARD, "card_index": 1}]},
]
TEMPLATES = [("template", template(one)) for one in COMPONENTS]


def written(kind: str, content: Any) -> dict[str, Any]:
    """How a program writes it: what stands under the type's name."""
    return {"type": kind, kind: content["contacts"] if kind == "contacts" else content}


def leaves(business: Business) -> list[tuple[Claimed, dict[str, Any]]]:
    """What is queued, with the body that the sender would post, in order."""

    async def claim() -> list[Claimed]:
        me, timing = uuid4(), Timing(1, 4)
        async with await outbox.connect() as connection:
            await outbox_leases.announce_holder(connection, me)
            await outbox_leases.acquire(connection, me, 4, timing)
            number = Wanted(business.organization_id, business.account_id, 500)
            return await outbox_claims.claim(connection, me, [number], timing)

    return [(claimed, json.loads(_body(claimed))) for claimed in asyncio.run(claim())]


@pytest.fixture
def talking(services: str, business: Business, admin: Browser) -> Browser:
    """A program whose customer Ana has just written."""
    receive(services, message(1))
    with db.transaction() as session:
        db.act_as_system(session)
        session.connection().exec_driver_sql("update conversations set last_inbound_at = now()")
    return admin


def sent(program: Browser, business: Business, body: dict[str, Any]) -> dict[str, Any]:
    """The body that leaves for one request to the API."""
    answer = program("POST", "/api/messages", body)
    assert answer.status_code == 202, answer.text
    bodies = {claimed.id: posted for claimed, posted in leaves(business)}
    posted = bodies[UUID(answer.json()["id"])]
    assert UUID(posted.pop("biz_opaque_callback_data"))
    with db.transaction() as session:  # one in flight a conversation: make room for the next
        db.act_as_system(session)
        session.connection().exec_driver_sql(
            "update messages set status = 'sent' where direction = 'outgoing'"
        )
        session.connection().exec_driver_sql("update whatsapp_accounts set lease_holder = null")
    return posted


def test_every_kind_leaves_in_metas_shape(talking: Browser, business: Business) -> None:
    for kind, content in [*GOOD, *TEMPLATES]:
        posted = sent(talking, business, {"to": f"+{ANA}", **written(kind, content)})
        assert posted == {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": f"+{ANA}",
            **written(kind, content),
        }


def test_a_quote_and_a_user_id_are_written_as_meta_does(
    talking: Browser, business: Business
) -> None:
    text = {"type": "text", "text": {"body": "Yes"}, "context": {"message_id": "wamid.1"}}
    posted = sent(talking, business, {"to": f"+{ANA}", **text})
    assert posted["context"] == {"message_id": "wamid.1"}
    reaction = {"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": "👍"}}
    quoting = {**reaction, "context": {"message_id": "wamid.1"}}
    assert "context" not in sent(talking, business, {"to": f"+{ANA}", **quoting})
    posted = sent(talking, business, {"to": BSUID, "type": "template", "template": template()})
    assert posted["recipient"] == BSUID
    assert "to" not in posted


# JSON cannot say half a character, so that one is refused before it is read.
@pytest.mark.parametrize(
    ("kind", "content", "field"), [one for one in BAD if r"\ud800" not in json.dumps(one)]
)
def test_each_limit_exceeded_is_422_and_names_its_field(
    admin: Browser, kind: str, content: Any, field: str
) -> None:
    body = json.dumps({"to": f"+{ANA}", "type": kind, kind: content})
    answer = admin("POST", "/api/messages", content=body)
    assert problem(answer) == (422, "invalid", field)
