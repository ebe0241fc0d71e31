"""Pages for what went wrong: an address that does not exist, a page that broke."""

from __future__ import annotations

from collections.abc import Callable

import reflex as rx
from reflex_base.vars.function import ArgsFunctionOperation
from reflex_components_core.base.error_boundary import ErrorBoundary

from botpe_app.ui import theme
from botpe_app.ui.components import button, button_link

_RELOAD = rx.Var("() => window.location.reload()")


def _sheet(title: str, text: str, *actions: rx.Component) -> rx.Component:
    return rx.el.main(
        rx.el.div(
            rx.el.div(rx.el.i(aria_hidden="true"), "BotPe", class_name="logo"),
            rx.el.h1(title, class_name="entry-title"),
            rx.el.p(text, class_name="mute"),
            rx.el.div(*actions, class_name="row wrap"),
            class_name="entry-sheet",
        ),
        class_name="entry",
    )


@rx.page(route="404", title=theme.title("Not found"))
def not_found() -> rx.Component:
    """No such address."""
    return _sheet(
        "There is nothing at this address",
        "It may have moved, or the link was cut short.",
        button_link("To the inbox", "/inbox", kind="solid", icon="inbox"),
        button_link("To the dashboard", "/dashboard"),
    )


def broken() -> rx.Component:
    """Shown in place of a page whose drawing failed."""
    return _sheet(
        "This page broke",
        "What you typed is kept. Load it again; if it breaks again, tell whoever runs this server.",
        button("Load again", kind="solid", on_click=rx.call_function(_RELOAD)),
    )


WRAPS: dict[tuple[int, str], Callable[[bool], rx.Component | None]] = {
    (55, "ErrorBoundary"): lambda _: ErrorBoundary.create(
        fallback_render=ArgsFunctionOperation.create(("failure",), rx.Var.create(broken()))
    ),
}
