"""The conversations in cases/ are the engine's specification: each must come out as written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from botpe_app.core.flow import Node
from tests.core.engine.conversations import CASES, Conversation

PATHS = sorted(CASES.glob("*.json"))


def _case(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text())


@pytest.mark.parametrize("path", PATHS, ids=[path.stem for path in PATHS])
def test_a_conversation_comes_out_as_written(path: Path):
    case = _case(path)
    conversation = Conversation(case)
    for number, turn in enumerate(case["turns"], 1):
        assert conversation.play(turn) == turn["expect"], f"turn {number}"


def test_every_kind_of_node_has_a_conversation():
    played: set[str] = set()
    for path in PATHS:
        case = _case(path)
        for flow in (case.get("flows") or {"main": case["flow"]}).values():
            played |= {node["type"] for node in flow["nodes"]}
    kinds = get_args(get_args(Node)[0])
    assert played == {get_args(kind.model_fields["type"].annotation)[0] for kind in kinds}
