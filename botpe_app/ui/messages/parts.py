"""Drawing what is in a message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec, passthrough_event_spec

from botpe_app.ui.messages.contents import MEDIA, Line
from botpe_app.ui.messages.files import Attachment

Part = Any  # a Var of a part of a message: Reflex types only the whole

_CARDS = [
    ("location", "map_pin"),
    ("contacts", "contact"),
    ("form", "clipboard_list"),
    ("order", "shopping_cart"),
    ("template", "layout_template"),
]


class Said(rx.Component):
    """What somebody wrote, with WhatsApp's marks (*bold*, _italic_ …) and safe links.

    `names` are words to bring out, such as "@Ana".
    """

    library = "$/public/said.jsx"
    tag = "Said"
    text: rx.Var[str]
    names: rx.Var[list[str]]


class Thread(rx.Component):
    """A scroll area that keeps the reader's place."""

    library = "$/public/thread.jsx"
    tag = "Thread"
    conversation: rx.Var[str]
    more: rx.Var[bool]
    unread: rx.Var[int]
    on_older: rx.EventHandler[no_args_event_spec]
    on_seen: rx.EventHandler[passthrough_event_spec(str)]


class Attached(rx.Component):
    """A message's file: a picture that opens, a player, a download, or how far it is."""

    library = "$/public/attached.jsx"
    tag = "Attached"
    file: rx.Var[Attachment]
    label: rx.Var[str]
    on_again: rx.EventHandler[no_args_event_spec]


said = Said.create
scroller = Thread.create


def content(
    content: Part,
    on_option: Callable[[Part], Any] | None = None,
    on_again: Callable[[Part], Any] | None = None,
) -> rx.Component:
    """The parts of a Content; `on_option` makes an event of a tapped button or row.

    `on_again` makes one of asking again for a file (its id) that could not be fetched.
    """
    return rx.fragment(
        rx.match(
            content.kind,
            *((kind, _media(content, icon, on_again)) for kind, (_, icon) in MEDIA.items()),
            *((kind, _card(content, icon)) for kind, icon in _CARDS),
            rx.fragment(),
        ),
        rx.cond(
            content.choice != "",
            rx.el.span(
                rx.icon("corner_down_right", size=14),
                rx.el.span(content.choice, class_name="strong"),
                rx.cond(content.detail != "", rx.el.span(content.detail, class_name="small mute")),
                class_name="bubble-choice",
            ),
        ),
        rx.cond(content.text != "", said(text=content.text)),
        rx.cond(
            content.options.length() > 0,
            rx.el.span(
                rx.foreach(content.options, lambda option: _option(option, on_option)),
                class_name="options",
            ),
        ),
        rx.cond(content.quiet != "", rx.el.span(content.quiet, class_name="quiet")),
    )


def _option(option: Part, on_option: Callable[[Part], Any] | None) -> rx.Component:
    if on_option is None:
        return rx.el.span(option, class_name="option")
    return rx.el.button(option, type="button", on_click=on_option(option), class_name="option")


def _media(content: Part, icon: str, on_again: Callable[[Part], Any] | None = None) -> rx.Component:
    mark = rx.el.span(rx.icon(icon, size=20), class_name="media-mark")
    asked = {"on_again": on_again(content.file.id)} if on_again else {}
    return rx.cond(
        content.file.state != "",
        Attached.create(mark, file=content.file, label=content.label, **asked),
        rx.el.span(
            mark,
            rx.el.span(
                rx.el.span(content.label, class_name="strong clip"),
                rx.el.span(content.detail, class_name="small mute"),
                class_name="who",
            ),
            class_name="bubble-media",
        ),
    )


def _card(content: Part, icon: str) -> rx.Component:
    return rx.el.span(
        rx.el.span(
            rx.el.span(rx.icon(icon, size=18), class_name="media-mark"),
            rx.el.span(
                rx.el.span(content.label, class_name="strong"),
                rx.cond(content.detail != "", rx.el.span(content.detail, class_name="small mute")),
                class_name="who",
            ),
            class_name="bubble-media",
        ),
        rx.foreach(content.lines, _line),
        rx.cond(
            content.href != "",
            rx.el.a(
                "Open the map",
                href=content.href,
                target="_blank",
                rel="noopener noreferrer",
                class_name="link small",
            ),
        ),
        class_name="bubble-card",
    )


def _line(line: rx.vars.ObjectVar[Line]) -> rx.Component:
    return rx.el.span(
        rx.el.span(line.label),
        rx.cond(
            line.href != "",
            rx.el.a(line.value, href=line.href, class_name="link"),
            rx.el.span(line.value, class_name="mute"),
        ),
        class_name="card-line",
    )
