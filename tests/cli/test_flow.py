"""`botpe flow eval`: tests of flows, asked from the shell."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from botpe_app.cli import main


class Asked:
    """What came back for some lines."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.err = code, err
        self.answers: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def asked(*lines: bytes | dict[str, Any]) -> Asked:
        written = [x if isinstance(x, bytes) else json.dumps(x).encode() for x in lines]
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\n".join(written))))
        with pytest.raises(SystemExit) as ended:
            main(["flow", "eval"])
        out, err = capsys.readouterr()
        return Asked(int(ended.value.code or 0), out, err)

    return asked


def test_every_line_gets_its_answer_in_order(ask: Any):
    asked = ask(
        {"op": "has_number_gt", "text": "12 please", "args": [10]},
        {"op": "has_number_gt", "text": "9 please", "args": [10]},
        {"op": "has_pattern", "text": "Room 7", "args": [r"room (\d)"], "env": {}},
    )
    assert asked.code == 0
    assert asked.answers == [
        {"match": True, "value": 12, "extra": None},
        {"match": False, "value": None, "extra": None},
        {"match": True, "value": "Room 7", "extra": {"0": "Room 7", "1": "7"}},
    ]


def test_the_environment_decides_how_a_date_is_read(ask: Any):
    env = {"timezone": "Asia/Kolkata", "date_format": "DD-MM-YYYY", "now": "2026-11-23T09:30:00Z"}
    asked = ask({"op": "has_date", "text": "on 3/4/2026", "env": env})
    assert asked.answers[0]["value"] == "2026-04-03T15:00:00.000000+05:30"


def test_a_bad_line_is_told_and_the_next_ones_still_answered(ask: Any):
    asked = ask(
        b"not json",
        b"\xff\xfe",
        b'{"op": 5}',
        b"[" * 100_000,
        b'{"op":"eq","text":NaN,"args":[1]}',
        {"op": "no_such_test", "text": ""},
        {"op": "has_text"},
        {"op": "has_phrase", "text": "a", "args": "a"},
        {"op": "has_date", "text": "a", "env": {"timezone": "Nowhere"}},
        b"",
        {"op": "has_text", "text": "fine"},
    )
    assert [set(answer) >= {"error"} for answer in asked.answers] == [True] * 9 + [False]
    assert [answer.get("field") for answer in asked.answers[5:9]] == [
        "op", "text", "args", "env.timezone",
    ]  # fmt: skip
    assert asked.code == 0


def test_input_without_a_single_question_is_bad_use(ask: Any):
    asked = ask(b"one", b"two")
    assert (asked.code, len(asked.answers)) == (2, 2)
    assert "botpe:" in asked.err
    assert ask().code == 2
