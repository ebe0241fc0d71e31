"""The agents by API: with Claude, without, and at the end of the budget."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.claude.messages_api import MessagesApi, fails, says
from tests.conftest import Business, count
from tests.services.ingesting import change
from tests.web.api.conftest import problem
from tests.web.conftest import Browser

WRITTEN = {
    "name": "Spring Sale", "language": "en_US", "category": "MARKETING", "header": "", "footer": "",
    "body": "Hello {{1}}, spring is here. Come and see us.", "samples": ["Ana"],
    "quick_replies": ["Tell me more"],
}  # fmt: skip
HELP = {"suggestions": ["It is on its way.", "I will look."], "summary": "Wants the order."}


def runs(admin: Browser) -> list[dict[str, Any]]:
    return admin("GET", "/api/agents/runs").json()["data"]


def write(admin: Browser, description: str = "a spring sale") -> dict[str, Any]:
    response = admin("POST", "/api/agents/template", {"description": description})
    assert response.status_code == 200, response.text
    return response.json()


def test_claude_writes_a_template_that_our_lint_accepts(
    claude: MessagesApi, admin: Browser
) -> None:
    claude.script = [says(json.dumps(WRITTEN), tokens=(1000, 200))]
    told = write(admin)
    assert (told["source"], told["template"]["name"]) == ("claude", "spring_sale")
    assert [one["type"] for one in told["template"]["components"]] == ["BODY", "BUTTONS"]
    assert [one for one in told["problems"] if one["severity"] == "error"] == []
    run = runs(admin)[0]
    assert (run["id"], run["success"], run["error"]) == (told["run_id"], True, None)
    assert (run["input_tokens"], run["output_tokens"], run["cost_usd"]) == (1000, 200, 0.0002)
    assert "template_v1" in run["explanation"]
    assert admin("GET", "/api/templates").json()["data"] == []


TRANSLATED = {
    **WRITTEN, "language": "es", "body": "Hola {{1}}, llegó la primavera. Ven a vernos.",
    "quick_replies": ["Cuéntame más"],
}  # fmt: skip
SHORTER = {**WRITTEN, "body": "Spring is here, {{1}}! Come in and see what is new."}


def test_translations_and_variants_come_with_it_and_each_is_linted(
    claude: MessagesApi, admin: Browser
) -> None:
    faulty = {**TRANSLATED, "body": "{{1}} hola"}
    first, mended = (
        {**WRITTEN, "translations": [one], "variants": [SHORTER]} for one in (faulty, TRANSLATED)
    )
    claude.script = [says(json.dumps(first)), says(json.dumps(mended))]
    body = {"description": "a spring sale", "languages": ["es"], "variants": 1}
    told = admin("POST", "/api/agents/template", body).json()
    assert len(claude.asked) == 2  # what the lint found went back
    assert "spring_sale (es)" in claude.asked[1]["messages"][2]["content"]
    assert told["template"]["name"] == "spring_sale"
    ((es,), (other,)) = told["translations"], told["variants"]
    assert (es["template"]["name"], es["template"]["language"]) == ("spring_sale", "es")
    assert (other["template"]["name"], other["template"]["language"]) == ("spring_sale_b", "en_US")
    for one in (told, es, other):
        assert [each for each in one["problems"] if each["severity"] == "error"] == []
    assert "template_v2" in runs(admin)[0]["explanation"]


def test_a_language_that_is_missing_is_asked_for_again(claude: MessagesApi, admin: Browser) -> None:
    claude.script = [says(json.dumps({**WRITTEN, "translations": [], "variants": []}))]
    body = {"description": "a spring sale", "languages": ["es"]}
    told = admin("POST", "/api/agents/template", body).json()
    assert (told["translations"], len(claude.asked)) == ([], 2)
    assert "translations are wanted into es" in runs(admin)[0]["error"]


def test_without_a_key_there_are_none_and_it_says_so(admin: Browser) -> None:
    body = {"description": "a spring sale", "languages": ["es", "hi"], "variants": 2}
    told = admin("POST", "/api/agents/template", body).json()
    assert (told["source"], told["translations"], told["variants"]) == ("local", [], [])
    assert "Translations and variants need Claude" in runs(admin)[0]["explanation"]


@pytest.mark.parametrize("answer", [says("nonsense"), fails(529), fails(401), says("{}")])
def test_without_a_usable_answer_our_own_pattern_does(
    claude: MessagesApi, admin: Browser, answer: Any
) -> None:
    claude.script = [answer]
    told = write(admin, "remind of the appointment")
    assert (told["source"], told["template"]["name"]) == ("local", "appointment_reminder")
    run = runs(admin)[0]
    assert not run["success"]
    assert run["error"] in run["explanation"]


@pytest.mark.parametrize(
    "description",
    ["appointment", "your parcel was shipped", "invoice due", "order received", "rate us", "🙂"],
)
def test_without_a_key_every_pattern_passes_our_lint(admin: Browser, description: str) -> None:
    told = write(admin, description)
    assert told["source"] == "local"
    assert [one for one in told["problems"] if one["severity"] == "error"] == []
    run = runs(admin)[0]
    assert (run["success"], run["cost_usd"]) == (True, 0)
    assert "ANTHROPIC_API_KEY" in run["explanation"]


def test_the_budget_is_never_exceeded_and_then_we_do_without(
    claude: MessagesApi, admin: Browser
) -> None:
    admin("PATCH", "/api/ai-settings", {"monthly_budget_usd": 0.0025})
    claude.script = [says(json.dumps(WRITTEN), tokens=(2000, 300))]
    sources = [write(admin)["source"] for _ in range(8)]
    assert sources[0] == "claude"
    assert sources[-1] == "local"
    settings = admin("GET", "/api/ai-settings").json()
    assert settings["spent_usd"] <= 0.0025
    assert len(claude.asked) == sources.count("claude")
    assert "budget" in runs(admin)[0]["explanation"]
    admin("PATCH", "/api/ai-settings", {"monthly_budget_usd": 5})
    assert write(admin)["source"] == "claude"


def test_a_budget_of_nothing_asks_nobody(claude: MessagesApi, admin: Browser) -> None:
    state = admin("PATCH", "/api/ai-settings", {"monthly_budget_usd": 0}).json()["budget_state"]
    assert (state, write(admin)["source"], claude.asked) == ("exhausted", "local", [])


def test_a_repeated_request_is_answered_without_asking_again(
    claude: MessagesApi, admin: Browser
) -> None:
    claude.script = [says(json.dumps(WRITTEN))]
    given = {"headers": {**admin.headers, "Idempotency-Key": "one"}}
    first, again = (
        admin("POST", "/api/agents/template", {"description": "a sale"}, **given).json()
        for _ in range(2)
    )
    assert first == again
    assert len(claude.asked) == 1


def test_twins_at_once_get_one_answer_and_nothing_stays_set_aside(
    claude: MessagesApi, admin: Browser
) -> None:
    both = threading.Barrier(2, timeout=10)

    def together() -> Any:
        both.wait()
        return says(json.dumps(WRITTEN), tokens=(1000, 200))

    claude.script = [together]
    given = {"headers": {**admin.headers, "Idempotency-Key": "one"}}
    body = {"description": "a sale"}
    with ThreadPoolExecutor(2) as pool:
        twins = [pool.submit(admin, "POST", "/api/agents/template", body, **given) for _ in "ab"]
    first, second = (twin.result().json() for twin in twins)
    assert first == second
    assert sorted(run["cost_usd"] for run in runs(admin)) == [0.0002, 0.0002]
    assert admin("GET", "/api/ai-settings").json()["spent_usd"] == 0.0004


def test_the_staff_get_help_with_a_conversation(
    claude: MessagesApi, admin: Browser, conversation: str
) -> None:
    claude.script = [says(json.dumps(HELP))]
    told = admin("POST", "/api/agents/support", {"conversation_id": conversation}).json()
    assert (told["suggestions"], told["summary"]) == (HELP["suggestions"], HELP["summary"])
    assert told["source"] == "claude"
    data = json.loads(claude.asked[0]["messages"][0]["content"])
    assert {one["who"] for one in data["conversation"]} <= {"us", "customer"}


def test_without_a_key_the_nearest_canned_reply_is_suggested(admin: Browser) -> None:
    for shortcut, text in (("open", "We are open from nine to six."), ("bye", "Goodbye for now!")):
        made = admin("POST", "/api/canned-replies", {"shortcut": shortcut, "text": text})
        assert made.status_code == 201, made.text
    told = admin("POST", "/api/agents/support", {"text": "when are you open? urgent"}).json()
    assert told["suggestions"][0] == "We are open from nine to six."
    assert (told["source"], told["urgency"]) == ("local", "high")
    assert "when are you open" in told["summary"]


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("template", {}, (422, "invalid", "description")),
        ("template", {"description": " "}, (422, "invalid", "description")),
        ("template", {"description": "x" * 4001}, (422, "invalid", "description")),
        ("template", {"description": "x", "languages": ["tlh"]}, (422, "invalid", "languages")),
        ("template", {"description": "x", "languages": [1]}, (422, "invalid", "languages.0")),
        ("template", {"description": "x", "variants": 9}, (422, "invalid", "variants")),
        ("support", {}, (422, "invalid", "text")),
        ("support", {"text": 5}, (422, "invalid", "text")),
        ("support", {"conversation_id": "x"}, (404, "not_found", None)),
    ],
)
def test_what_cannot_be_asked_is_refused_and_not_written_down(
    admin: Browser, path: str, body: dict[str, Any], expected: tuple[int, str, str | None]
) -> None:
    assert problem(admin("POST", f"/api/agents/{path}", body)) == expected
    assert runs(admin) == []


def test_another_organizations_conversation_is_not_found(
    conversation: str, make_business: Callable[..., Business], with_key: Callable[..., Browser]
) -> None:
    stranger = with_key(make_business("Globex", "999").admin)
    response = stranger("POST", "/api/agents/support", {"conversation_id": conversation})
    assert response.status_code == 404


def test_what_a_customer_who_wants_no_ai_writes_stays_out_of_every_prompt(
    claude: MessagesApi, admin: Browser, conversation: str
) -> None:
    who = admin("GET", f"/api/conversations/{conversation}").json()["contact"]["id"]
    changed = admin("PATCH", f"/api/contacts/{who}", {"ai_opt_out": True}).json()
    assert changed["ai_opt_out"]
    for path in ("support", "response"):
        body = {"conversation_id": conversation, "text": "Where is my parcel?"}
        told = admin("POST", f"/api/agents/{path}", body)
        assert (told.status_code, told.json()["source"]) == (200, "local"), told.text
        assert "wants no AI" in runs(admin)[0]["explanation"]
    assert claude.asked == []


def test_a_run_tells_what_was_called_in_it_and_what_was_refused(
    claude: MessagesApi, admin: Browser
) -> None:
    status, body = says(json.dumps(WRITTEN))
    call = {"type": "tool_use", "id": "t", "name": "refund", "input": {}}
    claude.script = [(status, {**body, "content": [call, *body["content"]]})]
    write(admin)
    run = runs(admin)[0]
    assert [one["name"] for one in run["tools"]] == ["check_template", "refund"]
    assert [one["outcome"].split(":")[0] for one in run["tools"]] == ["nothing to mend", "refused"]
    assert (run["bot_id"], run["bot"]) == (None, "")
    (day,) = admin("GET", "/api/agents/usage").json()["data"]
    assert (day["bot_id"], day["bot"]) == (None, "")
    nobody = "00000000-0000-7000-8000-000000000000"
    assert admin("GET", f"/api/agents/runs?bot_id={nobody}").json()["data"] == []
    assert problem(admin("GET", "/api/agents/runs?bot_id=x")) == (422, "invalid", "bot_id")


def test_settings_are_read_and_changed(admin: Browser) -> None:
    usual = admin("GET", "/api/ai-settings").json()
    assert (usual["has_key"], usual["budget_state"], usual["spent_usd"]) == (False, "ok", 0)
    change = {"model": "claude-sonnet-5-5", "tone": "warm", "monthly_budget_usd": 12.5}
    changed = admin("PATCH", "/api/ai-settings", change).json()
    assert changed == {**usual, **change}
    assert admin("PATCH", "/api/ai-settings", {"model": ""}).json()["model"] == usual["model"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("monthly_budget_usd", -1), ("monthly_budget_usd", 1e12), ("monthly_budget_usd", "x"),
     ("model", "x" * 81), ("tone", "x" * 501), ("tone", 5)],
)  # fmt: skip
def test_a_setting_that_cannot_be_names_its_field(admin: Browser, name: str, value: Any) -> None:
    assert problem(admin("PATCH", "/api/ai-settings", {name: value})) == (422, "invalid", name)


def test_an_agent_may_work_otherwise_than_all_do(claude: MessagesApi, admin: Browser) -> None:
    claude.script = [says(json.dumps(WRITTEN))]
    own = {"model": "claude-opus-5-5", "effort": "high", "max_tokens": 700}
    change = {"model": "claude-sonnet-5-5", "effort": "medium", "agents": {"template": own}}
    changed = admin("PATCH", "/api/ai-settings", change).json()
    assert changed["agents"]["template"] == {**own, "monthly_budget_usd": None}
    assert changed["agents"]["support"]["model"] == ""
    write(admin)
    admin("POST", "/api/agents/support", {"text": "hello"})
    asked = [
        (one["model"], one["output_config"]["effort"], one["max_tokens"]) for one in claude.asked
    ]
    assert asked[0] == ("claude-opus-5-5", "high", 700)
    assert asked[-1] == ("claude-sonnet-5-5", "medium", 1500)
    usual = {"agents": {"template": {"model": None, "effort": "", "max_tokens": None}}}
    changed = admin("PATCH", "/api/ai-settings", usual).json()
    assert set(changed["agents"]["template"].values()) == {"", None}


def test_an_agent_stops_at_a_budget_of_its_own(claude: MessagesApi, admin: Browser) -> None:
    claude.script = [says(json.dumps(WRITTEN))]
    none = {"agents": {"template": {"monthly_budget_usd": 0}}}
    assert admin("PATCH", "/api/ai-settings", none).status_code == 200
    assert write(admin)["source"] == "local"
    assert "budget for this agent" in runs(admin)[0]["explanation"]
    assert claude.asked == []
    admin("POST", "/api/agents/support", {"text": "hello"})
    assert claude.asked


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"effort": "heroic"}, "effort"),
        ({"max_tokens": 10}, "max_tokens"),
        ({"max_tokens": 1_000_000}, "max_tokens"),
        ({"cache_minutes": -1}, "cache_minutes"),
        ({"cache_minutes": 2000}, "cache_minutes"),
        ({"agents": {"nobody": {}}}, "agents"),
        ({"agents": {"intent": {"max_tokens": 1}}}, "agents.intent.max_tokens"),
        ({"agents": {"intent": {"monthly_budget_usd": -1}}}, "agents.intent.monthly_budget_usd"),
    ],
)
def test_a_way_of_working_that_cannot_be_names_its_field(
    admin: Browser, change: dict[str, Any], field: str
) -> None:
    before = admin("GET", "/api/ai-settings").json()
    assert problem(admin("PATCH", "/api/ai-settings", change)) == (422, "invalid", field)
    assert admin("GET", "/api/ai-settings").json() == before


def test_the_same_question_is_paid_for_once_while_its_answer_is_kept(
    claude: MessagesApi, admin: Browser
) -> None:
    claude.script = [says(json.dumps(WRITTEN), tokens=(1000, 200))]
    assert [write(admin)["source"], write(admin)["source"]] == ["claude"] * 2
    assert len(claude.asked) == 2  # kept by nobody unless somebody wants it
    admin("PATCH", "/api/ai-settings", {"cache_minutes": 30})
    first, again = write(admin), write(admin)
    assert len(claude.asked) == 3
    assert (again["template"], again["source"]) == (first["template"], "claude")
    run = runs(admin)[0]
    assert (run["source"], run["cost_usd"], run["success"]) == ("cache", 0, True)
    assert "asked a while ago" in run["explanation"]
    write(admin, "another sale")
    admin("PATCH", "/api/ai-settings", {"model": "claude-sonnet-5-5"})
    write(admin)
    assert len(claude.asked) == 5


def test_a_kept_answer_goes_with_the_customer_it_is_about(
    claude: MessagesApi, admin: Browser, conversation: str, services: str
) -> None:
    admin("PATCH", "/api/ai-settings", {"cache_minutes": 30})
    claude.script = [says(json.dumps(HELP))]
    for _ in range(2):
        admin("POST", "/api/agents/support", {"conversation_id": conversation})
    assert (len(claude.asked), count(services, "agent_answers")) == (1, 1)
    who = admin("GET", f"/api/conversations/{conversation}").json()["contact"]["id"]
    change(services, "update messages set status = 'sent' where status = 'queued'")
    erased = admin("DELETE", f"/api/contacts/{who}?erase=true")
    assert (erased.status_code, count(services, "agent_answers")) == (204, 0)


def test_an_answer_with_faults_is_not_kept(claude: MessagesApi, admin: Browser) -> None:
    admin("PATCH", "/api/ai-settings", {"cache_minutes": 30})
    claude.script = [says("nonsense")]
    assert [write(admin)["source"], write(admin)["source"]] == ["local"] * 2
    assert len(claude.asked) == 4


def test_a_run_under_way_can_be_cancelled_and_spends_no_more(
    claude: MessagesApi, admin: Browser, with_key: Callable[..., Browser], business: Business
) -> None:
    claude.script = [None]
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write, admin)
        while not claude.asked:
            assert not writing.done()
        (run,) = runs(admin)
        assert (run["state"], run["success"]) == ("running", False)
        viewer = with_key(business.admin, "VIEWER")
        assert viewer("POST", f"/api/agents/runs/{run['id']}/cancel").status_code == 403
        cancelled = admin("POST", f"/api/agents/runs/{run['id']}/cancel")
        assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelling")
        told = writing.result(timeout=6)
    assert claude.left.wait(5)
    assert (told["source"], told["run_id"], len(claude.asked)) == ("local", run["id"], 1)
    (run,) = runs(admin)
    assert (run["state"], run["cost_usd"]) == ("cancelled", 0)
    assert run["explanation"].startswith("It was cancelled.")
    again = admin("POST", f"/api/agents/runs/{run['id']}/cancel")
    assert problem(again) == (409, "conflict", None)


def test_what_the_agents_cost_is_told_by_day(claude: MessagesApi, admin: Browser) -> None:
    claude.script = [says(json.dumps(WRITTEN), tokens=(1000, 200))]
    write(admin)
    write(admin)
    (day,) = admin("GET", "/api/agents/usage?days=7").json()["data"]
    assert (day["agent"], day["runs"], day["cost_usd"]) == ("template", 2, 0.0004)
    assert problem(admin("GET", "/api/agents/usage?days=0")) == (422, "invalid", "days")
