"""Ways to a new template: the library, and a description."""

from __future__ import annotations

import reflex as rx

from botpe_app.services.agent_templates import MOST_LANGUAGES, MOST_VARIANTS
from botpe_app.ui.components import (
    back_link,
    button,
    button_link,
    chip,
    choice,
    field,
    form_error,
    show_button,
)
from botpe_app.ui.layout import head
from botpe_app.ui.templates.editor_state import EditorState
from botpe_app.ui.templates.rows import Starter
from botpe_app.ui.templates.scripts import template_phone
from botpe_app.ui.templates.state import TemplatesState


def starting() -> rx.Component:
    """The library by industry."""
    return rx.fragment(
        head(
            "Library",
            button_link("Describe it instead", "/templates?t=describe", icon="sparkles"),
            before=back_link("/templates", "templates"),
        ),
        rx.el.div(
            rx.el.div(
                _industry("", "All"),
                rx.foreach(TemplatesState.industries, lambda name: _industry(name, name)),
                role="group",
                aria_label="Industry",
                class_name="row wrap",
            ),
            rx.el.div(rx.foreach(TemplatesState.library, _starter), class_name="starters"),
            class_name="body full",
        ),
    )


def _industry(key: str | rx.Var[str], words: str | rx.Var[str]) -> rx.Component:
    return show_button(
        words, on=TemplatesState.industry == key, on_click=TemplatesState.of_industry(key)
    )


def _starter(item: rx.vars.ObjectVar[Starter]) -> rx.Component:
    return rx.el.a(
        rx.el.div(
            template_phone(said=item.said, category=item.category.upper()), aria_hidden="true"
        ),
        rx.el.span(
            rx.el.span(item.title, class_name="strong clip"),
            rx.el.span(item.industry, class_name="small mute"),
            class_name="who grow",
        ),
        chip(item.category),
        href=f"/templates?t=new&from={item.id}",
        key=item.id,
        class_name="card starter",
    )


def describing() -> rx.Component:
    """Says what is wanted; the agent writes it."""
    return rx.fragment(
        head("Describe your template", before=back_link("/templates", "templates")),
        rx.el.div(
            rx.el.form(
                rx.el.div(
                    rx.el.label("What should it say, to whom and when?", html_for="description"),
                    rx.el.textarea(
                        id="description",
                        name="description",
                        rows=6,
                        max_length=4000,
                        placeholder="Tell customers that their order left the warehouse, with its "
                        "number and the day it arrives. In Spanish, friendly.",
                        class_name="input",
                    ),
                    class_name="field",
                ),
                rx.fragment(
                    field(
                        "languages",
                        "Also in these languages",
                        placeholder="es, pt_BR, hi",
                        help=f"Up to {MOST_LANGUAGES} codes; each becomes a draft of its own.",
                        auto_complete="off",
                    ),
                    choice(
                        "variants",
                        "Variants to compare",
                        [(str(n), str(n) if n else "None") for n in range(MOST_VARIANTS + 1)],
                        help="Other ways of saying it, for an A/B test.",
                    ),
                ),
                form_error(EditorState.problem),
                rx.el.div(
                    button_link("From the library instead", "/templates?t=library"),
                    button(
                        rx.cond(EditorState.busy == "describe", "Writing…", "Write it"),
                        kind="solid",
                        icon="sparkles",
                        type="submit",
                        disabled=EditorState.busy == "describe",
                    ),
                    class_name="row end",
                ),
                on_submit=EditorState.describe,
                class_name="card stack",
            ),
            rx.el.p(
                "You can change every word before it goes to Meta. Without a key for Claude it "
                "begins from the pattern that comes closest.",
                class_name="mute small",
            ),
            class_name="body narrow",
        ),
    )
