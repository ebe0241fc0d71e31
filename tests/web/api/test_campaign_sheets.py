"""A campaign's recipients and report as sheets."""

from __future__ import annotations

import csv
import io

from tests.campaigning import change, customers, draft, feed, launch, template
from tests.conftest import Business
from tests.web.api.conftest import problem
from tests.web.conftest import Browser


def rows(admin: Browser, address: str) -> list[list[str]]:
    answer = admin("GET", address)
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.text)))


def test_recipients_and_report_come_as_sheets(admin: Browser, business: Business) -> None:
    people = customers(business, 3)
    campaign = draft(business, template(business), people)
    address = f"/api/campaigns/{campaign}"
    assert len(rows(admin, f"{address}/recipients.csv")) == 1
    launch(business, campaign)
    assert feed() == 3
    change("update messages set status = 'read', sent_at = now(), read_at = now()"
           " where contact_id = :one", one=people[0])  # fmt: skip
    head, *found = rows(admin, f"{address}/recipients.csv")
    assert {row[head.index("contact_id")] for row in found} == set(map(str, people))
    assert sorted(row[head.index("status")] for row in found) == ["queued", "queued", "read"]
    _, read = rows(admin, f"{address}/recipients.csv?status=read")
    assert read[head.index("phone")] == "+15551000001"
    assert ["counts", "", "read", "1"] in rows(admin, f"{address}/report.csv")
    assert problem(admin("GET", f"{address}/recipients.csv?status=odd"))[2] == "status"
