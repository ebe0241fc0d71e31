from functools import reduce
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botpe_app.core import status

news = st.sampled_from([*status.LADDER, "played", "deleted", "warning", "nonsense"])


@pytest.mark.parametrize("order", list(permutations(["sent", "delivered", "read"])))
@pytest.mark.parametrize("start", ["queued", "claimed", "sending", "uncertain", "held", "sent"])
def test_sent_delivered_and_read_end_as_read_in_any_order(start: str, order: tuple[str, ...]):
    assert reduce(status.advance, order, start) == "read"


@pytest.mark.parametrize(
    ("current", "new", "after"),
    [
        ("sent", "failed", "failed"),
        ("failed", "delivered", "failed"),
        ("delivered", "sent", "delivered"),
        ("sent", "played", "read"),
        ("uncertain", "sent", "sent"),
        ("sending", "delivered", "delivered"),
        ("sending", "uncertain", "uncertain"),
        ("delivered", "uncertain", "delivered"),
        ("sent", "held", "sent"),
        ("held", "failed", "failed"),
        ("sent", "deleted", "sent"),
        ("received", "read", "received"),
        ("sent", "received", "sent"),
    ],
)
def test_news_counts_only_upwards(current: str, new: str, after: str):
    assert status.advance(current, new) == after


@given(st.sampled_from(status.LADDER), st.lists(news), st.randoms())
def test_the_order_of_news_never_matters(start: str, heard: list[str], random):
    shuffled = random.sample(heard, len(heard))
    assert reduce(status.advance, heard, start) == reduce(status.advance, shuffled, start)


@given(st.sampled_from(status.STATUSES), news)
def test_hearing_the_same_twice_changes_nothing(current: str, new: str):
    once = status.advance(current, new)
    assert status.advance(once, new) == once


def test_a_read_message_counts_as_sent_and_delivered_but_a_failed_one_does_not():
    assert status.reached("read", "delivered")
    assert status.reached("read", "sent")
    assert not status.reached("sent", "delivered")
    assert not status.reached("failed", "sent")
    assert not status.reached("read", "failed")
    assert status.reached("failed", "failed")
