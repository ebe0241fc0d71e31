"""Asking Claude, whatever the other side does."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from pydantic import BaseModel

from botpe_app.claude import client, prices
from botpe_app.claude.client import Question, ask
from botpe_app.claude.prompts import prompt
from tests.claude.messages_api import MessagesApi, fails, says, serving, streams


class Reply(BaseModel):
    """What is asked for here."""

    word: str


QUESTION = Question("claude-haiku-5-5", "Instructions.", "data", 300)
GOOD = '{"word": "hello"}'


@pytest.fixture
def api(configure: Callable[..., None]) -> Iterator[MessagesApi]:
    """The scripted server, where this process asks."""
    with serving() as found:
        configure(ANTHROPIC_BASE_URL=found.url, ANTHROPIC_API_KEY="sk-test")
        yield found


def test_an_answer_is_typed_and_its_cost_known(api: MessagesApi) -> None:
    api.script = [says(GOOD, tokens=(1000, 100))]
    answer = ask(QUESTION, Reply)
    assert answer.output == Reply(word="hello")
    assert (answer.problem, answer.cost_usd) == ("", Decimal("0.00015"))
    sent = api.asked[0]
    assert (sent["model"], sent["max_tokens"]) == ("claude-haiku-5-5", 300)
    assert sent["system"][0]["text"] == "Instructions."
    assert sent["messages"] == [{"role": "user", "content": "data"}]
    assert "word" in sent["output_config"]["format"]["schema"]["properties"]


@pytest.mark.filterwarnings("ignore:The model .* is deprecated")
@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("claude-haiku-5-5", True),
        ("claude-sonnet-5", True),
        ("claude-opus-4-5", True),
        ("claude-haiku-4-5", False),
        ("claude-sonnet-4-5", False),
        ("claude-3-5-haiku", False),
    ],
)
def test_only_a_model_that_takes_it_is_told_how_hard_to_think(
    api: MessagesApi, model: str, told: bool
) -> None:
    api.script = [says(GOOD)]
    ask(replace(QUESTION, model=model), Reply)
    assert ("effort" in api.asked[0]["output_config"]) is told


@pytest.mark.parametrize("bad", ["not json", '{"wrong": 1}', "", '{"word": 5}'])
def test_a_malformed_answer_is_repaired_once_and_both_are_paid(api: MessagesApi, bad: str) -> None:
    api.script = [says(bad), says(GOOD)]
    answer = ask(QUESTION, Reply)
    assert answer.output == Reply(word="hello")
    assert (answer.input_tokens, answer.output_tokens) == (200, 100)
    assert [one["role"] for one in api.asked[1]["messages"]] == ["user", "assistant", "user"]


def test_one_that_stays_malformed_is_refused(api: MessagesApi) -> None:
    api.script = [says("nonsense")]
    answer = ask(QUESTION, Reply)
    assert (answer.output, len(api.asked), answer.output_tokens) == (None, 2, 100)
    assert "malformed" in answer.problem


def test_a_refusal_is_no_answer(api: MessagesApi) -> None:
    api.script = [says(GOOD, stop="refusal")]
    assert ask(QUESTION, Reply).problem == "Claude refused to answer."


@pytest.mark.parametrize("status", [429, 529])
def test_whoever_is_busy_is_asked_again(api: MessagesApi, status: int) -> None:
    api.script = [fails(status), fails(status), says(GOOD)]
    assert ask(QUESTION, Reply).output == Reply(word="hello")
    assert len(api.asked) == 3


@pytest.mark.parametrize(("status", "times"), [(529, 3), (401, 1), (400, 1)])
def test_whoever_stays_busy_or_says_no_is_given_up(
    api: MessagesApi, status: int, times: int
) -> None:
    api.script = [fails(status)]
    answer = ask(QUESTION, Reply)
    assert (answer.output, answer.cost_usd, len(api.asked)) == (None, 0, times)
    assert str(status) in answer.problem


def test_a_server_that_hangs_is_left_in_time(
    api: MessagesApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "DEADLINE", 0.3)
    api.script = [None]
    began = time.monotonic()
    assert "did not answer" in ask(QUESTION, Reply).problem
    assert time.monotonic() - began < 5


def test_an_answer_is_heard_while_it_comes(api: MessagesApi) -> None:
    api.script = [streams(GOOD, tokens=(1000, 100))]
    heard: list[str] = []
    answer = ask(QUESTION, Reply, hear=heard.append)
    assert answer.output == Reply(word="hello")
    assert (answer.input_tokens, answer.output_tokens) == (1000, 100)
    assert api.asked[0]["stream"] is True
    assert len(heard) == 3
    assert heard[-1] == GOOD
    assert all(GOOD.startswith(said) for said in heard)


def test_who_answers_whole_though_asked_to_stream_is_understood(api: MessagesApi) -> None:
    api.script = [says(GOOD, tokens=(1000, 100))]
    answer = ask(QUESTION, Reply, hear=lambda _: None)
    assert (answer.output, answer.output_tokens) == (Reply(word="hello"), 100)


def test_a_stream_that_breaks_off_is_no_answer_and_what_came_is_paid(api: MessagesApi) -> None:
    api.script = [streams(GOOD)[:4]]
    answer = ask(QUESTION, Reply, hear=lambda _: None)
    assert (answer.output, answer.input_tokens) == (None, 100)
    assert answer.output_tokens >= 1
    assert "could not be read" in answer.problem


def test_a_stream_that_drips_is_left_in_time(
    api: MessagesApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "DEADLINE", 2.0)
    api.script = [[*streams(GOOD)[:3], None]]
    answer = ask(QUESTION, Reply, hear=lambda _: None)
    assert "did not answer" in answer.problem
    assert (answer.input_tokens, answer.cost_usd > 0) == (100, True)
    assert api.left.wait(5)


def test_who_is_stopped_hangs_up_and_asks_no_more(api: MessagesApi) -> None:
    api.script = [None]
    began = time.monotonic()
    answer = ask(QUESTION, Reply, stopped=lambda: bool(api.asked))
    assert (answer.output, answer.problem) == (None, client.CANCELLED)
    assert time.monotonic() - began < 5
    assert api.left.wait(5)
    assert len(api.asked) == 1


@pytest.mark.parametrize("body", [{}, {"content": None}, {"type": "message", "content": [{}]}])
@pytest.mark.parametrize("hear", [None, lambda _: None])
def test_what_is_no_message_is_no_answer(
    api: MessagesApi, body: dict[str, object], hear: Callable[[str], None] | None
) -> None:
    api.script = [(200, body)]
    answer = ask(QUESTION, Reply, hear=hear)
    assert (answer.output, answer.cost_usd) == (None, 0)
    assert "could not be read" in answer.problem


def test_nobody_there_is_told(configure: Callable[..., None]) -> None:
    configure(ANTHROPIC_BASE_URL="http://127.0.0.1:9", ANTHROPIC_API_KEY="sk-test")
    assert ask(QUESTION, Reply).problem == "Claude could not be reached."


def test_an_unknown_model_costs_as_the_dearest() -> None:
    assert prices.cost("x", 10, 10) == prices.cost("claude-opus-4-1", 10, 10) > 0
    assert prices.affordable("claude-haiku-4-5", Decimal("0.001"), 400) == 100
    assert prices.affordable("claude-haiku-5-5", Decimal(0), 500) < 0


def test_every_prompt_says_that_what_it_gets_is_data() -> None:
    for version in ("template", "support", "response", "builder", "intent", "classify", "extract"):
        assert "data" in prompt(f"{version}_v1")


def test_who_does_not_ask_does_not_wait_for_the_sdk() -> None:
    loaded = "import sys, botpe_app.services.agent_asking; print('anthropic' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
