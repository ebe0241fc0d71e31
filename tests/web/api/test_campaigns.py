"""Campaigns as drafts, and what a dry run tells of them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import text

from botpe_app import db
from tests.conftest import Business
from tests.web.api.conftest import problem
from tests.web.conftest import Browser

BODY = {
    "type": "BODY",
    "text": "Hi {{1}}, our {{2}} sale has begun today.",
    "example": {"body_text": [["Ana", "autumn"]]},
}
LINK = {"type": "URL", "text": "See", "url": "https://shop.example.com/{{1}}", "example": ["x"]}
TEMPLATE = {
    "name": "sale", "language": "en", "category": "MARKETING",
    "components": [BODY, {"type": "BUTTONS", "buttons": [LINK]}],
}  # fmt: skip
VARIABLES = {
    "body": {"1": "{{contact.name|there}}", "2": "{{contact.custom_fields.season}}"},
    "buttons": {"0": "autumn"},
}


def change(statement: str, **values: Any) -> None:
    with db.transaction() as session:
        db.act_as_system(session)
        session.connection().execute(text(statement), values)


@pytest.fixture
def template(admin: Browser) -> str:
    """An approved template with two places in its body and one in its button."""
    made: str = admin("POST", "/api/templates", TEMPLATE).json()["id"]
    change("update templates set status = 'APPROVED'")
    change("update whatsapp_accounts set quality = 'GREEN', messaging_limit = 'TIER_UNLIMITED'")
    return made


def contact(admin: Browser, phone: str, **fields: Any) -> str:
    body = {"phone": phone, "marketing_opt_in": True, "custom_fields": {"season": "autumn"}}
    made = admin("POST", "/api/contacts", {**body, **fields})
    assert made.status_code == 201, made.text
    return made.json()["id"]


def draft(
    admin: Browser, business: Business, template: str, ids: list[str], **more: Any
) -> dict[str, Any]:
    body = {
        "name": "Sale", "account_id": str(business.account_id), "template_id": template,
        "contact_ids": ids, "variables": VARIABLES,
    }  # fmt: skip
    made = admin("POST", "/api/campaigns", {**body, **more})
    assert made.status_code == 201, made.text
    return made.json()


def plan(admin: Browser, campaign: dict[str, Any]) -> dict[str, Any]:
    return admin("POST", f"/api/campaigns/{campaign['id']}/dry-run").json()


def test_a_campaign_is_drafted_read_changed_and_removed(
    admin: Browser, business: Business, template: str
) -> None:
    ana = contact(admin, "+351910000123")
    made = draft(admin, business, template, [ana])
    assert (made["status"], made["contact_ids"]) == ("draft", [ana])
    address = f"/api/campaigns/{made['id']}"
    changed = admin("PATCH", address, {"name": "Autumn", "rate_per_second": 5}).json()
    assert changed == {**made, "name": "Autumn", "rate_per_second": 5}
    assert admin("GET", "/api/campaigns").json()["data"] == [changed]
    assert admin("PATCH", address, {"rate_per_second": None}).json()["rate_per_second"] is None
    refused = admin("DELETE", f"/api/templates/{template}")
    assert problem(refused)[:2] == (409, "conflict")
    number = admin("DELETE", f"/api/whatsapp/accounts/{business.account_id}")
    assert problem(number)[:2] == (409, "conflict")
    assert admin("DELETE", address).status_code == 204
    assert problem(admin("GET", address))[0] == 404
    assert admin("DELETE", f"/api/templates/{template}").status_code == 204


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"account_id": "x"}, "account_id"),
        ({"template_id": str(uuid.uuid4())}, "template_id"),
        ({"contact_ids": []}, "contact_ids"),
        ({"contact_ids": ["x"]}, "contact_ids"),
        ({"contact_ids": [str(uuid.uuid4())]}, "contact_ids"),
        ({"variables": {"footer": {"1": "x"}}}, "variables.footer"),
        ({"variables": {"body": {"1": 7}}}, "variables.body.1"),
        ({"variables": {"body": {"1": "x" * 1025}}}, "variables.body"),
        ({"rate_per_second": 0}, "rate_per_second"),
        ({"scheduled_at": "2027-01-01T09:00:00"}, "scheduled_at"),
        ({"scheduled_at": "0001-01-01T00:00:00+14:00"}, "scheduled_at"),
        ({"scheduled_at": "9999-12-31T23:59:59-14:00"}, "scheduled_at"),
        ({"segment_id": str(uuid.uuid4())}, "segment_id"),
        ({"contact_ids": None}, "segment_id"),
        ({"canary": {"percent": 10**30}}, "canary.percent"),
        ({"quiet_hours": {"from": 7, "to": "8"}}, "quiet_hours.from"),
        ({"variants": [{}, {"variables": {"body": {"1": 2}}}]}, "variants.1.variables.body.1"),
    ],
)
def test_what_cannot_be_a_campaign_is_refused_by_its_field(
    admin: Browser, business: Business, template: str, wrong: dict[str, Any], field: str
) -> None:
    body = {
        "name": "Sale", "account_id": str(business.account_id), "template_id": template,
        "contact_ids": [contact(admin, "+351910000123")],
    }  # fmt: skip
    refused = admin("POST", "/api/campaigns", {**body, **wrong})
    assert problem(refused) == (422, "invalid", field)


def test_a_dry_run_tells_who_gets_it_who_does_not_and_why(
    admin: Browser, business: Business, template: str
) -> None:
    ana = contact(admin, "+919876543210", name="Ana")
    nameless = contact(admin, "+919876543211")
    brazil = contact(admin, "+5511987654321", name="Bia\n  Lua")
    unasked = contact(admin, "+351910000001", marketing_opt_in=False)
    stopped = contact(admin, "+351910000002")
    blocked = contact(admin, "+351910000003")
    seasonless = contact(admin, "+351910000004", custom_fields={})
    phoneless = contact(admin, "+351910000005")
    change(
        "update contacts set marketing_opted_out_at = now(), marketing_opt_in = false"
        " where id = :id",
        id=stopped,
    )
    change("update contacts set blocked_at = now() where id = :id", id=blocked)
    change("update contacts set phone = null where id = :id", id=phoneless)
    ids = [ana, nameless, brazil, unasked, stopped, blocked, seasonless, phoneless, ana]
    told = plan(admin, draft(admin, business, template, ids, rate_per_second=2))
    assert (told["recipients"], told["eligible"]) == (9, 3)
    assert told["skipped"] == {
        "no_opt_in": 1, "opted_out": 1, "blocked": 1, "variable_missing": 1, "no_phone": 1,
        "duplicate": 1,
    }  # fmt: skip
    cost = told["estimated_cost"]
    assert (cost["currency"], cost["amount"], cost["valid_from"]) == ("USD", 0.0861, "2026-10-01")
    assert cost["by_market"] == [
        {"market": "Brazil", "messages": 1, "rate": 0.0625, "amount": 0.0625},
        {"market": "India", "messages": 2, "rate": 0.0118, "amount": 0.0236},
    ]
    assert told["estimated_seconds"] == 2
    assert told["problems"] == []
    rendered = {each["contact_id"]: each["rendered"] for each in told["sample"]}
    assert rendered == {
        ana: "Hi Ana, our autumn sale has begun today.",
        nameless: "Hi there, our autumn sale has begun today.",
        brazil: "Hi Bia Lua, our autumn sale has begun today.",
    }


def test_what_is_no_marketing_asks_for_no_opt_in(
    admin: Browser, business: Business, template: str
) -> None:
    change("update templates set category = 'UTILITY'")
    ana = contact(admin, "+919876543210", marketing_opt_in=False)
    told = plan(admin, draft(admin, business, template, [ana]))
    assert (told["eligible"], told["estimated_cost"]["amount"]) == (1, 0.0014)


def test_a_place_that_nothing_fills_leaves_everybody_out(
    admin: Browser, business: Business, template: str
) -> None:
    ana = contact(admin, "+919876543210")
    told = plan(admin, draft(admin, business, template, [ana], variables={}))
    assert (told["eligible"], told["skipped"]) == (0, {"variable_missing": 1})
    assert [p["severity"] for p in told["problems"]] == ["error"]


def test_a_dry_run_warns_of_what_meta_would_not_send(
    admin: Browser, business: Business, template: str
) -> None:
    change("update templates set status = 'PAUSED', quality = 'RED'")
    change("update whatsapp_accounts set status = 'paused'")
    told = plan(admin, draft(admin, business, template, [contact(admin, "+16505551234")]))
    assert [(p["field"], p["severity"]) for p in told["problems"]] == [
        ("template_id", "error"),
        ("account_id", "error"),
        ("account_id", "warning"),
        ("contact_ids", "warning"),
    ]


def test_a_daily_limit_makes_it_take_days_and_an_unknown_one_is_said(
    admin: Browser, business: Business, template: str
) -> None:
    ids = [contact(admin, f"+35191000010{n}") for n in range(5)]
    made = draft(admin, business, template, ids)
    change("update whatsapp_accounts set messaging_limit = 'TIER_2'")
    told = plan(admin, made)
    assert told["estimated_seconds"] == 1 + 2 * 24 * 3600
    assert "2 people a day" in told["problems"][0]["message"]
    change("update whatsapp_accounts set messaging_limit = null")
    told = plan(admin, made)
    assert told["estimated_seconds"] == 1
    assert [p["severity"] for p in told["problems"]] == ["warning"]


def test_a_segment_that_a_campaign_is_for_stays(
    admin: Browser, business: Business, template: str
) -> None:
    filter_ = {"all": [{"field": "name", "op": "exists"}]}
    segment = admin("POST", "/api/segments", {"name": "Named", "filter": filter_}).json()["id"]
    made = draft(admin, business, template, [], contact_ids=None, segment_id=segment)
    assert (made["segment_id"], made["contact_ids"]) == (segment, [])
    assert problem(admin("DELETE", f"/api/segments/{segment}"))[:2] == (409, "conflict")
    nobody = admin("POST", f"/api/campaigns/{made['id']}/launch")
    assert problem(nobody) == (422, "invalid", "segment_id")
    contact(admin, "+351910000123", name="Ana")
    begun = admin("POST", f"/api/campaigns/{made['id']}/launch").json()
    assert (begun["status"], begun["counts"]["recipients"]) == ("running", 1)
    (recipient,) = admin("GET", f"/api/campaigns/{made['id']}/recipients").json()["data"]
    assert (recipient["name"], recipient["status"]) == ("Ana", "queued")
    assert problem(admin("GET", f"/api/campaigns/{made['id']}/recipients?status=x"))[2] == "status"
    again = admin("POST", f"/api/campaigns/{made['id']}/retry-failed").json()
    assert again == {"retried": 0, "status": "running"}
    for verb, status in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        assert admin("POST", f"/api/campaigns/{made['id']}/{verb}").json()["status"] == status
    report = admin("GET", f"/api/campaigns/{made['id']}/report").json()
    assert (report["counts"]["skipped"], report["skipped"]) == (1, {"cancelled": 1})
    assert admin("DELETE", f"/api/segments/{segment}").status_code == 204
    assert admin("GET", f"/api/campaigns/{made['id']}").json()["counts"]["recipients"] == 1


def test_a_template_of_a_variant_stays_too(
    admin: Browser, business: Business, template: str
) -> None:
    other = admin("POST", "/api/templates", {**TEMPLATE, "name": "other"}).json()["id"]
    variants = [{}, {"template_id": other}]
    ana = contact(admin, "+351910000123")
    made = draft(admin, business, template, [ana], variants=variants)
    assert [v["template_id"] for v in made["variants"]] == [template, other]
    assert problem(admin("DELETE", f"/api/templates/{other}"))[:2] == (409, "conflict")
    admin("DELETE", f"/api/campaigns/{made['id']}")
    assert admin("DELETE", f"/api/templates/{other}").status_code == 204
