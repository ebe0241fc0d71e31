"""The actions of a rule in its editor, each with what it needs to be told."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.core.automations import STATUSES
from botpe_app.ui.automations.drafts import Deed
from botpe_app.ui.automations.editor_state import EditorState
from botpe_app.ui.automations.inputs import area_input, select_input, text_input
from botpe_app.ui.automations.state import AutomationsState
from botpe_app.ui.automations.words import BOT_DEEDS, DEEDS
from botpe_app.ui.components import icon_button


def deed(deed: rx.vars.ObjectVar[Deed]) -> rx.Component:
    """An action of the rule being written."""
    return rx.el.div(
        rx.el.div(
            rx.el.strong(
                rx.match(deed.type, *((kind, words) for kind, words in DEEDS.items()), deed.type),
                class_name="grow",
            ),
            icon_button("arrow_up", "Do this earlier", size=15,
                        on_click=EditorState.move_deed(deed.key), class_name="small"),
            icon_button("x", "Remove this action", size=15,
                        on_click=EditorState.remove_deed(deed.key), class_name="small"),
            class_name="row",
        ),
        _details(deed),
        rx.cond(deed.problem != "", rx.el.p(deed.problem, class_name="error", role="alert")),
        key=deed.key,
        class_name="deed-card",
    )  # fmt: skip


def _details(deed: rx.vars.ObjectVar[Deed]) -> Any:
    def put(name: str) -> Any:
        return lambda value: EditorState.put_deed(deed.key, name, value)

    def text(name: str, label: str, **props: Any) -> rx.Component:
        return text_input(label, value=getattr(deed, name), on_change=put(name), **props)

    def chosen(name: str, label: str, options: Any) -> rx.Component:
        return select_input(label, options, value=getattr(deed, name), on_change=put(name))

    words = area_input("Text", value=deed.text, on_change=put("text"))
    return rx.match(
        deed.type,
        ("reply", words),
        ("note", words),
        (
            "template",
            rx.fragment(
                chosen("template", "Which", AutomationsState.templates),
                area_input(
                    "What stands in its places, a line each",
                    value=deed.text,
                    on_change=put("text"),
                    placeholder="body.1: {{contact.name|there}}",
                ),
            ),
        ),
        ("assign", chosen("who", "Whom", AutomationsState.assignees)),
        (
            "tag",
            rx.el.div(
                text("add", "Add, with commas"),
                text("remove", "Take away"),
                chosen("on", "Of the", [("conversation", "Conversation"), ("contact", "Contact")]),
                class_name="row wrap top",
            ),
        ),
        (
            "field",
            rx.el.div(
                text("field", "Field", placeholder="custom_fields.source"),
                text("value", "Value"),
                class_name="row wrap top",
            ),
        ),
        (
            "bot",
            rx.el.div(
                chosen("do", "What", list(BOT_DEEDS.items())),
                rx.cond(deed.do == "start", chosen("bot", "Which", AutomationsState.bots)),
                class_name="row wrap top",
            ),
        ),
        ("webhook", chosen("webhook", "Which", AutomationsState.hooks)),
        (
            "email",
            rx.fragment(
                rx.el.div(
                    text("address", "To"), text("subject", "Subject"), class_name="row wrap top"
                ),
                words,
            ),
        ),
        (
            "status",
            chosen("status", "To", [(status, status.capitalize()) for status in STATUSES]),
        ),
        rx.fragment(),
    )
