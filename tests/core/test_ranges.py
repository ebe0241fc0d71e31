"""Which part of a file a Range header asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botpe_app.core.ranges import Unsatisfiable, part


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("bytes=0-4", (0, 5)),
        ("bytes=3-", (3, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)),
        ("bytes=9-9", (9, 10)),
        ("bytes=5-500", (5, 10)),
        ("Bytes=0-0 ", (0, 1)),
        ("", None),
        ("bytes=-", None),
        ("bytes=4-3", None),
        ("bytes=0-1,4-5", None),
        ("chars=0-1", None),
        ("bytes=0x1-2", None),
        ("bytes=" + "9" * 40 + "-", None),
    ],
)
def test_a_part_is_read_and_nonsense_means_all(asked: str, found: tuple[int, int] | None):
    assert part(asked, 10) == found


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=10-20", "bytes=-0"])
def test_a_part_behind_the_end_cannot_be_had(asked: str):
    with pytest.raises(Unsatisfiable):
        part(asked, 10)


@given(st.text(max_size=30) | st.from_regex(r"bytes=\d{0,20}-\d{0,20}"), st.integers(0, 10**12))
def test_a_part_is_never_empty_or_outside(asked: str, size: int):
    try:
        found = part(asked, size)
    except Unsatisfiable:
        return
    if found:
        assert 0 <= found[0] < found[1] <= size
