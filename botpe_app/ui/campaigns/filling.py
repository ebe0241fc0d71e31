"""What fills a template's places, and which number sends it."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui.campaigns.places import Place
from botpe_app.ui.campaigns.wizard_state import WizardState
from botpe_app.ui.components import choice, field


def what_details() -> rx.Component:
    """The places, the header's file, the number."""
    return rx.fragment(
        rx.cond(
            WizardState.places.length() > 0,
            rx.el.section(
                rx.el.h2("What stands in its places"),
                rx.el.p(
                    "From each contact, with words for those where it is not known.",
                    class_name="mute small",
                ),
                rx.foreach(WizardState.places, _place),
                class_name="card",
            ),
        ),
        rx.cond(
            WizardState.needs_file,
            rx.el.section(
                field(
                    "file",
                    "Address of the header's file",
                    value=WizardState.file,
                    on_change=WizardState.point_to.debounce(200),
                    on_blur=WizardState.point_to,
                    input_mode="url",
                    placeholder="https://shop.example.com/sale.jpg",
                    help="WhatsApp fetches it from there for everybody.",
                ),
                class_name="card",
            ),
        ),
        rx.cond(
            WizardState.accounts.length() > 1,
            rx.el.section(
                choice(
                    "account",
                    "Number that sends",
                    WizardState.accounts,
                    value=WizardState.account,
                    on_change=WizardState.choose_account,
                ),
                class_name="card",
            ),
        ),
    )


def _place(place: rx.vars.ObjectVar[Place]) -> rx.Component:
    same = place.source == "text"
    return rx.el.div(
        rx.el.span(
            rx.el.span(place.label, class_name="strong"),
            rx.cond(
                place.sample != "", rx.el.span(f"such as {place.sample}", class_name="small mute")
            ),
            class_name="who place-name",
        ),
        rx.el.div(
            rx.el.select(
                rx.foreach(
                    WizardState.sources, lambda source: rx.el.option(source.label, value=source.key)
                ),
                value=place.source,
                aria_label=f"Where {place.label} comes from",
                on_change=lambda value: WizardState.draw_from(place.key, value),
                class_name="input",
            ),
            rx.icon("chevron_down", size=16),
            class_name="select grow",
        ),
        rx.el.input(
            default_value=place.fallback,
            placeholder=rx.cond(same, "The words", "If not known"),
            aria_label=rx.cond(
                same, f"Words for {place.label}", f"{place.label}, where it is not known"
            ),
            auto_complete="off",
            on_change=lambda value: WizardState.say_otherwise(place.key, value).debounce(200),
            # Whoever goes on at once is not a moment behind their own words.
            on_blur=lambda value: WizardState.say_otherwise(place.key, value),
            class_name="input grow",
        ),
        class_name="row wrap place",
        key=place.key,
    )
