"""/api/bots: bots from draft to answering."""

from __future__ import annotations

from typing import Any

from botpe_app.core.flow import flow_schema
from botpe_app.core.permissions import Permission
from botpe_app.services import (
    bot_library,
    bot_publishing,
    bot_replay,
    bot_sessions,
    bot_simulation,
    bot_starts,
    bot_tests,
    bots,
)
from botpe_app.services.bot_library import LibraryItem
from botpe_app.services.bot_replay import Replays
from botpe_app.services.bot_sessions import BotSessionItem
from botpe_app.services.bot_simulation import Played
from botpe_app.services.bot_starts import StartItem
from botpe_app.services.bot_views import BotItem, Checked, PublishedItem, VersionItem
from botpe_app.services.views import Page
from botpe_app.web.api.bot_shapes import (
    Again,
    Back,
    Bot,
    BotChange,
    BotSession,
    NewBot,
    Problems,
    PublishedBot,
    Publishing,
    Replayed,
    Running,
    Script,
    Simulated,
    Started,
    Starting,
    StartingBot,
    Tests,
    ToCheck,
    ToTry,
    Version,
)
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Paging, given, page_of

routes = router("/bots", "Bots")


@routes.get("", response_model=Listed[Bot])
@needs(Permission.READ)
def list_bots(call: Caller, query: FromQuery[Paging]) -> Page[BotItem]:
    """Bots, newest first."""
    return bots.list_bots(call.session, call.actor, **query.model_dump())


@routes.get("/flow-schema.json", response_model=dict[str, Any])
@needs(Permission.READ)
def get_flow_schema(call: Caller) -> dict[str, Any]:
    """The JSON Schema of a flow."""
    return flow_schema()


@routes.get("/library", response_model=list[StartingBot])
@needs(Permission.READ)
def list_library(call: Caller) -> list[LibraryItem]:
    """Bots to start from."""
    return bot_library.library()


@routes.post("", status_code=201, response_model=Bot)
@needs(Permission.MANAGE_BOTS)
def create_bot(call: Caller, body: NewBot) -> BotItem:
    """Make a bot, of the library if `library` names one."""
    return bots.create_bot(call.session, call.actor, **given(body))


@routes.get("/{bot_id}", response_model=Bot)
@needs(Permission.READ)
def get_bot(call: Caller, bot_id: Id) -> BotItem:
    """One bot."""
    return bots.get_bot(call.session, call.actor, bot_id)


@routes.patch("/{bot_id}", response_model=Bot)
@needs(Permission.MANAGE_BOTS)
def change_bot(call: Caller, bot_id: Id, body: BotChange) -> BotItem:
    """Change a bot's draft, or pause it and let it answer again."""
    fields = given(body)
    status = fields.pop("status", None)
    who = (call.session, call.actor, bot_id)
    if fields.get("flow", 0) is None:
        del fields["flow"]
    if status == "paused":
        bot_publishing.pause_bot(*who)
    changed = bots.update_bot(*who, **fields)
    return bot_publishing.resume_bot(*who) if status == "active" else changed


@routes.delete("/{bot_id}", status_code=204)
@needs(Permission.MANAGE_BOTS)
def delete_bot(call: Caller, bot_id: Id) -> None:
    """Remove a bot that does not answer."""
    bots.delete_bot(call.session, call.actor, bot_id)


@routes.post("/{bot_id}/validate", response_model=Problems)
@needs(Permission.MANAGE_BOTS)
def validate_bot(call: Caller, bot_id: Id, body: ToCheck) -> Checked:
    """What is wrong with the draft, or with the flow given."""
    return bots.validate_bot(call.session, call.actor, bot_id, body.flow)


@routes.post("/{bot_id}/publish", response_model=PublishedBot)
@needs(Permission.MANAGE_BOTS)
def publish_bot(call: Caller, bot_id: Id, body: Publishing) -> PublishedItem:
    """Make the draft a version, which answers from now on. Its dialogues are tried before."""
    return bot_publishing.publish_bot(call.session, call.actor, bot_id, **dict(body))


@routes.post("/{bot_id}/rollback", response_model=Bot)
@needs(Permission.MANAGE_BOTS)
def roll_back_bot(call: Caller, bot_id: Id, body: Back) -> BotItem:
    """Publish an old version anew."""
    return bot_publishing.roll_back_bot(call.session, call.actor, bot_id, body.version)


@routes.post("/{bot_id}/clone", status_code=201, response_model=Bot)
@needs(Permission.MANAGE_BOTS)
def clone_bot(call: Caller, bot_id: Id) -> BotItem:
    """Make a draft like this bot's."""
    return bots.clone_bot(call.session, call.actor, bot_id)


@routes.post("/{bot_id}/simulate", response_model=Simulated)
@needs(Permission.MANAGE_BOTS)
def simulate_bot(call: Caller, bot_id: Id, body: Script) -> Played:
    """Talk to the draft, or to the flow given, without anybody being written to."""
    return bot_simulation.simulate_bot(call.session, call.actor, bot_id, **dict(body))


@routes.post("/{bot_id}/test", response_model=Tests)
@needs(Permission.MANAGE_BOTS)
def test_bot(call: Caller, bot_id: Id, body: ToTry) -> bot_tests.Tests:
    """Try the bot's dialogues, and see what they and real customers come by."""
    return bot_tests.run_tests(call.session, call.actor, bot_id, **dict(body))


@routes.post("/{bot_id}/replay", response_model=Replayed)
@needs(Permission.MANAGE_BOTS)
def replay_bot(call: Caller, bot_id: Id, body: Again) -> Replays:
    """Have the last real conversations again, with the draft or with the flow given."""
    return bot_replay.replay_bot(call.session, call.actor, bot_id, **dict(body))


@routes.post("/{bot_id}/start", status_code=202, response_model=Started)
@needs(Permission.ANSWER)
def start_bot(call: Caller, bot_id: Id, body: Starting) -> StartItem:
    """Begin a bot that has an API trigger with one customer."""
    return bot_starts.start_bot(call.session, call.actor, bot_id, **dict(body))


@routes.get("/{bot_id}/sessions", response_model=Listed[BotSession])
@needs(Permission.READ)
def list_bot_sessions(call: Caller, bot_id: Id, query: FromQuery[Running]) -> Page[BotSessionItem]:
    """Who is in the bot now; with `stuck=true` those that do not go on."""
    return bot_sessions.list_sessions(call.session, call.actor, bot_id, **query.model_dump())


@routes.get("/{bot_id}/versions", response_model=Listed[Version])
@needs(Permission.READ)
def list_bot_versions(call: Caller, bot_id: Id, query: FromQuery[Paging]) -> Page[VersionItem]:
    """What was published, newest first."""
    return page_of(bots.list_versions(call.session, call.actor, bot_id), query)
