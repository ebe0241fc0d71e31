"""What the simulator's phones show and send."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from botpe_app.services.simulator_views import Line
from botpe_app.ui.simulator import screens

UTC = ZoneInfo("UTC")


def spoken(content: dict[str, Any], kind: str = "interactive", **others: Any) -> screens.Spoken:
    about = {"wamid": "w1", "mine": False, "text": "", "at": 0.0, "status": "read",
             "answers": "", "error": ""}  # fmt: skip
    return screens.spoken(Line(type=kind, content=content, **{**about, **others}), UTC)


def test_the_button_of_a_flow_opens_its_form_and_others_do_not():
    flow = {"type": "flow", "action": {"parameters": {"flow_cta": "Book"}}}
    assert spoken(flow).form == "Book"
    assert spoken(flow, mine=True).form == ""
    assert spoken({"type": "button", "action": {"buttons": []}}).form == ""
    buttons = [{"type": "QUICK_REPLY", "text": "No"}, {"type": "FLOW", "text": "Book"}]
    assert spoken({"shown": {"buttons": buttons}}, "template").form == "Book"
    assert spoken({"shown": {"buttons": buttons[:1]}}, "template").form == ""
    assert spoken({"type": "flow"}).form == ""


def test_a_form_gives_the_lines_that_have_both_name_and_answer():
    form = {"name0": " guests ", "value0": "4", "name1": "email", "value1": "", "value2": "x"}
    assert screens.answers(form) == {"guests": "4"}
