"""Variants, canaries, quiet hours and the frequency cap: off unless set."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time
from typing import Any

import pytest

from botpe_app.errors import Invalid
from botpe_app.services import campaign_launching, campaign_plans, campaign_reports, campaigns
from botpe_app.services.campaign_clocks import is_quiet
from tests.acting import within
from tests.campaigning import (
    BODY,
    VARIABLES,
    ask,
    change,
    customers,
    draft,
    feed,
    get,
    launch,
    template,
)
from tests.conftest import Business
from tests.whatsapp.test_filling import CARDS, CAROUSEL, OFFER

MINUTES = {"percent": 10, "minutes": 5}


def texts() -> list[str]:
    return [row[0] for row in ask("select text from messages where sent_by_kind = 'campaign'")]


def finish(status: str = "sent", **more: Any) -> None:
    change("update messages set status = :status, sent_at = now(), failed_at = now(),"
           " error_code = :code where status = 'queued'",
           status=status, code=more.get("code"))  # fmt: skip


def test_variants_share_the_recipients_and_say_who_won(business: Business) -> None:
    other = {**BODY, "text": "Hello {{1}}, look at this."}
    variants = [
        {"name": "Short"},
        {"template_id": template(business, name="other", components=[other])},
        {"variables": {"body": {"1": "friend"}}},
    ]
    campaign = draft(business, template(business), customers(business, 9), variants=variants)
    made = get(business, campaign)
    assert [v.name for v in made.variants] == ["Short", "B", "C"]
    assert made.variants[1].variables == VARIABLES
    launch(business, campaign)
    feed()
    said = Counter(
        "B" if text.startswith("Hello") else "C" if "friend" in text else "A" for text in texts()
    )
    assert said == {"A": 3, "B": 3, "C": 3}
    finish("delivered")
    change("update campaign_recipients set replied_at = now() where variant = 1")
    told = within(business.viewer, campaign_reports.report, campaign)
    assert [(v.name, v.recipients, v.delivered, v.replied) for v in told.by_variant] == [
        ("Short", 3, 3, 0), ("B", 3, 3, 3), ("C", 3, 3, 0),
    ]  # fmt: skip
    (winner,) = told.winners
    assert (winner.measure, winner.variant, winner.significant) == ("replied", "B", False)


def test_a_variant_whose_template_is_not_approved_keeps_it_back(business: Business) -> None:
    bad = template(business, name="bad", status="PENDING")
    campaign = draft(
        business, template(business), customers(business, 2), variants=[{}, {"template_id": bad}]
    )
    with pytest.raises(Invalid) as refused:
        launch(business, campaign)
    assert refused.value.field == "variants[1].template_id"
    within(business.admin, campaigns.update_campaign, campaign, variants=[])
    assert launch(business, campaign).status == "running"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"variants": [{}]}, "variants"),
        ({"variants": [{}] * 6}, "variants"),
        ({"variants": [{}, {"template_id": "x"}]}, "variants[1].template_id"),
        ({"variants": [{}, {"name": " "}]}, "variants[1].name"),
        ({"variants": [{}, {"variables": {"foot": {}}}]}, "variants[1].variables.foot"),
        ({"canary": {"percent": 0, "minutes": 5}}, "canary.percent"),
        ({"frequency_cap": {"messages": 1, "days": 91}}, "frequency_cap.days"),
        ({"quiet_hours": {"from": "25:00", "to": "08:00"}}, "quiet_hours.from"),
        ({"quiet_hours": {"from": "08:00", "to": "08:00"}}, "quiet_hours"),
        ({"quiet_hours": {"from": "08:00"}}, "quiet_hours"),
    ],
)
def test_a_rule_that_is_none_is_refused_by_its_field(
    business: Business, wrong: dict[str, Any], field: str
) -> None:
    people, sale = customers(business, 1), template(business)
    with pytest.raises(Invalid) as refused:
        draft(business, sale, people, **wrong)
    assert refused.value.field == field


def test_rules_are_kept_and_taken_back(business: Business) -> None:
    campaign = draft(
        business, template(business), customers(business, 1), canary=MINUTES,
        quiet_hours={"from": "21:00", "to": "8:00".zfill(5)},
        frequency_cap={"messages": 2, "days": 7},
    )  # fmt: skip
    made = get(business, campaign)
    assert (made.canary, made.frequency_cap) == (MINUTES, {"messages": 2, "days": 7})
    assert made.quiet_hours == {"from": "21:00", "to": "08:00"}
    changed = within(business.admin, campaigns.update_campaign, campaign, canary=None)
    assert changed.canary is None


def canary_campaign(business: Business) -> str:
    campaign = draft(business, template(business), customers(business, 40), canary=MINUTES)
    launch(business, campaign)
    assert feed() == 10  # a tenth would say too little
    assert feed() == 0
    return campaign


def test_the_rest_follows_the_first_few_when_they_were_watched(business: Business) -> None:
    campaign = canary_campaign(business)
    finish()
    feed()
    assert feed() == 0  # the minutes run
    change("update campaigns set canary_until = now() - interval '1 second'")
    feed()
    assert feed() == 30
    finish()
    feed()
    assert get(business, campaign).status == "completed"


def test_first_few_who_fail_or_leave_stop_it(business: Business) -> None:
    campaign = canary_campaign(business)
    change("update contacts set marketing_opted_out_at = now() + interval '1 second' where id in"
           " (select contact_id from messages limit 3)")  # fmt: skip
    finish()
    feed()
    found = get(business, campaign)
    assert found.status == "paused"
    assert found.reason == "Of the first 10, 3 blocked the business or stopped marketing."
    within(business.admin, campaign_launching.resume, campaign)
    assert feed() == 30


def test_quiet_hours_go_past_midnight() -> None:
    rules = {"quiet_hours": {"from": "21:00", "to": "08:00"}}
    assert [is_quiet(rules, time(h)) for h in (20, 21, 0, 7, 8)] == [
        False, True, True, True, False,
    ]  # fmt: skip
    assert is_quiet({"quiet_hours": {"from": "12:00", "to": "13:00"}}, time(12, 30))
    assert not is_quiet({"quiet_hours": None}, time(0))


def test_a_dry_run_says_when_it_begins_who_is_first_and_who_gets_which_variant(
    business: Business,
) -> None:
    campaign = draft(
        business, template(business), customers(business, 31), canary=MINUTES, variants=[{}, {}],
        quiet_hours={"from": "21:00", "to": "08:00"},
    )  # fmt: skip
    change("update organizations set time_zone = 'Europe/Madrid'")
    night = datetime(2026, 3, 28, 22, tzinfo=UTC)  # the clocks go forward before the morning
    plan = within(business.viewer, campaign_plans.dry_run, campaign, now=night)
    assert plan.begins_at == datetime(2026, 3, 29, 6, tzinfo=UTC)
    assert (plan.canary, plan.estimated_seconds) == (10, 301)
    assert [(each.name, each.recipients) for each in plan.by_variant] == [("A", 16), ("B", 15)]
    assert "Fewer than 100 people get each variant" in str(plan.problems)
    noon = night.replace(hour=12)
    plain = within(business.admin, campaigns.update_campaign, campaign, variants=[], canary=None)
    plan = within(business.viewer, campaign_plans.dry_run, plain.id, now=noon)
    assert (plan.begins_at, plan.canary, plan.by_variant) == (noon, 0, [])
    assert plan.estimated_seconds == 1
    assert "Fewer than" not in str(plan.problems)


def test_nothing_leaves_in_quiet_hours(business: Business) -> None:
    campaign = draft(
        business, template(business), customers(business, 1),
        quiet_hours={"from": "00:00", "to": "23:59"},
    )  # fmt: skip
    launch(business, campaign)
    assert feed() == 0
    change("update campaigns set rules = '{}'")
    assert feed() == 1


def test_cards_and_offers_go_out_with_what_fills_them(business: Business) -> None:
    sale = template(business, name="cards", components=[*CAROUSEL, OFFER[0]])
    people = customers(business, 1)
    campaign = draft(business, sale, people)
    plan = within(business.viewer, campaign_plans.dry_run, campaign)
    assert plan.problems[0].field == "variables.cards"
    filled = {
        "body": {"1": "{{contact.name}}"},
        "cards": {**CARDS, "0.buttons.1": "tents", "1.body.1": "{{contact.name}}",
                  "1.buttons.1": "boots"},
        "offer": {"expires_at": "2020-01-01T00:00:00Z"},
    }  # fmt: skip
    within(business.admin, campaigns.update_campaign, campaign, variables=filled)
    with pytest.raises(Invalid) as refused:
        launch(business, campaign)
    assert refused.value.field == "variables.offer"
    filled["offer"] = {"expires_at": "2099-01-01T00:00:00Z"}
    within(business.admin, campaigns.update_campaign, campaign, variables=filled)
    launch(business, campaign)
    feed()
    ((content,),) = ask("select content from messages where sent_by_kind = 'campaign'")
    kinds = [each["type"] for each in content["components"]]
    assert kinds == ["body", "carousel", "limited_time_offer"]
    second = content["components"][1]["cards"][1]["components"]
    assert second[1]["parameters"][0]["text"] == "Customer 1"


def test_who_had_enough_lately_is_left_out(business: Business) -> None:
    people, sale = customers(business, 2), template(business)
    launch(business, draft(business, sale, people[:1]))
    feed()
    finish()
    cap = {"messages": 1, "days": 7}
    campaign = draft(business, sale, people, frequency_cap=cap)
    plan = within(business.admin, campaign_plans.dry_run, campaign)
    assert (plan.eligible, plan.skipped) == (1, {"capped": 1})
    launch(business, campaign)
    feed()
    assert get(business, campaign).counts.skipped == 1
    change("update messages set created_at = now() - interval '8 days'")
    again = draft(business, sale, people, frequency_cap=cap)
    assert within(business.admin, campaign_plans.dry_run, again).eligible == 2
