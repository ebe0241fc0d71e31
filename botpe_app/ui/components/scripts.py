"""Pieces that need the browser itself: times that tick, modal dialogs, copying."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.ui.components.basics import button


class Ago(rx.Component):
    """`at` (RFC 3339) in words that stay true: now, 3 min, Yesterday."""

    library = "$/public/ago.js"
    tag = "Ago"
    at: rx.Var[str]


class WindowChip(rx.Component):
    """How long the customer service window stays open; empty `until` means closed."""

    library = "$/public/ago.js"
    tag = "WindowChip"
    until: rx.Var[str]
    near: rx.Var[bool]  # only when there is little left


class Dialog(rx.Component):
    """A modal dialog, open while `open` is true."""

    library = "$/public/dialog.js"
    tag = "Dialog"
    open: rx.Var[bool]
    on_close: rx.EventHandler[rx.event.no_args_event_spec]


class Shell(rx.Component):
    """Keyboard, menus, copy buttons and sign-out of the whole page; draws nothing."""

    library = "$/public/shell.js"
    tag = "Shell"


ago = Ago.create
window_chip = WindowChip.create
shell = Shell.create


def dialog(
    title: str | rx.Var[str],
    *content: rx.Component,
    open: Any,
    on_close: Any,
    wide: bool = False,
) -> rx.Component:
    """A modal sheet with a title; Escape and the scrim close it."""
    return Dialog.create(
        rx.el.div(rx.el.h2(title, class_name="dialog-title"), *content, class_name="dialog-body"),
        open=open,
        on_close=on_close,
        class_name="dialog wide" if wide else "dialog",
    )


def confirm(
    title: str | rx.Var[str],
    text: str | rx.Var[str],
    act: str,
    *,
    open: Any,
    on_close: Any,
    on_confirm: Any,
) -> rx.Component:
    """Asks before something that cannot be taken back."""
    return dialog(
        title,
        rx.el.p(text),
        rx.el.div(
            button("Cancel", on_click=on_close, auto_focus=True),
            button(act, kind="bad", on_click=on_confirm),
            class_name="row end",
        ),
        open=open,
        on_close=on_close,
    )


def copy_button(text: str | rx.Var[str], label: str = "Copy") -> rx.Component:
    """Puts `text` on the clipboard and says so."""
    return rx.el.button(
        rx.icon("copy", size=15),
        rx.el.span(label, class_name="label"),
        type="button",
        class_name="btn copy",
        custom_attrs={"data-copy": text},
    )


def copied(text: str | rx.Var[str], label: str = "", *, whole: bool = False) -> rx.Component:
    """A line to take along by its button; `whole` if it may be read off by eye as well."""
    return rx.el.div(
        *([rx.el.span(label, class_name="mute label-wide")] if label else []),
        rx.el.code(text, class_name="grow" if whole else "grow clip"),
        copy_button(text),
        class_name="row copied-line",
    )
