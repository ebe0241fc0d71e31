"""What the bots' pages need the browser itself for."""

from __future__ import annotations

import reflex as rx
from reflex.event import passthrough_event_spec


class ImportBot(rx.Component):
    """Chooses a file with a bot, makes it, and tells its name and id."""

    library = "$/public/bots/portable.jsx"
    tag = "ImportBot"
    on_made: rx.EventHandler[passthrough_event_spec(str, str)]
    on_problem: rx.EventHandler[passthrough_event_spec(str, str)]


class ExportBot(rx.Component):
    """Saves a bot's draft and tests as a file."""

    library = "$/public/bots/portable.jsx"
    tag = "ExportBot"
    bot: rx.Var[str]
    on_problem: rx.EventHandler[passthrough_event_spec(str, str)]


class DescribeBot(rx.Component):
    """Has the agent draft a bot from a description, and tells its id."""

    library = "$/public/bots/describe.jsx"
    tag = "DescribeBot"
    on_made: rx.EventHandler[passthrough_event_spec(str)]


describe_bot = DescribeBot.create
import_bot = ImportBot.create
export_bot = ExportBot.create
