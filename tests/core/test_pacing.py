"""How fast messages may leave."""

from __future__ import annotations

import random
from bisect import bisect_left

import pytest

from botpe_app.core.pacing import (
    PAIR_BURST,
    PAIR_REFILL,
    Limiter,
    Pair,
    doubling,
    jittered,
    most_in_flight,
)


def busiest_second(times: list[float]) -> int:
    return max(bisect_left(times, start + 1) - i for i, start in enumerate(times))


def send_all_day(
    limiter: Limiter, seconds: float, *, reply: bool, late: float = 0.0, start: float = 0.0
) -> list[float]:
    """Sends as fast as it may, each time waking up to `late` seconds too late."""
    noise = random.Random(1)  # noqa: S311 - the same jitter every time
    now, times = start, []
    while now < start + seconds:
        wait = limiter.wait(now, reply=reply)
        if wait > 0:
            now += wait + noise.random() * late
            continue
        limiter.answered(limiter.take(now, reply=reply), now + 0.001)
        times.append(now)
    return times


@pytest.mark.parametrize("per_second", [1, 3, 20, 80, 1000])
@pytest.mark.parametrize("late", [0.0, 0.002, 0.03])
def test_no_second_ever_sees_more_than_the_rate(per_second: int, late: float) -> None:
    times = send_all_day(Limiter(per_second), 10, reply=True, late=late)
    assert busiest_second(times) <= per_second


@pytest.mark.parametrize("per_second", [80, 1000])
def test_97_percent_of_the_rate_are_reached_although_the_clock_wakes_us_late(
    per_second: int,
) -> None:
    times = send_all_day(Limiter(per_second), 20, reply=True, late=0.002)
    assert len(times) >= 0.97 * per_second * 20


def test_a_second_of_which_some_messages_arrived_late_counts_them_when_they_arrived() -> None:
    limiter, arrivals, now = Limiter(80), [], 0.0
    while now < 10:
        if (wait := limiter.wait(now, reply=True)) > 0:
            now += wait
            continue
        slot = limiter.take(now, reply=True)
        # Once a second everything stands still for 0.1 s, and what left meanwhile arrives after.
        arrival = now if now % 1 < 0.9 else now - now % 1 + 1
        arrivals.append(arrival)
        limiter.answered(slot, arrival + 0.001)
    assert busiest_second(sorted(arrivals)) <= 80
    assert len(arrivals) > 0.85 * 80 * 10


def test_a_message_still_under_way_keeps_its_slot_and_a_lost_one_not_for_ever() -> None:
    limiter = Limiter(1)
    limiter.answered(limiter.take(0.0, reply=True), 0.01)
    limiter.take(2.0, reply=True)
    assert limiter.wait(3.5, reply=True) > 0
    assert limiter.wait(4.1, reply=True) == 0


def test_answers_that_take_long_as_usual_cost_no_rate() -> None:
    noise = random.Random(3)  # noqa: S311 - the same jitter every time
    limiter, answers, count, now = Limiter(80), [], 0, 0.0
    while now < 20:
        while answers and answers[0][0] <= now:
            answered_at, slot = answers.pop(0)
            limiter.answered(slot, answered_at)
        if (wait := limiter.wait(now, reply=True)) > 0:
            now += min(wait, 0.005)
            continue
        slot = limiter.take(now, reply=True)
        count += 1
        answers.append((now + 0.3 + noise.random() * 0.02, slot))
        answers.sort(key=lambda answer: answer[0])
    assert count >= 0.97 * 80 * 20


def test_what_arrives_with_a_jitter_of_20_ms_is_still_within_the_rate() -> None:
    noise = random.Random(2)  # noqa: S311 - the same jitter every time
    times = send_all_day(Limiter(80), 10, reply=True)
    arrivals = sorted(at + noise.random() * 0.02 for at in times)
    assert busiest_second(arrivals) <= 80


def test_after_a_pause_only_a_small_burst_leaves_at_once() -> None:
    limiter = Limiter(80)
    send_all_day(limiter, 3, reply=True)
    at_once = 0
    while limiter.wait(60.0, reply=True) == 0:
        limiter.take(60.0, reply=True)
        at_once += 1
    assert 1 <= at_once <= 6


def test_nothing_leaves_while_another_sender_may_have_used_the_second() -> None:
    limiter = Limiter(80, not_before=11.0)
    assert limiter.wait(10.0, reply=True) == pytest.approx(1.0)
    assert limiter.wait(11.0, reply=True) == 0


def test_a_campaign_leaves_a_fifth_free_while_replies_are_going_out() -> None:
    limiter = Limiter(100)
    limiter.take(0.0, reply=True)
    campaign = send_all_day(limiter, 1.0, reply=False)
    assert len(campaign) == 79  # and the reply
    assert limiter.wait(1.0, reply=False) > 0
    assert limiter.wait(1.0, reply=True) == 0


def test_a_campaign_alone_may_use_the_whole_rate() -> None:
    assert len(send_all_day(Limiter(100), 10, reply=False)) >= 970


def test_a_rate_error_halves_the_rate_at_most_once_a_second() -> None:
    limiter = Limiter(80)
    for error_at in (100.0, 100.1, 100.9):
        limiter.slow_down(error_at)
    assert limiter.rate(100.9) <= 42
    limiter.slow_down(101.0)
    assert limiter.rate(101.0) <= 21


def test_the_rate_never_falls_below_a_tenth() -> None:
    limiter = Limiter(80)
    for second in range(100):
        limiter.slow_down(float(second))
        assert limiter.rate(float(second)) >= 8
    assert Limiter(1).rate(0.0) == 1


def test_30_seconds_of_quiet_bring_the_full_rate_back() -> None:
    limiter = Limiter(80)
    for second in range(10):
        limiter.slow_down(float(second))
    assert limiter.rate(9.0) == 8
    assert 8 < limiter.rate(24.0) < 80
    assert limiter.rate(39.0) == 80


def test_one_person_may_be_sent_45_at_once_and_then_one_in_six_seconds() -> None:
    pair, sent = Pair(at=0.0), 0
    while pair.wait(0.0) == 0:
        pair.take(0.0)
        sent += 1
    assert sent == PAIR_BURST
    assert pair.wait(0.0) == pytest.approx(PAIR_REFILL)
    assert pair.wait(5.9) > 0
    assert pair.wait(6.0) == pytest.approx(0)


def test_a_person_left_alone_is_forgotten_and_one_just_refused_is_not() -> None:
    pair = Pair(at=0.0)
    pair.take(0.0)
    assert not pair.is_full(1.0)
    assert pair.is_full(7.0)
    pair.refusals = 1
    assert not pair.is_full(7.0)


def test_waits_double_up_to_the_longest() -> None:
    assert [doubling(tries, longest=60) for tries in (1, 2, 3, 7, 10_000)] == [1, 2, 4, 60, 60]


def test_jitter_adds_up_to_a_quarter_and_never_takes_away() -> None:
    assert jittered(8, 0.0) == 8
    assert jittered(8, 1.0) == 10


def test_in_flight_is_what_the_rate_needs_at_the_measured_time_of_a_request() -> None:
    def at(per_second: int, seconds: float) -> int:
        return most_in_flight(per_second, seconds, fewest=4, most=400)

    assert at(80, 0.001) == 20
    assert at(80, 0.3) == 26
    assert at(80, 2.0) == 20  # a slow server gets no more
    assert at(1000, 0.3) == 325
    assert at(1_000_000, 0.001) == 400
    assert at(1, 0.001) == 4
