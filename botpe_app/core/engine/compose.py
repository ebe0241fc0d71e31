"""Message contents for WhatsApp, filled in and cut to what it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from botpe_app.core.conditions.values import parse_number
from botpe_app.core.engine.program import Prepared
from botpe_app.core.engine.turn import Turn
from botpe_app.core.flow.messages import Header, without_blanks
from botpe_app.core.flow.nodes import ButtonsNode, FormNode, ListNode, TemplateNode
from botpe_app.core.flow.steps import Choice, Row, Section
from botpe_app.core.flow.texts import units

_NOTHING = "…"  # WhatsApp takes no choice without words above it
_LIMITS = {"body": 4096, "caption": 1024, "filename": 240}

Json = dict[str, Any]


def cut(text: str, most: int) -> str:
    """The text, with … in place of what is beyond so many UTF-16 units."""
    if units(text) <= most:
        return text
    kept = text[: most - 1]
    while units(kept) > most - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def message(turn: Turn, prepared: Prepared) -> Json | None:
    """The content of a message node's message; None if there is nothing in it to send."""
    content = prepared.content
    if prepared.type == "reaction":
        return _reaction(turn, content)
    if not prepared.fixed:
        content = cast("Json", rendered(content, turn.text))
    if prepared.type == "location":
        return _location(content)
    if not prepared.fixed and prepared.type not in ("contacts", "interactive"):
        limited = {k: cut(v, _LIMITS[k]) if k in _LIMITS else v for k, v in content.items()}
        content = without_blanks(limited)
    return None if _blank(prepared.type, content) else content


def _blank(kind: str, content: Json) -> bool:
    if kind == "text":
        return not str(content.get("body", "")).strip()
    if kind in ("contacts", "interactive"):
        return not content
    return not (content.get("id") or content.get("link"))


def rendered(content: object, render: Callable[[str], str]) -> object:
    """A JSON value with every text in it rendered."""
    if isinstance(content, str):
        return render(content)
    if isinstance(content, dict):
        held = cast("Json", content)
        return {name: rendered(value, render) for name, value in held.items()}
    if isinstance(content, list):
        return [rendered(value, render) for value in cast("list[object]", content)]
    return content


def _reaction(turn: Turn, content: Json) -> Json | None:
    """A reaction to what the customer said last, if that was a message."""
    message_id = turn.session.input.get("message_id")
    if not message_id:
        return None
    return {"message_id": message_id, "emoji": turn.text(str(content.get("emoji", "")))}


def _location(content: Json) -> Json | None:
    """The place, None where its figures are none."""
    latitude = _degrees(content.get("latitude"), 90)
    longitude = _degrees(content.get("longitude"), 180)
    if latitude is None or longitude is None:
        return None
    return {**content, "latitude": latitude, "longitude": longitude}


def _degrees(value: object, most: int) -> float | None:
    number = parse_number(str(value))
    return float(number) if number is not None and -most <= number <= most else None


def buttons(turn: Turn, node: ButtonsNode) -> Json:
    """Reply buttons under a text."""
    data = node.data
    titles = _titles(turn, data.buttons, 20)
    replies = [
        {"type": "reply", "reply": {"id": choice.id, "title": title}}
        for choice, title in zip(data.buttons, titles, strict=True)
    ]
    shown = _framed(turn, data.text, 1024, data.header, data.footer)
    return {"type": "button", **shown, "action": {"buttons": replies}}


def list_of(turn: Turn, node: ListNode) -> Json:
    """A list of rows behind a button; it only takes a header of text."""
    data = node.data
    titles = iter(_titles(turn, node.choices, 24))
    sections = [_section(turn, section, titles) for section in data.sections]
    header = data.header if data.header and data.header.type == "text" else None
    shown = _framed(turn, data.text, 4096, header, data.footer)
    button = _or_nothing(cut(turn.text(data.button).strip(), 20))
    return {"type": "list", **shown, "action": {"button": button, "sections": sections}}


def _section(turn: Turn, section: Section, titles: Any) -> Json:
    rows = [_row(turn, row, next(titles)) for row in section.rows]
    title = cut(turn.text(section.title).strip(), 24)
    return {"title": title, "rows": rows} if title else {"rows": rows}


def _row(turn: Turn, row: Row, title: str) -> Json:
    description = cut(turn.text(row.description).strip(), 72)
    shown = {"id": row.id, "title": title}
    return {**shown, "description": description} if description else shown


def _titles(turn: Turn, choices: Sequence[Choice | Row], most: int) -> list[str]:
    """The titles filled in, all different and none empty: WhatsApp takes nothing else."""
    titles: list[str] = []
    for place, choice in enumerate(choices, 1):
        title = cut(turn.text(choice.title).strip(), most)
        if not title or title in titles:
            title = cut(f"{place}. {title}".strip(), most)
        titles.append(title)
    return titles


def form(turn: Turn, node: FormNode) -> Json:
    """A WhatsApp Flow; its answers come back with the wait's token."""
    data = node.data
    parameters: Json = {
        "flow_message_version": "3",
        "flow_token": turn.token,
        "flow_cta": _or_nothing(cut(turn.text(data.cta).strip(), 30)),
        **({"flow_id": data.flow_id} if data.flow_id else {"flow_name": data.flow_name}),
        **({"mode": "draft"} if data.mode == "draft" else {}),
    }
    if data.screen:
        payload: Json = {"screen": data.screen}
        values = turn.value(dict(data.values))
        parameters["flow_action"] = "navigate"
        parameters["flow_action_payload"] = {**payload, "data": values} if values else payload
    shown = _framed(turn, data.text, 1024, data.header, data.footer)
    return {"type": "flow", **shown, "action": {"name": "flow", "parameters": parameters}}


def template(turn: Turn, node: TemplateNode) -> Json:
    """A template with its placeholders filled in; an empty parameter becomes a dash."""

    def parameter(text: str) -> str:
        return turn.text(text).strip() or "-"

    given = node.data.template.model_dump(mode="json")
    components = rendered(given["components"], parameter)
    language = {"code": given["language"]}
    return {"name": given["name"], "language": language, "components": components}


def _framed(turn: Turn, text: str, most: int, header: Header | None, footer: str) -> Json:
    """Header, body and footer, without those that are empty."""
    shown: Json = {"body": {"text": _or_nothing(cut(turn.text(text).strip(), most))}}
    above = _header(turn, header) if header else None
    below = cut(turn.text(footer).strip(), 60)
    if above:
        shown = {"header": above, **shown}
    return {**shown, "footer": {"text": below}} if below else shown


def _header(turn: Turn, header: Header) -> Json | None:
    held = header.model_dump(mode="json", exclude_none=True)[header.type]
    if header.type == "text":
        text = cut(turn.text(held).strip(), 60)
        return {"type": "text", "text": text} if text else None
    return {"type": header.type, header.type: without_blanks(rendered(held, turn.text))}  # pyright: ignore[reportArgumentType]


def _or_nothing(text: str) -> str:
    return text or _NOTHING
