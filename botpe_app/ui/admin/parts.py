"""The parts of /admin: health on one screen, and lists of what there is."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.ui.admin.state import PLAN_CHOICES, AdminState, Found, Lane, Row
from botpe_app.ui.components import ago, button, chip, empty, select


def health() -> rx.Component:
    """Is it healthy? What was found, the lanes, and how much there is."""
    return rx.fragment(
        rx.el.div(
            rx.cond(
                AdminState.bad > 0,
                chip(f"{AdminState.bad} to mend", tone="bad", icon="circle_alert"),
                chip("Everything works", tone="good", icon="circle_check"),
            ),
            rx.cond(
                AdminState.warnings > 0,
                chip(f"{AdminState.warnings} to look at", tone="warn", icon="triangle_alert"),
            ),
            role="status",
            class_name="row wrap",
        ),
        rx.el.div(rx.foreach(AdminState.figures, _figure), class_name="cards tight"),
        rx.el.div(_lanes(), _findings(), class_name="halves"),
    )


def _figure(figure: rx.vars.ArrayVar[list[str]]) -> rx.Component:
    return rx.el.div(
        rx.el.h3(figure[0]), rx.el.span(figure[1], class_name="figure"), class_name="card"
    )


def _lanes() -> rx.Component:
    heads = ("Queue", "Waiting", "Oldest", "Failed", "Worker")
    return rx.el.section(
        rx.el.h2("Queues", class_name="padded"),
        rx.el.table(
            rx.el.thead(rx.el.tr(*(rx.el.th(words, scope="col") for words in heads))),
            rx.el.tbody(rx.foreach(AdminState.lanes, _lane)),
            class_name="table",
        ),
        class_name="card flush",
    )


def _lane(lane: rx.vars.ObjectVar[Lane]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(lane.name, scope="row"),
        rx.el.td(lane.waiting),
        rx.el.td(lane.oldest),
        rx.el.td(
            rx.cond(
                lane.failed != "0",
                rx.el.a(lane.failed, href="/admin?part=failed", class_name="link"),
                "0",
            )
        ),
        rx.el.td(
            rx.cond(lane.working, chip("Working", tone="good"), chip("None", tone="bad")),
        ),
        key=lane.name,
    )


def _findings() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Checks"),
        rx.el.ul(rx.foreach(AdminState.findings, _finding), class_name="lines"),
        class_name="card",
    )


def _finding(one: rx.vars.ObjectVar[Found]) -> rx.Component:
    return rx.el.li(
        rx.match(
            one.state,
            ("ok", rx.icon("circle_check", size=17, class_name="good", aria_label="well")),
            ("warn", rx.icon("triangle_alert", size=17, class_name="warn", aria_label="look")),
            rx.icon("circle_alert", size=17, class_name="bad", aria_label="mend"),
        ),
        rx.el.span(
            rx.el.span(one.message),
            rx.cond(one.mend != "", rx.el.span(one.mend, class_name="small mute")),
            class_name="who grow",
        ),
    )


def organizations() -> rx.Component:
    """Every organization, with its plan."""
    return _list(
        lambda row: select(
            *(rx.el.option(words, value=plan) for plan, words in PLAN_CHOICES),
            value=row.tag,
            on_change=lambda plan: AdminState.choose_plan(row.id, plan),
            aria_label=f"Plan of {row.title}",
            class_name="input small",
        ),
        "No organization has these words.",
    )


def people_or_numbers() -> rx.Component:
    """Everybody, or every number, across organizations."""
    return _list(
        lambda row: rx.cond(row.tag != "", chip(row.tag, tone=row.tone)),
        "Nothing here has these words.",
    )


def failed() -> rx.Component:
    """What was given up, to be tried again."""
    return rx.cond(
        AdminState.rows.length() > 0,
        rx.el.ul(
            rx.foreach(
                AdminState.rows,
                lambda row: _row(
                    row,
                    rx.fragment(
                        chip(row.tag),
                        button(
                            "Try again",
                            icon="rotate_cw",
                            class_name="small",
                            on_click=AdminState.retry(row.tag, row.id),
                        ),
                    ),
                ),
            ),
            class_name="card lines",
        ),
        rx.el.div(
            empty("party_popper", "Nothing was given up", "Every piece of work came to its end."),
            class_name="card",
        ),
    )


def _list(end: Any, none: str) -> rx.Component:
    return rx.fragment(
        rx.el.form(
            rx.el.input(
                type="search",
                name="q",
                placeholder="Search",
                aria_label="Search",
                default_value=AdminState.q,
                class_name="input",
            ),
            key=AdminState.part + AdminState.q,
            on_submit=AdminState.look_for,
        ),
        rx.cond(
            AdminState.rows.length() > 0,
            rx.el.ul(
                rx.foreach(AdminState.rows, lambda row: _row(row, end(row))),
                class_name="card lines",
            ),
            rx.el.p(none, class_name="mute"),
        ),
        rx.cond(
            AdminState.more != "",
            button("Older ones", on_click=AdminState.show_more, class_name="wide"),
        ),
    )


def _row(row: rx.vars.ObjectVar[Row], end: rx.Component) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.span(row.title, class_name="strong clip"),
            rx.el.span(row.under, class_name="small mute clip"),
            rx.cond(row.more != "", rx.el.span(row.more, class_name="small bad clip")),
            class_name="who grow",
        ),
        rx.el.span(
            rx.foreach(row.facts.to(list[str]), lambda fact: rx.el.span(fact)),
            class_name="small mute facts-line",
        ),
        rx.el.span(ago(at=row.at), class_name="small mute"),
        end,
        key=row.id,
        class_name="wrap",
    )
