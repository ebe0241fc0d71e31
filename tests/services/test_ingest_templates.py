"""News of templates from WhatsApp, applied to ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from botpe_app.services import templates
from botpe_app.services.template_items import TemplateItem
from tests.acting import within
from tests.conftest import Business
from tests.services.ingesting import change, events, one, receive
from tests.whatsapp import bodies

BODY = {"type": "BODY", "text": "Your order is on its way."}
STATUS = "message_template_status_update"


@pytest.fixture
def template(services: str, business: Business) -> TemplateItem:
    """A template that Meta knows as 77."""
    made = within(
        business.admin, templates.create_template, name="shipped", language="en",
        category="UTILITY", components=[BODY, {"type": "FOOTER", "text": "Bye"}],
    )  # fmt: skip
    change(services, "update templates set wa_template_id = '77', status = 'PENDING'")
    return made


def news(field: str, waba: str = "waba-acme", **value: Any) -> bytes:
    named = {
        "message_template_id": 77,
        "message_template_name": "shipped",
        "message_template_language": "en",
    }
    return bodies.post({**named, **value}, field=field, waba=waba)


def test_statuses_and_reasons_reach_the_template(services: str, template: TemplateItem) -> None:
    def told(**value: Any) -> tuple[str, str | None]:
        receive(services, news(STATUS, **value))
        row = one(services, "select status, rejection_reason from templates")
        return row["status"], row["rejection_reason"]

    assert told(event="REJECTED", reason="SCAM") == ("REJECTED", "SCAM")
    assert told(event="APPROVED", reason="NONE") == ("APPROVED", None)
    assert told(event="FLAGGED", reason=None) == ("APPROVED", None)
    pause = {"title": "FIRST_PAUSE", "description": "Paused for three hours."}
    assert told(event="PAUSED", other_info=pause) == ("PAUSED", "Paused for three hours.")
    assert told(event="REINSTATED") == ("APPROVED", None)
    assert {state for state, _ in events(services)} == {"handled"}


def test_quality_category_and_texts_reach_the_template(
    services: str, business: Business, template: TemplateItem
) -> None:
    quality = {"previous_quality_score": "UNKNOWN", "new_quality_score": "YELLOW"}
    receive(services, news("message_template_quality_update", **quality))
    moved = {"previous_category": "UTILITY", "new_category": "MARKETING"}
    receive(services, news("template_category_update", **moved))
    texts = {"message_template_element": "It is here.", "message_template_buttons": []}
    receive(services, news("message_template_components_update", **texts))
    now = within(business.admin, templates.get_template, template.id)
    assert (now.quality, now.category, now.version) == ("YELLOW", "MARKETING", 2)
    assert [part["text"] for part in now.components] == ["It is here.", "Bye"]
    kept = within(business.admin, templates.versions, template.id)
    assert [version.number for version in kept] == [2, 1]


def test_a_template_is_known_by_its_name_until_it_has_an_id(
    services: str, template: TemplateItem
) -> None:
    change(services, "update templates set wa_template_id = null")
    receive(services, news(STATUS, event="APPROVED"))
    row = one(services, "select status, wa_template_id from templates")
    assert (row["status"], row["wa_template_id"]) == ("APPROVED", "77")


def test_news_of_a_template_we_do_not_have_is_kept_and_changes_nothing(
    services: str, template: TemplateItem, make_business: Callable[..., Business]
) -> None:
    make_business("Globex", "999")
    other = {"message_template_id": 78, "message_template_name": "other"}
    receive(services, news(STATUS, event="APPROVED", **other))
    receive(services, news(STATUS, "waba-globex", event="REJECTED"))
    assert one(services, "select status from templates")["status"] == "PENDING"
    assert [state for state, _ in events(services)] == ["handled", "handled"]


@pytest.mark.parametrize("odd", [None, 7, "", "x" * 3000, [], {"a": "\x00"}])
def test_nothing_odd_in_the_news_is_given_up(
    services: str, template: TemplateItem, odd: Any
) -> None:
    for field in (STATUS, "message_template_quality_update", "template_category_update"):
        receive(services, news(field, event=odd, reason=odd, new_quality_score=odd))
    receive(services, news("message_template_components_update", message_template_element=odd))
    assert {state for state, _ in events(services)} == {"handled"}
