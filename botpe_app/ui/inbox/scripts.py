"""The inbox's pieces that need the browser: scrolling, writing, keeping what is on its way."""

from __future__ import annotations

import reflex as rx
from reflex.event import no_args_event_spec, passthrough_event_spec

from botpe_app.services.canned_replies import Filled
from botpe_app.ui.inbox.bubbles import Quoting


class Composer(rx.Component):
    """The place to write. `closed` says why nothing may be written, `until` when that begins."""

    library = "$/public/composer.jsx"
    tag = "Composer"
    conversation: rx.Var[str]
    closed: rx.Var[str]
    until: rx.Var[str]
    settled: rx.Var[list[str]]
    refused: rx.Var[str]
    kept: rx.Var[str]  # the draft on the server
    canned: rx.Var[list[Filled]]
    people: rx.Var[list[str]]
    quoting: rx.Var[Quoting]
    suggestion: rx.Var[str]
    on_draft: rx.EventHandler[passthrough_event_spec(str, str)]
    on_quoted: rx.EventHandler[passthrough_event_spec(str)]
    on_template: rx.EventHandler[passthrough_event_spec(str, str)]
    on_suggest: rx.EventHandler[passthrough_event_spec(str)]
    on_note: rx.EventHandler[passthrough_event_spec(str, str, str)]
    on_refusal: rx.EventHandler[no_args_event_spec]


class Outbox(rx.Component):
    """The bubbles of what is on its way to the server; hands it in until it is settled."""

    library = "$/public/composer.jsx"
    tag = "Outbox"
    conversation: rx.Var[str]
    settled: rx.Var[list[str]]
    ready: rx.Var[bool]  # whether the server listens
    on_send: rx.EventHandler[passthrough_event_spec(str, str, str, str, str)]


composer = Composer.create
outbox = Outbox.create
