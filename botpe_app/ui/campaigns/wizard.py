"""The wizard: who, what, when, check."""

from __future__ import annotations

from typing import Any

import reflex as rx

from botpe_app.ui.campaigns.checking import check_step
from botpe_app.ui.campaigns.filling import variant_bar, what_details
from botpe_app.ui.campaigns.when import when_step
from botpe_app.ui.campaigns.wizard_state import STEPS, WizardState
from botpe_app.ui.components import (
    back_link,
    button,
    button_link,
    chip,
    confirm,
    empty,
    field,
    problem,
)
from botpe_app.ui.layout import head
from botpe_app.ui.templates.scripts import template_phone

_CHECK: Any = WizardState.check
_VARIANT: Any = WizardState.variant


def wizard() -> rx.Component:
    """A draft in four steps; the last one shows what launching would do."""
    return rx.fragment(
        head(
            rx.cond(WizardState.name != "", WizardState.name, "New campaign"),
            rx.cond(
                WizardState.id != "",
                button("Delete", kind="quiet", on_click=WizardState.ask_remove(True)),
            ),
            _onward(),
            before=back_link("/campaigns", "campaigns"),
            after=_steps(),
        ),
        rx.el.div(
            rx.cond(WizardState.problem != "", problem("Not yet", WizardState.problem)),
            rx.match(
                WizardState.step,
                ("what", _what()),
                ("when", when_step()),
                ("check", check_step()),
                _who(),
            ),
            class_name="body",
        ),
        confirm_launch(),
        confirm(
            f"Delete {WizardState.name}?",
            "Nobody got it yet. This cannot be undone.",
            "Delete",
            open=WizardState.removing,
            on_close=WizardState.ask_remove(False),
            on_confirm=WizardState.remove,
        ),
    )


def confirm_launch() -> rx.Component:
    """The last question."""
    return confirm(
        rx.cond(WizardState.later, "Schedule it?", "Launch it now?"),
        f"{_CHECK.will} people get it, for at most {_CHECK.cost}. You can "
        "pause it within two seconds; what has left cannot be called back.",
        "Launch",
        open=WizardState.launching,
        on_close=WizardState.ask_launch(False),
        on_confirm=WizardState.launch,
    )


def _steps() -> rx.Component:
    return rx.el.nav(
        *(
            rx.el.button(
                rx.el.span(str(place), class_name="step-number", aria_hidden="true"),
                words,
                type="button",
                aria_current=rx.cond(WizardState.step == step, "step", "false"),
                on_click=WizardState.go(step),
                class_name="tab step-tab",
            )
            for place, (step, words) in enumerate(STEPS.items(), 1)
        ),
        aria_label="Steps",
        class_name="tabs",
    )


def _onward() -> rx.Component:
    steps = list(STEPS)
    on: list[tuple[str, Any]] = [
        (step, button("Next", kind="solid", on_click=WizardState.go(steps[place + 1])))
        for place, step in enumerate(steps[:-1])
    ]
    return rx.fragment(
        rx.match(
            WizardState.step,
            *on,
            button(
                rx.cond(WizardState.later, "Schedule", "Launch"),
                kind="solid",
                icon="send",
                disabled=_CHECK.errors.length() > 0,
                on_click=WizardState.ask_launch(True),
            ),
        )
    )


def _who() -> rx.Component:
    return rx.fragment(
        rx.el.section(
            field(
                "campaign-name",
                "Name of the campaign",
                value=WizardState.name,
                on_change=WizardState.call_it,
                placeholder="Winter sale",
                auto_complete="off",
                max_length=120,
                help="Only colleagues see it.",
            ),
            class_name="card",
        ),
        rx.el.section(
            rx.el.div(
                rx.el.h2("Who gets it"),
                rx.el.span(class_name="grow"),
                rx.cond(
                    WizardState.people >= 0,
                    rx.el.strong(f"{WizardState.people} people", role="status"),
                ),
                class_name="row",
            ),
            rx.cond(
                WizardState.segments.length() > 0,
                _tiles(WizardState.segments, WizardState.segment, WizardState.choose_segment),
                empty(
                    "filter",
                    "No segment yet",
                    "A campaign goes to a segment: everybody who has something in common.",
                    button_link("Build one", "/segments?s=new", kind="solid"),
                ),
            ),
            class_name="card",
        ),
    )


def _tiles(tiles: Any, chosen: Any, choose: Any) -> rx.Component:
    return rx.el.div(
        rx.foreach(
            tiles,
            lambda tile: rx.el.button(
                rx.el.span(
                    rx.el.span(tile.title, class_name="strong clip", dir="auto"),
                    rx.cond(tile.mark != "", chip(tile.mark)),
                    class_name="row wrap",
                ),
                rx.el.span(tile.words, class_name="small mute two-lines", dir="auto"),
                type="button",
                role="radio",
                aria_checked=rx.cond(chosen == tile.key, "true", "false"),
                on_click=choose(tile.key),
                class_name="tile",
                key=tile.key,
            ),
        ),
        role="radiogroup",
        aria_label="Choose one",
        class_name="tiles",
    )


def _what() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.cond(_VARIANT.template != "", variant_bar()),
            rx.el.section(
                rx.el.h2("Template"),
                rx.cond(
                    WizardState.templates.length() > 0,
                    _tiles(WizardState.templates, _VARIANT.template, WizardState.choose_template),
                    empty(
                        "file_text",
                        "No approved template yet",
                        "Campaigns send templates that Meta has approved.",
                        button_link("To the templates", "/templates", kind="solid"),
                    ),
                ),
                class_name="card",
            ),
            rx.cond(_VARIANT.template != "", what_details()),
            class_name="stack wizard-form",
        ),
        rx.cond(_VARIANT.template != "", _phone()),
        class_name="writer",
    )


def _phone() -> rx.Component:
    return rx.el.div(template_phone(said=_VARIANT.components), class_name="writer-phone")
