"""The pieces that need the browser: the builder, and the phone beside it."""

from __future__ import annotations

import reflex as rx
from reflex.event import passthrough_event_spec

from botpe_app.ui.templates.rows import Mend


class TemplateBuilder(rx.Component):
    """A template to be written; says what it is by now as JSON."""

    library = "$/public/templates/builder.jsx"
    tag = "TemplateBuilder"
    start: rx.Var[str]
    languages: rx.Var[list[str]]
    problems: rx.Var[list[Mend]]
    fixed: rx.Var[bool]
    named: rx.Var[bool]
    counting: rx.Var[str]
    business: rx.Var[str]
    on_change: rx.EventHandler[passthrough_event_spec(str)]


class TemplatePhone(rx.Component):
    """A phone that shows a template's components, given as JSON."""

    library = "$/public/templates/preview.jsx"
    tag = "TemplatePhone"
    said: rx.Var[str]
    category: rx.Var[str]
    name: rx.Var[str]


builder = TemplateBuilder.create
template_phone = TemplatePhone.create
