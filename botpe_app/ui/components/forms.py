"""Fields with their label, help and error."""

from __future__ import annotations

from typing import Any

import reflex as rx

Words = str | rx.Var[str]


def field(
    name: str,
    label: Words,
    *,
    error: Words = "",
    help: Words = "",
    **props: Any,
) -> rx.Component:
    """A labelled input. Its error is read out, and a script may fill it (data-error-for)."""
    error_id, help_id = f"{name}-error", f"{name}-help"
    return rx.el.div(
        rx.el.label(label, html_for=name),
        rx.el.input(
            id=name,
            name=name,
            aria_describedby=f"{help_id} {error_id}",
            aria_invalid=(error != "").to_string() if isinstance(error, rx.Var) else "false",
            class_name="input",
            **props,
        ),
        rx.el.p(help, id=help_id, class_name="help") if _given(help) else rx.fragment(),
        _error(error, error_id, name),
        class_name="field",
    )


def area(
    name: str, label: Words, *, error: Words = "", help: Words = "", **props: Any
) -> rx.Component:
    """A labelled place for several lines."""
    error_id, help_id = f"{name}-error", f"{name}-help"
    return rx.el.div(
        rx.el.label(label, html_for=name),
        rx.el.textarea(
            id=name,
            name=name,
            rows=props.pop("rows", "4"),
            aria_describedby=f"{help_id} {error_id}",
            aria_invalid=(error != "").to_string() if isinstance(error, rx.Var) else "false",
            class_name="input area",
            **props,
        ),
        rx.el.p(help, id=help_id, class_name="help") if _given(help) else rx.fragment(),
        _error(error, error_id, name),
        class_name="field",
    )


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
    """A select without a label, with our own arrow."""
    return rx.el.span(
        rx.el.select(*options, class_name="input", **props),
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
