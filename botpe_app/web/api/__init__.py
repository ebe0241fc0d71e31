"""The REST API, described by itself at /api/openapi.json and readable at /api/docs."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from botpe_app.web import health, links, metrics
from botpe_app.web.api import (
    account,
    account_business,
    accounts,
    admin,
    agent_runs,
    agent_writing,
    agents,
    ai_settings,
    analytics,
    api_keys,
    audit_log,
    auth,
    automations,
    bot_secrets,
    bots,
    business_hours,
    campaigns,
    canned_replies,
    contact_sheets,
    contacts,
    conversation_work,
    conversations,
    custom_fields,
    docs,
    errors,
    figure_sheets,
    intents,
    knowledge,
    media,
    messages,
    organizations,
    problems,
    segments,
    signups,
    tags,
    teams,
    templates,
    users,
    webhooks,
)

_RESOURCES = (
    auth, account, users, organizations, signups, accounts, account_business,
    messages, conversations, conversation_work, contact_sheets,
    contacts, media, api_keys, tags, custom_fields, canned_replies, teams, business_hours,
    webhooks, audit_log, problems, templates, segments, campaigns, admin, automations,
    bots, bot_secrets,
    intents, knowledge, agents, agent_runs, agent_writing, ai_settings,
    analytics, figure_sheets,
)  # fmt: skip
_REFUSALS = {
    401: "Nobody is signed in, or the key is not good",
    403: "The role may not do this",
    404: "No such thing, or another organization's",
    409: "It is not in a state in which this can be done, or exists already",
    422: "Something sent cannot be used; `field` names it",
    429: "Too many requests; `Retry-After` says how many seconds to wait",
}
_ABOUT = """\
Sign every request with `Authorization: Bearer bp_…`; make keys under Settings → API keys.
Lists answer `{"data": […], "next": cursor or null}` and take `?limit=1..200&cursor=`.
Writes accept an `Idempotency-Key`: the same request again gets the first answer and does nothing.
Times are RFC 3339 in UTC, ids are UUIDs, numbers of people are E.164.
"""


def api() -> FastAPI:
    """The API with its documentation, and beside it what machines ask: health and metrics."""
    app = FastAPI(
        title="BotPe API",
        version="1",
        description=_ABOUT,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        responses={
            status: {"model": errors.Refused, "description": words}
            for status, words in _REFUSALS.items()
        },
        exception_handlers={HTTPException: errors.of_framework},
    )
    for resource in _RESOURCES:
        app.include_router(resource.routes)
    for route in (*health.ROUTES, *links.ROUTES, *metrics.ROUTES, *docs.ROUTES):
        app.router.routes.append(route)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    return app
