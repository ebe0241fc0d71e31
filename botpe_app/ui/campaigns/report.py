"""A campaign that has begun: how it goes, what went wrong, who got it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.ui.campaigns.parts import lines
from botpe_app.ui.campaigns.report_state import ReportState
from botpe_app.ui.campaigns.rows import Cause, Recipient
from botpe_app.ui.components import (
    ago,
    back_link,
    button,
    button_link,
    chart,
    chip,
    confirm,
    pager,
    problem,
    show_button,
)
from botpe_app.ui.layout import head

_IT: Any = ReportState.campaign
_STATUSES = (
    ("", "All"),
    ("queued", "Waiting"),
    ("sent", "Sent"),
    ("delivered", "Delivered"),
    ("read", "Read"),
    ("failed", "Failed"),
    ("uncertain", "Uncertain"),
    ("skipped", "Left out"),
)


def report() -> rx.Component:
    """Live counts, the funnel, causes, recipients, and the controls."""
    return rx.fragment(
        head(
            _IT.name,
            _sheet("CSV", f"/api/campaigns/{_IT.id}/report.csv", class_name="wide-only"),
            rx.cond(ReportState.may_manage, _controls()),
            before=back_link("/campaigns", "campaigns"),
            after=chip(_IT.state, tone=_IT.tone),
        ),
        rx.el.div(
            rx.cond(_IT.reason != "", problem(_IT.state, _IT.reason)),
            _progress(),
            rx.el.div(
                lines("Funnel", ReportState.funnel),
                rx.el.div(
                    rx.cond(ReportState.rest.length() > 0, lines("The others", ReportState.rest)),
                    rx.cond(
                        ReportState.left_out.length() > 0,
                        lines("Left out, and why", ReportState.left_out),
                    ),
                    rx.cond(
                        ReportState.markets.length() > 0,
                        lines("By country", ReportState.markets, ReportState.cost),
                    ),
                    class_name="stack gap-16",
                ),
                class_name="halves",
            ),
            rx.cond(ReportState.variants.length() > 0, _variants()),
            rx.cond(ReportState.hours.length() > 1, _hours()),
            rx.cond(ReportState.causes.length() > 0, _causes()),
            _recipients(),
            class_name="body",
        ),
        confirm(
            f"Cancel {_IT.name} for good?",
            "Who has not got it does not get it. What has left cannot be called back.",
            "Cancel it",
            open=ReportState.cancelling,
            on_close=ReportState.ask_cancel(False),
            on_confirm=ReportState.act("cancel"),
        ),
    )


def _sheet(words: str, address: str, *, class_name: str) -> rx.Component:
    return button_link(words, address, icon="download", class_name=class_name, download="")


def _controls() -> rx.Component:
    under_way = (_IT.status == "running") | (_IT.status == "paused")
    return rx.fragment(
        rx.cond(under_way, button("Cancel", kind="quiet", on_click=ReportState.ask_cancel(True))),
        rx.cond(
            ReportState.retryable & (_IT.status != "cancelled"),
            button("Try failed again", icon="rotate_cw", on_click=ReportState.retry),
        ),
        rx.cond(
            _IT.status == "running",
            button("Pause", kind="solid", icon="pause", on_click=ReportState.act("pause")),
        ),
        rx.cond(
            _IT.status == "paused",
            button("Resume", kind="solid", icon="play", on_click=ReportState.act("resume")),
        ),
    )


def _progress() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.span(f"{_IT.percent} %", class_name="figure"),
            rx.el.span(_IT.words, class_name="mute number", role="status"),
            rx.el.span(class_name="grow"),
            rx.cond(
                _IT.begun != "",
                rx.el.span("began ", ago(at=_IT.begun), class_name="small mute"),
            ),
            rx.cond(
                _IT.ended != "", rx.el.span("ended ", ago(at=_IT.ended), class_name="small mute")
            ),
            class_name="row wrap baseline",
        ),
        rx.el.progress(value=_IT.percent, max="100", aria_label="Settled", class_name="progress"),
        class_name="card",
    )


def _variants() -> rx.Component:
    return rx.el.div(
        lines("By variant", ReportState.variants),
        rx.cond(
            ReportState.verdicts.length() > 0,
            rx.el.section(
                rx.el.h2("Which did better"),
                rx.el.ul(rx.foreach(ReportState.verdicts, rx.el.li), class_name="verdicts"),
                class_name="card",
            ),
        ),
        class_name="halves",
    )


def _hours() -> rx.Component:
    return rx.el.section(
        rx.el.h2("By hour"),
        chart(
            title="Messages by hour",
            labels=ReportState.hours,
            series=ReportState.by_hour,
            kind="bars",
            unit="",
        ),
        class_name="card",
    )


def _causes() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Why some failed"),
        rx.el.ul(rx.foreach(ReportState.causes, _cause), class_name="lines"),
        class_name="card",
    )


def _cause(cause: rx.vars.ObjectVar[Cause]) -> rx.Component:
    return rx.el.li(
        rx.el.strong(cause.count, class_name="number cause-count"),
        rx.el.span(
            rx.el.span(cause.title, class_name="strong"),
            rx.el.span(cause.mend, class_name="small mute"),
            class_name="who grow",
        ),
        rx.cond(cause.again, chip("May be tried again", tone="info"), chip("Final")),
    )


def _recipients() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Recipients"),
            rx.el.span(class_name="grow"),
            _sheet("Save as CSV", f"/api/campaigns/{_IT.id}/recipients.csv", class_name="small"),
            class_name="row recipients-head",
        ),
        rx.el.div(
            *(
                show_button(
                    words, on=ReportState.status == key, on_click=ReportState.of_status(key)
                )
                for key, words in _STATUSES
            ),
            role="group",
            aria_label="Which recipients",
            class_name="row wrap recipients-head",
        ),
        rx.el.div(
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        *(
                            rx.el.th(words, scope="col")
                            for words in ("Name", "Phone", "Status", "Why", "When")
                        )
                    )
                ),
                rx.el.tbody(rx.foreach(ReportState.recipients, _recipient)),
                class_name="table",
            ),
            class_name="table-box",
        ),
        pager(
            f"Page {ReportState.page + 1}",
            back=ReportState.back,
            on=ReportState.forward,
            at_start=ReportState.page == 0,
            at_end=~ReportState.more,
        ),
        class_name="card flush",
    )


def _recipient(person: rx.vars.ObjectVar[Recipient]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.a(person.name, href=person.href, class_name="strong", dir="auto")),
        rx.el.td(person.phone, class_name="mute"),
        rx.el.td(chip(person.status, tone=person.tone)),
        rx.el.td(person.why, class_name="mute"),
        rx.el.td(rx.cond(person.at != "", ago(at=person.at))),
        key=person.id,
    )
