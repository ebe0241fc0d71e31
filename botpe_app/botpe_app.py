"""The web app: pages, the API and webhook mounted beside them, and the live relay."""

from __future__ import annotations

import reflex as rx

from botpe_app.ui import errors, live, theme
from botpe_app.ui.base import on_error
from botpe_app.ui.entry import page as entry

__all__ = ["app", "entry", "errors"]

app = rx.App(
    stylesheets=theme.STYLESHEETS,
    head_components=theme.HEAD,
    html_lang="en",
    toaster=None,
    app_wraps=errors.WRAPS,
    backend_exception_handler=on_error,
)
app.register_lifespan_task(live.relay_for(app))
