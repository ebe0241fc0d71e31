"""The variants of a campaign, what fills their templates' places, and which number sends them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.ui.campaigns.places import Place
from botpe_app.ui.campaigns.variants import NAMES, Variant
from botpe_app.ui.campaigns.wizard_state import WizardState
from botpe_app.ui.components import button, choice, field, select, show_button

_VARIANT: Any = WizardState.variant


def variant_bar() -> rx.Component:
    """Adds variants, and shows one or another."""
    several = WizardState.variants.length() > 1
    return rx.el.section(
        rx.el.div(
            rx.el.h2(rx.cond(several, "Variants", "One text for all")),
            rx.el.span(class_name="grow"),
            rx.cond(
                several,
                button(
                    "Remove this one",
                    kind="quiet",
                    class_name="small",
                    on_click=WizardState.drop_variant,
                ),
            ),
            rx.cond(
                WizardState.variants.length() < len(NAMES),
                button(
                    rx.cond(several, "Add a variant", "Try another against it"),
                    icon="plus",
                    class_name="small",
                    on_click=WizardState.add_variant,
                ),
            ),
            class_name="row wrap",
        ),
        rx.cond(several, _variants()),
        class_name="card",
    )


def _variants() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            "Recipients get them in turn. The report says which one did better, and whether "
            "chance could well have made it so.",
            class_name="mute small",
        ),
        rx.el.div(
            rx.foreach(WizardState.variants, _variant),
            role="group",
            aria_label="Which variant",
            class_name="row wrap",
        ),
        field(
            "variant-name",
            "Name of this variant",
            value=_VARIANT.name,
            on_change=WizardState.call_variant,
            auto_complete="off",
            max_length=80,
        ),
    )


def _variant(variant: rx.vars.ObjectVar[Variant], place: rx.Var[int]) -> rx.Component:
    return show_button(
        rx.cond(variant.name != "", variant.name, "No name"),
        on=WizardState.shown == place,
        on_click=WizardState.show_variant(place),
    )


def what_details() -> rx.Component:
    """The places, the header's file, the number."""
    return rx.fragment(
        rx.cond(
            _VARIANT.places.length() > 0,
            rx.el.section(
                rx.el.h2("What stands in its places"),
                rx.el.p(
                    "From each contact, with words for those where it is not known.",
                    class_name="mute small",
                ),
                rx.foreach(_VARIANT.places, _place),
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
    return rx.cond(place.kind == "text", _text(place), _same(place))


def _same(place: rx.vars.ObjectVar[Place]) -> rx.Component:
    return rx.el.div(
        rx.el.span(place.label, class_name="strong place-name"),
        rx.el.input(
            type=rx.cond(place.kind == "moment", "datetime-local", "text"),
            default_value=place.fallback,
            placeholder=place.example,
            aria_label=place.label,
            auto_complete="off",
            on_change=lambda value: WizardState.say_otherwise(place.key, value).debounce(200),
            on_blur=lambda value: WizardState.say_otherwise(place.key, value),
            class_name="input grow",
        ),
        rx.el.span("The same for all", class_name="small mute"),
        class_name="row wrap place",
        key=f"{WizardState.shown} {place.key}",
    )


def _text(place: rx.vars.ObjectVar[Place]) -> rx.Component:
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
            select(
                rx.foreach(
                    WizardState.sources, lambda source: rx.el.option(source.label, value=source.key)
                ),
                value=place.source,
                aria_label=f"Where {place.label} comes from",
                on_change=lambda value: WizardState.draw_from(place.key, value),
            ),
            class_name="grow",
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
        key=f"{WizardState.shown} {place.key}",
    )
