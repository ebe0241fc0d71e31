"""/settings/numbers/[number_id]: one number, step by step."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.components import (
    ago,
    button,
    button_link,
    chip,
    copied,
    dialog,
    dialog_form,
    empty,
    field,
    problem,
    skeleton_rows,
)
from botpe_app.ui.layout import page
from botpe_app.ui.settings.frame import settings_frame
from botpe_app.ui.settings.number_parts import blocked, news, profile, webhook
from botpe_app.ui.settings.number_state import NumberState, Step


@page(
    "WhatsApp number",
    route="/settings/numbers/[number_id]",
    here="Settings",
    on_load=NumberState.enter,
)
def number() -> rx.Component:
    """One number: its setup with mends, its figures, its profile, its webhooks."""
    return settings_frame(
        "WhatsApp numbers",
        rx.cond(
            NumberState.loaded,
            button(
                rx.cond(NumberState.looking, "Asking Meta…", "Look again"),
                icon="refresh_cw",
                on_click=NumberState.look,
                disabled=NumberState.looking,
            ),
        ),
        rx.cond(
            NumberState.missing,
            _missing(),
            rx.cond(NumberState.loaded, _number(), skeleton_rows(3, kind="card")),
        ),
        _rotate(),
    )


def _missing() -> rx.Component:
    return rx.el.div(
        empty(
            "phone_off",
            "There is no such number",
            "It may have been removed, or belong to another organization.",
            button_link("All numbers", "/settings/numbers", kind="solid"),
        ),
        class_name="card",
    )


def _number() -> rx.Component:
    return rx.fragment(
        rx.el.section(
            rx.el.div(
                rx.el.a(
                    rx.icon("chevron_left", size=18),
                    href="/settings/numbers",
                    aria_label="All numbers",
                    title="All numbers",
                    class_name="btn square quiet",
                ),
                rx.el.div(
                    rx.el.h2(NumberState.name, class_name="clip"),
                    rx.el.span(NumberState.phone, class_name="mute number"),
                    class_name="grow who",
                ),
                rx.cond(
                    NumberState.connected,
                    chip("Connected", tone="good"),
                    chip("Paused", tone="warn"),
                ),
                class_name="row",
            ),
            rx.cond(
                ~NumberState.connected & (NumberState.reason != ""),
                problem("Not sending", NumberState.reason),
            ),
            rx.cond(
                NumberState.trouble != "",
                problem("Meta could not be asked for everything", NumberState.trouble),
            ),
            _figures(),
            class_name="card",
        ),
        _setup(),
        rx.cond(
            NumberState.read > 0,
            profile(),
            rx.cond(NumberState.looking, skeleton_rows(1, kind="card")),
        ),
        rx.cond(NumberState.may_manage, webhook()),
        rx.cond(NumberState.blocked.length() > 0, blocked()),
        rx.cond(NumberState.news.length() > 0, news()),
    )


def _figures() -> rx.Component:
    return rx.fragment(
        rx.el.dl(
            rx.foreach(
                NumberState.figures,
                lambda pair: rx.fragment(
                    rx.el.dt(pair[0]), rx.el.dd(pair[1], class_name="number clip")
                ),
            ),
            rx.el.dt("Last webhook"),
            rx.el.dd(rx.cond(NumberState.seen != "", ago(at=NumberState.seen), "None yet")),
            class_name="facts wide",
        ),
        rx.cond(
            NumberState.may_manage,
            rx.el.div(
                button(
                    "Replace the token", icon="key_round", on_click=NumberState.show_rotate(True)
                ),
                class_name="row wrap",
            ),
        ),
    )


def _setup() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Setup"),
            chip(NumberState.summary, tone=NumberState.tone),
            rx.el.span(class_name="grow"),
            rx.cond(
                NumberState.checked != "",
                rx.el.span("Asked ", ago(at=NumberState.checked), class_name="small mute"),
            ),
            class_name="row wrap",
        ),
        rx.el.ol(rx.foreach(NumberState.steps, _step), class_name="mends"),
        rx.cond(
            NumberState.subscribe & NumberState.may_manage,
            rx.el.div(
                button("Subscribe", kind="solid", icon="rss", on_click=NumberState.subscribe_now),
                class_name="row",
            ),
        ),
        rx.cond(NumberState.may_manage, copied(NumberState.callback, "Callback URL")),
        class_name="card",
    )


def _step(step: rx.vars.ObjectVar[Step]) -> rx.Component:
    return rx.el.li(
        rx.match(
            step.state,
            ("ok", rx.icon("circle_check", size=20, class_name="good", aria_label="Right")),
            ("bad", rx.icon("circle_x", size=20, class_name="bad", aria_label="Wrong")),
            ("warn", rx.icon("circle_alert", size=20, class_name="warn", aria_label="Look at it")),
            rx.icon("circle_help", size=20, class_name="mute", aria_label="Not known"),
        ),
        rx.el.span(
            rx.el.span(step.title, class_name="strong"),
            rx.el.span(step.said, class_name="mute"),
            rx.cond(step.mend != "", rx.el.span(step.mend, class_name="mend")),
            class_name="grow who",
        ),
        key=step.id,
    )


def _rotate() -> rx.Component:
    return dialog(
        "Replace the access token",
        rx.el.p(
            "Meta is asked about the new one first; the old one stays until it is accepted.",
            class_name="mute",
        ),
        dialog_form(
            field(
                "new_token",
                "Access token",
                type="password",
                auto_complete="off",
                help="Of a system user, with whatsapp_business_messaging and "
                "whatsapp_business_management.",
                error=NumberState.errors.get("new_token", ""),
            ),
            act="Replace",
            key=rx.cond(NumberState.rotating, "open", "shut"),
            on_submit=NumberState.rotate,
            on_cancel=NumberState.show_rotate(False),
        ),
        open=NumberState.rotating,
        on_close=NumberState.show_rotate(False),
    )
