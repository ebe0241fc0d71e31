"""What lies at Meta of one number: its profile, its webhooks, whom it has blocked."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import ago, area, button, choice, field, form_error, problem
from botpe_app.ui.settings.number_scripts import picture_button
from botpe_app.ui.settings.number_state import VERTICALS, Barred, NumberState, Told


def profile() -> rx.Component:
    """What customers see, to read or to change."""
    return rx.el.section(
        rx.el.h2("Business profile"),
        rx.el.p("What customers see when they tap the business's name.", class_name="mute"),
        _picture(),
        rx.el.form(
            _said("about", "About", "Up to 139 characters, under the name."),
            area(
                "description",
                "Description",
                help="Up to 512 characters.",
                default_value=NumberState.profile.get("description", ""),
                error=NumberState.errors.get("description", ""),
                read_only=~NumberState.may_manage,
            ),
            rx.el.div(
                _said("address", "Address", ""),
                _said("email", "E-mail", "", input_mode="email"),
                _said("website", "Website", "", input_mode="url"),
                _said("website2", "Second website", "", input_mode="url"),
                class_name="pairs",
            ),
            choice(
                "vertical",
                "Line of business",
                VERTICALS,
                default_value=NumberState.profile.get("vertical", ""),
                disabled=~NumberState.may_manage,
            ),
            form_error(NumberState.errors.get("profile", NumberState.errors.get("websites", ""))),
            rx.cond(
                NumberState.may_manage,
                rx.el.div(
                    button("Save the profile", kind="solid", type="submit"), class_name="row end"
                ),
            ),
            key=f"profile-{NumberState.read}",
            on_submit=NumberState.save_profile,
            no_validate=True,
            class_name="stack",
        ),
        class_name="card",
    )


def _picture() -> rx.Component:
    return rx.el.div(
        rx.cond(
            NumberState.picture != "",
            rx.el.img(src=NumberState.picture, alt="The profile's picture", class_name="portrait"),
            rx.el.span(rx.icon("image", size=22), aria_hidden="true", class_name="portrait"),
        ),
        rx.cond(
            NumberState.may_manage,
            picture_button(
                on_file=NumberState.save_picture, problem=NumberState.errors.get("picture", "")
            ),
        ),
        class_name="row wrap",
    )


def _said(name: str, label: str, help: str, **props: str) -> rx.Component:
    return field(
        name,
        label,
        help=help,
        default_value=NumberState.profile.get(name, ""),
        error=NumberState.errors.get(name, ""),
        read_only=~NumberState.may_manage,
        **props,
    )


def webhook() -> rx.Component:
    """An address of the number's own for its webhooks."""
    error = NumberState.errors
    return rx.el.section(
        rx.el.h2("Webhook of its own"),
        rx.el.p(
            "Normally this number's webhooks go to the app's address. An override sends them to "
            "another one: then nothing of this number arrives here.",
            class_name="mute",
        ),
        rx.cond(
            NumberState.webhook != "",
            problem("Webhooks of this number go elsewhere", NumberState.webhook),
        ),
        rx.el.form(
            rx.el.div(
                field(
                    "callback_url",
                    "Callback URL",
                    placeholder="https://…",
                    default_value=NumberState.webhook,
                    error=error.get("callback_url", ""),
                ),
                field(
                    "verify_token",
                    "Its verify token",
                    auto_complete="off",
                    error=error.get("verify_token", ""),
                ),
                class_name="pairs",
            ),
            rx.el.div(
                rx.cond(
                    NumberState.webhook != "",
                    button("Back to the app's address", on_click=NumberState.override_webhook({})),
                ),
                button("Override", type="submit"),
                class_name="row end wrap",
            ),
            key=NumberState.webhook,
            on_submit=NumberState.override_webhook,
            no_validate=True,
            class_name="stack",
        ),
        class_name="card",
    )


def news() -> rx.Component:
    """What WhatsApp told of the number beside its chats."""
    return rx.el.section(
        rx.el.h2("News from WhatsApp"),
        rx.el.ul(rx.foreach(NumberState.news, _told), class_name="lines"),
        class_name="card",
    )


def _told(line: rx.vars.ObjectVar[Told]) -> rx.Component:
    return rx.el.li(
        rx.el.span(line.text, class_name="grow", dir="auto"),
        ago(at=line.at, class_name="small mute"),
        key=line.id,
    )


def blocked() -> rx.Component:
    """Whom the number has blocked."""
    return rx.el.section(
        rx.el.h2("Blocked"),
        rx.el.ul(rx.foreach(NumberState.blocked, _barred), class_name="lines"),
        class_name="card",
    )


def _barred(person: rx.vars.ObjectVar[Barred]) -> rx.Component:
    return rx.el.li(
        rx.el.span(person.name, class_name="grow clip"),
        rx.cond(
            person.contact_id != "",
            button("Let in again", on_click=NumberState.let_in(person.contact_id)),
        ),
        key=person.id,
    )
