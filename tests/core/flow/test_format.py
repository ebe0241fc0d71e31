"""Reading flows, drafts of flows, and the schema that describes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from botpe_app.core.engine import Context, Program, Reply, Start, begin
from botpe_app.core.filters import FILTERS
from botpe_app.core.flow import flow_schema, parse, parse_draft, problems
from botpe_app.errors import Invalid
from tests.core.engine.test_properties import NOW
from tests.core.flow import edge, flow, node, text_node

CASES = sorted((Path(__file__).parent.parent / "engine" / "cases").glob("*.json"))


def test_what_is_wrong_first_is_named_with_its_place():
    raw = flow(text_node("a", "hi"), node("b", "buttons", text="?", buttons=[]))
    with pytest.raises(Invalid, match="needs at least 1") as refused:
        parse(raw)
    assert refused.value.field == "nodes[2].data.buttons"


@pytest.mark.parametrize("raw", [None, [], "flow", {"nodes": {}}, {"nodes": [None]}])
def test_what_is_no_flow_is_refused(raw: object):
    with pytest.raises(Invalid):
        parse(raw)


def test_a_flow_survives_being_written_and_read():
    for path in CASES:
        case = json.loads(path.read_text())
        for raw in (case.get("flows") or {"main": case["flow"]}).values():
            read = parse(raw)
            assert parse(json.loads(read.model_dump_json())) == read


def test_a_draft_can_be_tried_while_one_of_its_nodes_is_not_right():
    raw = flow(text_node("a", "hi"), node("b", "question"), edges=[edge("a", "b")])
    with pytest.raises(Invalid):
        parse(raw)
    program = Program(parse_draft(raw))
    ran = begin(program, Start(said=Reply(text="x")), context=Context(), now=NOW, token="t")
    assert [step.node_id for step in ran.path] == ["start", "a", "b"]
    assert [note.kind for note in ran.notes] == ["missing_node"]


def test_a_bot_without_a_start_ends_at_once():
    program = Program(parse_draft({"nodes": []}))
    ran = begin(program, Start(), context=Context(), now=NOW, token="t")
    assert (ran.session.ending, ran.notes[0].kind) == ("failed", "no_start")


def test_the_schema_describes_limits_and_kinds():
    schema: dict[str, Any] = flow_schema()
    title = schema["$defs"]["Choice"]["properties"]["title"]
    assert {"maxLength": 20} in title["anyOf"]
    kinds = schema["properties"]["nodes"]["items"]["discriminator"]["mapping"]
    assert {"start", "message", "question", "buttons", "list", "end"} <= set(kinds)
    assert "has_phrase" in schema["$defs"]["Test"]["properties"]["op"]["enum"]
    assert schema["$defs"]["Edge"]["required"] == ["id", "source", "target"]
    assert schema["additionalProperties"] is False


def test_the_page_about_the_format_is_true():
    page = (Path(__file__).parents[3] / "docs" / "flow-format.md").read_text()
    example = json.loads(page.partition("```json\n")[2].partition("```")[0])
    assert problems(example) == []
    listed = page.partition("Filters: `")[2].partition("`")[0].split()
    assert sorted(listed) == sorted(FILTERS)
    kinds = flow_schema()["properties"]["nodes"]["items"]["discriminator"]["mapping"]
    assert [kind for kind in kinds if f"`{kind}`" not in page] == []
