"""Every fault is told with its node and field; what is right is not complained about."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botpe_app.core.flow import Known, problems
from botpe_app.whatsapp.messages import validate
from tests.core.flow import Json, edge, errors, flow, found, node, text_node

END = node("end", "end")


def pick(node_id: str, **titles: str) -> Json:
    """A node with these buttons: `id=title`."""
    choices = [{"id": one.rstrip("_"), "title": title} for one, title in titles.items()]
    return node(node_id, "buttons", text="?", buttons=choices)


PICK = pick("pick", a="A", b="B")


def test_a_sound_flow_has_no_problems():
    raw = flow(
        text_node("hello", "Hi {{contact.name|there}}, {{city}} {{input.text}} {{now|date}}"),
        node("ask", "question", text="Where?", save_to="city"),
        PICK,
        END,
        edges=[
            edge("hello", "ask"), edge("ask", "pick"), edge("pick", "end", "a"),
            edge("pick", "ask", "b"),
        ],
    )  # fmt: skip
    assert problems(raw) == []


@pytest.mark.parametrize(
    ("nodes", "edges", "problem"),
    [
        ([text_node("m", "hi")], [edge("m", "gone")], ("no_target", "m", "next")),
        ([END], [edge("gone", "end")], ("no_source", "end", "edges")),
        ([END], [edge("start", "end", "sideways")], ("no_handle", "start", "sideways")),
        ([text_node("m", "hi")], [edge("m", "start")], ("into_start", "m", "edges")),
        ([PICK, END], [edge("pick", "end", "a")], ("missing_branch", "pick", "b")),
        ([node("r", "random", branches=[{"id": "x"}, {"id": "y"}])], [edge("r", "r", "x")],
         ("missing_branch", "r", "y")),
        ([text_node("m", "hi"), END], [], ("unreachable", "end", "id")),
        ([text_node("m", "hi")], [], ("dead_end", "m", "next")),
        ([text_node("m", "hi"), text_node("n", "ho")], [edge("m", "n"), edge("n", "m")],
         ("loop", "m", "edges")),
        ([node("c", "api_call", url="https://a.example"), END], [edge("c", "end"),
         edge("c", "c", "error")], ("loop", "c", "edges")),
        ([node("c", "api_call", url="https://a.example"), END], [edge("c", "end")],
         ("no_error_branch", "c", "error")),
        ([node("q", "question", text="?", timeout_seconds=9), END], [edge("q", "end")],
         ("no_timeout_branch", "q", "timeout")),
        ([{"id": "start", "type": "start"}], [], ("same_id", "start", "id")),
        ([{"id": "two", "type": "start"}], [], ("two_starts", "two", "type")),
    ],
)  # fmt: skip
def test_wiring(nodes: list[Json], edges: list[Json], problem: tuple[str, str, str]):
    assert problem in found(flow(*nodes, edges=edges))


def test_two_edges_from_one_handle_are_one_too_many():
    raw = flow(text_node("m", "hi"), END, edges=[edge("m", "end"), edge("m", "m")])
    assert ("two_edges", "m", "next") in found(raw)
    assert ("same_id", "m", "edges") in found(raw)


def test_a_choice_may_leave_by_next_for_all_its_answers():
    assert problems(flow(PICK, END)) == []


def test_a_circle_with_a_question_in_it_is_no_loop():
    raw = flow(PICK, text_node("m", "again"), edges=[edge("pick", "m"), edge("m", "pick")])
    assert problems(raw) == []


@pytest.mark.parametrize(
    ("faulty", "problem"),
    [
        (text_node("x", "y" * 4097), ("too_long", "messages[0].text.body")),
        (text_node("x", "  "), ("empty", "messages[0].text.body")),
        (pick("x", a="t" * 21),
         ("too_long", "buttons[0].title")),
        (pick("x", a="A", b="B", c="C", d="D"),
         ("too_long", "buttons")),
        (pick("x", a="T", b="T"),
         ("same_title", "buttons[1].title")),
        (pick("x", a="S", a_="T"),
         ("same_id", "buttons[1].id")),
        (pick("x", timeout="S"),
         ("reserved_id", "buttons[0].id")),
        (node("x", "list", text="?", button="Open",
              sections=[{"title": s, "rows": [{"id": f"{s}{n}", "title": "R"} for n in range(6)]}
                        for s in "ab"]), ("too_many_rows", "sections")),
        (node("x", "question", text="?", answer={"type": "pattern", "pattern": "("}),
         ("bad_pattern", "answer.pattern")),
        (node("x", "question", text="?", answer={"type": "choice"}), ("empty", "answer.options")),
        (node("x", "question", text="?", answer={"type": "number", "least": 5, "most": 1}),
         ("bounds", "answer.most")),
        (node("x", "condition", branches=[{"id": "b", "when": {"tests": [
            {"op": "has_number_gt", "args": ["many"]}]}}]),
         ("bad_test", "branches[0].when.tests[0].args[0]")),
        (node("x", "condition", branches=[{"id": "b", "when": {"tests": [
            {"tests": [{"op": "has_pattern", "args": ["("]}]}]}}]),
         ("bad_test", "branches[0].when.tests[0].tests[0].args[0]")),
        (node("x", "condition", branches=[{"id": "b", "when": {"tests": [{"op": "is_nice"}]}}]),
         ("unknown_word", "branches[0].when.tests[0].op")),
        (node("x", "api_call", url="ftp://a.example"), ("bad_url", "url")),
        (node("x", "api_call", url="https://a", auth={"type": "bearer"}), ("empty", "auth.secret")),
        (node("x", "api_call", url="https://a", mappings=[{"path": "a.b", "variable": "v"}]),
         ("bad_path", "mappings[0].path")),
        (node("x", "ai", mode="classify"), ("empty", "categories")),
        (node("x", "ai", mode="extract"), ("empty", "fields")),
        (node("x", "whatsapp_flow", text="?", cta="Go"), ("empty", "flow_id")),
        (text_node("x", "Hi {{nobody}}"), ("unknown_variable", "messages[0].text.body")),
        (text_node("x", "Hi {{a b}}"), ("broken_placeholder", "messages[0].text.body")),
        (text_node("x", "Hi {{name"), ("broken_placeholder", "messages[0].text.body")),
        (node("x", "question", text="?", save_to="contact"), ("reserved_name", "save_to")),
        (node("x", "question", text="?", colour="red"), ("shape", "colour")),
        (node("x", "question"), ("missing", "text")),
        (node("x", "message", messages=[{"type": "image", "image": {}}]),
         ("shape", "messages[0].image")),
        (node("x", "message", messages=[]), ("shape", "messages")),
        ({"id": "x", "type": "mystery"}, ("shape", "nodes[1]")),
    ],
)  # fmt: skip
def test_a_fault_inside_a_node_names_the_node_and_the_field(faulty: Json, problem: tuple[str, str]):
    raw = flow(faulty, END)
    assert (problem[0], "x", problem[1]) in found(raw)
    assert errors(raw)


def test_around_a_broken_node_nothing_else_is_complained_about():
    raw = flow(node("x", "question"), END)
    assert found(raw) == [("missing", "x", "text")]


def test_a_placeholder_may_make_a_text_longer_than_its_limit():
    long = "{{contact.custom_fields.the_name_of_their_dog}}"
    raw = flow(pick("x", a=long), END)
    assert problems(raw) == []


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"triggers": []}, ("no_trigger", "triggers")),
        ({"triggers": [{"id": "t", "type": "keyword", "match": "regex", "keywords": ["("]}]},
         ("bad_pattern", "triggers[0].keywords[0]")),
        ({"triggers": [{"id": "t", "type": "keyword", "keywords": ["Hi", "hi "]}]},
         ("same_keyword", "triggers[0].keywords[1]")),
        ({"variables": [{"name": "a"}, {"name": "a"}]}, ("same_name", "variables[1].name")),
        ({"variables": [{"name": "now"}]}, ("reserved_name", "variables[0].name")),
        ({"settings": {"timezone": "Mars"}}, ("bad_settings", "settings.timezone")),
        ({"settings": {"fallback_limit": 0}}, ("shape", "settings.fallback_limit")),
        ({"settings": {"hand_off_text": "{{who}}"}},
         ("unknown_variable", "settings.hand_off_text")),
        ({"settings": {"interrupts": [{"keywords": ["x"], "action": "go_to"}]}},
         ("no_target", "settings.interrupts[0].node_id")),
        ({"settings": {"business_hours": {"days": {"mon": [["9:00", "25:00"]]}}}},
         ("bad_settings", "settings.business_hours.days.mon[0][1]")),
        ({"settings": {"business_hours": {"holidays": ["2026-12-25", "Christmas"]}}},
         ("bad_settings", "settings.business_hours.holidays")),
    ],
)  # fmt: skip
def test_faults_of_the_whole(parts: Json, problem: tuple[str, str]):
    assert problem in [(code, field) for code, _, field in found(flow(END, **parts))]


def test_a_node_that_an_interruption_leads_to_is_reached():
    jump = {"interrupts": [{"keywords": ["x"], "action": "go_to", "node_id": "far"}]}
    raw = flow(END, text_node("far", "far"), edges=[edge("far", "end")], settings=jump)
    assert problems(raw) == []


def test_what_a_flow_names_must_exist_where_that_is_known():
    raw = flow(
        node("t", "template", template={"name": "sale", "language": "en"}),
        node("u", "template", template={"name": "news", "language": "en"}),
        node("g", "go_to_bot", bot_id="faq"),
        node("c", "api_call", url="https://a", auth={"type": "bearer", "secret": "key"}),
        node("a", "action", actions=[{"type": "assign", "user_id": "u1", "team_id": "t1"},
                                     {"type": "add_to_campaign", "campaign_id": "c1"}]),
        node("h", "hand_off", team_id="t1"),
    )  # fmt: skip
    nothing: Any = frozenset[str]()
    known = Known(
        templates={("sale", "en"): "PENDING"},
        bots=nothing, secrets=nothing, users=nothing, teams=nothing, campaigns=nothing,
    )  # fmt: skip
    told = [one for one in found(raw, known) if one[0] not in ("dead_end", "no_error_branch")]
    assert told == [
        ("template_not_approved", "t", "template.name"),
        ("unknown_template", "u", "template.name"),
        ("unknown_bot", "g", "bot_id"),
        ("unknown_secret", "c", "auth.secret"),
        ("unknown_team", "a", "actions[0].team_id"),
        ("unknown_person", "a", "actions[0].user_id"),
        ("unknown_campaign", "a", "actions[1].campaign_id"),
        ("unknown_team", "h", "team_id"),
    ]
    assert errors(raw) == []


def test_messages_are_checked_as_whatsapp_would():
    def message(link: str, url: str) -> Json:
        action = {"name": "cta_url", "parameters": {"display_text": "Go", "url": url}}
        button = {"type": "cta_url", "body": {"text": "?"}, "action": action}
        given = [{"type": "image", "image": {"link": link}},
                 {"type": "interactive", "interactive": button}]  # fmt: skip
        return flow(node("m", "message", messages=given), END)

    known = Known(check_message=validate)
    assert found(message("{{contact.picture}}", "https://a/{{contact.id}}"), known) == []
    assert found(message("picture", "a.example"), known) == [
        ("bad_message", "m", "messages[0].image.link"),
        ("bad_message", "m", "messages[1].interactive.action.parameters.url"),
    ]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("{{x}}"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "data", "text", "nodes"]), inner)
    ),
    max_leaves=8,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(
    ("version", "nodes", "edges", "triggers", "variables", "settings", "name"),
    _JSON | st.lists(st.fixed_dictionaries({"id": _JSON, "type": st.sampled_from(
        ["start", "message", "end", "keyword", "list"])}, optional={"data": _JSON}), max_size=3),
)) | _JSON)  # fmt: skip
def test_whatever_it_is_given_it_only_tells_problems(raw: object):
    assert all(problem.message for problem in problems(raw))
