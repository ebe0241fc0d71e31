"""Who fetches which file, how often it is tried, and that no one writes after their time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from botpe_app import db
from botpe_app.services import media_fetching
from botpe_app.services.media_fetching import Facts, Job
from tests.conftest import Business
from tests.services.ingesting import change, message, one, receive, rows

FACTS = Facts("image/png", "", 123, "ab" * 32, 40, 30, None, True)


def run(verb: Callable[..., Any], *arguments: Any) -> Any:
    """A function of the lane, in a committed transaction of the system."""
    with db.transaction() as session:
        db.act_as_system(session)
        return verb(session, *arguments)


def claim(most: int = 10) -> list[Job]:
    return run(media_fetching.claim, most)


def photos(url: str, *numbers: int) -> None:
    """A photo of Ana's for each number."""
    receive(url, *(message(n, "image", {"id": str(n), "sha256": "ab" * 32}) for n in numbers))


def row(url: str) -> dict[str, Any]:
    return one(url, "select *, extract(epoch from next_at - now())::float8 as wait from media")


def test_a_job_says_all_that_is_needed_to_fetch_the_file(services: str, business: Business):
    photos(services, 7)
    (job,) = claim()
    said = one(services, "select * from messages")
    assert (job.wa_media_id, job.sha256) == ("7", "ab" * 32)
    assert (job.organization_id, job.account_id) == (business.organization_id, business.account_id)
    assert job.conversation_id == said["conversation_id"]
    assert job.token_sealed == one(services, "select * from whatsapp_accounts")["token_sealed"]
    assert (job.attempts, job.lost, job.is_here, job.is_late) == (1, 1, False, False)
    assert row(services)["state"] == "downloading"


def test_a_claimed_job_is_nobody_elses_until_its_time_is_over(services: str, business: Business):
    photos(services, 1, 2, 3)
    assert len(claim(2)) == 2
    assert len(claim()) == 1
    assert claim() == []
    change(services, "update media set next_at = now() - interval '1 second'")
    assert [job.lost for job in claim()] == [2, 2, 2]


def test_those_with_thousands_of_files_hold_up_nobody(
    services: str, business: Business, make_business: Callable[..., Business]
):
    photos(services, *range(20))
    other = make_business("Other", "999999999999")
    change(
        services,
        "insert into media (organization_id, id, kind, next_at)"
        " values (%s, gen_random_uuid(), 'image', now())",
        other.organization_id,
    )
    taken = {job.organization_id for job in claim(2)}
    assert taken == {business.organization_id, other.organization_id}


def test_what_is_fetched_is_ready_and_nothing_waits(services: str, business: Business):
    photos(services, 1)
    (job,) = claim()
    assert run(media_fetching.ready, job, FACTS)
    now = row(services)
    assert (now["state"], now["next_at"], now["lost"]) == ("ready", None, 0)
    assert (now["size"], now["received"], now["mime_type"]) == (123, 123, "image/png")
    assert (now["width"], now["height"], now["has_thumbnail"]) == (40, 30, True)
    assert run(media_fetching.due_in) is None


def test_progress_keeps_the_job(services: str, business: Business):
    photos(services, 1)
    (job,) = claim()
    change(services, "update media set next_at = now() + interval '1 second'")
    assert run(media_fetching.progress, job, 50, 100)
    now = row(services)
    assert (now["received"], now["size"], now["state"]) == (50, 100, "downloading")
    assert now["wait"] > 100


def test_it_is_tried_ever_less_often_with_the_reason_shown(services: str, business: Business):
    photos(services, 1)
    waits = []
    for _ in range(8):
        change(services, "update media set next_at = now()")
        (job,) = claim()
        run(media_fetching.again, job, "WhatsApp does not answer.")
        waits.append(round(row(services)["wait"]))
    assert waits == [2, 10, 60, 300, 900, 3600, 3600, 3600]
    now = row(services)
    assert (now["state"], now["problem"], now["lost"]) == ("new", "WhatsApp does not answer.", 0)


def test_after_seven_days_it_is_given_up(services: str, business: Business):
    photos(services, 1)
    change(services, "update media set created_at = now() - interval '169 hours'")
    (job,) = claim()
    run(media_fetching.again, job, "WhatsApp does not answer.")
    now = row(services)
    assert (now["state"], now["next_at"]) == ("failed", None)
    assert "7 days" in now["problem"]


def test_a_job_given_back_is_due_at_once(services: str, business: Business):
    photos(services, 1)
    (job,) = claim()
    run(media_fetching.release, job)
    assert row(services)["state"] == "new"
    assert [again.lost for again in claim()] == [1]


@pytest.mark.parametrize("verb", ["ready", "progress", "again", "failed", "release"])
def test_who_comes_too_late_changes_nothing(services: str, business: Business, verb: str):
    photos(services, 1)
    (late,) = claim()
    change(services, "update media set next_at = now()")
    (other,) = claim()
    before = rows(services, "select * from media")
    given: dict[str, tuple[Any, ...]] = {
        "ready": (FACTS,),
        "progress": (1, 2),
        "again": ("x",),
        "failed": ("x",),
        "release": (),
    }
    assert not run(getattr(media_fetching, verb), late, *given[verb])
    assert rows(services, "select * from media") == before
    assert run(media_fetching.ready, other, FACTS)
    assert not run(media_fetching.ready, late, FACTS)


def test_a_file_that_is_here_stays_so_whatever_is_found_in_it(services: str, business: Business):
    photos(services, 1)
    (job,) = claim()
    run(media_fetching.ready, job, FACTS)
    for verb, given in (("again", ("x",)), ("release", ()), ("failed", ("x",))):
        change(services, "update media set next_at = now()")
        (job,) = claim()
        assert job.is_here
        run(getattr(media_fetching, verb), job, *given)
        now = row(services)
        assert (now["state"], now["received"]) == ("ready", 123)
    assert row(services)["next_at"] is None


def test_the_next_time_is_known(services: str, business: Business):
    assert run(media_fetching.due_in) is None
    photos(services, 1)
    assert run(media_fetching.due_in) == 0
    claim()
    assert 100 < run(media_fetching.due_in) <= media_fetching.LEASE_SECONDS


def test_the_wall_holds(services: str, business: Business, make_business: Callable[..., Business]):
    photos(services, 1)
    with db.transaction() as session:
        db.act_for(session, make_business("Other", "999999999999").organization_id)
        assert media_fetching.claim(session, 10) == []
    assert isinstance(row(services)["id"], UUID)
