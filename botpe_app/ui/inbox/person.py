"""The right pane: who the customer is."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import avatar, button, chip, icon_button, window_chip
from botpe_app.ui.inbox.copilot_state import CopilotState
from botpe_app.ui.inbox.rows import Fact, Tagged
from botpe_app.ui.inbox.state import InboxState
from botpe_app.ui.inbox.work_state import WorkState

_OPEN = InboxState.open


def person() -> rx.Component:
    """Details and tags of the customer whose conversation is open."""
    return rx.el.aside(
        rx.cond(
            _OPEN.id != "",
            rx.fragment(
                rx.el.header(
                    avatar(_OPEN.initials, _OPEN.hue, size="large"),
                    rx.el.div(
                        rx.el.h2(_OPEN.name, dir="auto", class_name="clip"),
                        rx.el.span(_OPEN.phone, class_name="small mute"),
                        class_name="who grow",
                    ),
                    icon_button(
                        "x",
                        "Close details",
                        on_click=InboxState.toggle_person,
                        class_name="close-person",
                    ),
                    class_name="person-head",
                ),
                _section(
                    "Details", rx.el.dl(rx.foreach(InboxState.facts, _fact), class_name="facts")
                ),
                _copilot(),
                rx.cond(_OPEN.may_ask, _section("Ask about them", _asking())),
                _section("Window", _window()),
                _section("Tags", _tags()),
            ),
        ),
        aria_label="Customer",
        class_name="pane person-pane",
    )


def _section(title: str, *content: rx.Component) -> rx.Component:
    return rx.el.section(rx.el.h3(title), *content, class_name="person-section")


def _fact(fact: rx.vars.ObjectVar[Fact]) -> rx.Component:
    return rx.fragment(rx.el.dt(fact.label), rx.el.dd(fact.value, dir="auto"))


def _copilot() -> rx.Component:
    """What the conversation was about, and what may come next. A person does it."""
    return rx.cond(
        (CopilotState.conversation == _OPEN.id) & (CopilotState.summary != ""),
        _section(
            "Summary",
            rx.el.p(CopilotState.summary, dir="auto"),
            rx.el.div(
                rx.cond(CopilotState.mood != "", chip(CopilotState.mood)),
                rx.cond(CopilotState.urgent, chip("urgent", tone="bad")),
                class_name="row wrap",
            ),
            rx.el.div(
                rx.cond(
                    CopilotState.urgent & (_OPEN.priority != "urgent"),
                    button(
                        "Mark it urgent",
                        class_name="small",
                        on_click=WorkState.rank(_OPEN.id, "urgent"),
                    ),
                ),
                rx.cond(
                    _OPEN.free,
                    button("Take it", class_name="small", on_click=WorkState.claim(_OPEN.id)),
                ),
                class_name="row wrap",
            ),
            rx.el.p("From ", CopilotState.source, class_name="small mute"),
        ),
    )


def _asking() -> rx.Component:
    """Questions about the customer, and their last words in our language."""
    return rx.el.div(
        rx.el.form(
            rx.el.input(
                name="question",
                placeholder="What did they order before?",
                aria_label="Ask about this customer",
                auto_complete="off",
                max_length=500,
                class_name="input",
            ),
            button("Ask", class_name="small", type="submit", disabled=CopilotState.answering),
            on_submit=CopilotState.ask_about(_OPEN.id),
            reset_on_submit=True,
            class_name="row",
        ),
        button(
            "Translate their last message",
            class_name="small",
            disabled=CopilotState.answering,
            on_click=CopilotState.translate(_OPEN.id),
        ),
        rx.cond(CopilotState.answering, rx.el.p("Reading …", class_name="small mute")),
        rx.cond(
            (CopilotState.answer != "") & (CopilotState.answer_for == _OPEN.id),
            rx.el.p(CopilotState.answer, dir="auto", role="status"),
        ),
        class_name="stack",
    )


def _window() -> rx.Component:
    return rx.el.div(
        window_chip(until=_OPEN.until),
        rx.el.p(
            rx.cond(
                _OPEN.until != "",
                "Free answers are allowed for 24 hours after the customer's last message.",
                "The customer has not written yet.",
            ),
            class_name="small mute",
        ),
        class_name="stack",
    )


def _tags() -> rx.Component:
    return rx.el.div(
        rx.foreach(_OPEN.colored, _tag),
        rx.el.form(
            rx.el.input(
                name="tag",
                placeholder="Add a tag",
                aria_label="Add a tag",
                auto_complete="off",
                max_length=50,
            ),
            on_submit=WorkState.add_tag,
            reset_on_submit=True,
            class_name="add-tag",
        ),
        class_name="row wrap",
    )


def _tag(tag: rx.vars.ObjectVar[Tagged]) -> rx.Component:
    return rx.el.span(
        rx.cond(tag.color != "", rx.el.i(style={"background": tag.color}, aria_hidden="true")),
        tag.name,
        rx.el.button(
            rx.icon("x", size=12),
            type="button",
            aria_label=f"Remove the tag {tag.name}",
            on_click=WorkState.remove_tag(tag.name),
        ),
        class_name="chip tag",
    )
