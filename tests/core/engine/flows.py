"""Flows and things that come in, made at random for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from botpe_app.core.engine import (
    Button,
    Callback,
    Continue,
    Expiry,
    Filled,
    Pause,
    Reply,
    Timeout,
)
from botpe_app.core.flow import Flow, parse

Json = dict[str, Any]
TOKENS = st.sampled_from([f"token-{number}" for number in range(12)])
NAMES = ["a", "b", "contact_field", "shared"]
_words = st.sampled_from(
    ["yes", "no", "5", "-1.5", "1.2.2026", "7 pm", "ann@example.com", "+14155550123", "stop", "?"]
)
_any_text = _words | st.text(st.characters(), max_size=60)
_filled = st.sampled_from(
    ["{{a}}", "{{b|plus:1}}", "{{input.text}}", "{{contact.name|upper|you}}", "{{results}}",
     "{{shared|number:2}}", "{{input.text|word:2|truncate:5}}", "{{now|add_days:900000|date}}",
     "{{match.extra.1}}", "{{a|join|replace:a,bb|times:9}}", "{{input.content.latitude}}"]
)  # fmt: skip
_texts = _filled | st.sampled_from(["Hello", "x" * 900, "{{a}} and {{b}}", "Ünï 🙂" * 30])
_short = _filled | st.sampled_from(["One", "Two", "Three 🙂"])
_values = _texts | st.none() | st.integers(-5, 5) | st.lists(_filled, max_size=2)
_names = st.sampled_from(NAMES)
_saves = st.none() | _names
_seconds = st.none() | st.integers(1, 60)


def _data(**fields: Any) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(
        {name: value if isinstance(value, st.SearchStrategy) else st.just(value)
         for name, value in fields.items()}
    )  # fmt: skip


_message = st.one_of(
    _data(type="text", text=_data(body=_texts)),
    _data(type="image", image=_data(link="https://a.example/{{a|url}}.png", caption=_texts)),
    _data(type="location", location=_data(latitude=_filled | st.just(1), longitude=2)),
    _data(type="reaction", reaction=_data(emoji="👍")),
    _data(type="sticker", sticker=_data(id="1"), delay_seconds=st.just(1), typing=st.booleans()),
)
_ops = st.sampled_from(
    [("has_number_gt", ["{{a}}"]), ("has_text", []), ("has_phrase", ["{{b}}"]),
     ("has_pattern", ["(\\w+)@{{a}}"]), ("has_date_lt", ["{{today}}"]), ("eq", ["{{input.text}}"]),
     ("is_weekday", ["mon"]), ("is_time_between", ["{{a}}", "12:00"]), ("has_category", ["x"]),
     ("contains", ["{{b}}"]), ("lt", [3]), ("is_open", []), ("has_error", [])]
)  # fmt: skip
_test = st.builds(
    lambda op, subject, negate: {"op": op[0], "args": op[1], "subject": subject, "negate": negate},
    _ops,
    _texts,
    st.booleans(),
)
_group = st.recursive(
    _data(match=st.sampled_from(["all", "any"]), tests=st.lists(_test, min_size=1, max_size=3)),
    lambda inner: _data(match="any", tests=st.lists(inner | _test, min_size=1, max_size=2)),
    max_leaves=3,
)
_answer = st.sampled_from(
    [{"type": kind} for kind in ("any", "text", "number", "email", "phone", "date", "time",
                                 "media", "location")]
    + [{"type": "number", "least": "{{a}}", "most": 9, "whole": True},
       {"type": "pattern", "pattern": "(\\d+)"},
       {"type": "date", "least": "{{b}}", "most": "today"},
       {"type": "choice", "options": [{"id": "x", "title": "{{a}}"}, {"id": "y", "title": "Yes"}]}]
)  # fmt: skip
_asking: Json = {"save_to": _saves, "timeout_seconds": _seconds, "retries": st.integers(0, 2)}
_choices = [{"id": "yes", "title": "Yes"}, {"id": "no", "title": "{{a}}"}]
_assignment = _data(
    variable=_names,
    operation=st.sampled_from(["set", "increment", "append", "format", "clear"]),
    value=_values,
)
_action = st.one_of(
    _data(
        type=st.sampled_from(["add_tags", "remove_tags"]),
        tags=st.lists(_short, min_size=1, max_size=3),
    ),
    _data(type="update_contact", field="name", value=_values),
    _data(type="call_webhook", event="lead", payload=_values),
)
_kinds: dict[str, st.SearchStrategy[Json]] = {
    "message": _data(messages=st.lists(_message, min_size=1, max_size=3)),
    "question": _data(text=_texts, answer=_answer, **_asking),
    "buttons": _data(text=_texts, buttons=_choices, footer=_short,
                     **_asking),
    "list": _data(text=_texts, button="Open", sections=[{"rows": _choices}], **_asking),
    "condition": _data(branches=st.lists(_group, min_size=1, max_size=2).map(
        lambda groups: [{"id": f"b{n}", "when": group} for n, group in enumerate(groups)]),
        save_to=_saves),
    "set_variable": _data(assignments=st.lists(_assignment, min_size=1, max_size=3)),
    "ai": st.sampled_from([{}, {"mode": "classify", "categories": [{"id": "x"}]},
                           {"mode": "extract", "fields": [{"variable": "a"}]}]),
    "api_call": _data(url="https://a.example/{{a}}", save_to=_saves,
                      body=_data(type="json", value=_values),
                      mappings=[{"path": "$..a[0]", "variable": "b"}]),
    "action": _data(actions=st.lists(_action, min_size=1, max_size=2)),
    "template": _data(template={"name": "t", "language": "en", "components": []},
                      replies=st.sampled_from([[], [{"id": "yes", "title": "Yes"}]])),
    "whatsapp_flow": _data(text=_texts, cta="Open", flow_id="1", **_asking),
    "delay": st.sampled_from([{}, {"mode": "until", "time": "02:30", "weekday": "sun"}]),
    "random": st.just({"branches": [{"id": "r0"}, {"id": "r1", "weight": 2}]}),
    "go_to_bot": _data(bot_id=st.sampled_from(["main", "other", "nobody"]),
                       comes_back=st.booleans()),
    "hand_off": _data(text=_texts, note=_texts),
    "end": _data(text=_texts, everything=st.booleans()),
}  # fmt: skip
_handles = ["next", "yes", "no", "invalid", "timeout", "b0", "b1", "else", "x", "other", "error",
            "reply", "r0", "r1"]  # fmt: skip


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    """Any flow that the schema takes, as wild as its author likes: with circles and dead ends."""
    kinds = draw(st.lists(st.sampled_from(sorted(_kinds)), min_size=1, max_size=6))
    nodes: list[Json] = [{"id": "start", "type": "start"}]
    nodes += [
        {"id": f"n{place}", "type": kind, "data": draw(_kinds[kind])}
        for place, kind in enumerate(kinds)
    ]
    ids = [node["id"] for node in nodes]
    ways = {("start", "next"): "n0"}
    for node in ids[1:]:
        for handle in _handles:
            target = draw(st.none() | st.sampled_from([*ids[1:], "gone"]))
            if target:
                ways[(node, handle)] = target
    edges = [
        {"id": f"e{number}", "source": way[0], "source_handle": way[1], "target": target}
        for number, (way, target) in enumerate(ways.items())
    ]
    return parse({"nodes": nodes, "edges": edges, **_around})


_around: Json = {
    "triggers": [{"id": "any", "type": "any_message"}],
    "variables": [
        {"name": "a"},
        {"name": "b", "default": 3},
        {"name": "contact_field", "scope": "contact"},
        {"name": "shared", "scope": "organization"},
    ],
    "settings": {
        "interrupts": [
            {"keywords": ["stop"], "action": "go_to", "node_id": "n0"},
            {"keywords": ["?"], "action": "hand_off"},
        ],
        "fallback_limit": 2,
    },
}
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=5,
)
_content = st.fixed_dictionaries(
    {}, optional={"id": _json, "latitude": _json, "longitude": _json, "caption": _any_text}
)
_callback_data = st.one_of(
    _json,
    _data(status=st.sampled_from([200, 404]), body=_json),
    _data(text=_any_text, action=st.sampled_from(["", "hand_off"])),
    _data(category=st.sampled_from(["x", "y"])),
    _data(values=st.dictionaries(_names, _json)),
)
replies = st.builds(Reply, text=_any_text, message_id=st.sampled_from(["", "wamid.1"]))
goings = st.one_of(
    replies,
    replies,
    st.builds(Reply, text=_any_text, kind=st.sampled_from(["image", "location", "odd"]),
              content=_content),
    st.builds(Button, id=st.sampled_from(["yes", "no", "x"]) | _any_text, title=_any_text),
    st.builds(Filled, response=st.dictionaries(_any_text, _json, max_size=2)),
    st.builds(Timeout, token=TOKENS),
    st.builds(Callback, token=TOKENS, ok=st.booleans(), data=_callback_data, error=_any_text),
    st.builds(Callback, token=TOKENS, data=_callback_data),
    st.sampled_from([Expiry(), Pause(), Continue()]),
)  # fmt: skip
