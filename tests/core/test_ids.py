"""Time-ordered ids."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as some

from botpe_app.core.ids import uuid7
from botpe_app.models.base import new_id

TIMES = some.integers(0, 2**48 * 1_000_000 - 1)
CHANCE = some.integers(0, 2**64 - 1)


@given(TIMES, CHANCE)
def test_an_id_is_a_version_7_uuid_of_its_millisecond(time_ns, random):
    made = uuid7(time_ns, random)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == time_ns // 1_000_000


@given(TIMES, CHANCE, CHANCE)
def test_ids_made_a_microsecond_apart_sort_by_age(time_ns, first, second):
    later = time_ns + 1_000
    if later < 2**48 * 1_000_000:
        assert uuid7(time_ns, first) < uuid7(later, second)


def test_fresh_ids_differ_and_rise():
    made = [new_id() for _ in range(2_000)]
    assert len(set(made)) == len(made)
    assert made == sorted(made)
    assert all(isinstance(one, UUID) for one in made)
