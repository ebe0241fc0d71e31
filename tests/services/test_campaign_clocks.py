"""Campaigns by each recipient's own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from botpe_app import db
from botpe_app.services import campaign_launching, campaign_plans, campaigns, contacts
from botpe_app.services.campaign_clocks import Clock
from tests.acting import within
from tests.campaigning import ask, change, draft, feed, get, launch, template
from tests.conftest import Business

MADRID, NEW_YORK = "+34612345678", "+12125551234"


def people(business: Business) -> list[UUID]:
    """One in Madrid, one in New York, one with a New York number who lives in Tokyo."""
    made = [
        within(business.admin, contacts.create_contact, phone=phone, marketing_opt_in=True, **more)
        for phone, more in (
            (MADRID, {}),
            (NEW_YORK, {}),
            ("+12125551235", {"custom_fields": {"time_zone": "Asia/Tokyo"}}),
        )
    ]
    return [UUID(each.id) for each in made]


def states() -> dict[str, str]:
    return dict(
        map(
            tuple,
            ask("select k.phone, r.state from campaign_recipients r join contacts k"
                " on k.id = r.contact_id"),
        )
    )  # fmt: skip


def quiet_in_new_york() -> dict[str, str]:
    here = datetime.now(ZoneInfo("America/New_York"))
    return {
        "from": f"{here - timedelta(hours=1):%H:%M}",
        "to": f"{here + timedelta(hours=1):%H:%M}",
    }


def test_quiet_hours_are_each_recipients_own(business: Business) -> None:
    campaign = draft(
        business, template(business), people(business),
        quiet_hours=quiet_in_new_york(), local_time=True,
    )  # fmt: skip
    assert get(business, campaign).local_time
    launch(business, campaign)
    assert feed() == 3
    assert states() == {MADRID: "queued", NEW_YORK: "later", "+12125551235": "queued"}
    change("update messages set status = 'sent', sent_at = now() where status = 'queued'")
    feed()
    found = get(business, campaign)
    assert (found.status, found.counts.queued, found.counts.sent) == ("running", 1, 2)
    change("update campaign_recipients set not_before = now() where state = 'later'")
    change("update campaigns set rules = '{\"local_time\": true}'")
    assert feed() == 1
    assert set(states().values()) == {"queued"}
    change("update messages set status = 'sent', sent_at = now() where status = 'queued'")
    feed()
    assert get(business, campaign).status == "completed"


def test_a_time_comes_for_each_when_their_own_clock_shows_it(business: Business) -> None:
    change("update organizations set time_zone = 'UTC'")
    campaign = draft(
        business, template(business), people(business),
        scheduled_at=datetime.now(UTC), local_time=True,
    )  # fmt: skip
    assert launch(business, campaign).status == "running"
    feed()
    assert states()[MADRID] == "queued"  # their clock showed it an hour or two ago
    assert states()[NEW_YORK] == "later"
    ((until,),) = ask("select not_before from campaign_recipients where state = 'later'")
    assert timedelta(hours=3) < until - datetime.now(UTC) < timedelta(hours=6)
    within(business.admin, campaign_launching.cancel, campaign)
    assert get(business, campaign).counts.skipped == 1 + 2  # what was queued is not sent either


def test_it_begins_where_the_hour_comes_first_and_not_before(business: Business) -> None:
    change("update organizations set time_zone = 'UTC'")
    sale, who = template(business), people(business)
    late, soon = (
        draft(business, sale, who, scheduled_at=datetime.now(UTC) + hours, local_time=True)
        for hours in (timedelta(hours=15), timedelta(hours=13))
    )
    assert launch(business, late).status == "scheduled"
    assert launch(business, soon).status == "running"
    with db.transaction() as session:
        db.act_as_system(session)
        assert campaign_launching.begin_due(session) == []
    change("update campaigns set scheduled_at = now() + interval '13 hours'"
           " where status = 'scheduled'")  # fmt: skip
    with db.transaction() as session:
        db.act_as_system(session)
        assert len(campaign_launching.begin_due(session)) == 1
    plain = draft(business, sale, who, scheduled_at=datetime.now(UTC) + timedelta(hours=13))
    assert launch(business, plain).status == "scheduled"


def test_a_dry_run_says_when_it_begins_where(business: Business) -> None:
    change("update organizations set time_zone = 'Europe/Madrid'")
    noon = datetime(2026, 12, 1, 12, tzinfo=ZoneInfo("Europe/Madrid"))
    campaign = draft(
        business, template(business), people(business), scheduled_at=noon, local_time=True,
        quiet_hours={"from": "08:00", "to": "13:00"},
    )  # fmt: skip
    plan = within(business.viewer, campaign_plans.dry_run, campaign, now=noon - timedelta(days=1))
    assert [(each.zone, each.recipients, each.begins_at) for each in plan.by_zone] == [
        ("Asia/Tokyo", 1, datetime(2026, 12, 1, 4, tzinfo=UTC)),
        ("Europe/Madrid", 1, datetime(2026, 12, 1, 12, tzinfo=UTC)),
        ("America/New_York", 1, datetime(2026, 12, 1, 18, tzinfo=UTC)),
    ]  # fmt: skip
    assert plan.begins_at == datetime(2026, 12, 1, 4, tzinfo=UTC)
    within(business.admin, campaigns.update_campaign, campaign, local_time=False)
    assert within(business.viewer, campaign_plans.dry_run, campaign).by_zone == []


def test_first_few_whose_turn_has_not_come_are_waited_for(business: Business) -> None:
    campaign = draft(
        business, template(business), people(business)[1:2], local_time=True,
        quiet_hours=quiet_in_new_york(), canary={"percent": 10, "minutes": 1},
    )  # fmt: skip
    launch(business, campaign)
    assert feed() == 1
    feed()
    ((size, until),) = ask("select canary_size, canary_until from campaigns")
    assert (size, until) == (1, None)


def test_an_hour_that_a_clock_skips_is_none_to_stumble_over() -> None:
    class Somebody:
        phone = "+34612345678"
        custom_fields: dict[str, Any] = {"time_zone": "Nowhere/Else", "timezone": 7}  # noqa: RUF012

    skipped = datetime(2026, 3, 29, 2, 30, tzinfo=UTC)  # no such hour in Madrid
    clock = Clock({"local_time": True}, skipped, ZoneInfo("UTC"))
    assert clock.zone_of(Somebody()).key == "Europe/Madrid"
    assert clock.opens_at(ZoneInfo("Europe/Madrid"), skipped - timedelta(days=1)) == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )
