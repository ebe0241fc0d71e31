"""/settings/account."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.ui.components import (
    ago,
    button,
    chip,
    copied,
    copy_button,
    dialog,
    dialog_form,
    field,
    skeleton_rows,
)
from botpe_app.ui.layout import page
from botpe_app.ui.settings.account_state import AccountState, SignedIn
from botpe_app.ui.settings.frame import settings_frame

_ERRORS = AccountState.errors


@page("Your account", route="/settings/account", here="Settings", on_load=AccountState.enter)
def account() -> rx.Component:
    """One's own name, password, second factor and browsers."""
    return settings_frame(
        "Your account",
        rx.fragment(),
        rx.cond(
            AccountState.loaded,
            rx.fragment(_profile(), _security(), _browsers()),
            skeleton_rows(3, kind="card"),
        ),
        dialog(
            _title(),
            _dialogs(),
            open=AccountState.editing != "",
            on_close=AccountState.close,
        ),
    )


def _dialogs() -> rx.Component:
    return rx.fragment(
        rx.match(
            AccountState.editing,
            ("password", _password()),
            ("begin", _begin()),
            ("scan", _scan()),
            ("codes", _codes()),
            ("renew", _renew()),
            ("off", _off()),
            rx.fragment(),
        ),
    )


def _profile() -> rx.Component:
    return rx.el.section(
        rx.el.form(
            field(
                "name",
                "Name",
                default_value=AccountState.name,
                auto_complete="name",
                help="Customers read it where a reply says {{agent.name}}.",
                error=_ERRORS.get("name", ""),
            ),
            rx.el.div(
                rx.el.span(AccountState.email, class_name="mute clip"),
                rx.cond(
                    AccountState.verified,
                    chip("Verified", tone="good"),
                    chip("Not verified"),
                ),
                rx.cond(
                    AccountState.provable,
                    button(
                        "Mail me the link again",
                        kind="quiet",
                        class_name="small",
                        on_click=AccountState.ask_again,
                    ),
                ),
                rx.el.span(class_name="grow"),
                button("Save", type="submit"),
                class_name="row wrap",
            ),
            key=AccountState.name,
            on_submit=AccountState.rename,
            no_validate=True,
            class_name="stack roomy",
        ),
        class_name="card",
    )


def _security() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Signing in"),
        rx.el.ul(
            rx.el.li(
                _line("Password", "Changing it signs every other browser out."),
                button("Change", on_click=AccountState.show("password")),
            ),
            rx.el.li(
                _line(
                    "Two-factor",
                    rx.cond(
                        AccountState.two_factor,
                        f"On. {AccountState.codes_left} recovery codes are left.",
                        "Off. With it, a stolen password is not enough.",
                    ),
                ),
                rx.cond(
                    AccountState.two_factor,
                    rx.fragment(
                        button("New codes", kind="quiet", on_click=AccountState.show("renew")),
                        button("Turn off", on_click=AccountState.show("off")),
                    ),
                    button("Turn on", kind="solid", on_click=AccountState.show("begin")),
                ),
                class_name="wrap",
            ),
            class_name="lines",
        ),
        class_name="card",
    )


def _line(title: str, text: Any) -> rx.Component:
    return rx.el.span(
        rx.el.span(title, class_name="strong"),
        rx.el.span(text, class_name="small mute"),
        class_name="who grow",
    )


def _browsers() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Where you are signed in", class_name="grow"),
            rx.cond(
                AccountState.browsers.length() > 1,
                button("Sign out everywhere else", on_click=AccountState.end_others),
            ),
            class_name="row wrap",
        ),
        rx.el.ul(rx.foreach(AccountState.browsers, _browser), class_name="lines"),
        class_name="card",
    )


def _browser(one: rx.vars.ObjectVar[SignedIn]) -> rx.Component:
    return rx.el.li(
        rx.icon("monitor", size=18, class_name="mute", aria_hidden="true"),
        rx.el.span(
            rx.el.span(one.name, class_name="clip"),
            rx.el.span(
                rx.cond(one.address != "", f"{one.address} · ", ""),
                "last seen ",
                ago(at=one.seen),
                class_name="small mute",
            ),
            class_name="who grow",
        ),
        rx.cond(
            one.current,
            chip("This browser", tone="good"),
            button("Sign out", kind="quiet", class_name="small", on_click=AccountState.end(one.id)),
        ),
        key=one.id,
    )


def _title() -> Any:
    return rx.match(
        AccountState.editing,
        ("password", "Change your password"),
        ("codes", "Your recovery codes"),
        ("renew", "New recovery codes"),
        ("off", "Turn two-factor off"),
        "Turn two-factor on",
    )


def _form(*content: rx.Component, **props: Any) -> rx.Component:
    return dialog_form(
        *content,
        error=_ERRORS.get("form", ""),
        key=AccountState.editing,
        on_cancel=AccountState.close,
        **props,
    )


def _password() -> rx.Component:
    return _form(
        _ask_password("Your password now"),
        field(
            "new_password",
            "New password",
            type="password",
            auto_complete="new-password",
            help="At least 8 characters. Length beats symbols.",
            error=_ERRORS.get("new_password", ""),
        ),
        act="Change it",
        on_submit=AccountState.change_password,
    )


def _begin() -> rx.Component:
    return _form(_ask_password("Your password"), act="Go on", on_submit=AccountState.begin)


def _scan() -> rx.Component:
    return _form(
        rx.el.p("Scan this with an authenticator app, or type its secret in.", class_name="mute"),
        rx.el.img(src=AccountState.qr, alt="QR code of the secret", class_name="qr"),
        copied(AccountState.secret, whole=True),
        _ask_code("The code it shows"),
        act="Turn it on",
        on_submit=AccountState.confirm,
    )


def _codes() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            "Each lets you in once when your phone is lost. Keep them somewhere safe: they are "
            "shown this once.",
            class_name="mute",
        ),
        rx.el.ul(
            rx.foreach(AccountState.codes, lambda code: rx.el.li(rx.el.code(code))),
            class_name="recovery",
        ),
        rx.el.div(
            copy_button(AccountState.codes_text, "Copy all"),
            button("I have kept them", kind="solid", on_click=AccountState.close),
            class_name="row end",
        ),
    )


def _renew() -> rx.Component:
    return _form(
        rx.el.p("The codes you have are no good any more then.", class_name="mute"),
        _ask_code("The code your app shows"),
        act="Make them",
        on_submit=AccountState.renew,
    )


def _off() -> rx.Component:
    return _form(
        rx.el.p("Your password alone will then let anybody in.", class_name="mute"),
        _ask_password("Your password"),
        _ask_code("The code your app shows, or a recovery code"),
        act="Turn it off",
        on_submit=AccountState.turn_off,
        kind="bad",
    )


def _ask_password(label: str) -> rx.Component:
    return field(
        "password",
        label,
        type="password",
        auto_complete="current-password",
        error=_ERRORS.get("password", ""),
    )


def _ask_code(label: str) -> rx.Component:
    return field(
        "code",
        label,
        auto_complete="one-time-code",
        auto_capitalize="none",
        error=_ERRORS.get("code", ""),
    )
