"""/api/bot-secrets: kept, named, never told again."""

from __future__ import annotations

import pytest

from tests.conftest import Business
from tests.services.ingesting import rows
from tests.web.api.conftest import problem
from tests.web.conftest import Browser


def test_a_secret_is_kept_sealed_and_never_comes_back_out(
    services: str, business: Business, admin: Browser, agent: Browser
) -> None:
    made = admin("POST", "/api/bot-secrets", {"name": "shop", "value": "s3cret"})
    assert (made.status_code, made.json().keys()) == (201, {"id", "name", "created_at"})
    again = admin("POST", "/api/bot-secrets", {"name": "shop", "value": "newer"}).json()
    assert again == made.json()
    assert admin("GET", "/api/bot-secrets").json() == {"data": [again], "next": None}
    assert agent("GET", "/api/bot-secrets").status_code == 403
    (row,) = rows(services, "select value_sealed from bot_secrets")
    assert row["value_sealed"].startswith("v1:")
    log = admin("GET", "/api/audit-log").text
    assert "bot_secret.created" in log
    assert "s3cret" not in log
    assert "newer" not in log
    assert row["value_sealed"] not in log
    assert admin("DELETE", f"/api/bot-secrets/{again['id']}").status_code == 204
    assert admin("GET", "/api/bot-secrets").json()["data"] == []
    assert problem(admin("DELETE", f"/api/bot-secrets/{again['id']}"))[0] == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "value": "x"}, "name"),
        ({"name": "x" * 101, "value": "x"}, "name"),
        ({"name": "x"}, "value"),
        ({"name": "x", "value": ""}, "value"),
        ({"name": "x", "value": "a\r\nInjected: yes"}, "value"),
        ({"name": "x", "value": "y" * 4097}, "value"),
        ({"name": 5, "value": "x"}, "name"),
    ],
)
def test_what_is_no_secret_is_422(admin: Browser, body: object, field: str) -> None:
    assert problem(admin("POST", "/api/bot-secrets", body)) == (422, "invalid", field)
