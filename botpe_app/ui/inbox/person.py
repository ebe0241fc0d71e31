"""The right pane: who the customer is."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import avatar, icon_button, window_chip
from botpe_app.ui.inbox.rows import Fact
from botpe_app.ui.inbox.state import InboxState

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
        rx.foreach(_OPEN.tags, _tag),
        rx.el.form(
            rx.el.input(
                name="tag",
                placeholder="Add a tag",
                aria_label="Add a tag",
                auto_complete="off",
                max_length=50,
            ),
            on_submit=InboxState.add_tag,
            reset_on_submit=True,
            class_name="add-tag",
        ),
        class_name="row wrap",
    )


def _tag(tag: rx.Var[str]) -> rx.Component:
    return rx.el.span(
        tag,
        rx.el.button(
            rx.icon("x", size=12),
            type="button",
            aria_label=f"Remove the tag {tag}",
            on_click=InboxState.remove_tag(tag),
        ),
        class_name="chip tag",
    )
