"""/settings/teams."""

from __future__ import annotations

import reflex as rx

from botpe_app.core.permissions import Permission
from botpe_app.ui.components import (
    avatar,
    button,
    check,
    confirm,
    dialog,
    dialog_form,
    empty,
    field,
    icon_button,
    skeleton_rows,
)
from botpe_app.ui.layout import page
from botpe_app.ui.settings.frame import may, settings_frame
from botpe_app.ui.settings.teams_state import Colleague, Team, TeamsState

_MANAGES = may(Permission.MANAGE_PEOPLE)


@page("Teams", route="/settings/teams", here="Settings", on_load=TeamsState.enter)
def teams() -> rx.Component:
    """People under one name, to whom conversations can be given."""
    return settings_frame(
        "Teams",
        rx.cond(
            _MANAGES, button("Make a team", kind="solid", icon="plus", on_click=TeamsState.add)
        ),
        rx.cond(
            TeamsState.loaded,
            rx.cond(
                TeamsState.teams.length() > 0,
                rx.el.ul(rx.foreach(TeamsState.teams, _team), class_name="card lines"),
                _none(),
            ),
            skeleton_rows(3, kind="row"),
        ),
        _form(),
        confirm(
            f"Dissolve {TeamsState.removing_name}?",
            "Its people stay; what waits for the team waits for everybody.",
            "Dissolve",
            open=TeamsState.removing != "",
            on_close=TeamsState.close,
            on_confirm=TeamsState.remove,
        ),
    )


def _team(team: rx.vars.ObjectVar[Team]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.foreach(team.members.to(list[Colleague]), _face),
            aria_hidden="true",
            class_name="faces",
        ),
        rx.el.span(
            rx.el.span(team.name, class_name="strong clip"),
            rx.el.span(team.who, class_name="small mute clip"),
            class_name="who grow",
        ),
        rx.cond(
            _MANAGES,
            rx.fragment(
                icon_button("pencil", f"Change {team.name}", on_click=TeamsState.edit(team.id)),
                icon_button(
                    "trash_2", f"Dissolve {team.name}", on_click=TeamsState.ask_remove(team.id)
                ),
            ),
        ),
        key=team.id,
    )


def _face(one: rx.vars.ObjectVar[Colleague]) -> rx.Component:
    return avatar(one.initials, one.hue)


def _none() -> rx.Component:
    return rx.el.div(
        empty(
            "network",
            "No team yet",
            "Bots and automations hand conversations to a team; whoever of it is free takes over.",
            rx.cond(_MANAGES, button("Make a team", kind="solid", on_click=TeamsState.add)),
        ),
        class_name="card",
    )


def _form() -> rx.Component:
    return dialog(
        rx.cond(TeamsState.editing == "new", "A new team", "Change a team"),
        dialog_form(
            field(
                "name",
                "Name",
                default_value=TeamsState.name,
                placeholder="Support",
                auto_complete="off",
                error=TeamsState.errors.get("name", ""),
            ),
            rx.el.fieldset(
                rx.el.legend("Members"),
                rx.foreach(TeamsState.everybody, _choice),
                class_name="checks",
            ),
            act="Save",
            error=TeamsState.errors.get("member_ids", ""),
            key=TeamsState.editing,
            on_submit=TeamsState.save,
            on_cancel=TeamsState.close,
        ),
        open=TeamsState.editing != "",
        on_close=TeamsState.close,
    )


def _choice(one: rx.vars.ObjectVar[Colleague]) -> rx.Component:
    return check(
        f"member:{one.id}",
        one.name,
        default_checked=TeamsState.chosen.contains(one.id),
        key=one.id,
    )
