"""/settings/webhooks."""

from __future__ import annotations

import reflex as rx

from botpe_app.core.permissions import Permission
from botpe_app.ui.components import (
    ago,
    button,
    check,
    chip,
    confirm,
    copied,
    dialog,
    dialog_form,
    empty,
    field,
    icon_button,
    problem,
    skeleton_rows,
)
from botpe_app.ui.layout import page
from botpe_app.ui.settings.frame import may, settings_frame
from botpe_app.ui.settings.webhooks_state import (
    EVENT_CHOICES,
    Delivery,
    Webhook,
    WebhooksState,
)

_STATES = (("", "All"), ("pending", "Pending"), ("delivered", "Delivered"), ("failed", "Failed"))


@page("Webhooks", route="/settings/webhooks", here="Settings", on_load=WebhooksState.enter)
def webhooks() -> rx.Component:
    """Programs that are told what happens here, and the log of it."""
    return settings_frame(
        "Webhooks",
        rx.cond(
            may(Permission.MANAGE_WEBHOOKS),
            button("Add a webhook", kind="solid", icon="plus", on_click=WebhooksState.show_form),
        ),
        rx.el.p(
            "Each event is posted to your address, signed, and tried again for a day. ",
            rx.el.a(
                "How to check the signature", href="/api/docs", target="_blank", class_name="link"
            ),
            class_name="mute",
        ),
        rx.cond(
            WebhooksState.denied,
            problem("Only admins see this", "Ask one to add a webhook."),
            _list(),
        ),
        rx.cond(WebhooksState.shown != "", _log()),
        _form(),
        confirm(
            "Remove this webhook?",
            f"{WebhooksState.removing_name} is told nothing more, and its log goes.",
            "Remove",
            open=WebhooksState.removing != "",
            on_close=WebhooksState.close,
            on_confirm=WebhooksState.remove,
        ),
    )


def _list() -> rx.Component:
    return rx.cond(
        WebhooksState.loaded,
        rx.cond(
            WebhooksState.webhooks.length() > 0,
            rx.el.ul(rx.foreach(WebhooksState.webhooks, _webhook), class_name="card lines"),
            rx.el.div(
                empty(
                    "webhook",
                    "No webhook yet",
                    "Your shop, CRM or Zapier hears of every message the moment it happens.",
                    button("Add a webhook", kind="solid", on_click=WebhooksState.show_form),
                ),
                class_name="card",
            ),
        ),
        skeleton_rows(2, kind="row"),
    )


def _webhook(webhook: rx.vars.ObjectVar[Webhook]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.code(webhook.url, class_name="clip"),
            rx.el.span(
                rx.foreach(webhook.events.to(list[str]), lambda event: chip(event)),
                class_name="row wrap",
            ),
            class_name="who grow stack",
        ),
        rx.el.a(
            "Log",
            href=f"/settings/webhooks?w={webhook.id}",
            aria_current=rx.cond(WebhooksState.shown == webhook.id, "true", "false"),
            class_name="btn quiet small",
        ),
        icon_button(
            "trash_2", f"Remove {webhook.url}", on_click=WebhooksState.ask_remove(webhook.id)
        ),
        key=webhook.id,
    )


def _log() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.h2("What it was told"),
            rx.el.span(class_name="grow"),
            *(_only(*state) for state in _STATES),
            icon_button("refresh_cw", "Read the log anew", on_click=WebhooksState.reload),
            class_name="row wrap",
        ),
        rx.cond(
            WebhooksState.deliveries.length() > 0,
            rx.el.div(
                rx.foreach(WebhooksState.deliveries, _delivery), class_name="card flush folds"
            ),
            rx.el.p("Nothing here in the last week.", class_name="mute"),
        ),
        rx.cond(
            WebhooksState.more != "",
            button("Older ones", on_click=WebhooksState.show_more, class_name="wide"),
        ),
    )


def _only(state: str, words: str) -> rx.Component:
    return rx.el.button(
        words,
        type="button",
        aria_pressed=rx.cond(WebhooksState.only == state, "true", "false"),
        on_click=WebhooksState.filter_log(state),
        class_name="btn quiet small pick",
    )


def _delivery(one: rx.vars.ObjectVar[Delivery]) -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            rx.icon("chevron_right", size=16, aria_hidden="true", class_name="turning"),
            rx.el.code(one.event, class_name="clip"),
            chip(one.state, tone=one.tone),
            rx.el.span(one.tries, " · ", one.said, class_name="small mute grow clip"),
            ago(at=one.at),
        ),
        rx.el.pre(one.payload),
        rx.cond(
            one.state != "pending",
            rx.el.div(
                button(
                    "Tell it again",
                    icon="rotate_cw",
                    class_name="small",
                    on_click=WebhooksState.replay(one.id),
                ),
                class_name="row fold-foot",
            ),
        ),
        key=one.id,
    )


def _form() -> rx.Component:
    return dialog(
        rx.cond(WebhooksState.secret != "", "Your webhook's secret", "A new webhook"),
        rx.cond(WebhooksState.secret != "", _fresh(), _asking()),
        open=WebhooksState.editing != "",
        on_close=WebhooksState.close,
    )


def _asking() -> rx.Component:
    return dialog_form(
        field(
            "url",
            "Address",
            placeholder="https://example.com/hook",
            input_mode="url",
            auto_complete="off",
            error=WebhooksState.errors.get("url", ""),
        ),
        rx.el.fieldset(
            rx.el.legend("Tell it when"),
            *(
                check(f"event:{event}", words, help=event, default_checked=True)
                for event, words in EVENT_CHOICES.items()
            ),
            class_name="checks",
        ),
        act="Add it",
        error=WebhooksState.errors.get("events", WebhooksState.errors.get("form", "")),
        key=WebhooksState.editing,
        on_submit=WebhooksState.make,
        on_cancel=WebhooksState.close,
    )


def _fresh() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            "Your program checks each request's signature with it. Copy it now: it is shown this "
            "once.",
            class_name="mute",
        ),
        copied(WebhooksState.secret),
        rx.el.div(button("Done", kind="solid", on_click=WebhooksState.close), class_name="row end"),
    )
