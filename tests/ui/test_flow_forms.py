"""What the canvas knows of flows: kinds, ways out and forms agree with the models that check."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from botpe_app.core.flow import nodes, parse, parse_draft, problems
from botpe_app.core.flow.nodes import NEXT
from botpe_app.core.flow.steps import Buttons
from botpe_app.services.bot_library import library
from botpe_app.ui.bots.builder import kit
from botpe_app.ui.bots.forms import forms, fresh
from botpe_app.ui.bots.kinds import KINDS, kinds
from botpe_app.whatsapp.messages import validate

Json = dict[str, Any]
ASSETS = Path(__file__).parents[2] / "assets" / "bots"
TYPES = {
    get_args(one.model_fields["type"].annotation)[0] for one in get_args(get_args(nodes.Node)[0])
}
CLASSIFY = [{"id": "a", "name": "A"}, {"id": "b"}]
VARIED: list[Json] = [
    {"id": "n1", "type": "ai", "data": {"mode": "classify", "categories": CLASSIFY}},
    {"id": "n2", "type": "ai", "data": {"mode": "extract", "fields": [{"variable": "x"}]}},
    {"id": "n3", "type": "go_to_bot", "data": {"bot_id": "b", "comes_back": False}},
    {
        "id": "n4",
        "type": "template",
        "data": {
            "template": {"name": "hello", "language": "en"},
            "replies": [{"id": "yes", "title": "Yes"}],
        },
    },
]


def node(script: str, given: Any) -> Any:
    """What a script of ours answers in JavaScript; `given` and the modules' names are there."""
    program = shutil.which("node", path=sysconfig.get_path("scripts"))
    assert program is not None
    begin = f"import * as flows from {json.dumps((ASSETS / 'flow.js').as_uri())};"
    begin += f"import {{ tidy }} from {json.dumps((ASSETS / 'tidy.js').as_uri())};"
    begin += f"import * as templates from {json.dumps((ASSETS / 'templates.js').as_uri())};"
    begin += "const given = JSON.parse(await new Response(process.stdin).text());"
    ran = subprocess.run(
        [program, "--input-type=module", "-e", f"{begin} console.log(JSON.stringify({script}))"],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_every_kind_of_node_has_a_place_in_the_palette_and_a_form():
    assert {kind.type for kind in KINDS} == TYPES
    assert set(forms()) == TYPES | {"flow"}
    assert all(kind.group for kind in KINDS if kind.type != "start")


def test_the_canvas_draws_the_ways_out_that_the_engine_takes():
    flows = [item.flow for item in library()] + [
        {"nodes": [*VARIED, *({"id": k.type, "type": k.type, "data": k.data} for k in KINDS)]}
    ]
    drawn = node(
        "given.flows.map(raw => { const flow = flows.whole(raw); return flow.nodes.map(one =>"
        " [one.id, flows.ways(one, flow, given.kinds).map(way => way.id)]) })",
        {"flows": flows, "kinds": {one["type"]: one for one in kinds()}},
    )
    for raw, found in zip(flows, drawn, strict=True):
        read = parse_draft(raw)
        triggers = [trigger.id for trigger in read.triggers]
        for held, (node_id, ways) in zip(read.nodes, found, strict=True):
            if getattr(held, "type", "") != "broken":
                extra = triggers if getattr(held, "type", "") == "start" else []
                assert set(ways) == {handle.id for handle in held.handles} | set(extra), node_id


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.type != "start"])
def test_a_new_node_has_only_problems_that_writing_mends(kind: Any):
    flow: Json = {
        "triggers": [{"id": "any", "type": "any_message"}],
        "nodes": [
            {"id": "start", "type": "start"},
            {"id": "new", "type": kind.type, "data": kind.data},
        ],
        "edges": [{"id": "e", "source": "start", "target": "new"}],
    }
    told = [one for one in problems(flow) if one.severity == "error"]
    assert {one.node_id for one in told} <= {"new"}
    wrong = {one.code for one in told} - {"empty", "missing_branch", "bad_url", "bad_test", "shape"}
    assert wrong == set()
    for one in told:
        if one.code == "shape":  # a name to choose: of a variable, a template
            assert one.field in ("template.name", "assignments[0].variable", "actions[0].tags[0]")


def every_field(fields: list[Json]) -> Iterator[Json]:
    """The fields of a form at any depth."""
    for one in fields:
        yield one
        yield from every_field(one.get("fields", []))
        for variant in one.get("variants", []):
            yield from every_field(variant["fields"])


def test_a_form_has_every_field_of_its_model_and_its_limits():
    buttons = {one["name"]: one for one in forms()["buttons"]}
    assert set(buttons) == set(Buttons.model_fields)
    assert buttons["text"] | {"kind": "long", "limit": 1024, "label": "Text"} == buttons["text"]
    assert (buttons["buttons"]["fewest"], buttons["buttons"]["most"]) == (1, 3)
    assert buttons["buttons"]["fields"][0]["limit"] == 20
    assert buttons["retries"] | {"min": 0, "max": 10, "default": 2} == buttons["retries"]
    for fields in forms().values():
        for one in every_field(fields):
            assert one["kind"], one
            if "when" in one:
                assert all(values for values in one["when"].values())


def test_every_word_of_the_table_is_of_a_field_that_there_is():
    from botpe_app.core.flow import messages, schema, steps, work
    from botpe_app.ui.bots.form_words import WORDS

    models = {
        name: model
        for module in (messages, schema, steps, work)
        for name, model in vars(module).items()
        if isinstance(model, type) and issubclass(model, BaseModel)
    }
    for key in WORDS:
        model, _, field = key.rpartition(".")
        if model:
            assert field in models[model].model_fields, key
        else:
            assert any(field in one.model_fields for one in models.values()), key


def test_the_kit_of_the_canvas_is_plain_json_and_small():
    assert len(json.dumps(kit())) < 60_000
    assert fresh(nodes.ButtonsNode)["type"] == "buttons"


def test_tidying_puts_every_library_bot_in_columns_without_overlap():
    flows = [item.flow for item in library()]
    tidied = node("given.map(raw => [...tidy(flows.whole(raw))])", flows)
    for raw, places in zip(flows, tidied, strict=True):
        at = {name: (place["x"], place["y"]) for name, place in places}
        assert set(at) == {one["id"] for one in raw["nodes"]}
        assert at["start"] == (0, 0)
        boxes = sorted(at.values())
        for (x, y), (x2, y2) in itertools.pairwise(boxes):
            assert x2 > x or y2 >= y + 120


def test_a_thousand_nodes_and_a_circle_are_tidied_quickly():
    ids = [f"n{i}" for i in range(1000)]
    edges = [
        {"id": f"e{i}", "source": ids[i], "target": ids[(i * 7 + 1) % 1000]} for i in range(1000)
    ]
    flow = {"nodes": [{"id": one, "type": "message"} for one in ids], "edges": edges}
    took, count = node(
        "(() => { const begin = performance.now(); const found = tidy(flows.whole(given));"
        " return [performance.now() - begin, found.size] })()",
        flow,
    )
    assert count == 1000
    assert took < 2000


def test_a_copied_part_keeps_its_edges_and_gets_names_of_its_own():
    raw = next(item.flow for item in library() if item.id == "faq")
    parsed = node(
        "(() => { const flow = flows.whole(given); const part = flows.copy(flow, ['start', 'ask',"
        " 'hours']); return flows.paste(flow, part) })()",
        raw,
    )
    assert parsed["ids"] == ["ask_2", "hours_2"]
    fresh_edges = [e for e in parsed["flow"]["edges"] if e["source"] == "ask_2"]
    assert [edge["target"] for edge in fresh_edges] == ["hours_2"]
    parse(parsed["flow"])  # a copy can be published


def test_a_handle_has_one_edge_and_a_lost_choice_takes_its_edge_along():
    raw = next(item.flow for item in library() if item.id == "faq")
    known = {one["type"]: one for one in kinds()}
    moved, cut = node(
        "(() => { const flow = flows.whole(given.raw); const moved = flows.connect(flow, 'start',"
        " 'next', 'bye'); const ask = flow.nodes.find(n => n.id === 'ask'); const data ="
        " structuredClone(ask.data); data.sections[0].rows.shift();"
        " return [moved.edges, flows.write(flow, 'ask', data, given.kinds).edges] })()",
        {"raw": raw, "kinds": known},
    )
    from_start = [
        e["target"] for e in moved if e["source"] == "start" and e["source_handle"] == NEXT
    ]
    assert from_start == ["bye"]
    assert "hours" not in [edge["source_handle"] for edge in cut if edge["source"] == "ask"]
    assert "delivery" in [edge["source_handle"] for edge in cut if edge["source"] == "ask"]


def test_what_changed_between_two_flows_is_told_by_node_and_not_by_place():
    raw = next(item.flow for item in library() if item.id == "faq")
    other = json.loads(json.dumps(raw))
    other["nodes"][0]["position"] = {"x": 999, "y": 1}
    assert node("flows.compare(...given.map(flows.whole))", [raw, other]) == []
    other["nodes"][2]["data"]["messages"][0]["text"]["body"] = "Closed."
    other["nodes"] = [one for one in other["nodes"] if one["id"] != "after"]
    other["triggers"] = []
    told = node("flows.compare(...given.map(flows.whole))", [raw, other])
    assert [(one["what"], one.get("id")) for one in told] == [
        ("changed", "hours"),
        ("removed", "after"),
        ("triggers", None),
    ]


def test_what_a_template_leaves_open_is_filled_in_as_whatsapp_takes_it():
    components = [
        {"type": "HEADER", "format": "IMAGE"},
        {"type": "BODY", "text": "Hi {{name}}, your {{item}} of {{name}}"},
        {"type": "BUTTONS", "buttons": [
            {"type": "QUICK_REPLY", "text": "Stop"},
            {"type": "URL", "text": "Track", "url": "https://a.example/{{1}}"},
            {"type": "COPY_CODE"}]},
    ]  # fmt: skip
    given = {
        "components": components,
        "values": [{"link": "https://a.example/a.png"}, "{{contact.name}}", "shoe", "77", "SALE"],
        "strange": [{"type": "CAROUSEL"}],
        "plain": [{"type": "BODY", "text": "{{1}} and {{2}}"}],
    }
    found = node(
        "(() => { const slots = templates.slotsOf(given.components);"
        " const sent = templates.filled(slots, given.values);"
        " return { sent, back: templates.valuesOf(slots, sent),"
        " none: templates.valuesOf(slots, []), strange: templates.slotsOf(given.strange),"
        " plain: templates.filled(templates.slotsOf(given.plain), ['a', 'b']) } })()",
        given,
    )
    assert found["back"] == given["values"]
    assert found["none"] == [{}, "", "", "", ""]
    assert found["strange"] is None
    assert [one["type"] for one in found["sent"]] == ["header", "body", "button", "button"]
    assert found["sent"][1]["parameters"][1]["parameter_name"] == "item"
    assert (found["sent"][2]["sub_type"], found["sent"][2]["index"]) == ("url", "1")
    parameters = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert found["plain"] == [{"type": "body", "parameters": parameters}]
    validate("template", {
        "name": "x", "language": {"code": "en"}, "components": found["sent"]})  # fmt: skip
