"""One bubble of a thread, whatever is in it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.ui.inbox.bubbles import Bubble
from botpe_app.ui.inbox.contents import MEDIA, Line
from botpe_app.ui.inbox.scripts import said
from botpe_app.ui.inbox.state import InboxState
from botpe_app.ui.inbox.ticks import tick

Part = Any  # a Var of a part of a Bubble: Reflex types only the whole

_CARDS = [
    ("location", "map_pin"),
    ("contacts", "contact"),
    ("form", "clipboard_list"),
    ("order", "shopping_cart"),
    ("template", "layout_template"),
]


def bubble(one: rx.vars.ObjectVar[Bubble]) -> rx.Component:
    """A message, note or system line, under its day if it begins one."""
    return rx.el.div(
        rx.cond(one.day != "", rx.el.h3(one.day, class_name="day")),
        rx.match(
            one.side,
            ("note", _note(one)),
            ("system", rx.el.p(one.content.quiet, class_name="system-line")),
            _message(one),
        ),
        key=one.id,
        class_name="entry-line",
    )


def _message(one: rx.vars.ObjectVar[Bubble]) -> rx.Component:
    return rx.el.div(
        rx.cond(one.machine & one.first, _who(one)),
        rx.cond(one.quote.text != "", _quote(one.quote)),
        _content(one.content),
        rx.el.span(
            rx.cond(one.mark != "", rx.el.span(one.mark)),
            rx.cond((one.who != "") & ~one.machine, rx.el.span(one.who, " ·")),
            rx.el.time(one.time, title=one.moment),
            rx.cond(one.tick != "", tick(one.tick)),
            class_name="bubble-foot",
        ),
        rx.cond(one.reactions != "", rx.el.span(one.reactions, class_name="reactions")),
        rx.cond(one.problem != "", _problem(one)),
        class_name=f"bubble {one.side} {rx.cond(one.first, 'first', '')} "
        f"{rx.cond(one.last, 'last', '')} {one.tick}",
    )


def _who(one: rx.vars.ObjectVar[Bubble]) -> rx.Component:
    return rx.el.span(
        rx.icon("bot", size=14),
        one.who,
        class_name="bubble-who",
    )


def _quote(quote: Part) -> rx.Component:
    return rx.el.blockquote(
        rx.cond(quote.who != "", rx.el.span(quote.who, class_name="strong")),
        rx.el.span(quote.text, class_name="clip", dir="auto"),
        class_name="bubble-quote",
    )


def _content(content: Part) -> rx.Component:
    return rx.fragment(
        rx.match(
            content.kind,
            *((kind, _media(content, icon)) for kind, (_, icon) in MEDIA.items()),
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
                rx.foreach(content.options, lambda option: rx.el.span(option, class_name="option")),
                class_name="options",
            ),
        ),
        rx.cond(content.quiet != "", rx.el.span(content.quiet, class_name="quiet")),
    )


def _media(content: Part, icon: str) -> rx.Component:
    return rx.el.span(
        rx.el.span(rx.icon(icon, size=20), class_name="media-mark"),
        rx.el.span(
            rx.el.span(content.label, class_name="strong clip"),
            rx.el.span(content.detail, class_name="small mute"),
            class_name="who",
        ),
        class_name="bubble-media",
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


def _note(one: rx.vars.ObjectVar[Bubble]) -> rx.Component:
    return rx.el.div(
        rx.el.span("Note · ", one.who, class_name="strong"),
        said(text=one.content.text),
        rx.el.time(one.time, title=one.moment, class_name="small"),
        class_name="note-bubble",
    )


def _problem(one: rx.vars.ObjectVar[Bubble]) -> rx.Component:
    return rx.el.span(
        rx.el.span(one.problem, class_name="grow"),
        rx.cond(
            one.again,
            rx.el.button(
                rx.icon("rotate_cw", size=13),
                "Send again",
                type="button",
                on_click=InboxState.again(one.id),
                class_name="btn small",
            ),
        ),
        class_name="bubble-problem",
    )
