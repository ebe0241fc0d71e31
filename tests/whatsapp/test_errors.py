import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botpe_app.whatsapp.error_table import SUBCODES, TABLE
from botpe_app.whatsapp.errors import (
    NO_CODE,
    Refused,
    Sent,
    Unclear,
    classify,
    policy,
    read_error,
)
from tests.whatsapp.test_split import any_json

HTML = b"<html><body>502 Bad Gateway</body></html>"


def envelope(code: int, **others: object) -> bytes:
    return json.dumps({"error": {"message": "no", "code": code, **others}}).encode()


def refused(http_status: int, body: bytes) -> Refused:
    outcome = classify(http_status, body)
    assert isinstance(outcome, Refused)
    return outcome


def test_an_accepted_message_gives_its_id_and_the_recipients():
    body = {
        "contacts": [{"input": "+1 650", "wa_id": "1650", "user_id": "US.1"}],
        "messages": [{"id": "wamid.1"}],
    }
    assert classify(200, json.dumps(body).encode()) == Sent("wamid.1", "1650", "US.1", held=False)


@pytest.mark.parametrize(
    ("said", "held"), [("accepted", False), ("held_for_quality_assessment", True), ("paused", True)]
)
def test_a_template_may_be_held_back(said: str, held: bool):
    body = json.dumps({"messages": [{"id": "w", "message_status": said}]}).encode()
    assert classify(200, body) == Sent("w", held=held)


@pytest.mark.parametrize("http_status", [200, 400, 401, 429, 500, 503])
def test_an_envelope_is_an_answer_whatever_its_http_status(http_status: int):
    outcome = refused(http_status, envelope(130429, error_data={"details": "Too fast."}))
    assert (outcome.code, outcome.details, outcome.policy.retry) == (130429, "Too fast.", "rate")


@pytest.mark.parametrize(
    ("http_status", "body"),
    [
        (500, b""),
        (502, HTML),
        (503, b"{}"),
        (500, b'{"error":"Bad Gateway"}'),
        (404, HTML),
        (302, b""),
        (200, b""),
        (200, HTML),
        (200, b"{}"),
        (200, b'{"messages":[]}'),
        (200, b'{"messages":[{"id":null}]}'),
        (200, b"[" * 10_000),
    ],
)
def test_without_an_envelope_nobody_knows(http_status: int, body: bytes):
    outcome = classify(http_status, body)
    assert isinstance(outcome, Unclear)
    assert outcome.http_status == http_status
    assert str(http_status) in outcome.reason


@pytest.mark.parametrize(
    ("http_status", "retry"), [(429, "rate"), (401, "fix"), (403, "fix"), (400, "no"), (413, "no")]
)
def test_a_4xx_without_an_envelope_is_a_refusal_by_its_status(http_status: int, retry: str):
    outcome = refused(http_status, b"")
    assert (outcome.code, outcome.policy.retry) == (NO_CODE, retry)


@pytest.mark.parametrize(
    ("code", "retry", "pause", "contact"),
    [
        (0, "fix", "account", "none"),
        (190, "fix", "account", "none"),
        (1, "transient", "none", "none"),
        (131000, "transient", "none", "none"),
        (10, "fix", "account", "none"),
        (230, "fix", "account", "none"),
        (80007, "rate", "none", "none"),
        (368, "no", "account", "none"),
        (130403, "no", "none", "blocked"),
        (130429, "rate", "none", "none"),
        (131026, "no", "none", "unreachable"),
        (131042, "fix", "account", "none"),
        (131047, "no", "none", "window_closed"),
        (131048, "no", "number", "none"),
        (131049, "no", "none", "cool_down"),
        (131050, "no", "none", "opt_out"),
        (131056, "pair", "none", "none"),
        (132001, "no", "campaign", "none"),
        (132015, "fix", "campaign", "none"),
        (138013, "no", "none", "none"),
    ],
)
def test_a_code_decides_what_follows(code: int, retry: str, pause: str, contact: str):
    found = policy(code)
    assert (found.retry, found.pause, found.contact) == (retry, pause, contact)


@pytest.mark.parametrize(
    ("http_status", "is_transient", "retry"),
    [(500, False, "transient"), (400, True, "transient"), (400, False, "no"), (403, False, "fix")],
)
def test_an_unknown_code_is_judged_by_its_http_status(
    http_status: int, is_transient: bool, retry: str
):
    assert policy(999_999, http_status, is_transient).retry == retry


def test_a_subcode_is_more_exact_than_its_code():
    assert policy(100, 400, subcode=33).pause == "account"
    assert policy(100, 400).pause == "none"
    assert policy(100, 400, subcode=2388024) != policy(100)


def test_waits_grow_and_end_except_at_rate_limits():
    temporary, crowded, pair = policy(131016), policy(130429), policy(131056)
    assert [temporary.wait(n) for n in (1, 2, 3, 6, 7)] == [1, 2, 4, 32, None]
    assert [crowded.wait(n) for n in (1, 2, 3, 100)] == [1, 2, 4, 60]
    assert [pair.wait(n) for n in (1, 2, 3, 4, 5, 50)] == [1, 4, 16, 64, 256, 256]
    assert [policy(1).wait(n) for n in (1, 2, 3)] == [1, 2, None]
    assert policy(131026).wait(1) is None


def test_every_policy_says_what_happened_and_what_to_do():
    for found in [*TABLE.values(), *SUBCODES.values()]:
        assert len(found.title) > 15
        assert found.advice.endswith(".")
        assert bool(found.waits) == (found.retry in ("transient", "rate", "pair"))


def test_details_may_be_an_object_a_plain_string_or_missing():
    assert read_error({"code": 1, "error_data": {"details": "a"}}).details == "a"
    assert read_error({"code": 1, "error_data": "b"}).details == "b"
    assert read_error({"code": "131000", "message": "c"}).details == "c"
    assert read_error({"code": "131000"}).code == 131000
    assert read_error(None).code == NO_CODE


@given(
    st.integers(100, 599), st.binary() | any_json.map(lambda v: json.dumps({"error": v}).encode())
)
def test_no_answer_ever_raises(http_status: int, body: bytes):
    assert isinstance(classify(http_status, body), Sent | Refused | Unclear)
