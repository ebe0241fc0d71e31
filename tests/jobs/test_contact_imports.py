"""Long sheets part by part: nothing is lost, nothing done twice, whoever dies on the way."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from botpe_app import db
from botpe_app.errors import Conflict, NotFound
from botpe_app.models.base import new_id
from botpe_app.services import contact_import, contact_imports
from botpe_app.services import contact_import_work as work
from botpe_app.services.contact_imports import ImportItem
from botpe_app.storage import storage
from jobs import contact_imports as job
from tests.acting import within
from tests.conftest import Business, count
from tests.services.ingesting import change, one, rows

ROWS = 25


@pytest.fixture(autouse=True)
def url(services: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(job, "PART", 10)
    return services


def begin(business: Business, lines: int = ROWS) -> str:
    sheet = "phone,name\n" + "".join(f"+3519100{n:05},N{n}\n" for n in range(lines))
    key = new_id()
    where = contact_imports.key_of(business.organization_id, key)
    storage().put(where, io.BytesIO(sheet.encode()))
    return within(business.agent, contact_imports.begin, key, lines).id


def claim() -> list[work.Key]:
    with db.transaction() as session:
        db.act_as_system(session)
        return work.claim(session, 9)


def now(url: str) -> None:
    change(url, "update contact_imports set next_at = now()")


def seen(business: Business, key: str) -> ImportItem:
    return within(business.viewer, contact_imports.get_import, key)


def test_rows_come_in_part_by_part_and_the_sheet_goes(url: str, business: Business) -> None:
    key = begin(business)
    (claimed,) = claim()
    assert claim() == [], "it is one worker's"
    job.handle(claimed)
    item = seen(business, key)
    assert (item.status, item.done, item.created, item.skipped) == ("completed", ROWS, ROWS, 0)
    assert within(business.viewer, contact_imports.running) is None
    with pytest.raises(NotFound):
        list(storage().read(contact_imports.key_of(*claimed)))
    told = one(url, "select distinct actor_name from audit_events where action like 'contact.%%'")
    assert told["actor_name"] == "Agent"


def test_a_killed_worker_costs_nothing_and_nothing_is_done_twice(
    url: str, business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = begin(business)
    bring, parts = contact_import.import_contacts, list[int]()

    def killed(session: Any, actor: Any, sheet: Any) -> Any:
        told = bring(session, actor, sheet)
        parts.append(len(sheet.lines))
        if len(parts) == 2:
            raise KeyboardInterrupt  # before its part is committed
        return told

    monkeypatch.setattr(contact_import, "import_contacts", killed)
    with pytest.raises(KeyboardInterrupt):
        job.handle(claim()[0])
    item = seen(business, key)
    assert (item.status, item.done, count(url, "contacts")) == ("running", 10, 10)
    now(url)
    job.handle(claim()[0])
    item = seen(business, key)
    assert (item.status, item.created, item.updated) == ("completed", ROWS, 0)
    assert parts == [10, 10, 10, 5]


def test_a_worker_that_is_to_stop_leaves_the_rest_to_the_next(
    business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = begin(business)
    with monkeypatch.context() as patched:
        patched.setattr(job.drains, "stopping", lambda: True)
        job.handle(claim()[0])
    assert (seen(business, key).status, seen(business, key).done) == ("running", 0)
    job.handle(claim()[0])
    assert seen(business, key).done == ROWS


def test_broken_rows_cost_no_other_and_a_number_that_comes_again_in_another_part_is_refused(
    business: Business,
) -> None:
    lines = [f"+3519100{n:05},N{n}" for n in range(12)] + ["12,Bad", "+351910000000,Again"]
    where = contact_imports.key_of(business.organization_id, key := new_id())
    storage().put(where, io.BytesIO("\n".join(["phone,name", *lines]).encode()))
    within(business.agent, contact_imports.begin, key, len(lines))
    job.handle(claim()[0])
    item = seen(business, str(key))
    assert (item.created, item.skipped) == (12, 2)
    assert [error.row for error in item.errors] == [14, 15]
    assert "Row 2 has the same number" in item.errors[1].message


@pytest.mark.parametrize("how", ["full", "gone", "crash"])
def test_what_cannot_go_on_fails_with_its_reason_and_keeps_what_was_taken(
    url: str, business: Business, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    key = begin(business)
    claimed = claim()[0]
    bring = contact_import.import_contacts

    def full(session: Any, actor: Any, sheet: Any) -> Any:
        if count(url, "contacts"):
            raise Conflict("The plan is full.") if how == "full" else ZeroDivisionError
        return bring(session, actor, sheet)

    monkeypatch.setattr(contact_import, "import_contacts", full)
    if how == "gone":
        storage().delete(contact_imports.key_of(*claimed))
    told = {"full": "The plan is full.", "gone": job._GONE, "crash": work._LOST}[how]
    for _ in range(work.MOST_ATTEMPTS + 1):
        if how == "crash" and seen(business, key).status == "running":
            with pytest.raises(ZeroDivisionError):
                job.handle(claimed)
            now(url)
            claim()
    if how == "crash":
        change(url, "update contact_imports set attempts = 6")
    job.handle(claimed)
    item = seen(business, key)
    assert (item.status, item.problem, item.done) == ("failed", told, 0 if how == "gone" else 10)
    assert rows(url, "select next_at from contact_imports") == [{"next_at": None}]


def test_one_that_was_stopped_is_not_gone_on_with(
    url: str, business: Business, make_business: Callable[..., Business]
) -> None:
    key = begin(business)
    other = make_business("Globex", "999")
    with pytest.raises(NotFound):
        within(other.admin, contact_imports.cancel, key)
    within(business.agent, contact_imports.cancel, key)
    with pytest.raises(Conflict):
        within(business.agent, contact_imports.cancel, key)
    job.handle(claim()[0])
    assert (seen(business, key).status, count(url, "contacts")) == ("cancelled", 0)
