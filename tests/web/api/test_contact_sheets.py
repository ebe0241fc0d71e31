"""Customers as CSV over HTTP."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from botpe_app.queue import Lane
from botpe_app.services import contact_rows
from jobs import drain as drains
from jobs import media, tasks
from tests.web.api.conftest import problem
from tests.web.conftest import Browser

SHEET = "phone,name,tags\n+351910000123,Ana,vip;order\n12,Bad,\n"
REPORT = {"created": 1, "updated": 0, "skipped": 1}


def form(content: bytes, filename: str = "people.csv") -> dict[str, tuple[str, bytes, str]]:
    return {"file": (filename, content, "text/csv")}


def test_a_file_in_a_form_is_imported_and_its_broken_row_given_back(agent: Browser) -> None:
    response = agent("POST", "/api/contacts/import", files=form(SHEET.encode("utf-16")))
    report = response.json()
    assert response.status_code == 200
    assert {name: report[name] for name in REPORT} == REPORT
    assert [error["row"] for error in report["errors"]] == [3]
    assert "plus sign" in report["errors"][0]["message"]
    (contact,) = agent("GET", "/api/contacts").json()["data"]
    assert (contact["phone"], contact["tags"]) == ("+351910000123", ["vip", "order"])


def test_a_csv_body_is_imported_once_for_each_idempotency_key(agent: Browser) -> None:
    given = {"content": SHEET.encode(), "headers": {"Content-Type": "text/csv"}}
    given["headers"] |= {**agent.headers, "Idempotency-Key": "k"}
    first = agent("POST", "/api/contacts/import", **given)
    again = agent("POST", "/api/contacts/import", **given)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    given["content"] += b"+351910000124,Bob,\n"
    assert agent("POST", "/api/contacts/import", **given).status_code == 409


def test_a_sheet_that_cannot_be_read_is_refused(agent: Browser) -> None:
    for content in (b"", b"name\nAna\n", b"\0" * 100, b"\xff\xfe\xff", b'{"phone": 1}'):
        for given in ({"content": content}, {"files": form(content)}):
            refused = agent("POST", "/api/contacts/import", **given)
            assert problem(refused) == (422, "invalid", "file")
    refused = agent("POST", "/api/contacts/import", content=b"phone\n" + b"x" * 33 * 2**20)
    assert problem(refused) == (413, "too_large", None)


def test_an_export_is_a_file_of_everybody_asked_for(agent: Browser) -> None:
    rows = "".join(f"+35191{place:07},N{place},odd\n" for place in range(2_500))
    agent("POST", "/api/contacts/import", content=("phone,name,tags\n" + rows).encode())
    response = agent("GET", "/api/contacts/export")
    assert response.headers["content-type"].startswith("text/csv")
    assert response.headers["content-disposition"] == 'attachment; filename="contacts.csv"'
    lines = response.text.splitlines()
    assert len(lines) == len(set(lines)) == 2_501
    assert len(agent("GET", "/api/contacts/export?tag=even").text.splitlines()) == 1


def test_contacts_are_merged_and_a_person_erased(admin: Browser) -> None:
    ids = [
        admin("POST", "/api/contacts", {"phone": phone, "tags": [phone[-1]]}).json()["id"]
        for phone in ("+351910000121", "+351910000122")
    ]
    merged = admin("POST", f"/api/contacts/{ids[0]}/merge", {"contact_id": ids[1]})
    assert (merged.status_code, merged.json()["tags"]) == (200, ["1", "2"])
    again = admin("POST", f"/api/contacts/{ids[0]}/merge", {"contact_id": ids[1]})
    assert problem(again) == (404, "not_found", None)
    assert problem(admin("POST", f"/api/contacts/{ids[0]}/merge", {})) == (
        422, "invalid", "contact_id"
    )  # fmt: skip
    body: dict[str, object] = {"to": "+351910000121", "type": "template"}
    body["template"] = {"name": "hello", "language": {"code": "en"}}
    assert admin("POST", "/api/messages", body).status_code == 202
    assert admin("DELETE", f"/api/contacts/{ids[0]}").status_code == 409
    assert admin("DELETE", f"/api/contacts/{ids[0]}?erase=perhaps").status_code == 422
    assert admin("DELETE", f"/api/contacts/{ids[0]}?erase=true").status_code == 204
    assert admin("GET", "/api/conversations").json()["data"] == []


def long_sheet(rows: int = 31) -> bytes:
    lines = "".join(f"+3519{place:08},N{place}\n" for place in range(rows - 1))
    return ("phone,name\n12,Bad\n" + lines).encode()


@pytest.fixture
def media_lane(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Has the lane work until nothing is left to do. More than 30 rows are many here."""
    monkeypatch.setattr(contact_rows, "MOST_ROWS", 30)
    monkeypatch.setattr(tasks, "_FAR_SECONDS", 0.1)
    return lambda: drains.run(Lane.MEDIA, media.open_work, idle_seconds=0.05)


def test_a_long_sheet_is_a_job_to_watch(agent: Browser, media_lane: Callable[[], None]) -> None:
    begun = agent("POST", "/api/contacts/import", files=form(long_sheet()))
    job = begun.json()
    assert (begun.status_code, job["status"], job["rows"]) == (202, "waiting", 31)
    path = f"/api/contacts/imports/{job['id']}"
    assert agent("GET", path).json() == job
    media_lane()
    after = agent("GET", path).json()
    assert (after["status"], after["done"]) == ("completed", 31)
    assert (after["created"], after["skipped"]) == (30, 1)
    assert [error["row"] for error in after["errors"]] == [2]
    (listed,) = agent("GET", "/api/contacts/imports").json()["data"]
    assert listed["finished_at"] == after["finished_at"]
    assert problem(agent("POST", f"{path}/cancel")) == (409, "conflict", None)


def test_a_long_sheet_is_begun_once_for_each_idempotency_key_and_can_be_stopped(
    agent: Browser, media_lane: Callable[[], None]
) -> None:
    headers = {"Content-Type": "text/csv", **agent.headers, "Idempotency-Key": "k"}
    given = {"content": long_sheet(), "headers": headers}
    first, again = (agent("POST", "/api/contacts/import", **given) for _ in range(2))
    assert (first.status_code, first.json()) == (202, again.json())
    path = f"/api/contacts/imports/{first.json()['id']}"
    assert agent("POST", f"{path}/cancel").json()["status"] == "cancelled"
    media_lane()
    assert agent("GET", path).json()["done"] == 0
    assert agent("GET", "/api/contacts").json()["data"] == []


def test_a_long_sheet_without_phone_numbers_is_refused(
    agent: Browser, media_lane: Callable[[], None]
) -> None:
    refused = agent("POST", "/api/contacts/import", content=b"name\n" + b"Ana\n" * 31)
    assert problem(refused) == (422, "invalid", "file")
    assert agent("GET", "/api/contacts/imports").json()["data"] == []
