"""Where mails' links lead: /invite, /reset and /verify; and /forgot, which asks for one.

The token stays in the address; the form adds it to what it posts.
"""

from __future__ import annotations

import reflex as rx

from botpe_app.ui import theme
from botpe_app.ui.components import button, field, form_error
from botpe_app.ui.entry.page import AuthForm, code_field, email_field, sheet


@rx.page(route="/invite", title=theme.title("Join"))
def invite() -> rx.Component:
    """Join the organization one was invited to."""
    return _page(
        "Join your colleagues",
        field("name", "Your name", auto_complete="name", auto_focus=True),
        _password("If you have an account already, its password."),
        says="Join",
        action="/api/auth/accept-invite",
    )


@rx.page(route="/forgot", title=theme.title("Forgot your password?"))
def forgot() -> rx.Component:
    """Ask for a link to choose a new password."""
    return _page(
        "Forgot your password?",
        email_field(auto_focus=True),
        says="Send me a link",
        action="/api/auth/forgot-password",
        done="If there is an account with this address, a link is on its way to it.",
    )


@rx.page(route="/reset", title=theme.title("New password"))
def reset() -> rx.Component:
    """Choose a new password."""
    return _page(
        "Choose a new password",
        _password("At least 8 characters. Every other browser is signed out."),
        says="Use it",
        action="/api/auth/reset-password",
    )


@rx.page(route="/verify", title=theme.title("Your address"))
def verify() -> rx.Component:
    """Confirm that an address is one's own."""
    return _page(
        "Is this your address?",
        says="Yes, it is mine",
        action="/api/auth/verify-email",
    )


def _page(title: str, *fields: rx.Component, says: str, **form: str) -> rx.Component:
    return sheet(
        title,
        AuthForm.create(
            *fields,
            code_field(),
            form_error(),
            button(says, kind="solid", type="submit", class_name="wide"),
            class_name="auth-form stack",
            **form,
        ),
    )


def _password(help: str) -> rx.Component:
    return field(
        "password",
        "Password",
        help=help,
        type="password",
        auto_complete="new-password",
        required=True,
    )
