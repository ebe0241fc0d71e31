"""A bot's figures, of conversations whose outcome is known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from botpe_app.errors import Invalid, NotFound
from botpe_app.services import bot_analytics, bots_analytics, inbox, spans
from botpe_app.services.bot_analytics import BotFigures
from botpe_app.services.bots_analytics import BotsFigures
from tests.acting import within
from tests.conftest import Business
from tests.services.conversing import end, flow, publish, say
from tests.services.ingesting import BEA, change, one

MENU: dict[str, Any] = flow(
    [
        {"id": "menu", "type": "buttons", "data": {"text": "What?", "save_to": "wish", "buttons": [
            {"id": "tea", "title": "Tea"}, {"id": "person", "title": "A person"}]}},
        {"id": "size", "type": "question", "data": {"text": "Size?", "save_to": "size"}},
        {"id": "h", "type": "hand_off", "data": {"text": "One moment"}},
        end("bye", "Bye"),
    ],
    ["start next menu", "menu tea size", "menu person h", "size next bye", "h next bye"],
)  # fmt: skip


def figures(business: Business, bot: str, **span: Any) -> BotFigures:
    def read(session: Any, actor: Any) -> BotFigures:
        held = spans.read(session, actor, span.get("since"), span.get("until"))
        return bot_analytics.bot_figures(session, actor, bot, **held)

    return within(business.viewer, read)


def test_every_conversation_is_counted_where_it_ended(services: str, business: Business) -> None:
    bot = publish(business, MENU)
    said = {"done": ("hi", "Tea", "M"), "again": ("hi", "Tea", "M"), "asks": ("hi", "A person"),
            "leaves": ("hi", "Tea"), "waits": ("hi",)}  # fmt: skip
    for number, texts in enumerate(said.values()):
        for place, text in enumerate(texts):
            say(services, 10 * number + place, text, **{"from": f"1650555000{number}"})
    change(
        services,
        "update bot_sessions set status = 'ended', ending = 'expired', due_at = null where id ="
        " (select session_id from bot_steps where node_id = 'size' order by id desc limit 1)",
    )
    change(services, "update bot_sessions set started_at = moved_at - interval '90 seconds'")
    found = figures(business, bot)
    assert (found.sessions, found.completed, found.running) == (5, 2, 1)
    assert (found.with_a_person, found.hand_offs) == (1, 1)
    assert found.hand_off_reasons == {"node": 1}
    assert found.containment == 2 / 4
    assert found.endings == {"completed": 2, "expired": 1}
    assert found.time_to_finish == {"median": 90.0, "p90": 90.0}
    nodes = {node["node_id"]: node for node in found.nodes}
    assert nodes["menu"]["visits"] == 5
    assert nodes["menu"]["left_by"] == {"tea": 3, "person": 1}
    assert (nodes["menu"]["waiting"], nodes["menu"]["dropped"]) == (1, 0)
    assert (nodes["size"]["visits"], nodes["size"]["dropped"]) == (3, 1)
    assert nodes["size"]["drop_off"] == 1 / 3
    assert {edge["edge_id"]: edge["times"] for edge in found.edges} == {
        "e0": 5, "e1": 3, "e2": 1, "e3": 2,
    }  # fmt: skip
    menu, size = found.questions
    assert (menu["asked"], menu["answered"], size["asked"], size["answered"]) == (5, 4, 3, 2)
    assert [(a["value"], a["title"], a["times"]) for a in menu["answers"]] == [
        ("Tea", "Tea", 3), ("A person", "A person", 1),
    ]  # fmt: skip
    assert [(a["value"], a["times"]) for a in size["answers"]] == [("M", 2)]
    (day,) = found.days
    assert (day["sessions"], day["completed"], day["hand_offs"]) == (5, 2, 1)


def test_a_bot_nobody_has_talked_to_has_figures_too(business: Business) -> None:
    found = figures(business, publish(business, MENU))
    assert (found.sessions, found.containment, found.days, found.nodes) == (0, None, [], [])
    assert found.time_to_finish == {"median": None, "p90": None}
    assert [one["asked"] for one in found.questions] == [0, 0]


def test_only_conversations_that_began_within_the_range_count(
    services: str, business: Business
) -> None:
    bot = publish(business, MENU)
    say(services, 1, "hi")
    change(services, "update bot_sessions set started_at = '2026-03-10 12:00+00'")
    assert figures(business, bot, since="2026-03-10", until="2026-03-10").sessions == 1
    assert figures(business, bot, since="2026-03-11", until="2026-03-12").sessions == 0
    assert figures(business, bot, since="2026-03-01T00:00:00Z", until="2026-03-10").sessions == 1
    assert figures(business, bot, until="2026-03-10T12:00:00Z").sessions == 0


def test_a_person_who_takes_over_is_a_hand_off(services: str, business: Business) -> None:
    bot = publish(business, MENU)
    say(services, 1, "hi")
    within(business.agent, inbox.hand_off, one(services, "select id from conversations")["id"])
    say(services, 2, "Tea")
    assert figures(business, bot).hand_off_reasons == {"person": 1}


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        ("x", None, "from"),
        (None, "tomorrow", "to"),
        ("0001-01-01", None, "from"),
        ("2026-02-02", "2026-02-01", "from"),
        ("2020-01-01", "2026-01-01", "from"),
    ],
)
def test_a_range_that_is_none_is_refused(
    business: Business, since: str | None, until: str | None, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        within(business.viewer, spans.read, since, until)
    assert refused.value.field == field


def test_days_are_the_organizations_own_and_the_last_is_within(
    business: Business, services: str
) -> None:
    change(services, "update organizations set time_zone = 'Asia/Tokyo'")
    now = datetime(2026, 11, 25, 20, tzinfo=UTC)  # the 26th in Tokyo
    span = within(business.viewer, spans.read, now=now)
    assert span == {"since": datetime(2026, 10, 27, 15, tzinfo=UTC), "until": now}
    span = within(business.viewer, spans.read, "2026-11-01", "2026-11-01")
    assert span["since"] == datetime(2026, 10, 31, 15, tzinfo=UTC)
    assert span["until"] == datetime(2026, 11, 1, 15, tzinfo=UTC)


def test_another_organizations_bot_has_no_figures(business: Business, make_business: Any) -> None:
    bot = publish(business, MENU)
    with pytest.raises(NotFound):
        figures(make_business("Globex", "9"), bot)


def test_bots_are_summed_and_put_side_by_side(
    services: str, business: Business, make_business: Any
) -> None:
    menu = publish(business, MENU)
    for number, text in enumerate(("hi", "Tea", "M")):
        say(services, number, text)
    for number, text in enumerate(("hi", "A person")):
        say(services, 10 + number, text, **{"from": BEA})
    change(services, "update bot_sessions set started_at = moved_at - interval '90 seconds'")
    publish(business, {**MENU, "triggers": [{"id": "a", "type": "api"}]})  # nobody came to it

    def read(session: Any, actor: Any) -> BotsFigures:
        return bots_analytics.bots_figures(session, actor, **spans.read(session, actor, None, None))

    found = within(business.viewer, read)
    (row,) = found.bots
    assert (row.bot_id, row.sessions, row.completed, row.hand_offs) == (menu, 2, 1, 1)
    assert (row.contained, row.settled, row.median_seconds) == (1, 2, 90.0)
    assert found.totals.sessions == sum(day.sessions for day in found.days) == 2
    assert (found.before.sessions, found.change["sessions"]) == (0, None)
    assert within(make_business("Globex", "9").viewer, read).bots == []
