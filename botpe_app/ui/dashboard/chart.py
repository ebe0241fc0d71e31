"""Messages by day, as bars one can point at, tab through and hear."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.dashboard.figures import Bar
from botpe_app.ui.dashboard.state import DashboardState


def chart() -> rx.Component:
    """Incoming and outgoing messages of each day."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Messages by day"),
            rx.el.span(class_name="grow"),
            rx.el.span("Incoming", class_name="legend incoming"),
            rx.el.span("Outgoing", class_name="legend outgoing"),
            class_name="row",
        ),
        rx.el.div(
            rx.el.div(
                rx.el.span(DashboardState.top),
                rx.el.span(DashboardState.top // 2),
                rx.el.span("0"),
                aria_hidden="true",
                class_name="axis number",
            ),
            rx.el.div(rx.foreach(DashboardState.bars, _day), class_name="bars"),
            class_name="chart",
        ),
        class_name="card",
    )


def _day(bar: rx.vars.ObjectVar[Bar]) -> rx.Component:
    return rx.el.div(
        rx.el.span(
            rx.el.i(class_name="incoming", style={"height": bar.incoming_height}),
            rx.el.i(class_name="outgoing", style={"height": bar.outgoing_height}),
            aria_hidden="true",
            class_name="pair",
        ),
        rx.el.span(bar.label, aria_hidden="true", class_name="day-label"),
        rx.el.span(
            rx.el.span(bar.words, class_name="strong"),
            rx.el.span(bar.incoming, " incoming"),
            rx.el.span(bar.outgoing, " outgoing"),
            class_name="tip number",
        ),
        key=bar.day,
        class_name="bar",
        tab_index=0,
        role="img",
        aria_label=f"{bar.words}: {bar.incoming} incoming, {bar.outgoing} outgoing",
    )
