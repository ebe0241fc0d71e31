"""Recorded scenarios: read strictly, played on a phone, stopped where it goes another way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from botpe_app.errors import Invalid, NotFound
from botpe_app.whatsapp.simulator import scenarios

FOLDER = Path(__file__).parent.parent / "scenarios"
Json = dict[str, Any]
Answers = Callable[[str, str], list[Json]]


def answer(text: str, **others: Any) -> Json:
    return {"sender": "business", "type": "text", "status": "delivered", "text": text} | others


class Pretend:
    """A phone whose business answers at once, as `answers` says for each thing done."""

    def __init__(self, answers: Answers) -> None:
        self.entries: list[Json] = [answer("From before", wamid="w0")]
        self.done: list[tuple[str, Any]] = []
        self.now = 0.0
        self._answers = answers

    def state(self) -> Json:
        return {"numbers": [{"id": "1"}]}

    def thread(self, number: str, customer: str) -> Json:
        assert (number, customer) in (("1", "ana"), ("1", "bilal"))
        return {"entries": self.entries}

    def say(self, number: str, customer: str, kind: str, content: Any) -> Json:
        return self._do("say", content.get("body", kind))

    def tap(self, number: str, customer: str, wamid: str, choice: str) -> Json:
        if choice == "nothing":
            raise NotFound("The message offers no such choice.")
        return self._do("tap", (wamid, choice))

    def fill_in(self, number: str, customer: str, wamid: str, answers: Json) -> Json:
        return self._do("fill in", (wamid, answers))

    def open_chat(self, number: str, customer: str) -> Json:
        return self._do("open", "")

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def _do(self, what: str, given: Any) -> Json:
        self.done.append((what, given))
        for one in self._answers(what, str(given)):
            self.entries.append({"wamid": f"w{len(self.entries)}"} | one)
        return {}


def play(document: str, answers: Answers = lambda what, said: []) -> scenarios.Played:
    phone = Pretend(answers)
    return scenarios.play(
        scenarios.read(document), phone, clock=lambda: phone.now, sleep=phone.sleep
    )


def shop(what: str, said: str) -> list[Json]:
    return [answer("Yes, three left.", type="interactive")] if said.startswith("Hola") else []


def steps(*lines: str) -> str:
    return "name: x\nsteps:\n" + "".join(f"  - {line}\n" for line in lines)


def test_the_form_of_the_last_answer_is_filled_in() -> None:
    def ask(what: str, said: str) -> list[Json]:
        return [answer("Book a table")] if what == "say" else [answer(f"Booked: {said}")]

    played = play(steps("says: Hi", "expects: Book", "fills: {guests: 4}", "expects: guests"), ask)
    assert played.passed, played.problem
    assert played.lines[2] == "fills in guests"


def test_the_shared_scenarios_play_as_they_say() -> None:
    played = play((FOLDER / "an_answer.yaml").read_text(), shop)
    assert played.passed, played.problem
    assert played.lines[1] == "gets Yes, three left."
    assert "says location" in played.lines
    alone = play((FOLDER / "nobody_answers.yaml").read_text())
    assert not alone.passed
    assert alone.problem == "Step 2 (expects): nothing came within 0.3 s."


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["says: Hola", "expects: Sold out"], "it says: Yes, three left."),
        (["says: Hola", "expects: {type: text}"], "a interactive came, not a text"),
        (["says: Hola", "expects: {matches: '^No'}"], "does not match ^No"),
        (["says: Hola", "silence: 1"], "an answer came"),
        (["says: Hola", "expects: three left", "expects: {within: 0}"], "nothing came"),
        (["taps: nothing"], "no such choice"),
        (["expects: {text: from before, within: 0}"], "nothing came"),
    ],
)
def test_a_scenario_stops_where_it_goes_another_way(lines: list[str], problem: str) -> None:
    played = play(steps(*lines), shop)
    assert problem in played.problem
    assert len(played.lines) == len(lines) - 1


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ("", "scenario"),
        ("- a", "scenario"),
        ("name: x", "scenario.steps"),
        (steps("dances: 1"), "scenario.steps[0]"),
        (steps("{says: a, taps: b}"), "scenario.steps[0]"),
        (steps("1"), "scenario.steps[0]"),
        (steps("says: 7"), "scenario.steps[0].says"),
        (steps("expects: {matches: '('}"), "scenario.steps[0].expects.matches"),
        (steps("silence: 601"), "scenario.steps[0].silence"),
        ("a: [", None),
        ("!!python/object:os.system {}", None),
    ],
)
def test_a_scenario_that_cannot_be_read_names_its_field(document: str, field: str | None) -> None:
    with pytest.raises(Invalid) as refusal:
        scenarios.read(document)
    assert refusal.value.field == field
