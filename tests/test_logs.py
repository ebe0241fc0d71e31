"""What processes write about themselves, and what they never write."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from botpe_app import logs
from botpe_app.errors import Misconfigured

log = logging.getLogger("botpe_app.test")


@pytest.fixture
def lines(
    configure: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[[], list[dict[str, object]]]]:
    """Logs as configured, and a way to read what was written since."""
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    logs.configure("web")
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    root.setLevel(before[0])
    root.handlers[:] = before[1]


Lines = Callable[[], list[dict[str, object]]]


def test_a_line_is_json_with_time_level_role_event_and_ids(lines: Lines) -> None:
    log.info("message_sent", extra={"message_id": "m1", "attempt": 2})
    (line,) = lines()
    assert line["event"] == "message_sent"
    assert (line["level"], line["role"], line["pid"]) == ("INFO", "web", os.getpid())
    assert (line["message_id"], line["attempt"]) == ("m1", 2)
    assert str(line["time"]).endswith("Z")
    assert "correlation_id" not in line


def test_lines_inside_a_correlated_block_carry_its_id_and_lines_after_it_do_not(
    lines: Lines,
) -> None:
    with logs.correlated("abc-1"):
        log.info("inside")
    log.info("outside")
    inside, outside = lines()
    assert inside["correlation_id"] == "abc-1"
    assert "correlation_id" not in outside


def test_a_uuid_given_as_correlation_id_is_the_one_rows_get() -> None:
    given = UUID("01935d5e-0000-7000-8000-000000000001")
    with logs.correlated(given):
        assert logs.correlation_uuid() == given


def test_any_other_correlation_id_gives_rows_the_same_uuid_every_time() -> None:
    with logs.correlated("trace-7"):
        first = logs.correlation_uuid()
        assert logs.correlation_uuid() == first
    with logs.correlated("trace-8"):
        assert logs.correlation_uuid() != first


def test_outside_of_a_request_every_row_gets_its_own_correlation_id() -> None:
    assert logs.correlation_uuid() != logs.correlation_uuid()


def test_phone_numbers_and_tokens_are_left_out_above_debug(lines: Lines) -> None:
    log.warning("could not reach +351910000123 with EAAGm0PX4ZCpsBA", extra={"to": "351910000123"})
    log.warning("key bp_AbCdEfGhIjKlMnOp was used")
    text = json.dumps(lines())
    for secret in ("351910000123", "m0PX4ZCpsBA", "AbCdEfGh"):
        assert secret not in text


def test_ids_stay_whole(lines: Lines) -> None:
    row = "12345678-0000-7000-8000-123456789012"
    log.warning("row %s", row, extra={"phone_number_id": "106540352242922"})
    (line,) = lines()
    assert line["event"] == f"row {row}"
    assert line["phone_number_id"] == "106540352242922"


def test_the_row_a_database_error_quotes_is_left_out_but_its_kind_is_kept(lines: Lines) -> None:
    try:
        raise ValueError("duplicate key\nDETAIL:  Key (name)=(Ana) exists.\n[parameters: ('Ana',)]")
    except ValueError:
        log.exception("failed")
    (line,) = lines()
    assert "duplicate key" in str(line["exception"])
    assert "Ana" not in str(line["exception"]).rpartition("ValueError")[2]


def test_what_follows_a_quoted_row_of_many_lines_is_kept(lines: Lines) -> None:
    log.warning("refused DETAIL:  Failing row contains (Ana,\nhello\nthere).\n[SQL: insert]")
    event = str(lines()[0]["event"])
    assert "Ana" not in event
    assert "there" not in event
    assert event.endswith("[SQL: insert]")


def test_debug_lines_are_written_only_when_asked_for(
    lines: Lines, configure: Callable[..., None]
) -> None:
    log.debug("hidden")
    configure(BOTPE_LOG_LEVEL="debug")
    logs.configure("worker")
    log.debug("to %s", "+351910000123")
    (line,) = lines()
    assert (line["event"], line["role"]) == ("to +351910000123", "worker")


def test_an_unknown_level_is_refused_by_name(configure: Callable[..., None]) -> None:
    configure(BOTPE_LOG_LEVEL="LOUD")
    with pytest.raises(Misconfigured, match="BOTPE_LOG_LEVEL"):
        logs.configure("web")


def test_something_json_cannot_hold_is_written_as_text(lines: Lines) -> None:
    log.info("odd", extra={"thing": UUID(int=1)})
    assert lines()[0]["thing"] == str(UUID(int=1))
