"""Fields with their label, help and error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from botpe_app.ui.components.basics import Kind, Words, button


def field(
    name: str, label: Words, *, error: Words = "", help: Words = "", **props: Any
) -> rx.Component:
    """A labelled input. Its error is read out, and a script may fill it (data-error-for)."""
    return _labelled(rx.el.input, name, label, error, help, class_name="input", **props)


def area(
    name: str, label: Words, *, error: Words = "", help: Words = "", **props: Any
) -> rx.Component:
    """A labelled place for several lines."""
    props.setdefault("rows", "4")
    return _labelled(rx.el.textarea, name, label, error, help, class_name="input area", **props)


def check(name: str, label: Words, *, help: Words = "", **props: Any) -> rx.Component:
    """A box to tick; in a form it posts `value` (or "on") while it is ticked."""
    return rx.el.label(
        rx.el.input(type="checkbox", name=name, class_name="tick-box", **props),
        rx.el.span(
            rx.el.span(label),
            rx.el.span(help, class_name="help") if _given(help) else rx.fragment(),
            class_name="grow who",
        ),
        class_name="tick-row",
    )


def choice(
    name: str, label: Words, options: Any, *, value: Any = None, help: Words = "", **props: Any
) -> rx.Component:
    """A labelled select. `options` are (value, words) pairs or a Var of such pairs."""
    return rx.el.div(
        rx.el.label(label, html_for=name),
        select(options_of(options), id=name, name=name, **_chosen(value), **props),
        rx.el.p(help, class_name="help") if _given(help) else rx.fragment(),
        class_name="field",
    )


def select(*options: rx.Component, **props: Any) -> rx.Component:
    """A select without its label: who uses it gives one (aria_label) or stands beside one."""
    return rx.el.span(
        rx.el.select(*options, class_name=props.pop("class_name", "input"), **props),
        rx.icon("chevron_down", size=16),
        class_name="select",
    )


def options_of(options: Any) -> rx.Component:
    """The options of a select, from (value, words) pairs or a Var of such pairs."""
    if isinstance(options, rx.Var):
        return rx.foreach(options, lambda pair: rx.el.option(pair[1], value=pair[0]))
    return rx.fragment(*(rx.el.option(words, value=key) for key, words in options))


def search_box(words: str, *, value: Any, on_search: Any, label: str = "") -> rx.Component:
    """Where one searches a list while typing; the key / goes there."""
    return rx.el.div(
        rx.icon("search", size=16),
        rx.el.input(
            type="search",
            default_value=value,
            placeholder=words,
            aria_label=label or words,
            auto_complete="off",
            on_change=on_search.debounce(250),
            custom_attrs={"data-hotkey": "/"},
        ),
        rx.el.kbd("/", aria_hidden="true"),
        class_name="search",
    )


def dialog_form(
    *content: rx.Component,
    act: str,
    on_submit: Any,
    on_cancel: Any,
    error: Words = "",
    kind: Kind = "solid",
    **props: Any,
) -> rx.Component:
    """A dialog's form: its fields, what is wrong with it as a whole, and the two ways out."""
    return rx.el.form(
        *content,
        form_error(error),
        rx.el.div(
            button("Cancel", on_click=on_cancel),
            button(act, kind=kind, type="submit"),
            class_name="row end",
        ),
        on_submit=on_submit,
        no_validate=True,
        class_name="stack roomy",
        **props,
    )


def form_error(message: Words = "") -> rx.Component:
    """The line for what is wrong with the form as a whole."""
    return rx.el.p(
        message,
        class_name="error form-error",
        role="alert",
        custom_attrs={"data-error-for": "form"},
    )


def _chosen(value: Any) -> dict[str, Any]:
    return {} if value is None else {"value": value}


def _labelled(
    control: Callable[..., rx.Component],
    name: str,
    label: Words,
    error: Words,
    help: Words,
    **props: Any,
) -> rx.Component:
    error_id, help_id = f"{name}-error", f"{name}-help"
    return rx.el.div(
        rx.el.label(label, html_for=name),
        control(
            id=name,
            name=name,
            aria_describedby=f"{help_id} {error_id}",
            aria_invalid=(error != "").to_string() if isinstance(error, rx.Var) else "false",
            **props,
        ),
        rx.el.p(help, id=help_id, class_name="help") if _given(help) else rx.fragment(),
        _error(error, error_id, name),
        class_name="field",
    )


def _error(error: Words, error_id: str, name: str) -> rx.Component:
    return rx.el.p(
        *([error] if _given(error) else []),
        id=error_id,
        class_name="error",
        role="alert",
        custom_attrs={"data-error-for": name},
    )


def _given(words: Words) -> bool:
    return isinstance(words, rx.Var) or bool(words)
