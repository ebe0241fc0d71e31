"""Counted links of campaigns."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from botpe_app.errors import Invalid
from botpe_app.services import campaign_links, campaign_plans, template_places
from botpe_app.services.campaign_links import Link
from tests.acting import within
from tests.campaigning import BODY, ask, customers, draft, feed, get, launch, template
from tests.conftest import Business
from tests.web.conftest import Browser

SHOP = "https://shop.example.com/tents?ñ=1"


def button() -> dict[str, Any]:
    url = {"type": "URL", "text": "See", "url": campaign_links.address()}
    return {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Yes"}, url]}


def links(business: Business) -> tuple[str, list[str]]:
    """A campaign under way, and its two recipients' links."""
    sale = template(business, components=[BODY, button()])
    (place,) = (p for p in within(business.viewer, template_places.places_of, sale) if p.counted)
    assert (place.part, place.name) == ("buttons", "1")
    filled = {"body": {"1": "friend"}, "buttons": {"1": f"{SHOP}&who={{{{contact.name}}}}"}}
    campaign = draft(business, sale, customers(business, 2), variables=filled)
    launch(business, campaign)
    assert feed() == 2
    found = ask("select content from messages where sent_by_kind = 'campaign' order by contact_id")
    return campaign, [
        urlsplit(campaign_links.address()).path.replace(
            "{{1}}", row[0]["components"][1]["parameters"][0]["text"]
        )
        for row in found
    ]


def test_a_link_leads_on_and_counts_its_recipient_once(
    anonymous: Browser, business: Business
) -> None:
    campaign, (one, other) = links(business)
    assert one != other
    assert anonymous("HEAD", one).status_code == 302
    assert get(business, campaign).counts.clicked == 0
    for _ in range(2):
        led = anonymous("GET", one)
        assert led.status_code == 302
        assert led.headers["location"].startswith("https://shop.example.com/tents?")
        assert led.headers["cache-control"] == "no-store"
        assert get(business, campaign).counts.clicked == 1
    anonymous("GET", other)
    assert get(business, campaign).counts.clicked == 2


def test_a_link_that_we_never_made_leads_nowhere(anonymous: Browser, business: Business) -> None:
    _, (one, _) = links(business)
    head, _, leads = one.partition(".")
    ours = business.organization_id
    evil = campaign_links.signed(Link(ours, ours, ours, "https://evil.example"))
    for path in (f"{head}x.{leads}", f"{head}.{evil.split('.')[1]}", "/c/x", "/c/é.%00", f"{one}."):
        assert anonymous("GET", path).status_code == 404


def test_a_counted_button_is_told_where_it_leads(business: Business) -> None:
    sale = template(business, components=[BODY, button()])
    filled = {"body": {"1": "x"}, "buttons": {"1": "y"}}
    campaign = draft(business, sale, customers(business, 1), variables=filled)
    plan = within(business.viewer, campaign_plans.dry_run, campaign)
    assert plan.problems[0].field == "variables.buttons"
    with pytest.raises(Invalid):
        launch(business, campaign)
