"""The editor's labelled inputs. What is typed is told when it is left."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.ui.components import options_of, select


def text_input(label: str, *, value: Any, on_change: Any, **props: Any) -> rx.Component:
    """A labelled text whose change is told when it is left."""
    return rx.el.label(
        rx.el.span(label),
        rx.el.input(default_value=value, on_blur=on_change, class_name="input", **props),
        class_name="labelled grow",
    )


def area_input(label: str, *, value: Any, on_change: Any, **props: Any) -> rx.Component:
    """The same, of several lines."""
    return rx.el.label(
        rx.el.span(label),
        rx.el.textarea(
            default_value=value, on_blur=on_change, rows=2, class_name="input area", **props
        ),
        class_name="labelled grow",
    )


def select_input(label: str, options: Any, *, value: Any, on_change: Any) -> rx.Component:
    """A labelled choice; `options` are (value, words) pairs or a Var of such."""
    return rx.el.label(
        rx.el.span(label),
        select(options_of(options), value=value, on_change=on_change),
        class_name="labelled grow",
    )
