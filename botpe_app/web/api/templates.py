"""/api/templates: message templates in Graph form, from draft to approval."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from botpe_app.core.permissions import Permission
from botpe_app.services import template_submitting, template_syncing, template_trials, templates
from botpe_app.services.template_items import TemplateItem, VersionItem
from botpe_app.services.template_syncing import SyncResult
from botpe_app.services.views import MessageItem, Page
from botpe_app.web.api.asking import AskingRoute, answer_of, asks
from botpe_app.web.api.messages import Queued
from botpe_app.web.api.routes import Caller, needs, router
from botpe_app.web.api.shapes import FromQuery, Id, Listed, Moment, Paging, Shape, given

routes = router("/templates", "Templates")

Components = list[dict[str, Any]]


class Template(Shape):
    """A template. `draft_components` is a change to an approved one, not submitted yet."""

    id: Id
    account_id: Id
    name: str
    language: str
    category: str
    components: Components
    draft_components: Components | None
    parameter_format: str
    status: str
    rejection_reason: str | None
    quality: str | None
    wa_template_id: str | None
    version: int
    created_at: Moment
    updated_at: Moment


class Version(Shape):
    """What a template said; `submitted_at` is null for what never went to Meta."""

    number: int
    category: str
    components: Components
    made_by: str
    created_at: Moment
    submitted_at: Moment | None


class Problem(Shape):
    """Something to mend. `severity` is error (Meta refuses it) or warning (Meta may)."""

    field: str
    severity: str
    message: str


class Linted(Shape):
    """What was found, errors first; nothing if it can be submitted as it is."""

    problems: list[Problem]


class Failure(Shape):
    """A business account that could not be asked."""

    waba_id: str
    message: str


class Synced(Shape):
    """How many templates were new, changed, as before and gone."""

    created: int
    updated: int
    unchanged: int
    deleted: int
    errors: list[Failure]


class NewTemplate(BaseModel):
    """A template to draft. With several numbers `account_id` says whose it is."""

    account_id: str | None = None
    name: str
    language: str = Field(description="A code of WhatsApp's, such as en_US")
    category: str = Field(description="MARKETING, UTILITY or AUTHENTICATION")
    components: Components


class TemplateChange(BaseModel):
    """What may be changed; what is not named stays."""

    name: str | None = None
    language: str | None = None
    category: str | None = None
    components: Components | None = None


class Trial(BaseModel):
    """Where to send a template, and what stands in its places; by part and name."""

    to: str
    variables: dict[str, dict[str, str]] | None = None


class TemplateQuery(Paging):
    """Which templates are wanted."""

    q: str | None = Field(None, description="Part of a name")
    status: str | None = None
    account_id: str | None = None


@routes.get("", response_model=Listed[Template])
@needs(Permission.READ)
def list_templates(call: Caller, query: FromQuery[TemplateQuery]) -> Page[TemplateItem]:
    """Templates, newest first."""
    return templates.list_templates(call.session, call.actor, **query.model_dump())


@routes.post("", status_code=201, response_model=Template)
@needs(Permission.MANAGE_TEMPLATES)
def create_template(call: Caller, body: NewTemplate) -> TemplateItem:
    """Draft a template. It may break rules that lint tells; submitting it may not."""
    return templates.create_template(call.session, call.actor, **body.model_dump())


@needs(Permission.MANAGE_TEMPLATES)
@asks(template_syncing.prepare_sync, template_syncing.fetch)
def sync_templates(call: Caller) -> SyncResult:
    """Fetch every template of every number's business account from Meta."""
    return template_syncing.record_sync(call.session, call.actor, answer_of(call))


routes.add_api_route(
    "/sync",
    sync_templates,
    methods=["POST"],
    response_model=Synced,
    route_class_override=AskingRoute,
)


@routes.get("/{template_id}", response_model=Template)
@needs(Permission.READ)
def get_template(call: Caller, template_id: Id) -> TemplateItem:
    """One template."""
    return templates.get_template(call.session, call.actor, template_id)


@routes.patch("/{template_id}", response_model=Template)
@needs(Permission.MANAGE_TEMPLATES)
def change_template(call: Caller, template_id: Id, body: TemplateChange) -> TemplateItem:
    """Change a template; one that is approved keeps working until the change is submitted."""
    return templates.update_template(call.session, call.actor, template_id, **given(body))


@needs(Permission.MANAGE_TEMPLATES)
@asks(template_submitting.prepare_deletion, template_submitting.delete)
def delete_template(call: Caller, template_id: Id) -> None:
    """Delete a template, at Meta too."""
    template_submitting.record_deletion(call.session, call.actor, template_id)


routes.add_api_route(
    "/{template_id}",
    delete_template,
    methods=["DELETE"],
    status_code=204,
    response_model=None,
    route_class_override=AskingRoute,
)


@routes.get("/{template_id}/versions", response_model=Listed[Version])
@needs(Permission.READ)
def list_versions(call: Caller, template_id: Id) -> Page[VersionItem]:
    """What a template said, newest first."""
    return Page(templates.versions(call.session, call.actor, template_id))


@routes.post("/{template_id}/lint", response_model=Linted)
@needs(Permission.READ)
def lint_template(call: Caller, template_id: Id, body: TemplateChange) -> dict[str, list[Any]]:
    """What keeps it from approval; fields in the body stand for what it says."""
    found = templates.lint_template(call.session, call.actor, template_id, **given(body))
    return {"problems": found}


@routes.post("/{template_id}/trial", status_code=202, response_model=Queued)
@needs(Permission.MANAGE_TEMPLATES)
def try_template(call: Caller, template_id: Id, body: Trial) -> MessageItem:
    """Send an approved template to a number of your own, samples where you say nothing."""
    return template_trials.send_trial(call.session, call.actor, template_id, **body.model_dump())


@needs(Permission.MANAGE_TEMPLATES)
@asks(template_submitting.prepare_submission, template_submitting.submit)
def submit_template(call: Caller, template_id: Id) -> TemplateItem:
    """Send a draft, a mended or a changed template to Meta for approval."""
    return template_submitting.record_submission(
        call.session, call.actor, template_id, answer_of(call)
    )


routes.add_api_route(
    "/{template_id}/submit",
    submit_template,
    methods=["POST"],
    response_model=Template,
    route_class_override=AskingRoute,
)
