"""/admin."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.admin.parts import failed, health, organizations, people_or_numbers
from botpe_app.ui.admin.state import PARTS, AdminState
from botpe_app.ui.components import button, problem, skeleton_rows
from botpe_app.ui.layout import head, page


@page("Admin", on_load=AdminState.enter)
def admin() -> rx.Component:
    """The platform, to its owner."""
    return rx.fragment(
        head("Admin", button("Look again", icon="refresh_cw", on_click=AdminState.look_again)),
        rx.cond(
            AdminState.denied,
            rx.el.div(
                problem(
                    "Only the platform's owner sees this",
                    "`botpe superadmin create` makes one, from the machine itself.",
                ),
                class_name="body narrow",
            ),
            rx.el.div(_parts(), _shown(), class_name="body"),
        ),
    )


def _parts() -> rx.Component:
    return rx.el.nav(
        *(
            rx.el.a(
                words,
                href=f"/admin?part={part}",
                aria_current=rx.cond(AdminState.part == part, "page", "false"),
                class_name="show",
            )
            for part, words in PARTS.items()
        ),
        aria_label="Parts",
        class_name="row wrap",
    )


def _shown() -> rx.Component:
    return rx.cond(
        AdminState.loaded,
        rx.match(
            AdminState.part,
            ("health", health()),
            ("organizations", organizations()),
            ("failed", failed()),
            people_or_numbers(),
        ),
        skeleton_rows(5, kind="row"),
    )
