"""Messages that ask for no more marketing, and those that only look like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botpe_app.core.wishes import START, STOP, wish


@pytest.mark.parametrize(
    "said",
    [
        "STOP", "stop.", " Stop! ", "🛑 Stop", "ＳＴＯＰ", "Unsubscribe", "opt-out", "Opt out",
        "Stop promotions", "Abmelden", "BAJA", "sair", "Désabonner", "DESABONNER", "afmelden",
        "стоп", "Отписаться", "रोकें", "बंद करो।", "إلغاء الاشتراك", "停止",
        "取消订阅", "หยุด", "수신거부",
    ],
)  # fmt: skip
def test_a_word_to_stop_is_one_in_any_language(said: str) -> None:
    assert wish(said) == STOP


@pytest.mark.parametrize("said", ["START", "start 🙂", "Opt in", "m'abonner", "再開", "старт"])
def test_a_word_to_start_again_is_one(said: str) -> None:
    assert wish(said) == START


@pytest.mark.parametrize(
    "said",
    [
        "", "🛑", "hi", "don't stop", "stop by the shop", "stop stop", "stopwatch", "the bus stop",
        "restart", "start date?", "red", "no", "cancel my order", "s t o p", "stop " + "x" * 100,
    ],
)  # fmt: skip
def test_what_only_holds_such_a_word_is_none(said: str) -> None:
    assert wish(said) == ""


@given(st.text())
def test_any_text_can_be_asked_about(said: str) -> None:
    assert wish(said) in (STOP, START, "")
