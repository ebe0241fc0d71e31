"""/settings/people."""

from __future__ import annotations

import reflex as rx

from botpe_app.core.permissions import Permission
from botpe_app.ui.components import (
    avatar,
    button,
    chip,
    choice,
    confirm,
    copied,
    dialog,
    dialog_form,
    field,
    menu,
    menu_item,
    select,
    skeleton_rows,
)
from botpe_app.ui.layout import page
from botpe_app.ui.settings.frame import may, settings_frame
from botpe_app.ui.settings.people_state import ROLE_CHOICES, Guest, PeopleState, Person

_MANAGES = may(Permission.MANAGE_PEOPLE)


@page("People", route="/settings/people", here="Settings", on_load=PeopleState.enter)
def people() -> rx.Component:
    """Who works here, in which role, and who is invited."""
    return settings_frame(
        "People",
        rx.cond(
            _MANAGES,
            button("Invite somebody", kind="solid", icon="plus", on_click=PeopleState.show_form),
        ),
        rx.el.p(
            "Viewers read, agents answer customers, admins change everything. ",
            rx.el.a("Who may do what", href="/settings/permissions", class_name="link"),
            class_name="mute",
        ),
        rx.cond(
            PeopleState.loaded,
            rx.el.ul(rx.foreach(PeopleState.people, _person), class_name="card lines"),
            skeleton_rows(4, kind="row"),
        ),
        rx.cond(PeopleState.guests.length() > 0, _guests()),
        _form(),
        confirm(
            f"Remove {PeopleState.removing_name}?",
            "They are signed out, their conversations become nobody's and their personal canned "
            "replies go. What they wrote stays.",
            "Remove",
            open=PeopleState.removing != "",
            on_close=PeopleState.close,
            on_confirm=PeopleState.remove,
        ),
    )


def _person(person: rx.vars.ObjectVar[Person]) -> rx.Component:
    return rx.el.li(
        avatar(person.initials, person.hue),
        rx.el.span(
            rx.el.span(
                person.name,
                rx.cond(person.me, rx.el.span(" (you)", class_name="mute")),
                class_name="strong clip",
            ),
            rx.el.span(person.email, class_name="small mute clip"),
            class_name="who grow",
        ),
        rx.cond(~person.active, chip("Deactivated", tone="warn")),
        rx.cond(_MANAGES, _manage(person), chip(person.role_words)),
        key=person.id,
    )


def _manage(person: rx.vars.ObjectVar[Person]) -> rx.Component:
    return rx.fragment(
        select(
            *(rx.el.option(words, value=role) for role, words in ROLE_CHOICES),
            value=person.role,
            on_change=lambda role: PeopleState.give_role(person.id, role),
            aria_label=f"Role of {person.name}",
            class_name="input small",
        ),
        menu(
            rx.el.summary(
                rx.icon("ellipsis", size=18),
                aria_label=f"More for {person.name}",
                class_name="btn square quiet",
            ),
            rx.cond(
                person.active,
                menu_item(
                    "Deactivate", icon="user_x", on_click=PeopleState.let_in(person.id, False)
                ),
                menu_item(
                    "Let in again", icon="user_check", on_click=PeopleState.let_in(person.id, True)
                ),
            ),
            menu_item("Remove", icon="trash_2", on_click=PeopleState.ask_remove(person.id)),
            side="right",
        ),
    )


def _guests() -> rx.Component:
    return rx.fragment(
        rx.el.h3("Invited"),
        rx.el.ul(rx.foreach(PeopleState.guests, _guest), class_name="card lines"),
    )


def _guest(guest: rx.vars.ObjectVar[Guest]) -> rx.Component:
    return rx.el.li(
        rx.icon("mail", size=18, class_name="mute", aria_hidden="true"),
        rx.el.span(
            rx.el.span(guest.email, class_name="clip"),
            rx.el.span(
                "as ",
                guest.role.lower(),
                " · ",
                guest.left,
                rx.cond(
                    guest.mail_problem != "",
                    rx.fragment(" · ", guest.mail_problem),
                ),
                class_name="small mute",
            ),
            class_name="who grow",
        ),
        rx.match(
            guest.mail,
            ("failed", chip("Mail failed", tone="bad")),
            ("waiting", chip("Mail on its way")),
            rx.fragment(),
        ),
        button(
            "New link",
            kind="quiet",
            class_name="small",
            on_click=PeopleState.invite_again(guest.email, guest.role),
        ),
        button(
            "Withdraw",
            kind="quiet",
            class_name="small",
            on_click=PeopleState.withdraw(guest.id),
        ),
        key=guest.id,
        class_name="wrap",
    )


def _form() -> rx.Component:
    made = (PeopleState.link != "") | (PeopleState.mailed != "")
    return dialog(
        "Invite somebody",
        rx.cond(made, _invited(), _asking()),
        open=PeopleState.editing != "",
        on_close=PeopleState.close,
    )


def _asking() -> rx.Component:
    return dialog_form(
        field(
            "email",
            "E-mail",
            type="email",
            placeholder="jonas@example.com",
            auto_complete="off",
            error=PeopleState.errors.get("email", ""),
        ),
        choice("role", "Role", ROLE_CHOICES, default_value="AGENT"),
        act="Invite",
        error=PeopleState.errors.get("form", ""),
        key=PeopleState.editing,
        on_submit=PeopleState.invite,
        on_cancel=PeopleState.close,
    )


def _invited() -> rx.Component:
    return rx.fragment(
        rx.cond(
            PeopleState.link != "",
            rx.fragment(
                rx.el.p(
                    "No mail server is set, so hand them this link yourself. It works once, for "
                    "72 hours, and is shown only now.",
                    class_name="mute",
                ),
                copied(PeopleState.link),
            ),
            rx.el.p("A mail with the way in goes to ", PeopleState.mailed, "."),
        ),
        rx.el.div(button("Done", kind="solid", on_click=PeopleState.close), class_name="row end"),
    )
