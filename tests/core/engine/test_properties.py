"""What holds for every flow and whatever comes in."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from botpe_app.core.engine import (
    Context,
    Program,
    Ran,
    Send,
    Session,
    Start,
    Timeout,
    begin,
    message_sent,
    resume,
    to_json,
)
from botpe_app.core.flow import Flow
from botpe_app.whatsapp.messages import validate
from tests.core.engine.flows import flows, goings, replies

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PERSON = Context(
    contact={"name": "Ann", "tags": ["vip"], "custom_fields": {"contact_field": "x"}},
    organization={"name": "Shop", "variables": {"shared": 1.5}},
    timezone="America/New_York",
    contact_timezone="Europe/Berlin",
    country="US",
)
thorough = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
steps = st.lists(st.tuples(goings, st.integers(0, 100_000)), max_size=6)


class Play:
    """A session being played, each turn twice: once to see that nothing else decides it."""

    def __init__(self, flow: Flow, other: Flow) -> None:
        self.main, self.now, self.turns = Program(flow, "main", "1"), NOW, 0
        self.others = {"other": Program(other, "other", "1")}
        self.session = Session()

    def begin(self, said: Any) -> Ran:
        return self._same(lambda: begin(self.main, Start(said=said), **self._around()))

    def go_on(self, going: Any, seconds: int) -> Ran:
        self.now += timedelta(seconds=seconds)
        given_session = self.session
        before = given_session.to_json()
        if isinstance(going, Timeout) and given_session.wait:  # most would have another's token
            going = Timeout(token=given_session.wait.token)
        ran = self._same(lambda: resume(self.main, given_session, going, **self._around()))
        assert given_session.to_json() == before
        return ran

    def _around(self) -> dict[str, Any]:
        token = f"token-{self.turns}"
        return {
            "context": PERSON, "now": self.now, "token": token, "seed": 5, "others": self.others,
        }  # fmt: skip

    def _same(self, make: Any) -> Ran:
        self.turns += 1
        ran, again = make(), make()
        assert _plain(ran) == _plain(again)
        reloaded = Session.read(json.dumps(ran.session.to_json()))
        assert reloaded.to_json() == ran.session.to_json()
        self.session = message_sent(reloaded, f"token-{self.turns}", self.now)
        return ran


def _plain(ran: Ran) -> tuple[Any, list[str], list[str]]:
    told = [str(to_json(thing)) for thing in (*ran.effects, *ran.notes)]
    return ran.session.to_json(), told, [str(step) for step in ran.path]


def _played(flow: Flow, other: Flow, said: Any, then: list[tuple[Any, int]]) -> list[Ran]:
    play = Play(flow, other)
    return [play.begin(said), *(play.go_on(going, seconds) for going, seconds in then)]


@thorough
@given(flows(), flows(), replies, steps)
def test_it_never_raises_repeats_itself_and_always_ends_or_waits(
    flow: Flow, other: Flow, said: Any, then: list[tuple[Any, int]]
):
    for ran in _played(flow, other, said, then):
        status, wait = ran.session.status, ran.session.wait
        assert (status == "ended") == (wait is None)
        assert (status == "ended") == bool(ran.session.ending)
        assert wait is None or (wait.kind == "person") == (status == "paused")
        assert (ran.session.expires_at is not None) == (status == "waiting")
        assert len(ran.path) <= 120
        assert not ran.ignored or (ran.effects, ran.path) == ([], [])
        assert not ran.ignored or ran.notes


@thorough
@given(flows(), flows(), replies, steps)
def test_whatever_it_sends_whatsapp_would_take(
    flow: Flow, other: Flow, said: Any, then: list[tuple[Any, int]]
):
    for ran in _played(flow, other, said, then):
        for effect in ran.effects:
            if isinstance(effect, Send):
                held = effect.content
                validate(effect.type, held["contacts"] if effect.type == "contacts" else held)


@thorough
@given(flows(), replies)
def test_the_way_taken_is_a_way_of_the_flow(flow: Flow, said: Any):
    ran = _played(flow, flow, said, [])[0]
    edges = {edge.id: edge for edge in flow.edges}
    main = [step for step in ran.path if step.bot_id == "main"]
    assert main[0].node_id == "start"
    for step in ran.path:
        if step.edge_id:
            assert edges[step.edge_id].source == step.node_id
            assert edges[step.edge_id].source_handle in (step.handle, "next")
