"""/settings/organization."""

from __future__ import annotations

import reflex as rx

from botpe_app.core.permissions import Permission
from botpe_app.ui.components import button, choice, field, form_error, skeleton_rows
from botpe_app.ui.layout import page
from botpe_app.ui.settings.frame import may, settings_frame
from botpe_app.ui.settings.organization_state import (
    LANGUAGE_CHOICES,
    UNDO_CHOICES,
    OrganizationState,
)


@page(
    "Organization",
    route="/settings/organization",
    here="Settings",
    on_load=OrganizationState.enter,
)
def organization() -> rx.Component:
    """What the business is called, where its clock is and what it speaks."""
    return settings_frame(
        "General",
        rx.fragment(),
        rx.cond(
            OrganizationState.loaded,
            rx.el.section(
                rx.cond(may(Permission.MANAGE_ORGANIZATION), _form(), _facts()), class_name="card"
            ),
            skeleton_rows(1, kind="card"),
        ),
    )


def _form() -> rx.Component:
    state = OrganizationState
    return rx.el.form(
        field(
            "name",
            "Name",
            default_value=state.name,
            help="Colleagues see it, and your bots can say it: {{organization.name}}.",
            error=state.errors.get("name", ""),
            max_length=120,
        ),
        choice(
            "time_zone",
            "Time zone",
            state.zones,
            default_value=state.time_zone,
        ),
        choice("language", "Language", LANGUAGE_CHOICES, default_value=state.language),
        rx.el.p(
            "Bots branch on it as {{organization.language}}; customers keep their own.",
            class_name="help",
        ),
        choice(
            "undo_seconds",
            "Undo after sending",
            UNDO_CHOICES,
            default_value=state.undo_seconds,
        ),
        rx.el.p(
            "How long what people send from the inbox waits, so that they can take it back.",
            class_name="help",
        ),
        form_error(state.errors.get("form", "")),
        rx.el.div(
            rx.el.span("Plan: ", state.plan, class_name="mute grow"),
            button("Save", kind="solid", type="submit"),
            class_name="row end",
        ),
        key=state.name + state.time_zone + state.language + state.undo_seconds,
        on_submit=state.save,
        no_validate=True,
        class_name="stack roomy",
    )


def _facts() -> rx.Component:
    facts = (
        ("Name", OrganizationState.name),
        ("Time zone", OrganizationState.time_zone),
        ("Language", OrganizationState.language_name),
        ("Undo after sending", OrganizationState.undo_words),
        ("Plan", OrganizationState.plan),
    )
    return rx.el.dl(
        *(rx.fragment(rx.el.dt(label), rx.el.dd(value)) for label, value in facts),
        class_name="facts wide",
    )
