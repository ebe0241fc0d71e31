"""What WhatsApp says of numbers: kept current, shown with its mend, and heeded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from botpe_app import db
from botpe_app.models.base import utc_now
from botpe_app.services import accounts, doctor_numbers, problems
from botpe_app.whatsapp import standing
from tests.acting import within
from tests.conftest import Business, count
from tests.services.ingesting import change, events, one, receive
from tests.whatsapp import bodies

ACCOUNT = "select * from whatsapp_accounts where phone_number_id = '106540352242922'"
SHOWN = {"display_phone_number": "15550783881"}
DISABLE = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}
REINSTATE = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}}


def news(field: str, value: dict[str, Any], at: int = 1) -> bytes:
    """A post about the business account of Acme."""
    return bodies.post(value | {"_": at}, field=field, waba="waba-acme")


def told(business: Business) -> list[str]:
    found = within(business.viewer, problems.list_problems, now=utc_now())
    assert all(problem.mend for problem in found)
    return [problem.kind for problem in found]


@pytest.mark.parametrize(
    ("field", "value", "known"),
    [
        (
            "phone_number_quality_update",
            {**SHOWN, "event": "ONBOARDING", "current_limit": "TIER_10K"},
            ("messaging_limit", "TIER_10K"),
        ),
        ("phone_number_quality_update", {**SHOWN, "event": "FLAGGED"}, ("quality", "RED")),
        (
            "phone_number_quality_update",
            {**SHOWN, "event": "THROUGHPUT_UPGRADE"},
            ("messages_per_second", 1000),
        ),
        (
            "phone_number_name_update",
            {**SHOWN, "decision": "APPROVED", "requested_verified_name": "Acme"},
            ("verified_name", "Acme"),
        ),
        (
            "business_capability_update",
            {"max_daily_conversations_per_business": 2000},
            ("messaging_limit", "TIER_2K"),
        ),
        (
            "business_capability_update",
            {"max_daily_conversations_per_business": -1},
            ("messaging_limit", "TIER_UNLIMITED"),
        ),
        ("account_review_update", {"decision": "APPROVED"}, ("review_status", "APPROVED")),
        (
            "business_username_updates",
            {**SHOWN, "username": "acme", "status": "approved"},
            ("username", "acme"),
        ),
    ],
)
def test_what_is_known_of_a_number_is_kept_current(
    services: str, business: Business, field: str, value: dict[str, Any], known: tuple[str, Any]
) -> None:
    receive(services, news(field, value))
    column, now = known
    assert one(services, ACCOUNT)[column] == now
    assert events(services) == [("handled", "")]


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("phone_number_quality_update", {**SHOWN, "event": "FLAGGED"}, "quality"),
        ("phone_number_name_update", {**SHOWN, "decision": "REJECTED"}, "name"),
        ("account_review_update", {"decision": "REJECTED"}, "review"),
        ("account_alerts", {"alert_info": {"alert_type": "PROFILE_PICTURE_LOST"}}, None),
        ("account_update", {"event": "ACCOUNT_VIOLATION"}, "violation"),
        (
            "account_update",
            {"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": "X"}]},
            "restriction",
        ),
        ("security", {**SHOWN, "event": "PIN_RESET_REQUEST"}, "pin"),
    ],
)
def test_what_somebody_must_mend_is_told_to_them(
    services: str, business: Business, field: str, value: dict[str, Any], kind: str | None
) -> None:
    assert told(business) == []
    receive(services, news(field, value))
    assert (kind or "alert:PROFILE_PICTURE_LOST") in told(business)
    with db.connect_as_system(autocommit=True) as connection:
        found = list(doctor_numbers.check(connection, ask_graph=False))
    assert any(finding.state == "warn" and finding.mend for finding in found)
    change(services, "update account_notices set until = now() - interval '1 day'")
    assert set(told(business)) <= {"quality"}


def test_a_disabled_account_stops_sending_until_it_is_reinstated(
    services: str, business: Business
) -> None:
    receive(services, news("account_update", DISABLE))
    assert one(services, ACCOUNT)["status"] == "paused"
    assert "disabled" in one(services, ACCOUNT)["paused_reason"]
    assert told(business) == ["paused", "ban"]
    receive(services, news("account_update", REINSTATE, 2))
    assert one(services, ACCOUNT)["status"] == "connected"
    assert told(business) == []


def test_a_reinstatement_does_not_lift_somebody_elses_pause(
    services: str, business: Business
) -> None:
    within(business.admin, accounts.update_account, business.account_id, status="paused")
    receive(services, news("account_update", REINSTATE))
    assert one(services, ACCOUNT)["paused_reason"] == "Paused by hand."


def test_a_pace_that_somebody_chose_stays(services: str, business: Business) -> None:
    change(services, "update whatsapp_accounts set messages_per_second = 20")
    event = {**SHOWN, "event": "THROUGHPUT_UPGRADE"}
    receive(services, news("phone_number_quality_update", event))
    assert one(services, ACCOUNT)["messages_per_second"] == 20


def test_news_of_another_account_or_another_number_of_it_changes_nothing(
    services: str, business: Business, make_business: Callable[..., Business]
) -> None:
    make_business("Globex", "206540352242922")
    other = {"display_phone_number": "15550000000", "event": "FLAGGED"}
    receive(services, news("phone_number_quality_update", other))
    strange = bodies.post(DISABLE, field="account_update", waba="waba-nobody")
    receive(services, strange)
    assert [state for state, _ in events(services)] == ["ignored", "ignored"]
    receive(services, news("account_update", DISABLE))
    paused = "select count(*) as n from whatsapp_accounts where status = 'paused'"
    assert one(services, paused)["n"] == 1


HOSTILE: list[Any] = [{"event": 7}, {"event": "FLAGGED", "current_limit": {"a": []}}]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("field", sorted(standing.FIELDS))
def test_strange_values_break_nothing(
    services: str, business: Business, field: str, value: Any
) -> None:
    receive(services, bodies.post(value, field=field, waba="waba-acme"))
    assert [state for state, _ in events(services)] == ["handled"]
    assert count(services, "whatsapp_accounts") == 1
