"""Programs and browsers of the usual tenant."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import text

from botpe_app import db
from tests.conftest import Business
from tests.web.conftest import Browser

CUSTOMER = "+351910000123"


@pytest.fixture
def admin(business: Business, with_key: Callable[..., Browser]) -> Browser:
    """A program with an ADMIN's key."""
    return with_key(business.admin)


@pytest.fixture
def agent(business: Business, with_key: Callable[..., Browser]) -> Browser:
    """A program with an AGENT's key."""
    return with_key(business.admin, "AGENT")


@pytest.fixture
def conversation(business: Business, admin: Browser) -> str:
    """The id of a conversation whose customer wrote a moment ago."""
    template = {"name": "hello", "language": {"code": "en"}}
    body = {"to": CUSTOMER, "type": "template", "template": template}
    found: str = admin("POST", "/api/messages", body).json()["conversation_id"]
    customer_wrote(found)
    return found


def customer_wrote(conversation_id: str, when: datetime | None = None) -> None:
    """Opens the window of a conversation as of `when`, now unless given."""
    with db.transaction() as session:
        db.act_as_system(session)
        session.connection().execute(
            text("update conversations set last_inbound_at = :at where id = :id"),
            {"at": when or datetime.now(UTC), "id": conversation_id},
        )


RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def problem(response: httpx.Response) -> tuple[int, str, str | None]:
    """Status, code and field of a refusal, which must say something to people too."""
    error = response.json()["error"]
    assert error["message"]
    return response.status_code, error["code"], error["field"]
