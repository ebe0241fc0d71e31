"""The import of a spreadsheet; all of it happens in assets/importer.jsx."""

from __future__ import annotations

import reflex as rx
from reflex.event import no_args_event_spec

from botpe_app.ui.components import dialog
from botpe_app.ui.contacts.rows import Column
from botpe_app.ui.contacts.state import ContactsState


class Importer(rx.Component):
    """Reads a file, lets its columns be named, and sends it in parts to /api/contacts/import."""

    library = "$/public/importer.jsx"
    tag = "Importer"
    columns: rx.Var[list[Column]]
    on_done: rx.EventHandler[no_args_event_spec]


def import_dialog() -> rx.Component:
    """The import as a dialog; opened again, it begins anew."""
    return dialog(
        "Import contacts",
        rx.cond(
            ContactsState.importing,
            Importer.create(
                columns=ContactsState.columns, on_done=ContactsState.show_import(False)
            ),
        ),
        open=ContactsState.importing,
        on_close=ContactsState.show_import(False),
    )
