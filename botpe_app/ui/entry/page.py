"""/login and /register. The forms speak HTTP: only an answer to HTTP can set the cookie."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.services.demo import SignIn
from botpe_app.ui import theme
from botpe_app.ui.components import button, field, form_error
from botpe_app.ui.entry.state import EntryState


class AuthForm(rx.Component):
    """A form that posts itself as JSON, shows errors in their fields and follows `next`."""

    library = "$/public/auth.js"
    tag = "AuthForm"
    action: rx.Var[str]
    done: rx.Var[str]


class DemoSignIn(rx.Component):
    """A button that signs in as one of the demo's people."""

    library = "$/public/auth.js"
    tag = "DemoSignIn"
    email: rx.Var[str]
    password: rx.Var[str]


@rx.page(route="/login", title=theme.title("Sign in"), on_load=EntryState.enter)
def login() -> rx.Component:
    """Sign in."""
    form = AuthForm.create(
        email_field(auto_focus=True),
        field(
            "password",
            "Password",
            type="password",
            auto_complete="current-password",
            required=True,
        ),
        code_field(),
        form_error(),
        button("Sign in", kind="solid", type="submit", class_name="wide"),
        action="/api/auth/sign-in",
        class_name="auth-form stack",
    )
    return sheet(
        "Sign in",
        rx.cond(EntryState.people, _demo()),
        form,
        rx.el.p(
            rx.el.a("Forgot your password?", href="/forgot", class_name="link"),
            class_name="mute center",
        ),
        rx.el.p(
            "New here? ",
            rx.el.a("Make an organization", href=_along("/register"), class_name="link"),
            class_name="mute center",
        ),
    )


@rx.page(route="/register", title=theme.title("Register"), on_load=EntryState.enter)
def register() -> rx.Component:
    """Make an organization and its first admin."""
    form = AuthForm.create(
        field(
            "organization",
            "Organization",
            placeholder="Demo Store",
            auto_complete="organization",
            required=True,
            auto_focus=True,
        ),
        field("name", "Your name", auto_complete="name", required=True),
        email_field(),
        field(
            "password",
            "Password",
            help="At least 8 characters. Length beats symbols.",
            type="password",
            auto_complete="new-password",
            required=True,
        ),
        form_error(),
        button("Make it", kind="solid", type="submit", class_name="wide"),
        action="/api/auth/sign-up",
        class_name="auth-form stack",
    )
    return sheet(
        "Make an organization",
        form,
        rx.el.p(
            "Already have one? ",
            rx.el.a("Sign in", href=_along("/login"), class_name="link"),
            class_name="mute center",
        ),
    )


def email_field(**props: Any) -> rx.Component:
    return field(
        "email",
        "E-mail",
        type="email",
        input_mode="email",
        auto_complete="username",
        auto_capitalize="none",
        spell_check=False,
        required=True,
        **props,
    )


def code_field() -> rx.Component:
    """Shown once the server asks for the second factor."""
    return rx.el.div(
        field(
            "code",
            "Code",
            help="Your authenticator app shows it. Lost the phone? Use a recovery code.",
            auto_complete="one-time-code",
            auto_capitalize="none",
            spell_check=False,
        ),
        hidden=True,
        custom_attrs={"data-code": ""},
    )


def _along(path: str) -> rx.Var[str]:
    """`path` that keeps the way back that brought us here."""
    return rx.cond(EntryState.query == "", path, f"{path}?{EntryState.query}")


def sheet(title: str, *content: rx.Component) -> rx.Component:
    return rx.el.main(
        rx.el.div(
            rx.el.div(rx.el.i(aria_hidden="true"), "BotPe", class_name="logo"),
            rx.el.h1(title, class_name="entry-title"),
            *content,
            class_name="entry-sheet",
        ),
        class_name="entry",
    )


def _demo() -> rx.Component:
    return rx.el.div(
        rx.el.p("This is the demo. Look around as", class_name="small mute"),
        rx.el.div(rx.foreach(EntryState.people, _demo_person), class_name="row wrap"),
        class_name="demo",
    )


def _demo_person(person: rx.vars.ObjectVar[SignIn]) -> rx.Component:
    return DemoSignIn.create(
        rx.el.span(person.name, class_name="strong"),
        rx.el.span(person.role, class_name="small mute"),
        email=person.email,
        password=person.password,
        class_name="btn demo-person",
    )
