from typing import Any

import pytest

from botpe_app.whatsapp.simulator.limits import Pairs, Throughput
from botpe_app.whatsapp.simulator.wamids import wamid


@pytest.mark.parametrize(
    ("phone", "direction", "hex_id", "expected"),
    [
        ("16503879439", "in", "3A4A6599AEE03810144F",
         "wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA="),
        ("16467043595", "out", "5F425A74F13033492A",
         "wamid.HBgLMTY0NjcwNDM1OTUVAgARGBI1RjQyNUE3NEYxMzAzMzQ5MkEA"),
        ("5516992318222", "out", "81BEED5AA5C81C9871",
         "wamid.HBgNNTUxNjk5MjMxODIyMhUCABEYEjgxQkVFRDVBQTVDODFDOTg3MQA="),
        ("16505551234", "out", "00000000000000000A",
         "wamid.HBgLMTY1MDU1NTEyMzQVAgARGBIwMDAwMDAwMDAwMDAwMDAwMEEA"),
    ],
)  # fmt: skip
def test_message_ids_look_like_whatsapps(phone: str, direction: Any, hex_id: str, expected: str):
    assert wamid(phone, direction, hex_id) == expected


def test_new_message_ids_differ():
    assert wamid("1650", "out") != wamid("1650", "out")


def test_a_pair_takes_45_at_once_then_one_in_six_seconds():
    pairs = Pairs()
    assert [pairs.take("n", "p", 0.0) for _ in range(46)] == [True] * 45 + [False]
    assert not pairs.take("n", "p", 5.9)
    assert pairs.take("n", "p", 6.0)
    assert not pairs.take("n", "p", 6.0)
    assert pairs.take("n", "q", 6.0)


def test_a_number_takes_so_many_a_second_and_again_in_the_next():
    number = Throughput(80)
    taken = sum(number.take(0.5) for _ in range(200))
    assert 80 <= taken <= 84
    assert not number.take(1.4)
    assert number.take(1.5)
