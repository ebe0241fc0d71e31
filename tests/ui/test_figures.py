from dataclasses import replace
from typing import Any

from botpe_app.services.views import DayCount, Overview
from botpe_app.ui.dashboard import figures

DAYS = [DayCount(f"2026-11-{day}", incoming=day, outgoing=2) for day in range(17, 24)]
QUIET = Overview(
    waiting=0,
    oldest_wait_seconds=None,
    open_conversations=0,
    unassigned=0,
    incoming_today=0,
    outgoing_today=0,
    incoming_last_week=0,
    outgoing_last_week=0,
    delivered=0,
    read=0,
    sent=0,
    failed=0,
    uncertain=0,
    median_first_response_seconds=None,
    days=DAYS,
    problems=[],
    accounts=[],
    contacts=0,
)


def overview(**changes: Any) -> Overview:
    return replace(QUIET, **changes)


def test_the_longest_wait_is_said_and_colours_the_card_after_an_hour():
    waiting = figures.cards(overview(waiting=3, oldest_wait_seconds=7200))[0]
    assert (waiting.value, waiting.detail, waiting.tone) == ("3", "longest 2 h", "warn")
    assert figures.cards(QUIET)[0].tone == "good"


def test_a_share_of_nothing_is_not_a_number():
    assert figures.cards(QUIET)[3].value == "–"
    assert figures.cards(overview(sent=9, delivered=9, failed=1))[3].value == "90 %"


def test_the_chart_has_every_day_in_order_with_what_came_and_went():
    assert figures.labels(QUIET) == ["Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Mon"]
    incoming, outgoing = figures.series(QUIET)
    assert incoming.values == list(range(17, 24))
    assert outgoing.values == [2] * 7


def test_the_first_steps_vanish_when_all_are_done():
    steps = figures.steps(overview(days=[DayCount("2026-11-23", 0, 0)]), simulated=True)
    assert [step.done for step in steps] == [False, False, False]
    assert steps[1].href == "/simulator"


def test_without_a_simulator_nobody_is_sent_to_one():
    steps = figures.steps(overview(days=[DayCount("2026-11-23", 0, 0)]), simulated=False)
    assert "/simulator" not in [step.href for step in steps]
