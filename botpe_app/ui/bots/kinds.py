"""The kinds of node as the palette offers them, and where edges leave each. Pure.

`ways` says in data what `core.flow.nodes` says in code, for the browser, which draws a node while
it is being written; a test holds the two together. A way is (id, label), or names the list in the
node's data whose items are ways of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Way:
    """A point from which an edge leaves, or (with `each`) one for each item of a list.

    `when`: only if that field of the data has one of these values. `needed`: always drawn.
    """

    id: str = ""
    label: str = ""
    each: str = ""
    needed: bool = False
    when: dict[str, Sequence[object]] = field(default_factory=dict[str, Sequence[object]])


@dataclass(frozen=True)
class Kind:
    """A kind of node: what it is called, what it is for, what a new one holds."""

    type: str
    label: str
    group: str
    icon: str
    hue: int  # 1..6
    text: str
    ways: tuple[Way, ...]
    data: Json = field(default_factory=dict[str, Any])


_NEXT = Way("next", "Next", needed=True)
_INVALID, _TIMEOUT = Way("invalid", "Not understood"), Way("timeout", "No answer in time")
_ERROR = Way("error", "It failed")
_ASKED = (_NEXT, _INVALID, _TIMEOUT)
_PRESSED = (Way("next", "Any other"), _INVALID, _TIMEOUT)
_BODY: Json = {"type": "text", "text": {"body": ""}}
_YES_NO = [{"id": "yes", "title": "Yes"}, {"id": "no", "title": "No"}]
_TESTS = {"match": "all", "tests": [{"op": "has_any_word", "args": [""]}]}

KINDS = (
    Kind("start", "Start", "", "zap", 1, "Where every conversation begins", (_NEXT,)),
    Kind(
        "message",
        "Message",
        "Say",
        "message_circle",
        2,
        "Texts, pictures, files, places: one or several in a row",
        (_NEXT,),
        {"messages": [_BODY]},
    ),
    Kind(
        "template",
        "Template",
        "Say",
        "file_text",
        2,
        "An approved template, also after 24 hours",
        (
            Way(each="replies", needed=True),
            Way("next", "Any other", when={"replies": ["some"]}),
            Way("next", "Next", needed=True, when={"replies": ["none"]}),
            Way("invalid", "Not understood", when={"replies": ["some"]}),
            Way("timeout", "No answer in time", when={"replies": ["some"]}),
        ),
        {"template": {"name": "", "language": "en"}},
    ),
    Kind(
        "question",
        "Question",
        "Ask",
        "circle_help",
        5,
        "Asks, checks the answer and keeps it",
        _ASKED,
        {"text": ""},
    ),
    Kind(
        "buttons",
        "Buttons",
        "Ask",
        "square_mouse_pointer",
        5,
        "Up to three choices to press",
        (Way(each="buttons", needed=True), *_PRESSED),
        {"text": "", "buttons": _YES_NO},
    ),
    Kind(
        "list",
        "List",
        "Ask",
        "list",
        5,
        "Up to ten choices in a list",
        (Way(each="sections.rows", needed=True), *_PRESSED),
        {"text": "", "button": "Choose", "sections": [{"rows": [{"id": "one", "title": ""}]}]},
    ),
    Kind(
        "whatsapp_flow",
        "Form",
        "Ask",
        "clipboard_list",
        5,
        "A WhatsApp Flow: a form inside the chat",
        _ASKED,
        {"text": "", "cta": "Open"},
    ),
    Kind(
        "condition",
        "Condition",
        "Decide",
        "split",
        3,
        "Goes one way or another by what is known",
        (Way(each="branches", needed=True), Way("else", "Otherwise", needed=True)),
        {"branches": [{"id": "match", "name": "", "when": _TESTS}]},
    ),
    Kind(
        "random",
        "Split",
        "Decide",
        "shuffle",
        3,
        "Sends shares of people different ways",
        (Way(each="branches", needed=True),),
        {"branches": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}]},
    ),
    Kind(
        "ai",
        "AI",
        "Do",
        "sparkles",
        4,
        "Answers from your knowledge, sorts or reads out",
        (
            Way("next", "Next", needed=True, when={"mode": ["answer", "extract"]}),
            Way(each="categories", needed=True, when={"mode": ["classify"]}),
            Way("other", "None of these", needed=True, when={"mode": ["classify"]}),
            _ERROR,
        ),
        {"mode": "answer"},
    ),
    Kind(
        "api_call",
        "Call API",
        "Do",
        "arrow_left_right",
        3,
        "Asks another program and reads its answer",
        (_NEXT, Way("error", "It failed", needed=True)),
        {"method": "GET", "url": "https://"},
    ),
    Kind(
        "set_variable",
        "Set variable",
        "Do",
        "variable",
        2,
        "Keeps, counts or clears a value",
        (_NEXT,),
        {"assignments": [{"variable": "", "operation": "set", "value": ""}]},
    ),
    Kind(
        "action",
        "Action",
        "Do",
        "wand_sparkles",
        2,
        "Tags, assigns, notes, mails, opts in or out",
        (_NEXT,),
        {"actions": [{"type": "add_tags", "tags": [""]}]},
    ),
    Kind(
        "delay",
        "Wait",
        "Do",
        "timer",
        6,
        "Seconds to days, or until a time of day",
        (_NEXT, Way("reply", "They write meanwhile")),
    ),
    Kind(
        "go_to_bot",
        "Another bot",
        "Do",
        "corner_up_right",
        1,
        "Goes to another bot, and comes back",
        (Way("next", "It came back", needed=True, when={"comes_back": [True]}), _ERROR),
        {"bot_id": ""},
    ),
    Kind(
        "hand_off",
        "Hand off",
        "Do",
        "headset",
        6,
        "A person takes over",
        (Way("next", "They give it back"),),
    ),
    Kind("end", "End", "Do", "flag", 6, "The bot's work is done", ()),
)


def kinds() -> list[Json]:
    """The kinds as the browser takes them."""
    return [asdict(kind) for kind in KINDS]
