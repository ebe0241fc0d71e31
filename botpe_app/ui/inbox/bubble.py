"""One bubble of a thread, whatever is in it."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import icon_button, menu
from botpe_app.ui.inbox.bubbles import Bubble
from botpe_app.ui.inbox.state import InboxState
from botpe_app.ui.inbox.work_state import WorkState
from botpe_app.ui.messages.parts import Part, content, said
from botpe_app.ui.messages.ticks import tick
from botpe_app.ui.session import SessionState

EMOJI = ("👍", "❤️", "😂", "😮", "😢", "🙏")


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
        rx.cond(
            one.origin != "",
            rx.el.span(
                rx.icon("corner_up_right", size=14), one.origin, dir="auto", class_name="bubble-who"
            ),
        ),
        rx.cond(one.quote.text != "", _quote(one.quote)),
        content(one.content, on_again=WorkState.fetch),
        rx.el.span(
            rx.cond(one.mark != "", rx.el.span(one.mark)),
            rx.cond((one.who != "") & ~one.machine, rx.el.span(one.who, " ·")),
            rx.el.time(one.time, title=one.moment),
            rx.cond(one.tick != "", tick(one.tick)),
            rx.cond(one.undo & (SessionState.role != "Viewer"), _undo(one)),
            class_name="bubble-foot",
        ),
        rx.cond(one.reactions != "", rx.el.span(one.reactions, class_name="reactions")),
        rx.cond(one.problem != "", _problem(one)),
        rx.cond((one.wamid != "") & (InboxState.open.closed == ""), _answers(one)),
        class_name=f"bubble {one.side} {rx.cond(one.first, 'first', '')} "
        f"{rx.cond(one.last, 'last', '')} {one.tick}",
    )


def _undo(one: rx.vars.ObjectVar[Bubble]) -> rx.Component:
    return rx.el.button(
        "Undo",
        type="button",
        title="Take it back before it leaves",
        on_click=WorkState.undo(one.id),
        class_name="link undo",
    )


def _answers(one: rx.vars.ObjectVar[Bubble]) -> rx.Component:
    """Quote it, or put an emoji on it."""
    return rx.el.span(
        icon_button("reply", "Quote it", size=15, on_click=InboxState.quote(one.id)),
        menu(
            rx.el.summary(
                rx.icon("smile_plus", size=15), aria_label="React", class_name="btn square quiet"
            ),
            *(
                rx.el.button(
                    emoji,
                    type="button",
                    aria_label=f"React with {emoji}",
                    on_click=WorkState.react(InboxState.open.id, one.wamid, emoji),
                    class_name="emoji",
                )
                for emoji in EMOJI
            ),
            icon_button(
                "x",
                "Take our reaction back",
                size=14,
                on_click=WorkState.react(InboxState.open.id, one.wamid, ""),
            ),
            class_name="reacting",
        ),
        class_name="bubble-answers",
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


def _note(one: rx.vars.ObjectVar[Bubble]) -> rx.Component:
    return rx.el.div(
        rx.el.span("Note · ", one.who, class_name="strong"),
        said(text=one.content.text, names=one.named),
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
