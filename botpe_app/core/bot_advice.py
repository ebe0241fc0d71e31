"""What a bot's figures say could be better, without a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

FEWEST = 10  # conversations, below which figures say nothing
_MANY = 0.2
_MOSTLY = 0.5


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to change: what shows it, and the instruction that would do it.

    `node_id` is "" where it concerns the whole bot.
    """

    title: str
    why: str
    instruction: str
    node_id: str = ""


def advice(sessions: int, hand_offs: int, nodes: list[Json], questions: list[Json]) -> list[Advice]:
    """What to change, by how many conversations it concerns; of figures as analytics gives them."""
    if sessions < FEWEST:
        return []
    found = [
        *_of_nodes(nodes),
        *_of_questions(questions),
        *_of_all(sessions, hand_offs),
    ]
    return [one for _, one in sorted(found, key=lambda each: -each[0])]


_Weighed = tuple[int, Advice]


def _of_nodes(nodes: list[Json]) -> Iterator[_Weighed]:
    for node in nodes:
        if node["visits"] >= FEWEST and node["drop_off"] >= _MANY:
            where = node["node_id"]
            yield (
                node["dropped"],
                Advice(
                    f"Many leave at “{where}”",
                    f"{node['dropped']} of {node['visits']} conversations broke off there.",
                    f"Make the step {where} easier: say in fewer words why it is asked, offer"
                    " choices instead of typing where that is possible, and a way to a person.",
                    where,
                ),
            )


def _of_questions(questions: list[Json]) -> Iterator[_Weighed]:
    for one in questions:
        asked, where = one["asked"], one["node_id"]
        if asked < FEWEST:
            continue
        if one["not_understood"] >= asked * _MANY:
            yield (
                one["not_understood"],
                Advice(
                    f"Answers to “{where}” are often not understood",
                    f"{one['not_understood']} answers to {asked} questions were none it takes.",
                    f"Let the step {where} take more ways of answering, and give an example of"
                    " a good answer in its question and its error text.",
                    where,
                ),
            )
        if one["no_answer"] >= asked * _MANY:
            yield (
                one["no_answer"],
                Advice(
                    f"“{where}” is often not answered",
                    f"{one['no_answer']} of {asked} times nobody answered in time.",
                    f"Have the step {where} remind once in friendly words before it gives up.",
                    where,
                ),
            )


def _of_all(sessions: int, hand_offs: int) -> Iterator[_Weighed]:
    if hand_offs >= sessions * _MOSTLY:
        yield (
            hand_offs,
            Advice(
                "A person is called very often",
                f"{hand_offs} of {sessions} conversations needed one.",
                "Before a person is called, answer from the knowledge, and ask for what the"
                " colleague will need.",
            ),
        )
