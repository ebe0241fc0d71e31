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


def test_the_axis_ends_at_a_round_number_above_the_highest_bar():
    assert figures.top(QUIET) == 30
    assert figures.top(overview(days=[DayCount("2026-11-23", 0, 0)])) == 4
    assert figures.top(overview(days=[DayCount("2026-11-23", 412, 3)])) == 500


def test_bars_are_in_order_and_say_their_day_and_values():
    bars = figures.bars(QUIET)
    assert [bar.incoming for bar in bars] == list(range(17, 24))
    assert bars[-1].words == "Monday 23 November"
    assert bars[-1].incoming_height == "76.7%"
    assert [bar.label for bar in bars] == ["Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Mon"]


def test_many_days_have_room_for_some_labels_the_last_day_among_them():
    days = [DayCount(f"2026-10-{1 + n % 28:02d}", 1, 1) for n in range(90)]
    labels = [bar.label for bar in figures.bars(overview(days=days))]
    assert 5 <= sum(map(bool, labels)) <= 10
    assert labels[-1]


def test_the_first_steps_vanish_when_all_are_done():
    steps = figures.steps(overview(days=[DayCount("2026-11-23", 0, 0)]), simulated=True)
    assert [step.done for step in steps] == [False, False, False]
    assert steps[1].href == "/simulator"


def test_without_a_simulator_nobody_is_sent_to_one():
    steps = figures.steps(overview(days=[DayCount("2026-11-23", 0, 0)]), simulated=False)
    assert "/simulator" not in [step.href for step in steps]
