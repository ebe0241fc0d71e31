"""`botpe bench intents`, from the shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from botpe_app.bench import inbox
from botpe_app.cli import main

TRAIN = (
    "text,intent\nwhere is my order,track\ntrack my parcel,track\n"
    "money back,refund\nrefund me,refund\n"
)
TEST = 'text,intent\nwhere is the order,track\n"refund, please",refund\nsing a song,oos\n'


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["bench", *words])
    return int(ended.value.code or 0)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A file to learn from and one to ask."""
    train, test = tmp_path / "train.csv", tmp_path / "test.csv"
    train.write_text(TRAIN)
    test.write_text(TEST)
    return str(train), str(test)


def test_the_figures_of_intents_are_the_last_line(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("intents", "--train", files[0], "--test", files[1], "--json") == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (figures["accuracy"], figures["oos_recall"]) == (1.0, 1.0)
    assert figures["p95_ms"] < 50
    assert figures["train_s"] < 10


def test_without_texts_out_of_scope_there_is_no_recall_of_them(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("intents", "--train", files[0], "--test", files[0], "--json") == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["oos_recall"] is None


@pytest.mark.parametrize(
    "content", [b"", b"text,intent\n", b"a,b\n1,2\n", b"\xff\xfe\x00", b"text,intent\n,x\n"]
)
def test_a_file_without_examples_is_bad_use(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    Path(files[0]).write_bytes(content)
    assert run("intents", "--train", files[0], "--test", files[1]) == 2
    assert "train" in capsys.readouterr().err


def test_files_missing_or_given_for_nothing_are_bad_use(files: tuple[str, str]) -> None:
    assert run("intents") == 2
    assert run("intents", "--train", files[0]) == 2
    assert run("intents", "--train", "/nowhere.csv", "--test", files[1]) == 2
    assert run("engine", "--train", files[0]) == 2
    assert run("nonsense") == 2


def test_the_inbox_is_measured_beside_rows_by_their_keys(services: str) -> None:
    measured = inbox.measure(messages=600, contacts=60)
    figures = measured["figures"]
    assert figures["list_p95_ms"] >= figures["list_p50_ms"] > 0
    assert figures["list_sql_p99_ms"] > 0
    assert 0 < measured["ratios"]["list_of_by_key"] <= 2
    assert figures["search_p95_ms"] > 0
