"""The frame around every page: rail, account menu, toasts, and the line for being offline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import reflex as rx
from reflex.style import color_mode, set_color_mode
from reflex_components_core.core.banner import has_connection_errors

from botpe_app.core.permissions import Permission
from botpe_app.ui import theme
from botpe_app.ui.components import avatar, menu, menu_item, toasts
from botpe_app.ui.components.scripts import shell
from botpe_app.ui.session import SessionState

# Only pages that exist: (name, icon). The address is the name.
RAIL = [
    ("Dashboard", "layout_dashboard"),
    ("Inbox", "inbox"),
    ("Contacts", "users"),
    ("Campaigns", "megaphone"),
    ("Templates", "file_text"),
    ("Bots", "bot"),
    ("Automations", "zap"),
    ("Analytics", "chart_column"),
]
MODES: list[tuple[Literal["system", "light", "dark"], str, str]] = [
    ("system", "System", "monitor"),
    ("light", "Light", "sun"),
    ("dark", "Dark", "moon"),
]


def page(
    name: str | rx.Var[str], *, route: str = "", here: str = "", on_load: Any = None
) -> Callable[[Callable[[], rx.Component]], Callable[[], rx.Component]]:
    """Registers a page inside the frame; `here` is its link in the rail, if not its name.

    Its browser title counts what is unread.
    """
    words = theme.title(name)
    title = rx.cond(SessionState.unread > 0, f"({SessionState.unread}) {words}", words)

    def register(content: Callable[[], rx.Component]) -> Callable[[], rx.Component]:
        loads = [SessionState.enter, *([on_load] if on_load else [])]

        @rx.page(route=route or f"/{str(name).lower()}", title=title, on_load=loads)
        def framed() -> rx.Component:
            return frame(content(), here=here or str(name))

        return framed

    return register


def frame(content: rx.Component, *, here: str) -> rx.Component:
    """`content` with the rail beside it (below it on a phone)."""
    return rx.el.div(
        rx.el.a("Skip to content", href="#content", class_name="skip"),
        _offline(),
        _rail(here),
        rx.el.main(content, id="content", class_name="content", tab_index=-1),
        toasts(),
        shell(),
        class_name="frame",
    )


def head(
    title: str | rx.Var[str],
    *actions: rx.Component,
    before: rx.Component | None = None,
    after: rx.Component | None = None,
) -> rx.Component:
    """The bar at the top of a page: the way back, what this is, and what one can do."""
    return rx.el.header(
        *([before] if before else []),
        rx.el.h1(title),
        *([after] if after else []),
        rx.el.span(class_name="grow"),
        *actions,
        class_name="head",
    )


def _rail(here: str) -> rx.Component:
    return rx.el.nav(
        rx.el.a(
            rx.el.i(aria_hidden="true"),
            rx.el.span("BotPe", class_name="label"),
            href="/dashboard",
            aria_label="BotPe, to the dashboard",
            class_name="logo",
        ),
        *(_link(name, icon, here) for name, icon in RAIL),
        rx.el.span(class_name="grow"),
        rx.cond(SessionState.simulated, _link("Simulator", "smartphone", here)),
        rx.cond(
            SessionState.permissions.contains(Permission.OVERSEE_PLATFORM.value),
            _link("Admin", "shield", here),
        ),
        _link("Settings", "settings", here, "/settings/numbers"),
        rx.el.button(
            rx.icon("panel_left", size=18),
            rx.el.span("Collapse", class_name="label"),
            type="button",
            title="Collapse or widen this bar",
            class_name="rail-link fold",
            custom_attrs={"data-fold": ""},
        ),
        _account(),
        aria_label="Pages",
        class_name="rail",
    )


def _link(name: str, icon: str, here: str, href: str = "") -> rx.Component:
    badge = rx.cond(
        SessionState.unread > 0,
        rx.el.b(
            SessionState.unread_words,
            rx.el.span(" unread", class_name="unseen"),
            class_name="count",
        ),
    )
    return rx.el.a(
        rx.icon(icon, size=18, aria_hidden="true"),
        rx.el.span(name, class_name="label"),
        *([badge] if name == "Inbox" else []),
        href=href or f"/{name.lower()}",
        title=name,
        aria_current="page" if name == here else "false",
        class_name="rail-link",
    )


def _account() -> rx.Component:
    return menu(
        rx.el.summary(
            avatar(SessionState.initials, SessionState.hue),
            rx.el.span(
                rx.el.span(SessionState.name, class_name="strong clip"),
                rx.el.span(
                    rx.cond(SessionState.turns == "away", "Away · ", ""),
                    SessionState.organization,
                    class_name="small mute clip",
                ),
                class_name="label who",
            ),
            aria_label="Account",
            class_name="account",
        ),
        rx.el.div(
            rx.el.p(SessionState.name, class_name="strong clip"),
            rx.el.p(SessionState.email, class_name="small mute clip"),
            rx.el.p(
                SessionState.organization, " · ", SessionState.role, class_name="small mute clip"
            ),
            class_name="menu-head",
        ),
        rx.el.div(
            *(_mode(*mode) for mode in MODES), role="group", aria_label="Theme", class_name="modes"
        ),
        rx.el.a(
            rx.icon("circle_user_round", size=16, aria_hidden="true"),
            "Your account",
            href="/settings/account",
            class_name="menu-item",
        ),
        rx.cond(
            SessionState.turns != "",
            menu_item(
                rx.cond(
                    SessionState.turns == "there",
                    "You are there: go away",
                    "You are away: be there again",
                ),
                icon="coffee",
                on_click=SessionState.turn_availability,
            ),
        ),
        rx.cond(
            SessionState.homes,
            rx.fragment(
                rx.el.p("Go to", class_name="menu-title"),
                rx.foreach(
                    SessionState.homes,
                    lambda home: menu_item(
                        home[1],
                        icon="building_2",
                        custom_attrs={"data-organization": home[0]},
                    ),
                ),
            ),
        ),
        menu_item("Sign out", icon="log_out", custom_attrs={"data-sign-out": ""}),
        side="up",
        class_name="account-menu",
    )


def _mode(mode: Literal["system", "light", "dark"], words: str, icon: str) -> rx.Component:
    return rx.el.button(
        rx.icon(icon, size=16, aria_hidden="true"),
        words,
        type="button",
        aria_pressed=rx.cond(color_mode == mode, "true", "false"),
        on_click=set_color_mode(mode),
        class_name="mode",
    )


def _offline() -> rx.Component:
    return rx.el.div(
        rx.icon("wifi_off", size=16),
        "No connection. What you type is kept and sent when it is back.",
        role="status",
        class_name=rx.cond(has_connection_errors, "offline shown", "offline"),
    )
