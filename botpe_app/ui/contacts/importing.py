"""The import of a spreadsheet: what the page shows of one that a worker brings in."""

from __future__ import annotations

import reflex as rx
from reflex.event import no_args_event_spec, passthrough_event_spec

from botpe_app.ui.components import button, dialog
from botpe_app.ui.contacts.rows import Column, Job
from botpe_app.ui.contacts.state import ContactsState


class Importer(rx.Component):
    """Reads a file, lets its columns be named, sends it, and shows how far a long one is."""

    library = "$/public/importer.jsx"
    tag = "Importer"
    columns: rx.Var[list[Column]]
    job: rx.Var[Job]
    on_watch: rx.EventHandler[passthrough_event_spec(str)]
    on_done: rx.EventHandler[no_args_event_spec]


def import_dialog() -> rx.Component:
    """The import as a dialog; opened again, it begins anew."""
    return dialog(
        "Import contacts",
        rx.cond(
            ContactsState.importing,
            Importer.create(
                columns=ContactsState.columns,
                job=ContactsState.job,
                on_watch=ContactsState.watch_import,
                on_done=ContactsState.show_import(False),
            ),
        ),
        open=ContactsState.importing,
        on_close=ContactsState.show_import(False),
        wide=True,
    )


def import_button() -> rx.Component:
    """Opens the import; says how far the one is that goes on."""
    return button(
        rx.cond(ContactsState.job.going, ContactsState.job.percent, "Import"),
        icon="upload",
        on_click=ContactsState.show_import(True),
    )
