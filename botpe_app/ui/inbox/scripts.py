"""The inbox's pieces that need the browser: scrolling, writing, keeping what is on its way."""

from __future__ import annotations

import reflex as rx
from reflex.event import no_args_event_spec, passthrough_event_spec


class Composer(rx.Component):
    """The place to write. `closed` says why nothing may be written."""

    library = "$/public/composer.jsx"
    tag = "Composer"
    conversation: rx.Var[str]
    closed: rx.Var[str]
    settled: rx.Var[list[str]]
    refused: rx.Var[str]
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
