"""Campaigns: what the pages draw, over a socket, and in a real browser."""

import asyncio
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from botpe_app.services import (
    campaign_reports,
    campaigns,
    contacts,
    segments,
    template_drafting,
    templates,
)
from botpe_app.services.access import Actor
from botpe_app.services.campaign_plans import Cost, MarketCost, Plan, Sample, VariantPlan, ZonePlan
from botpe_app.services.campaign_reports import ErrorGroup, MarketCount, ReportCost, Winner
from botpe_app.services.campaign_views import CampaignCounts, CampaignItem
from botpe_app.services.demo import SIGN_INS
from botpe_app.services.template_places import PlaceItem, places_of
from botpe_app.ui.campaigns import checks, places, rows, rules, variants
from botpe_app.ui.campaigns.report_state import ReportState
from botpe_app.ui.campaigns.variants import Variant
from botpe_app.ui.campaigns.wizard_state import WizardState
from tests.acting import within
from tests.campaigning import change
from tests.conftest import Business
from tests.ui.running import Visit, running, visit
from tests.ui.tab import Tab

__all__ = ["running", "visit"]  # fixtures
SignIn = Callable[[Actor], str]
NOW = datetime(2026, 3, 1, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
ADMIN = SIGN_INS[0].email


def campaign(counts: CampaignCounts, status: str = "running") -> CampaignItem:
    """A campaign that has begun."""
    known = dict.fromkeys(each.name for each in fields(CampaignItem))
    told: dict[str, Any] = {
        "id": "x",
        "name": "Sale",
        "status": status,
        "reason": "",
        "counts": counts,
        "started_at": NOW,
        "created_at": NOW,
    }
    return CampaignItem(**{**known, **told})


REPORT = campaign_reports.Report(
    "running", "", CampaignCounts(), {}, [], [], [], [], [],
    ReportCost("USD", 0, 0, "2026-10-01"), NOW, None,
)  # fmt: skip
ITEM = campaign(CampaignCounts(recipients=10, queued=4, sent=5, delivered=4, read=2, failed=1))
SAID = next(i.template for i in template_drafting.library() if i.id == "seasonal_sale")


def drafted(business: Business) -> CampaignItem:
    """A draft of a sale for everybody, of whom there is one."""
    within(
        business.admin,
        contacts.create_contact,
        phone="+34612345678",
        name="Ana",
        marketing_opt_in=True,
    )
    segment = within(business.admin, segments.create_segment, name="All", filter={"all": []})
    template = within(business.admin, templates.create_template, **SAID)
    return within(
        business.admin,
        campaigns.create_campaign,
        name="Sale",
        account_id=str(business.account_id),
        template_id=template.id,
        segment_id=segment.id,
        variables={"body": {"name": "{{contact.name|there}}"}},
    )


def test_progress_counts_those_who_are_settled():
    assert rows.progress(ITEM)[0] == 60
    assert rows.progress(replace(ITEM, status="draft")) == (0, "Not sent yet")
    assert "1 failed" in rows.progress(ITEM)[1]


def test_the_funnel_says_each_step_of_the_one_before():
    steps = {line.label: (line.count, line.detail) for line in rows.funnel(ITEM.counts)}
    assert steps["Sent"] == ("5", "50 %")
    assert steps["Delivered"] == ("4", "80 %")
    assert steps["Replied"] == ("0", "0 %")


@pytest.mark.parametrize(
    ("source", "fallback", "value"),
    [
        ("name", "there", "{{contact.name|there}}"),
        ("name", "", "{{contact.name}}"),
        ("name", "first", '{{contact.name|default:"first"}}'),
        ("custom_fields.city", "a {{b}}|c", "{{contact.custom_fields.city|a bc}}"),
        ("text", "20 % {{x}}", "20 % {{x}}"),
    ],
)
def test_what_fills_a_place_is_kept_and_read_back(source: str, fallback: str, value: str):
    assert places.value_of(source, fallback) == value
    known = [places.Source(key, key) for key in ("name", "custom_fields.city")]
    place = PlaceItem("body", "2", "Ana")
    (read,) = places.places([place], {"body": {"2": value}}, known, UTC_ZONE)
    assert places.value_of(read.source, read.fallback) == value


def test_the_check_says_who_what_and_how_much():
    cost = Cost("USD", 1.5, [MarketCost("Spain", 8, 0.07, 1.5)], "2026-10-01")
    plan = Plan(
        10, 8, {"no_opt_in": 2}, cost, 75, NOW, 2, [VariantPlan("A", 4), VariantPlan("B", 4)],
        [ZonePlan("America/New_York", 8, NOW)], [], [Sample("x", "Hello Ana")],
    )  # fmt: skip
    check = checks.check(plan, ZoneInfo("UTC"), NOW)
    assert (check.will, check.of, check.cost) == ("8", "of 10 people", "$ 1.50")
    assert check.takes == "1 min 15 s"
    assert check.left_out[0].label == "Never allowed marketing"
    assert check.samples == ["Hello Ana"]
    assert [(line.label, line.share) for line in check.variants] == [("A", "50.0%"), ("B", "50.0%")]
    assert [(line.label, line.detail) for line in check.zones] == [
        ("America/New York", "28 February 2026, 19:00")
    ]
    assert (check.begins, check.first) == ("as soon as you launch it", "2 people")
    tonight = replace(plan, begins_at=NOW + timedelta(hours=8))
    begins = checks.check(tonight, ZoneInfo("Europe/Madrid"), NOW).begins
    assert begins == "on 1 March 2026, 09:00"


def test_variants_and_rules_go_to_the_campaign_and_come_back():
    found = [
        PlaceItem("body", "1", "Ana"),
        PlaceItem("header", "link", "", same=True),
        PlaceItem("cards", "0.header.link", "", same=True),
        PlaceItem("offer", "expires_at", "", same=True),
    ]
    given = {
        "body": {"1": "{{contact.name|there}}"},
        "header": {"link": " https://x.y/z.png "},
        "cards": {"0.header.id": "77"},
        "offer": {"expires_at": "2026-12-01T18:00:00+00:00"},
    }
    madrid = ZoneInfo("Europe/Madrid")
    written = places.places(found, given, [places.Source("name", "Name")], madrid)
    assert [(each.label, each.kind) for each in written][1:] == [
        ("Header: address of the file", "same"),
        ("Card 1: header: address of the file", "same"),
        ("The offer ends", "moment"),
    ]
    assert written[-1].fallback == "2026-12-01T19:00"
    one = Variant("A", "t1", places=written)
    whole = {**given, "header": {"link": "https://x.y/z.png"}}
    assert variants.fields_of([one], madrid) == {
        "template_id": "t1", "variables": whole, "variants": [],
    }  # fmt: skip
    two = variants.one_more([one], one)
    assert [each["name"] for each in variants.fields_of(two, madrid)["variants"]] == ["A", "B"]
    five = two
    for _ in range(5):
        five = variants.one_more(five, one)
    assert [each.name for each in five] == list("ABCDE")
    kept: dict[str, Any] = {
        "canary": {"percent": 2, "minutes": 30},
        "quiet_hours": {"from": "22:00", "to": "07:00"},
        "frequency_cap": None,
        "local_time": True,
    }
    assert rules.fields_of(rules.rules_of(replace(ITEM, **kept))) == kept
    odd = rules.Rules(cap=True, cap_days="²")
    assert rules.fields_of(odd)["frequency_cap"] == {"messages": 2, "days": 0}


def test_a_report_says_which_variant_did_better_and_whether_that_is_chance():
    sure, unsure, few = (
        rows.verdicts(replace(REPORT, winners=[Winner("read", "B", value, bool(value == 0.001))]))
        for value in (0.001, 0.4, None)
    )
    assert sure == ["B was read more: chance alone does that in 0.1 %."]
    assert "it may mean nothing" in unsure[0]
    assert "Too few" in few[0]


def test_a_templates_places_come_with_their_samples(business: Business):
    item = within(business.admin, templates.create_template, **SAID)
    found = within(business.viewer, places_of, item.id)
    assert [(each.part, each.name) for each in found][:3] == [
        ("body", "name"),
        ("body", "season"),
        ("body", "discount"),
    ]
    assert [each.sample for each in found][:3] == ["Ana", "winter", "20 % off"]


def test_a_report_says_what_it_cost_and_where(business: Business):
    found = within(business.viewer, campaign_reports.report, drafted(business).id)
    assert (rows.causes(found), rows.markets(found), rows.cost(found)) == ([], [], "")
    found = replace(
        found,
        by_market=[MarketCount("Spain", 4, 3, 2, 1, 0, 0.28, 0.14)],
        errors=[ErrorGroup(131026, "Not reachable", "Leave them", 1, False)],
        cost=ReportCost("USD", 0.28, 0.14, "2026-10-01"),
    )
    assert rows.cost(found) == "$0.14 so far, at most $0.28"
    assert rows.markets(found)[0].count == "2 of 4"
    assert rows.causes(found)[0].mend == "Leave them"


def test_a_viewer_sees_a_campaign_and_moves_nothing_by_any_handler(
    web: str, sign_in: SignIn, business: Business
):
    item = drafted(business)

    async def run() -> None:
        async with Tab(web, sign_in(business.viewer)) as tab:
            await tab.open(f"/campaigns?c={item.id}")
            await tab.until(lambda t: t.state("report_state").get("campaign", {}).get("id"))
            assert tab.state("report_state")["may_manage"] is False
            await tab.call(WizardState.begin, campaign_id=item.id)
            await tab.call(WizardState.call_it, name="Evil")
            await tab.call(WizardState.go, step="check")
            await tab.call(WizardState.launch)
            await tab.call(WizardState.remove)
            await tab.call(ReportState.act, verb="cancel")
            await tab.call(ReportState.retry)
            await tab.until(lambda t: t.said().count("role") >= 4)

    asyncio.run(run())
    kept = within(business.admin, campaigns.get_campaign, item.id)
    assert (kept.name, kept.status) == ("Sale", "draft")


def test_a_draft_of_the_api_opens_with_its_people_variants_and_rules_and_is_kept_as_it_was(
    web: str, sign_in: SignIn, business: Business
):
    made = drafted(business)
    person = str(within(business.admin, contacts.list_contacts).data[0].id)
    change("update templates set status = 'APPROVED'")
    fields: dict[str, Any] = {
        "contact_ids": [person],
        "variants": [{"name": "Short"}, {"variables": {"body": {"name": "friend"}}}],
        "canary": {"percent": 5, "minutes": 15},
        "quiet_hours": {"from": "22:00", "to": "07:00"},
        "frequency_cap": {"messages": 1, "days": 3},
    }
    item = within(business.admin, campaigns.update_campaign, made.id, **fields)

    async def run() -> None:
        async with Tab(web, sign_in(business.admin)) as tab:
            await tab.open(f"/campaigns?c={item.id}")
            await tab.until(lambda t: t.state("wizard_state").get("step") == "check")
            state = tab.state("wizard_state")
            assert (state["segment"], state["people"]) == ("named", 1)
            assert [each["name"] for each in state["variants"]] == ["Short", "B"]
            assert state["check"]["of"] == "of 1 person"
            await tab.call(WizardState.show_variant, place=1)
            await tab.call(WizardState.call_variant, name="Warm")
            await tab.call(WizardState.turn_rule, name="cap")
            await tab.call(WizardState.keep_rule, name="canary_minutes", said="0")
            await tab.call(WizardState.go, step="check")
            await tab.until(lambda t: "Minutes of the canary" in t.said())
            await tab.call(WizardState.keep_rule, name="canary_minutes", said="20")
            await tab.call(WizardState.go, step="check")
            await tab.until(lambda t: t.state("wizard_state").get("problem") == "")

    asyncio.run(run())
    kept = within(business.admin, campaigns.get_campaign, item.id)
    assert (kept.contact_ids, kept.segment_id) == ([person], None)
    assert [(each.name, each.variables["body"]["name"]) for each in kept.variants] == [
        ("Short", "{{contact.name|there}}"), ("Warm", "friend"),
    ]  # fmt: skip
    assert (kept.canary, kept.frequency_cap) == ({"percent": 5, "minutes": 20}, None)
    assert kept.quiet_hours == fields["quiet_hours"]


def test_a_campaign_of_another_organization_is_missing(
    web: str, sign_in: SignIn, business: Business, make_business: Any
):
    other = make_business("Globex", "206540352242922")
    theirs = drafted(other)

    async def run() -> None:
        async with Tab(web, sign_in(business.admin)) as tab:
            await tab.open(f"/campaigns?c={theirs.id}")
            await tab.until(lambda t: t.state("campaigns_state").get("mode") == "missing")
            await tab.call(ReportState.show, campaign_id=theirs.id)
            await tab.call(ReportState.act, verb="nonsense")
            await tab.call(ReportState.of_status, status="'; --")
            await asyncio.sleep(0.3)
            assert "Sale" not in tab.said()

    asyncio.run(run())


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_a_campaign_is_planned_checked_and_goes_out_to_the_last_one(visit: Visit):
    page = visit("/campaigns", email=ADMIN)
    page.get_by_role("link", name="New campaign").click()
    page.get_by_label("Name of the campaign").fill("Parcels")
    page.get_by_role("radio", name="Regulars").click()
    expect(page.get_by_role("status").filter(has_text="people")).to_be_visible()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("radio", name="appointment_reminder").click()
    page.get_by_label("Where Text {{2}} comes from").select_option("The same words for all")
    page.get_by_label("Words for Text {{2}}").fill("Friday, 10:00")
    phone = page.get_by_role("region", name="How a customer sees it").bounding_box()
    assert phone is not None
    assert (phone["width"], phone["y"] < 200) == (340, True)  # beside the form
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("radio", name="At a time")).to_be_visible()
    page.get_by_role("switch", name="Not too much for anybody").click()
    page.get_by_label("Messages at most").fill("50")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("no limit is assumed")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("we look forward to seeing you on Friday, 10:00").first).to_be_visible()
    page.get_by_role("button", name="Launch", exact=True).first.click()
    page.get_by_role("dialog").get_by_role("button", name="Launch").click()
    expect(page.get_by_role("heading", name="Parcels")).to_be_visible()
    expect(page.get_by_text("Completed")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("status").filter(has_text="sent")).not_to_contain_text("0 sent")
