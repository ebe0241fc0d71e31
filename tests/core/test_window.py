from datetime import UTC, datetime

import pytest

from botpe_app.core import window

LAST = datetime.fromtimestamp(1_760_000_000, UTC)


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        (1_760_000_000, True),
        (1_760_086_399, True),
        (1_760_086_400, False),
        (1_760_086_401, False),
    ],
)
def test_the_window_is_open_for_24_hours_and_its_edge_is_closed(now: int, is_open: bool):
    assert window.is_open(LAST, at(now)) is is_open


def test_outside_the_window_only_a_template_may_leave():
    late = at(1_760_086_401)
    assert window.may_send("template", LAST, late)
    assert not window.may_send("text", LAST, late)
    assert window.may_send("text", LAST, at(1_760_086_399))


def test_a_customer_who_never_wrote_has_no_window():
    assert window.closes_at(None) is None
    assert not window.is_open(None, LAST)
    assert window.closes_at(LAST) == at(1_760_086_400)
