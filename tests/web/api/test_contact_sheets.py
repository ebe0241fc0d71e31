"""Customers as CSV over HTTP."""

from __future__ import annotations

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
    refused = agent("POST", "/api/contacts/import", content=b"phone\n" + b"x" * 17 * 2**20)
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
