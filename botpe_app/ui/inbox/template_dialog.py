"""Choosing a template and filling its places."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import button, dialog, empty, problem
from botpe_app.ui.inbox.template_state import Blank, Choice, TemplateState

_CHOSEN = TemplateState.chosen


def template_dialog() -> rx.Component:
    """What may be sent when the window is closed, and always."""
    return dialog(
        rx.cond(_CHOSEN.id == "", "Choose a template", _CHOSEN.name),
        rx.cond(
            _CHOSEN.id != "",
            _filling(),
            rx.cond(TemplateState.templates, _list(), _none()),
        ),
        open=TemplateState.open,
        on_close=TemplateState.close,
    )


def _list() -> rx.Component:
    return rx.el.div(rx.foreach(TemplateState.templates, _choice), class_name="starts one")


def _choice(one: rx.vars.ObjectVar[Choice]) -> rx.Component:
    return rx.el.button(
        rx.el.span(
            rx.el.span(one.name, " · ", one.language, class_name="strong"),
            rx.el.span(one.text, class_name="small mute pre", dir="auto"),
            class_name="who",
        ),
        type="button",
        key=one.id,
        on_click=TemplateState.choose(one.id),
        class_name="start",
    )


def _filling() -> rx.Component:
    return rx.el.div(
        rx.el.p(_CHOSEN.text, class_name="template-text pre", dir="auto"),
        rx.foreach(TemplateState.blanks, _blank),
        rx.cond(TemplateState.problem != "", problem("Not sent", TemplateState.problem)),
        rx.el.div(
            button("Another one", on_click=TemplateState.choose("")),
            rx.el.span(class_name="grow"),
            button("Send", kind="solid", on_click=TemplateState.send),
            class_name="row end",
        ),
        class_name="stack",
    )


def _blank(blank: rx.vars.ObjectVar[Blank]) -> rx.Component:
    return rx.el.label(
        rx.el.span(blank.label),
        rx.el.input(
            default_value=blank.value,
            on_blur=lambda value: TemplateState.put(blank.name, value),
            max_length=1024,
            class_name="input",
        ),
        key=blank.name,
        class_name="labelled",
    )


def _none() -> rx.Component:
    return empty(
        "file_text",
        "No template to send",
        "Only templates that WhatsApp approved for this number can be sent from here.",
    )
