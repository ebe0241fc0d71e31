"""The agents' golden cases, by our own best and by a scripted model."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botpe_app.services import evals
from botpe_app.services.evals import Result
from tests.claude.messages_api import MessagesApi, says, serving
from tests.conftest import count
from tests.services.conversing import NAMES


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


def answers_well(api: MessagesApi) -> Any:
    """What a good model would say to what was asked last."""
    golden = json.loads(evals._FILE.read_text("utf-8"))
    asked = api.asked[-1]
    data = json.loads(asked["messages"][0]["content"])
    wanted = asked["output_config"]["format"]["schema"]["properties"]
    said = data.get("question") or data.get("text") or data.get("description")
    case = next((one for one in golden["cases"] if one["text"] == said), {})
    if "action" in wanted:
        return {"action": case["action"], **_from_passages(data["passages"], case.get("cites"))}
    if "intent" in wanted:
        return {"intent": case["intent"] or "", "confidence": 0.9, "question": ""}
    if "suggestions" in wanted:
        return {"suggestions": golden["canned"][:2], "summary": "They ask for help."}
    if "flow" in wanted:
        return {"plan": "Asks.", "flow": json.dumps(NAMES), "questions": [], "dialogues": []}
    return {
        "name": "news", "language": "en", "category": case["category"], "header": "",
        "body": "Hello {{1}}, here is something to know for you.", "samples": ["Ana"],
        "footer": "", "quick_replies": [],
    }  # fmt: skip


def _from_passages(passages: list[Any], title: str | None) -> Any:
    found = [one for one in passages if one["title"] == title]
    cited = [{"passage": one["passage"], "quote": one["text"][:280]} for one in found]
    return {"reply": found[0]["text"] if found else "A colleague will help.", "citations": cited}


def test_a_model_that_answers_well_passes_every_case(
    services: str, configure: Callable[..., None]
) -> None:
    with serving() as api:
        configure(ANTHROPIC_BASE_URL=api.url, ANTHROPIC_API_KEY="sk-test")
        api.script = [lambda: says(json.dumps(answers_well(api)))]
        results = list(evals.run())
    assert [(one.text, one.problem) for one in results if one.problem] == []
    by = {one.by for one in results}
    assert {f"{agent}_v1 claude-haiku-5-5" for agent in ("builder", "support", "template")} <= by


def test_every_agent_has_a_score_to_keep_up_with() -> None:
    baseline = json.loads(evals.BASELINE.read_text("utf-8"))
    assert {name.split()[0] for name in baseline} == set(evals.AGENTS)
    best = evals.best(baseline, {"intent local": 0.5, "intent intent_v2 m": 0.7})
    assert (best["intent local"], best["intent intent_v2 m"]) == (baseline["intent local"], 0.7)


def test_a_score_below_any_earlier_version_of_the_prompt_is_worse() -> None:
    before = {"response response_v1 m": 0.9, "response response_v2 m": 0.8, "intent local": 0.5}
    assert evals.worse({"response response_v3 m": 0.85}, before) == [
        "response response_v3 m: 85%, was 90%"
    ]
    assert evals.worse({"response response_v3 other": 0.1, "intent local": 0.5}, before) == []
    assert evals.scores([Result("a", "", "v m", ""), Result("a", "", "v m", "no")]) == {
        "a v m": 0.5
    }
