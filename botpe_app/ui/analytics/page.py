"""/analytics."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.analytics.figures import Card, Plot, Row
from botpe_app.ui.analytics.state import RANGES, TABS, AnalyticsState
from botpe_app.ui.components import button, chart, empty, heat, problem, save_rows, skeleton_rows
from botpe_app.ui.layout import head, page


@page("Analytics", on_load=AnalyticsState.enter)
def analytics() -> rx.Component:
    """How it went over some days, against as many before them."""
    return rx.fragment(
        head("Analytics", _ranges(), after=_tabs()),
        rx.el.div(
            _own_days(),
            rx.cond(
                AnalyticsState.loaded,
                rx.cond(
                    AnalyticsState.problem != "",
                    problem("These are no days to count", AnalyticsState.problem),
                    _figures(),
                ),
                skeleton_rows(4, kind="card"),
            ),
            class_name="body",
        ),
    )


def _tabs() -> rx.Component:
    days = rx.cond(
        AnalyticsState.days > 0,
        f"&days={AnalyticsState.days}",
        f"&from={AnalyticsState.since}&to={AnalyticsState.until}",
    )
    return rx.el.nav(
        *(
            rx.el.a(
                tab.capitalize(),
                href=f"/analytics?tab={tab}{days}",
                aria_current=rx.cond(AnalyticsState.tab == tab, "page", "false"),
                class_name="tab",
            )
            for tab in TABS
        ),
        aria_label="Figures",
        class_name="tabs",
    )


def _ranges() -> rx.Component:
    return rx.el.nav(
        *(
            rx.el.a(
                f"{days} days",
                href=f"/analytics?tab={AnalyticsState.tab}&days={days}",
                aria_current=rx.cond(AnalyticsState.days == days, "true", "false"),
                class_name="show",
            )
            for days in RANGES
        ),
        aria_label="Range",
        class_name="row",
    )


def _own_days() -> rx.Component:
    return rx.el.form(
        rx.el.label("From", html_for="from", class_name="small mute"),
        rx.el.input(
            id="from",
            name="from",
            type="date",
            default_value=AnalyticsState.since,
            key=f"from-{AnalyticsState.since}",
            class_name="input small",
        ),
        rx.el.label("to", html_for="to", class_name="small mute"),
        rx.el.input(
            id="to",
            name="to",
            type="date",
            default_value=AnalyticsState.until,
            key=f"to-{AnalyticsState.until}",
            class_name="input small",
        ),
        button("Show", type="submit", class_name="small"),
        rx.el.span("Changes are against as many days before.", class_name="small mute"),
        on_submit=AnalyticsState.choose,
        class_name="row wrap own-days",
    )


def _figures() -> rx.Component:
    return rx.fragment(
        rx.el.div(rx.foreach(AnalyticsState.cards, _card), class_name="cards"),
        rx.foreach(AnalyticsState.plots, _plot),
        rx.cond(AnalyticsState.heat.length() > 0, _heat()),
        _table(),
    )


def _card(card: rx.vars.ObjectVar[Card]) -> rx.Component:
    return rx.el.div(
        rx.el.h3(card.title),
        rx.el.div(
            rx.el.p(card.value, class_name="figure"),
            rx.cond(
                card.change != "",
                rx.el.span(card.change, class_name=f"small number change {card.tone}"),
            ),
            class_name="row baseline",
        ),
        rx.cond(card.detail != "", rx.el.p(card.detail, class_name="small mute")),
        class_name="card",
    )


def _plot(plot: rx.vars.ObjectVar[Plot]) -> rx.Component:
    return rx.el.section(
        rx.el.h2(plot.title),
        chart(
            title=plot.title,
            labels=plot.labels,
            series=plot.series,
            kind=plot.kind,
            unit=plot.unit,
        ),
        class_name="card",
    )


def _heat() -> rx.Component:
    return rx.el.section(
        rx.el.h2("When customers write"),
        heat(title="Customers' messages by hour of the week", rows=AnalyticsState.heat),
        class_name="card",
    )


def _table() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(AnalyticsState.table),
            rx.el.span(class_name="grow"),
            rx.cond(
                AnalyticsState.rows.length() > 0,
                save_rows(
                    heads=AnalyticsState.heads,
                    rows=AnalyticsState.cells,
                    name=f"{AnalyticsState.tab}-{AnalyticsState.since}-{AnalyticsState.until}",
                ),
            ),
            class_name="row recipients-head",
        ),
        rx.cond(
            AnalyticsState.rows.length() > 0,
            rx.el.div(
                rx.el.table(
                    rx.el.thead(
                        rx.el.tr(
                            rx.foreach(
                                AnalyticsState.heads, lambda head: rx.el.th(head, scope="col")
                            )
                        )
                    ),
                    rx.el.tbody(rx.foreach(AnalyticsState.rows, _row)),
                    class_name="table figures",
                ),
                class_name="table-box",
            ),
            empty("chart_column", "Nothing in these days", "Choose more days."),
        ),
        class_name="card flush",
    )


def _row(row: rx.vars.ObjectVar[Row]) -> rx.Component:
    return rx.el.tr(
        rx.foreach(
            row.cells,
            lambda cell, place: rx.el.td(
                rx.cond(
                    (place == 0) & (row.href != ""),
                    rx.el.a(cell, href=row.href, class_name="link"),
                    cell,
                )
            ),
        )
    )
