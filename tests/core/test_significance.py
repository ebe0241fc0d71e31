"""Which of several shares is the largest, and whether that means anything."""

from __future__ import annotations

import pytest

from botpe_app.core.significance import Verdict, compare


def test_a_known_case_gives_the_known_p_value() -> None:
    found = compare([(200, 1000), (250, 1000)])  # z = 2.677
    assert found is not None
    assert (found.best, found.significant) == (1, True)
    assert found.p_value == pytest.approx(0.0074, abs=0.0002)


def test_what_chance_may_well_have_done_is_not_significant() -> None:
    found = compare([(200, 1000), (215, 1000)])
    assert found is not None
    assert not found.significant
    assert found.p_value is not None
    assert found.p_value > 0.3


def test_among_more_rivals_more_is_asked_of_the_best() -> None:
    two = compare([(203, 1000), (240, 1000)])
    five = compare([(203, 1000), (240, 1000), *[(100, 1000)] * 3])
    assert two is not None
    assert five is not None
    assert two.p_value == five.p_value
    assert (two.significant, five.significant) == (True, False)


def test_too_little_says_nothing() -> None:
    assert compare([(90, 99), (1, 1000)]) == Verdict(0, None, False)
    assert compare([(1, 10)]) is None
    assert compare([(0, 0), (5, 50)]) is None
    assert compare([]) is None


def test_nothing_and_everything_do_not_divide_by_zero() -> None:
    assert compare([(0, 200), (0, 200)]) == Verdict(0, 1.0, False)
    assert compare([(200, 200), (200, 200)]) == Verdict(0, 1.0, False)
