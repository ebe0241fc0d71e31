"""Campaigns from launch to the outbox: whom they reach, once, and what stops them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from botpe_app import db
from botpe_app.errors import Conflict, Invalid
from botpe_app.services import (
    blocks,
    campaign_counts,
    campaign_feeding,
    campaign_launching,
    campaign_plans,
    campaign_reports,
    campaigns,
    contact_removal,
    outbox_refusals,
    segments,
)
from botpe_app.services.outbox import OPTED_OUT
from tests.acting import within
from tests.campaigning import ask, change, customers, draft, feed, get, launch, template
from tests.conftest import Business


def messages(campaign: str) -> list[Any]:
    return ask(
        "select contact_id, status, content, text from messages"
        " where sent_by_kind = 'campaign' and sent_by_id = :id order by id",
        id=campaign,
    )


def finish(status: str = "sent", **more: Any) -> None:
    """Has everything in the outbox end this way."""
    change(
        "update messages set status = :status, error_code = :code where status = 'queued'",
        status=status, code=more.get("code"),
    )  # fmt: skip


def test_every_recipient_is_written_to_once_with_their_own_words(business: Business) -> None:
    people = customers(business, 5)
    campaign = draft(business, template(business), people)
    begun = launch(business, campaign)
    assert (begun.status, begun.counts.recipients, begun.counts.queued) == ("running", 5, 5)
    assert feed() == 5
    assert feed() == 0
    found = messages(campaign)
    assert sorted(row[0] for row in found) == sorted(people)
    names = {row[0]: row[2]["components"][0]["parameters"][0]["text"] for row in found}
    assert names == {who: f"Customer {n}" for n, who in enumerate(people, 1)}
    assert found[0][3].endswith("our sale has begun.")
    finish()
    assert feed() == 0
    done = get(business, campaign)
    assert (done.status, done.counts.sent, done.counts.queued) == ("completed", 5, 0)
    assert done.finished_at


def test_a_campaign_is_launched_once(business: Business) -> None:
    campaign = draft(business, template(business), customers(business, 2))
    launch(business, campaign)
    with pytest.raises(Conflict):
        launch(business, campaign)
    feed()
    assert len(messages(campaign)) == 2


def test_whom_a_segment_means_is_settled_when_it_begins(business: Business) -> None:
    people = customers(business, 4)
    change("update contacts set tags = '{vip}' where id = any(:ids)", ids=people[:3])
    filter_ = {"all": [{"field": "tags", "op": "contains", "value": "vip"}]}
    vip = within(business.admin, segments.create_segment, name="VIP", filter=filter_)
    campaign = draft(business, template(business), [], contact_ids=None, segment_id=vip.id)
    launch(business, campaign)
    change("update contacts set tags = '{vip}'")
    change("update contacts set tags = '{}' where id = :id", id=people[0])
    assert feed() == 3
    assert {row[0] for row in messages(campaign)} == set(people[:3])


def test_nobody_is_written_to_who_may_not_be(business: Business) -> None:
    people = customers(business, 6)
    change("update contacts set marketing_opted_out_at = now() where id = :id", id=people[0])
    change("update contacts set blocked_at = now() where id = :id", id=people[1])
    change("update contacts set marketing_opt_in = false where id = :id", id=people[2])
    change("update contacts set marketing_after = now() + interval '1 day' where id = :id",
           id=people[3])  # fmt: skip
    change("update contacts set name = '' where id = :id", id=people[4])
    variables = {"body": {"1": "{{contact.name}}"}}
    campaign = draft(business, template(business), people, variables=variables)
    launch(business, campaign)
    feed()
    assert [row[0] for row in messages(campaign)] == people[5:]
    left_out = within(business.viewer, campaign_counts.list_recipients, campaign, status="skipped")
    assert {row.contact_id: row.reason for row in left_out.data} == {
        str(people[0]): "opted_out", str(people[1]): "blocked", str(people[2]): "no_opt_in",
        str(people[3]): "cooling_down", str(people[4]): "variable_missing",
    }  # fmt: skip
    counts = get(business, campaign).counts
    assert (counts.recipients, counts.skipped, counts.queued) == (6, 5, 1)


def test_a_dry_run_leaves_out_whom_the_number_has_blocked(business: Business) -> None:
    people = customers(business, 3)
    change("update contacts set blocked_at = now() where id = :id", id=people[2])
    for who in people[1:]:
        told = blocks.Block(str(business.account_id), str(who), blocked=True)
        within(business.admin, blocks.record, told)
    campaign = draft(business, template(business), people)
    told = within(business.viewer, campaign_plans.dry_run, campaign)
    assert (told.recipients, told.eligible) == (3, 1)
    assert told.skipped == {"barred": 1, "blocked": 1}
    assert [one.contact_id for one in told.sample] == [str(people[0])]


def test_a_batch_that_is_undone_is_fed_again_and_nobody_gets_two(
    business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = draft(business, template(business), customers(business, 3))
    launch(business, campaign)
    whole = campaign_feeding._DONE
    monkeypatch.setattr(campaign_feeding, "_DONE", "select 1/0 from unnest(%b, %b, %b, %b, %b, %b)")
    with pytest.raises(Exception, match=r"division|unique"):
        feed()
    assert messages(campaign) == []
    monkeypatch.setattr(campaign_feeding, "_DONE", whole)
    assert feed() == 3
    assert len(messages(campaign)) == 3


def test_feeders_that_work_at_once_feed_everybody_once(business: Business) -> None:
    people = customers(business, 60)
    campaign = draft(business, template(business), people)
    launch(business, campaign)
    threads = [threading.Thread(target=feed) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    feed()
    assert sorted(row[0] for row in messages(campaign)) == sorted(people)


def test_the_outbox_holds_no_more_than_a_little(business: Business) -> None:
    campaign = draft(business, template(business), customers(business, 30), rate_per_second=10)
    launch(business, campaign)
    assert feed() == 10
    assert feed() == 0
    finish()
    assert feed() == 10


def test_a_campaign_pauses_goes_on_and_is_cancelled(business: Business) -> None:
    people = customers(business, 30)
    campaign = draft(business, template(business), people, rate_per_second=10)
    launch(business, campaign)
    feed()
    paused = within(business.admin, campaign_launching.pause, campaign)
    assert (paused.status, paused.reason) == ("paused", "Paused by Admin.")
    finish()
    assert feed() == 0
    with pytest.raises(Conflict):
        within(business.admin, campaign_launching.pause, campaign)
    assert within(business.admin, campaign_launching.resume, campaign).status == "running"
    assert feed() == 10
    ended = within(business.admin, campaign_launching.cancel, campaign)
    assert ended.status == "cancelled"
    assert (ended.counts.sent, ended.counts.skipped, ended.counts.queued) == (10, 20, 0)
    assert feed() == 0
    reasons = within(business.admin, campaign_counts.list_recipients, campaign, status="skipped")
    assert {row.reason for row in reasons.data} == {"cancelled"}
    for verb in (campaign_launching.resume, campaign_launching.retry_failed):
        with pytest.raises(Conflict):
            within(business.admin, verb, campaign)


def test_what_keeps_it_from_being_sent_keeps_it_from_being_launched(business: Business) -> None:
    campaign = draft(business, template(business, status="PAUSED"), customers(business, 1))
    with pytest.raises(Invalid) as refused:
        launch(business, campaign)
    assert refused.value.field == "template_id"
    change("update templates set status = 'APPROVED'")
    change("update whatsapp_accounts set status = 'paused'")
    with pytest.raises(Invalid) as refused:
        launch(business, campaign)
    assert refused.value.field == "account_id"
    assert get(business, campaign).status == "draft"


def test_a_template_that_loses_its_approval_pauses_the_campaign(business: Business) -> None:
    campaign = draft(business, template(business), customers(business, 2))
    launch(business, campaign)
    change("update templates set status = 'PAUSED'")
    feed()
    found = get(business, campaign)
    assert (found.status, found.counts.queued) == ("paused", 2)
    assert "PAUSED" in found.reason
    assert messages(campaign) == []
    with pytest.raises(Invalid):
        within(business.admin, campaign_launching.resume, campaign)


def test_a_scheduled_campaign_begins_when_its_time_has_come(business: Business) -> None:
    at = datetime.now(UTC) + timedelta(hours=1)
    people = customers(business, 2)
    campaign = draft(business, template(business), people, scheduled_at=at)
    assert launch(business, campaign).status == "scheduled"
    assert begin_due() == []
    change("update campaigns set scheduled_at = now() - interval '1 second'")
    assert begin_due() == [(business.organization_id, "campaigns")]
    assert begin_due() == []
    assert feed() == 2
    assert get(business, campaign).status == "running"


def begin_due() -> list[Any]:
    with db.transaction() as session:
        db.act_as_system(session)
        return campaign_launching.begin_due(session)


def test_only_failures_that_may_pass_are_tried_again(business: Business) -> None:
    people = customers(business, 4)
    campaign = draft(business, template(business), people)
    launch(business, campaign)
    feed()
    codes = {131042: people[0], 131026: people[1], OPTED_OUT: people[2]}
    for code, who in codes.items():
        change("update messages set status = 'failed', error_code = :code, failed_at = now()"
               " where contact_id = :who", code=code, who=who)  # fmt: skip
    finish("uncertain")
    feed()
    counts = get(business, campaign).counts
    assert (counts.failed, counts.skipped, counts.uncertain) == (2, 1, 1)
    tried = within(business.admin, campaign_launching.retry_failed, campaign)
    assert tried == (1, "running")
    assert [row[0] for row in messages(campaign) if row[1] == "queued"] == [people[0]]
    assert len(messages(campaign)) == 4
    finish()
    feed()
    done = get(business, campaign)
    assert (done.status, done.counts.sent, done.counts.failed) == ("completed", 1, 1)
    assert within(business.admin, campaign_launching.retry_failed, campaign) == (0, "completed")


def test_two_recipients_who_are_one_person_are_written_to_once(business: Business) -> None:
    people = customers(business, 3)
    campaign = draft(business, template(business), people)
    launch(business, campaign)
    within(business.admin, contact_removal.merge_contacts, people[0], people[1])
    within(business.admin, contact_removal.erase_contact, people[2])
    feed()
    assert [row[0] for row in messages(campaign)] == [people[0]]
    assert get(business, campaign).counts.recipients == 1


def test_campaigns_under_way_are_neither_changed_nor_removed(business: Business) -> None:
    campaign = draft(business, template(business), customers(business, 1))
    launch(business, campaign)
    with pytest.raises(Conflict):
        within(business.admin, campaigns.update_campaign, campaign, variables={})
    with pytest.raises(Conflict):
        within(business.admin, campaigns.delete_campaign, campaign)
    changed = within(business.admin, campaigns.update_campaign, campaign, rate_per_second=7)
    assert changed.rate_per_second == 7
    within(business.admin, campaign_launching.cancel, campaign)
    within(business.admin, campaigns.delete_campaign, campaign)
    assert ask("select 1 from campaign_recipients") == []


def test_another_organizations_campaign_counts_nothing_of_ours(
    business: Business, make_business: Callable[..., Business]
) -> None:
    other = make_business("Globex", "999")
    campaign = draft(other, template(other), customers(other, 2, first=5000))
    launch(other, campaign)
    feed()
    mine = within(business.admin, campaigns.list_campaigns)
    assert mine.data == []
    theirs = within(other.admin, campaigns.list_campaigns)
    assert theirs.data[0].counts.recipients == 2


def test_every_refusal_of_a_campaigns_message_has_words() -> None:
    assert outbox_refusals.SKIPS.keys() <= outbox_refusals.WORDS.keys()
    assert set(outbox_refusals.CODES.values()) == outbox_refusals.WORDS.keys()


def fails(campaign: str, count: int, code: int) -> None:
    """So many of its messages end with this error."""
    change(
        "update messages set status = 'failed', failed_at = now() + interval '1 second',"
        " error_code = :code where id in (select id from messages where sent_by_id = :id"
        " and status = 'queued' limit :count)",
        code=code, id=campaign, count=count,
    )  # fmt: skip


def test_a_campaign_of_which_too_much_fails_pauses_and_says_why(business: Business) -> None:
    campaign = draft(business, template(business), customers(business, 100))
    launch(business, campaign)
    feed()
    fails(campaign, 15, 131026)
    feed()
    assert get(business, campaign).status == "running"
    change("update messages set status = 'sent', sent_at = now() + interval '1 second'"
           " where id in (select id from messages where status = 'queued' limit 20)")  # fmt: skip
    fails(campaign, 15, 131026)
    feed()
    found = get(business, campaign)
    assert found.status == "paused"
    assert found.reason.startswith("60 % failed, mostly: The message cannot be delivered")
    change("update messages set failed_at = now() - interval '1 minute'"
           " where status = 'failed'")  # fmt: skip
    within(business.admin, campaign_launching.resume, campaign)
    feed()
    assert get(business, campaign).status == "running"


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("update whatsapp_accounts set quality = 'RED'", "quality of the number"),
        ("update templates set quality = 'RED'", "quality of the template"),
        (
            "update whatsapp_accounts set status = 'paused', paused_reason = 'Token lost'",
            "The number is paused: Token lost",
        ),
    ],
)
def test_trouble_with_number_or_template_pauses_it(
    business: Business, trouble: str, words: str
) -> None:
    campaign = draft(business, template(business), customers(business, 1))
    launch(business, campaign)
    feed()
    change(trouble)
    feed()
    found = get(business, campaign)
    assert found.status == "paused"
    assert words in found.reason


def test_who_begins_with_bad_quality_is_not_stopped_for_it(business: Business) -> None:
    change("update whatsapp_accounts set quality = 'RED'")
    campaign = draft(business, template(business), customers(business, 1))
    launch(business, campaign)
    assert feed() == 1
    assert get(business, campaign).status == "running"


def test_a_limit_of_the_number_stops_the_campaign_at_once(business: Business) -> None:
    campaign = draft(business, template(business), customers(business, 3))
    launch(business, campaign)
    feed()
    fails(campaign, 1, 131048)
    feed()
    assert "Meta limits this number" in get(business, campaign).reason


def test_a_report_adds_up(business: Business) -> None:
    people = customers(business, 5)
    change("update contacts set phone = '+91987654321' || right(phone, 1)")
    change("update contacts set marketing_opt_in = false where id = :id", id=people[4])
    campaign = draft(business, template(business), people)
    launch(business, campaign)
    feed()
    states = ("read", "delivered", "sent")
    for who, state in zip(people, states, strict=False):
        change(
            "update messages set status = cast(:state as text), sent_at = now(), delivered_at ="
            " case when cast(:state as text) <> 'sent' then now() end, read_at ="
            " case when cast(:state as text) = 'read' then now() end where contact_id = :who",
            state=state, who=who,
        )  # fmt: skip
    fails(campaign, 1, 131042)
    told = within(business.viewer, campaign_reports.report, campaign)
    assert told.counts.recipients == 5
    assert (told.counts.sent, told.counts.delivered, told.counts.read) == (3, 2, 1)
    assert told.skipped == {"no_opt_in": 1}
    assert [(e.code, e.count, e.retryable) for e in told.errors] == [(131042, 1, True)]
    (hour,) = told.by_hour
    assert (hour.sent, hour.delivered, hour.read, hour.failed) == (3, 2, 1, 1)
    assert (told.cost.planned, told.cost.real) == (4 * 0.0118, 2 * 0.0118)
    (market,) = told.by_market
    assert (market.market, market.recipients, market.delivered) == ("India", 4, 2)
    assert told.rates["read"] == 0.5
