"""/settings/problems: everything that needs a person, with its mend in words."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import button_link, empty, skeleton_rows
from botpe_app.ui.layout import page
from botpe_app.ui.settings.frame import settings_frame
from botpe_app.ui.settings.problems_state import ProblemsState, Trouble


@page("Problems", route="/settings/problems", here="Settings", on_load=ProblemsState.enter)
def problems() -> rx.Component:
    """Every problem with its mend."""
    return settings_frame(
        "Problems",
        rx.fragment(),
        rx.cond(
            ProblemsState.loaded,
            rx.cond(ProblemsState.troubles.length() > 0, _list(), _none()),
            skeleton_rows(3, kind="row"),
        ),
    )


def _list() -> rx.Component:
    return rx.el.section(
        rx.el.ul(rx.foreach(ProblemsState.troubles, _trouble), class_name="mends"),
        aria_label="Problems",
        class_name="card",
    )


def _trouble(trouble: rx.vars.ObjectVar[Trouble]) -> rx.Component:
    return rx.el.li(
        rx.cond(
            trouble.grave,
            rx.icon("circle_x", size=20, class_name="bad", aria_label="Must be mended"),
            rx.icon("circle_alert", size=20, class_name="warn", aria_label="Look at it"),
        ),
        rx.el.span(
            rx.el.span(trouble.title, class_name="strong"),
            rx.el.span(trouble.mend, class_name="mend"),
            class_name="grow who",
        ),
        button_link(trouble.act, trouble.link),
        key=trouble.id,
    )


def _none() -> rx.Component:
    return rx.el.div(
        empty(
            "circle_check",
            "Nothing needs you",
            "Numbers that stop sending, tokens that expire, messages that did not arrive and what "
            "WhatsApp complains of would stand here, each with what to do.",
            button_link("To the dashboard", "/dashboard"),
        ),
        class_name="card",
    )
