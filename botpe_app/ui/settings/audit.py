"""/settings/audit."""

from __future__ import annotations

import reflex as rx

from botpe_app.core.permissions import Permission
from botpe_app.ui.components import (
    ago,
    avatar,
    button,
    button_link,
    choice,
    empty,
    field,
    problem,
    skeleton_rows,
)
from botpe_app.ui.layout import page
from botpe_app.ui.settings.audit_state import AuditState, Change, Event
from botpe_app.ui.settings.frame import may, settings_frame

_KINDS = (
    ("", "Everything"),
    ("person", "People"),
    ("invitation", "Invitations"),
    ("contact", "Contacts"),
    ("number", "Numbers"),
    ("api_key", "API keys"),
    ("webhook", "Webhooks"),
    ("organization", "The organization"),
)


@page("Audit log", route="/settings/audit", here="Settings", on_load=AuditState.enter)
def audit() -> rx.Component:
    """Who changed what, when and from where."""
    return settings_frame(
        "Audit log",
        rx.cond(
            may(Permission.READ_AUDIT_LOG),
            button_link("Export as CSV", AuditState.export, icon="download", download="audit.csv"),
        ),
        rx.cond(
            AuditState.denied,
            problem("Only admins see this", "Ask one what was changed."),
            rx.fragment(_search(), _events()),
        ),
    )


def _search() -> rx.Component:
    return rx.el.form(
        field("q", "Search", placeholder="A name or a value", default_value=AuditState.q),
        choice("action", "What", _KINDS, default_value=AuditState.action),
        field("from", "From", type="date", default_value=AuditState.since),
        field("to", "To", type="date", default_value=AuditState.until),
        button("Look", icon="search", type="submit"),
        key=AuditState.q + AuditState.action + AuditState.since + AuditState.until,
        on_submit=AuditState.look_for,
        no_validate=True,
        class_name="filters",
    )


def _events() -> rx.Component:
    return rx.cond(
        AuditState.loaded,
        rx.cond(
            AuditState.events.length() > 0,
            rx.fragment(
                rx.el.div(rx.foreach(AuditState.events, _event), class_name="card flush folds"),
                rx.cond(
                    AuditState.more != "",
                    button("Older ones", on_click=AuditState.show_more, class_name="wide"),
                ),
            ),
            rx.el.div(
                empty(
                    "scroll_text",
                    "Nothing was changed",
                    "Every change of people, keys, numbers, webhooks, contacts and the "
                    "organization is kept here, for good.",
                ),
                class_name="card",
            ),
        ),
        skeleton_rows(6, kind="row"),
    )


def _event(event: rx.vars.ObjectVar[Event]) -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            rx.icon("chevron_right", size=16, aria_hidden="true", class_name="turning"),
            avatar(event.initials, event.hue, size="tiny"),
            rx.el.span(
                rx.el.span(event.who, class_name="strong"), " ", event.said, class_name="grow clip"
            ),
            ago(at=event.at),
        ),
        rx.el.p(event.when, rx.cond(event.address != "", rx.fragment(" from ", event.address))),
        rx.el.table(
            rx.el.thead(
                rx.el.tr(*(rx.el.th(words, scope="col") for words in ("What", "Before", "After")))
            ),
            rx.el.tbody(rx.foreach(event.changes.to(list[Change]), _change)),
            class_name="table",
        ),
        key=event.id,
    )


def _change(change: rx.vars.ObjectVar[Change]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(change.name, scope="row"),
        rx.el.td(rx.el.del_(change.before, class_name="mute"), dir="auto"),
        rx.el.td(change.after, dir="auto"),
    )
