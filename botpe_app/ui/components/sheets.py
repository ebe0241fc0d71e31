"""Tabs, drawers and the foot of a paged table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from botpe_app.ui.components.basics import icon_button
from botpe_app.ui.components.scripts import Dialog

Words = str | rx.Var[str]


def tabs(label: str, pages: Sequence[tuple[str, str]], here: str) -> rx.Component:
    """Links to pages that belong together, given as (name, address)."""
    return rx.el.nav(
        *(
            rx.el.a(
                name,
                href=address,
                aria_current="page" if name == here else "false",
                class_name="tab",
            )
            for name, address in pages
        ),
        aria_label=label,
        class_name="tabs",
    )


def drawer(
    label: Words, *content: rx.Component, open: Any, on_close: Any, wide: bool = False
) -> rx.Component:
    """A modal sheet from the right for one row of a list; Escape and the scrim close it."""
    return Dialog.create(
        rx.el.div(*content, class_name="side-sheet-body"),
        open=open,
        on_close=on_close,
        aria_label=label,
        class_name="dialog side-sheet wide" if wide else "dialog side-sheet",
    )


def pager(words: Words, *, back: Any, on: Any, at_start: Any, at_end: Any) -> rx.Component:
    """Which rows a table shows, and the way to those before and after."""
    return rx.el.div(
        rx.el.span(words, class_name="mute number", role="status"),
        rx.el.span(class_name="grow"),
        icon_button("chevron_left", "Page before", kind="plain", on_click=back, disabled=at_start),
        icon_button("chevron_right", "Next page", kind="plain", on_click=on, disabled=at_end),
        class_name="row pager",
    )


def tick_box(label: Words, checked: Any, **props: Any) -> rx.Component:
    """A bare check box whose label is only spoken."""
    return rx.el.label(
        rx.el.input(type="checkbox", checked=checked, aria_label=label, **props),
        class_name="tick-cell",
    )
