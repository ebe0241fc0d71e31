"""Analytics: what the pages draw, and over a socket."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from botpe_app.services.access import Actor
from botpe_app.services.analytics import DayFigures, Overview, Totals, change
from botpe_app.services.bots_analytics import BotRow, BotsFigures, BotTotals
from botpe_app.services.campaign_views import CampaignCounts
from botpe_app.services.conversation_analytics import (
    ConversationFigures,
    PersonFigures,
    TalkDay,
    TalkTotals,
)
from botpe_app.ui.analytics import figures
from botpe_app.ui.analytics.state import TABS, AnalyticsState
from tests.conftest import Business
from tests.ui.tab import Tab
from tests.ui.test_campaigns import campaign
from tests.ui.test_sockets import talk

SignIn = Callable[[Actor], str]
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def compared(now: Any, before: Any, kind: type[Any], **more: Any) -> Any:
    """Figures of a stretch and the one before."""
    since = {"since": NOW, "until": NOW, "time_zone": "UTC"}
    return kind(**since, totals=now, before=before, change=change(now, before), **more)


def test_a_figure_says_how_it_changed_and_whether_that_is_good():
    now, before = Totals(incoming=15, ai_cost_usd=3.0), Totals(incoming=10, ai_cost_usd=2.0)
    sheet = figures.overview(
        compared(
            now,
            before,
            Overview,
            days=[DayFigures("2026-02-28", incoming=15)],
            by_sender={"bot": 2, "user": 5},
            agents=[],
        )
    )
    cards = {card.title: card for card in sheet.cards}
    assert (cards["Messages in"].change, cards["Messages in"].tone) == ("+50 %", "good")
    assert (cards["AI"].value, cards["AI"].tone) == ("$3.00", "bad")
    assert (cards["Delivered"].value, cards["New contacts"].change) == ("–", "")
    assert sheet.plots[0].labels == ["28 Feb"]
    assert sheet.cells == [["People", "5"], ["Bots", "2"]]


def test_conversations_say_how_soon_and_by_whom():
    now = TalkTotals(started=2, answered=2, median_response_seconds=90.0)
    sheet = figures.conversations(
        compared(
            now,
            TalkTotals(median_response_seconds=180.0),
            ConversationFigures,
            responses={},
            days=[TalkDay("2026-02-28", 2, 1)],
            people=[PersonFigures("x", "", 4, 2, None)],
            heat=[[0] * 24 for _ in range(7)],
        )
    )
    cards = {card.title: card for card in sheet.cards}
    assert (cards["Answer"].value, cards["Answer"].change) == ("1 min", "-50 %")
    assert cards["Answer"].tone == "good"
    assert cards["Resolution"].value == "–"
    assert sheet.cells == [["Somebody who left", "4", "2", "–"]]


def test_bots_say_how_many_needed_nobody_and_lead_to_their_own_figures():
    now = BotTotals(sessions=4, completed=2, hand_offs=1, contained=2, settled=3, median_seconds=60)
    row = BotRow(4, 2, 1, 2, 3, 60.0, "x", "Shop", "active")
    sheet = figures.bots(compared(now, BotTotals(), BotsFigures, days=[], bots=[row]))
    assert [card.value for card in sheet.cards] == ["4", "67 %", "1", "2"]
    assert sheet.cards[3].detail == "half within 1 min"
    assert sheet.rows[0].cells == ["Shop", "4", "67 %", "1", "2", "1 min"]
    assert sheet.rows[0].href == "/bots/x?show=figures"


def test_campaigns_are_compared_and_lead_to_themselves():
    counts = CampaignCounts(recipients=12, sent=10, delivered=8, read=4, failed=2)
    sheet = figures.campaigns([campaign(counts, "completed")])
    assert sheet.rows[0].href == "/campaigns?c=x"
    assert sheet.rows[0].cells == ["Sale", "10", "8", "4", "0", "0", "2"]
    assert [card.value for card in sheet.cards[:3]] == ["1", "67 %", "50 %"]


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_counts_ones_own_and_nothing_of_another(
    web: str,
    sign_in: SignIn,
    business: Business,
    make_business: Callable[..., Business],
    tab: str,
):
    talk(make_business("Globex", "206540352242922"), "Bilal Mansoor")

    async def run() -> None:
        async with Tab(web, sign_in(business.viewer)) as page:
            await page.open(f"/analytics?tab={tab}")
            await page.until(lambda t: t.state("analytics_state").get("loaded"))
            state = page.state("analytics_state")
            assert (state["tab"], state["problem"]) == (tab, "")
            assert state["cards"]
            assert "Bilal" not in page.said()

    asyncio.run(run())


@pytest.mark.parametrize("days", ["from=x&to=y", "from=2026-02-03&to=2026-01-01", "from=1&to=0000"])
def test_days_that_are_none_are_told_and_break_nothing(
    web: str, sign_in: SignIn, business: Business, days: str
):
    async def run() -> None:
        async with Tab(web, sign_in(business.viewer)) as page:
            await page.open(f"/analytics?{days}")
            await page.until(lambda t: t.state("analytics_state").get("problem"))
            await page.call(AnalyticsState.choose, form={"from": "2026-01-01", "to": "'--"})
            await page.until(lambda t: t.events)
            assert "Reference" not in page.said()

    asyncio.run(run())
