"""/campaigns."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.campaigns.report import report
from botpe_app.ui.campaigns.rows import Row
from botpe_app.ui.campaigns.state import CampaignsState
from botpe_app.ui.campaigns.wizard import wizard
from botpe_app.ui.components import ago, button, button_link, chip, empty, skeleton_rows
from botpe_app.ui.layout import head, page


@page("Campaigns", on_load=CampaignsState.enter)
def campaigns() -> rx.Component:
    """The list, the wizard of a draft, or the report of one that has begun."""
    return rx.fragment(
        rx.match(
            CampaignsState.mode,
            ("draft", wizard()),
            ("begun", report()),
            ("missing", _missing()),
            _list(),
        )
    )


def _list() -> rx.Component:
    return rx.fragment(
        head(
            "Campaigns",
            rx.cond(
                CampaignsState.may_manage,
                button_link("New campaign", "/campaigns?c=new", kind="solid", icon="plus"),
            ),
        ),
        rx.el.div(
            rx.cond(
                CampaignsState.loaded,
                rx.cond(CampaignsState.campaigns.length() > 0, _rows(), _none()),
                skeleton_rows(5, kind="row"),
            ),
            class_name="body",
        ),
    )


def _rows() -> rx.Component:
    return rx.el.div(
        rx.el.ul(rx.foreach(CampaignsState.campaigns, _row), class_name="lines segments"),
        rx.cond(
            CampaignsState.more_there,
            button("More campaigns", class_name="small more", on_click=CampaignsState.more),
        ),
        class_name="card flush",
    )


def _row(row: rx.vars.ObjectVar[Row]) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            rx.el.span(
                rx.el.span(row.name, class_name="strong clip", dir="auto"),
                rx.el.span(row.template, class_name="small mute clip"),
                class_name="who grow",
            ),
            rx.el.span(
                rx.el.progress(
                    value=row.percent, max="100", aria_label="Sent", class_name="progress"
                ),
                rx.el.span(row.words, class_name="small mute number clip"),
                class_name="who progress-cell wide-only",
            ),
            chip(row.state, tone=row.tone),
            ago(at=row.at, class_name="small mute wide-only"),
            rx.icon("chevron_right", size=16, class_name="faint wide-only"),
            href=row.href,
            class_name="row grow",
        ),
        key=row.id,
    )


def _none() -> rx.Component:
    return rx.el.div(
        empty(
            "megaphone",
            "No campaign yet",
            "A campaign sends one approved template to everybody in a segment. Before you launch "
            "it, you see who will get it, who is left out and why, what it costs and how long it "
            "takes.",
            rx.cond(
                CampaignsState.may_manage,
                button_link("Plan the first one", "/campaigns?c=new", kind="solid"),
            ),
        ),
        class_name="card",
    )


def _missing() -> rx.Component:
    return rx.fragment(
        head("Campaigns", button_link("All campaigns", "/campaigns")),
        rx.el.div(
            rx.el.div(
                empty("megaphone_off", "This campaign is gone", "It was deleted."),
                class_name="card",
            ),
            class_name="body",
        ),
    )
