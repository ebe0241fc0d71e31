"""The agents' golden cases, by our own best and by a scripted model."""

from __future__ import annotations

import json
from collections.abc import Callable

from botpe_app.services import evals
from botpe_app.services.evals import Result
from tests.claude.messages_api import says, serving
from tests.conftest import count


def test_our_own_best_passes_what_it_is_made_for_and_leaves_nothing(services: str) -> None:
    results = list(evals.run())
    assert {one.agent for one in results} == set(evals.AGENTS)
    assert [one for one in results if one.problem] == []
    assert set(evals.scores(results).values()) == {1.0}
    for table in ("agent_logs", "intents", "knowledge_items", "organizations"):
        assert count(services, table) == 0


def test_a_model_that_makes_things_up_fails_its_cases(
    services: str, configure: Callable[..., None]
) -> None:
    told = {"action": "reply", "reply": "All is free.", "citations": []}
    with serving() as api:
        configure(ANTHROPIC_BASE_URL=api.url, ANTHROPIC_API_KEY="sk-test")
        api.script = [says(json.dumps(told))]
        results = list(evals.run("response"))
    assert {one.by for one in results} == {"response_v1 claude-haiku-5-5", "local"}
    answered = [one for one in results if one.by != "local"]
    assert [one.problem for one in answered][:3] == ["hand_off instead of reply"] * 3


def test_a_score_below_any_earlier_version_of_the_prompt_is_worse() -> None:
    before = {"response response_v1 m": 0.9, "response response_v2 m": 0.8, "intent local": 0.5}
    assert evals.worse({"response response_v3 m": 0.85}, before) == [
        "response response_v3 m: 85%, was 90%"
    ]
    assert evals.worse({"response response_v3 other": 0.1, "intent local": 0.5}, before) == []
    assert evals.scores([Result("a", "", "v m", ""), Result("a", "", "v m", "no")]) == {
        "a v m": 0.5
    }
