"""The web app: pages, the API and webhook mounted beside them, and the live relay."""

from __future__ import annotations

from functools import partial

import reflex as rx
from reflex.utils.prerequisites import get_web_dir
from starlette.types import ASGIApp

from botpe_app.ui import addresses, errors, live, theme
from botpe_app.ui.admin import page as admin
from botpe_app.ui.ai import agents as ai
from botpe_app.ui.ai import intents, knowledge
from botpe_app.ui.analytics import page as analytics
from botpe_app.ui.automations import page as automations
from botpe_app.ui.base import on_error
from botpe_app.ui.bots import builder
from botpe_app.ui.bots import page as bots
from botpe_app.ui.campaigns import page as campaigns
from botpe_app.ui.contacts import page as contacts
from botpe_app.ui.dashboard import page as dashboard
from botpe_app.ui.entry import letters
from botpe_app.ui.entry import page as entry
from botpe_app.ui.inbox import page as inbox
from botpe_app.ui.segments import page as segments
from botpe_app.ui.session import OwnTab
from botpe_app.ui.settings import pages as settings_pages
from botpe_app.ui.simulator import page as simulator
from botpe_app.ui.templates import page as templates
from botpe_app.web.asgi import mount

# Importing a page registers it.
PAGES = (
    admin,
    ai,
    analytics,
    automations,
    bots,
    builder,
    campaigns,
    contacts,
    dashboard,
    entry,
    errors,
    inbox,
    intents,
    knowledge,
    letters,
    segments,
    settings_pages,
    simulator,
    templates,
)
BUILD = get_web_dir() / "build" / "client"


class WholeApp(rx.App):
    """Reflex with our front door around it, also around the layers that Reflex itself adds."""

    def __call__(self) -> ASGIApp:
        """What the server serves; a webhook never passes through Reflex."""
        return mount(super().__call__(), build=BUILD)


app = WholeApp(
    stylesheets=theme.STYLESHEETS,
    head_components=theme.HEAD,
    html_lang="en",
    toaster=None,
    app_wraps=errors.WRAPS,
    backend_exception_handler=on_error,
    api_transformer=partial(addresses.plain, build=BUILD),
)
app.add_middleware(OwnTab(), index=0)
app.register_lifespan_task(live.relay_for(app))
