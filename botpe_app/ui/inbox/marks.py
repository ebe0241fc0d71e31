"""Small signs that the list, the thread and the person share."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import chip
from botpe_app.ui.inbox.rows import Tagged


def tag_chip(tag: rx.vars.ObjectVar[Tagged]) -> rx.Component:
    """A tag with a dot of its colour."""
    return rx.el.span(
        rx.cond(tag.color != "", rx.el.i(style={"background": tag.color}, aria_hidden="true")),
        tag.name,
        class_name="chip tagged",
    )


def priority_chip(priority: rx.Var[str]) -> rx.Component:
    """How urgent it is, where it is not normal."""
    return rx.fragment(
        rx.match(
            priority,
            ("urgent", chip("urgent", tone="bad", icon="flame")),
            ("high", chip("high", tone="warn", icon="arrow_up")),
            ("low", chip("low", icon="arrow_down")),
            rx.fragment(),
        )
    )
