"""/settings/permissions: the table that handlers, routes and jobs ask, as it is."""

from __future__ import annotations

import reflex as rx

from botpe_app.core.permissions import ROLES, Permission, may
from botpe_app.ui.layout import page
from botpe_app.ui.settings.frame import settings_frame

# What nobody of an organization holds is none of its business.
_SHOWN = [one for one in Permission if any(may(role, one) for role in ROLES)]


@page("Permissions", route="/settings/permissions", here="Settings")
def permissions() -> rx.Component:
    """Who may do what."""
    return settings_frame(
        "Permissions",
        rx.fragment(),
        rx.el.p(
            "What each role may do, in these pages and through the API alike. An API key has a "
            "role as well.",
            class_name="mute",
        ),
        rx.el.div(
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        rx.el.th("", scope="col"),
                        *(rx.el.th(role.capitalize(), scope="col") for role in ROLES),
                    )
                ),
                rx.el.tbody(*map(_row, _SHOWN)),
                class_name="table matrix",
            ),
            class_name="card flush",
        ),
    )


def _row(permission: Permission) -> rx.Component:
    return rx.el.tr(
        rx.el.th(permission.words, scope="row"),
        *(rx.el.td(_mark(may(role, permission))) for role in ROLES),
    )


def _mark(held: bool) -> rx.Component:
    if held:
        return rx.fragment(
            rx.icon("check", size=16, aria_hidden="true", class_name="good"),
            rx.el.span("yes", class_name="unseen"),
        )
    return rx.el.span("–", rx.el.span(" no", class_name="unseen"), class_name="mute")
