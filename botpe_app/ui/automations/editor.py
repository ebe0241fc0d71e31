"""The editor of a rule: when, if, then; and what it would have fired on."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.ui.automations.deeds import deed
from botpe_app.ui.automations.drafts import Line
from botpe_app.ui.automations.editor_state import EditorState, Match
from botpe_app.ui.automations.inputs import select_input, text_input
from botpe_app.ui.automations.words import (
    DEEDS,
    FIELDS,
    MATCHES,
    OPS,
    TRIGGERS,
)
from botpe_app.ui.components import (
    ago,
    button,
    dialog,
    icon_button,
    menu,
    menu_item,
    problem,
    switch,
)

_DRAFT = EditorState.draft


def editor() -> rx.Component:
    """A sheet over the list."""
    return dialog(
        rx.cond(_DRAFT.id == "", "New automation", "Edit automation"),
        rx.el.div(
            _scalar("name", "Name", placeholder="Welcome", max_length=80),
            _when(),
            _if(),
            _then(),
            _manners(),
            _trial(),
            rx.cond(EditorState.problem != "", problem("Not saved yet", EditorState.problem)),
            key=_DRAFT.id,
            class_name="stack rule-form",
        ),
        rx.el.div(
            button("Test", icon="flask_conical", on_click=EditorState.test),
            rx.el.span(class_name="grow"),
            button("Cancel", on_click=EditorState.close),
            button("Save", kind="solid", on_click=EditorState.save),
            class_name="row end",
        ),
        open=EditorState.open,
        on_close=EditorState.close,
        wide=True,
    )


def _section(title: str, *content: Any) -> rx.Component:
    return rx.el.fieldset(rx.el.legend(title), *content, class_name="rule-part")


def _scalar(name: str, label: str, **props: Any) -> rx.Component:
    return text_input(
        label,
        value=getattr(_DRAFT, name),
        on_change=lambda value: EditorState.put(name, value),
        **props,
    )


def _choose(name: str, label: str, options: Any) -> rx.Component:
    return select_input(
        label,
        options,
        value=getattr(_DRAFT, name),
        on_change=lambda value: EditorState.put(name, value),
    )


def _when() -> rx.Component:
    return _section(
        "When",
        _choose("trigger", "This happens", list(TRIGGERS.items())),
        rx.match(
            _DRAFT.trigger,
            (
                "keyword",
                rx.el.div(
                    _scalar("keywords", "Keywords, with commas", placeholder="price, offer"),
                    _choose("match", "Where", list(MATCHES.items())),
                    class_name="row wrap top",
                ),
            ),
            ("no_reply", _scalar("minutes", "Minutes", input_mode="numeric", max_length=5)),
            ("tag_added", _scalar("tag", "Tag (empty: any)", max_length=50)),
            ("tag_removed", _scalar("tag", "Tag (empty: any)", max_length=50)),
            (
                "field_changed",
                _scalar("about", "Field (empty: any)", placeholder="custom_fields.size"),
            ),
            ("api_event", _scalar("event", "Name of the event", placeholder="shipped")),
            rx.fragment(),
        ),
    )


def _if() -> rx.Component:
    return _section(
        "If",
        rx.cond(
            _DRAFT.nested,
            rx.el.p(
                "This rule's conditions were made by a program and are kept as they are.",
                class_name="small mute",
            ),
            rx.fragment(
                rx.cond(
                    _DRAFT.lines,
                    _choose(
                        "every", "How many must hold", [("all", "All of them"), ("any", "Any")]
                    ),
                ),
                rx.foreach(_DRAFT.lines, _line),
                rx.el.div(
                    button(
                        "Add a condition",
                        kind="quiet",
                        icon="plus",
                        class_name="small",
                        on_click=EditorState.add_line,
                    ),
                    class_name="row",
                ),
            ),
        ),
    )


def _line(line: rx.vars.ObjectVar[Line]) -> rx.Component:
    def put(name: str) -> Any:
        return lambda value: EditorState.put_line(line.key, name, value)

    return rx.el.div(
        select_input("Field", list(FIELDS.items()), value=line.field, on_change=put("field")),
        select_input("Test", list(OPS.items()), value=line.op, on_change=put("op")),
        rx.cond(
            (line.op != "exists") & (line.op != "not_exists"),
            text_input("Value", value=line.value, on_change=put("value"), max_length=500),
        ),
        icon_button(
            "x", "Remove this condition", size=16, on_click=EditorState.remove_line(line.key)
        ),
        key=line.key,
        class_name="row wrap bottom",
    )


def _then() -> rx.Component:
    return _section(
        "Then",
        rx.foreach(_DRAFT.deeds, deed),
        menu(
            rx.el.summary(
                rx.icon("plus", size=16), rx.el.span("Add an action"), class_name="btn small quiet"
            ),
            *(
                menu_item(words, on_click=EditorState.add_deed(kind))
                for kind, words in DEEDS.items()
            ),
            class_name="upward",
        ),
        rx.el.p(
            "Texts fill in {{contact.name|there}}, {{message.text}} and {{event.data.…}}.",
            class_name="small mute",
        ),
    )


def _manners() -> rx.Component:
    return rx.el.div(
        _scalar(
            "rest",
            "Minutes of rest in a conversation after it fired",
            input_mode="numeric",
            max_length=6,
        ),
        rx.el.div(
            switch("Then skip the rules below", _DRAFT.stops, on_click=EditorState.turn_stops),
            rx.el.span("Then skip the rules below", aria_hidden="true", class_name="small"),
            class_name="rule-check",
        ),
        class_name="row wrap bottom",
    )


def _trial() -> rx.Component:
    return rx.cond(
        EditorState.tried != "",
        rx.el.section(
            rx.el.p("Would have fired on ", rx.el.strong(EditorState.tried), class_name="small"),
            rx.el.ul(rx.foreach(EditorState.matches, _match), class_name="lines"),
            role="status",
            class_name="rule-part trial",
        ),
    )


def _match(match: rx.vars.ObjectVar[Match]) -> rx.Component:
    return rx.el.li(
        rx.el.a(match.name, href=match.href, target="_blank", class_name="link"),
        rx.el.span(match.text, class_name="small mute clip grow", dir="auto"),
        ago(at=match.at, class_name="small mute"),
        key=match.id,
    )
