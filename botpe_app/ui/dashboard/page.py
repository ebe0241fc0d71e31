"""/dashboard."""

from __future__ import annotations

import reflex as rx

from botpe_app.services.views import Problem
from botpe_app.ui.components import button_link, chart, chip, skeleton_rows
from botpe_app.ui.dashboard.figures import RANGES, Card, Number, Step
from botpe_app.ui.dashboard.state import DashboardState
from botpe_app.ui.layout import head, page


@page("Dashboard", on_load=DashboardState.enter)
def dashboard() -> rx.Component:
    """Is it going well, and what needs me?"""
    return rx.fragment(
        head("Dashboard", _ranges()),
        rx.el.div(
            rx.cond(
                DashboardState.loaded,
                rx.fragment(
                    rx.cond(DashboardState.steps.length() > 0, _first_steps()),
                    rx.cond(DashboardState.problems.length() > 0, _problems()),
                    rx.el.div(rx.foreach(DashboardState.cards, _card), class_name="cards"),
                    rx.el.div(_chart(), _numbers(), class_name="halves"),
                ),
                skeleton_rows(3, kind="card"),
            ),
            class_name="body",
        ),
    )


def _ranges() -> rx.Component:
    return rx.el.nav(
        *(
            rx.el.a(
                f"{days} days",
                href=f"/dashboard?days={days}",
                aria_current=rx.cond(DashboardState.days == days, "true", "false"),
                class_name="show",
            )
            for days in RANGES
        ),
        aria_label="Range",
        class_name="row",
    )


def _card(card: rx.vars.ObjectVar[Card]) -> rx.Component:
    inside = rx.fragment(
        rx.el.h3(card.title),
        rx.el.p(card.value, class_name="figure"),
        rx.el.p(card.detail, class_name="small mute"),
    )
    return rx.cond(
        card.href != "",
        rx.el.a(inside, href=card.href, class_name=f"card {card.tone}"),
        rx.el.div(inside, class_name=f"card {card.tone}"),
    )


def _chart() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Messages by day"),
        chart(title="Messages by day", labels=DashboardState.labels, series=DashboardState.series),
        class_name="card",
    )


def _problems() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Needs you"),
            rx.el.span(class_name="grow"),
            rx.el.a("All problems", href="/settings/problems", class_name="link small"),
            class_name="row",
        ),
        rx.foreach(DashboardState.problems, _problem),
        class_name="stack",
    )


def _problem(problem: rx.vars.ObjectVar[Problem]) -> rx.Component:
    return rx.el.a(
        rx.icon("triangle_alert", size=18),
        rx.el.span(
            rx.el.span(problem.title, class_name="strong"),
            rx.el.span(problem.mend, class_name="mute"),
            class_name="grow who",
        ),
        rx.icon("chevron_right", size=16),
        href=problem.link,
        class_name="problem",
    )


def _first_steps() -> rx.Component:
    return rx.el.section(
        rx.el.h2("First steps"),
        rx.el.ol(rx.foreach(DashboardState.steps, _step), class_name="steps"),
        class_name="card",
    )


def _step(step: rx.vars.ObjectVar[Step]) -> rx.Component:
    return rx.el.li(
        rx.cond(
            step.done,
            rx.icon("circle_check", size=20, class_name="done"),
            rx.icon("circle", size=20, class_name="mute"),
        ),
        rx.el.span(
            rx.el.span(step.title, class_name="strong"),
            rx.el.span(step.text, class_name="mute small"),
            class_name="grow who",
        ),
        rx.cond(
            step.done,
            rx.el.span("Done", class_name="small mute"),
            button_link(step.act, step.href),
        ),
    )


def _numbers() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2("WhatsApp numbers"),
            rx.el.span(class_name="grow"),
            rx.el.a("Manage", href="/settings/numbers", class_name="link small"),
            class_name="row",
        ),
        rx.cond(
            DashboardState.numbers.length() > 0,
            rx.el.ul(rx.foreach(DashboardState.numbers, _number), class_name="lines"),
            rx.el.p("None is connected yet.", class_name="mute"),
        ),
        class_name="card",
    )


def _number(number: rx.vars.ObjectVar[Number]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.span(number.name, class_name="strong clip"),
            rx.el.span(number.phone, class_name="small mute number"),
            class_name="grow who",
        ),
        rx.el.span(number.detail, class_name="small mute"),
        chip(number.state, tone=number.tone),
    )
