"""What the wizard and the report share."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.ui.campaigns.rows import Line

Words = str | rx.Var[str]


def figure(title: str, value: Words, detail: Words) -> rx.Component:
    """A number with what it means."""
    return rx.el.div(
        rx.el.h3(title),
        rx.el.p(value, class_name="figure"),
        rx.el.p(detail, class_name="small mute"),
        class_name="card",
    )


def lines(title: str, found: Any, aside: Words = "") -> rx.Component:
    """A card of lines, each with its bar."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2(title),
            rx.el.span(class_name="grow"),
            rx.el.span(aside, class_name="small mute number"),
            class_name="row",
        ),
        rx.el.ul(rx.foreach(found, _line), class_name="bar-lines"),
        class_name="card",
    )


def _line(line: rx.vars.ObjectVar[Line]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(line.label, class_name="grow"),
            rx.el.span(line.detail, class_name="small mute"),
            rx.el.strong(line.count, class_name="number"),
            class_name="row",
        ),
        rx.el.div(
            rx.el.i(style={"width": line.share}, class_name=f"fill {line.tone}"),
            aria_hidden="true",
            class_name="bar-track",
        ),
    )
