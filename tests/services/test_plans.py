"""A plan's messages a month, whoever sends them: people, rules, bots, campaigns."""

from __future__ import annotations

from datetime import timedelta

import pytest

from botpe_app.core import plans
from botpe_app.core.plans import Plan
from botpe_app.errors import Conflict
from botpe_app.models.base import utc_now
from botpe_app.services import campaign_launching, campaign_plans, messages
from botpe_app.services.outbox import OVER_PLAN
from tests import campaigning
from tests.acting import within
from tests.conftest import Business
from tests.services.conversing import end, flow, publish, say
from tests.services.ingesting import change, one, rows

MOST = 3


@pytest.fixture(autouse=True)
def url(services: str, business: Business, monkeypatch: pytest.MonkeyPatch) -> str:
    """The business has a plan of three messages a month."""
    monkeypatch.setitem(plans.PLANS, "FREE", Plan(messages=MOST))
    change(services, "update organizations set plan = 'FREE'")
    return services


def test_bots_say_as_much_as_the_plan_allows_and_then_why_they_cannot(
    url: str, business: Business
) -> None:
    publish(business, flow([end("bye", "Hi")], ["start next bye"]))
    for number in range(5):
        say(url, number, "hello")
    said = rows(url, "select * from messages where direction = 'outgoing' order by id")
    assert [row["status"] for row in said] == ["queued"] * MOST + ["failed"] * 2
    assert said[-1]["error_code"] == OVER_PLAN
    assert "plan" in said[-1]["error_title"]
    talk = one(url, "select id from conversations")["id"]
    change(url, "update conversations set last_inbound_at = now()")
    hello = {"type": "text", "content": {"body": "Hello"}}
    with pytest.raises(Conflict, match="The plan FREE allows 3 messages a month"):
        within(business.agent, messages.reply, talk, **hello)
    before = utc_now().replace(day=1) - timedelta(days=3)
    change(url, "update messages set created_at = %s", before)
    say(url, 9, "hello")
    assert one(url, "select count(*) as n from messages where status = 'queued'")["n"] == MOST + 1


def test_a_campaign_stops_at_the_plans_end_and_goes_on_when_there_is_room_again(
    url: str, business: Business
) -> None:
    people = campaigning.customers(business, 5)
    campaign = campaigning.draft(business, campaigning.template(business), people)
    told = within(business.admin, campaign_plans.dry_run, campaign).problems[-1]
    assert told.message.endswith("3 are left; then the campaign pauses.")
    campaigning.launch(business, campaign)
    assert campaigning.feed() == MOST
    campaigning.feed()
    found = campaigning.get(business, campaign)
    assert (found.status, len(rows(url, "select from messages"))) == ("paused", MOST)
    assert (found.reason or "").startswith("The plan FREE allows 3 messages a month.")
    change(url, "update messages set created_at = now() - interval '40 days'")
    within(business.admin, campaign_launching.resume, campaign)
    assert campaigning.feed() == 2


def test_a_campaign_that_just_fits_is_completed(url: str, business: Business) -> None:
    people = campaigning.customers(business, MOST)
    campaign = campaigning.draft(business, campaigning.template(business), people)
    told = within(business.admin, campaign_plans.dry_run, campaign).problems
    assert not any("month" in problem.message for problem in told)
    campaigning.launch(business, campaign)
    assert campaigning.feed() == MOST
    change(url, "update messages set status = 'sent', sent_at = now(), wa_message_id = id::text")
    campaigning.feed()
    assert campaigning.get(business, campaign).status == "completed"
