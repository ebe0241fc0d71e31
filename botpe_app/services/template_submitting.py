"""Sending templates to Meta and deleting them there: prepare, ask, record.

`prepare_…` and `record_…` belong into transactions, the asking between them into none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from botpe_app import live
from botpe_app.config import settings
from botpe_app.core.permissions import Permission
from botpe_app.errors import BotpeError, Conflict, Invalid
from botpe_app.models import Campaign, CampaignVariant, Template, TemplateVersion, WhatsAppAccount
from botpe_app.models.base import utc_now
from botpe_app.services import accounts, template_samples, templates
from botpe_app.services.access import Actor, get, get_locked
from botpe_app.services.media import Stored
from botpe_app.services.template_items import TemplateItem, item, keep_version, newest
from botpe_app.whatsapp.client import GraphClient, GraphRefused
from botpe_app.whatsapp.templates import ERROR

_EDITS = ((timedelta(days=1), 1, "once a day"), (timedelta(days=30), 10, "ten times in 30 days"))
_EXISTS = 2388024
_FIELDS = {
    2388040: "components",
    2388047: "components",
    2388072: "components",
    2388073: "components",
    2388293: "components",
    2388299: "components",
}


@dataclass(frozen=True, slots=True)
class Submission:
    """What goes to Meta, and as of when."""

    waba_id: str
    wa_template_id: str | None
    token: str
    said: dict[str, Any]
    asked_at: datetime
    samples: dict[str, Stored] = field(default_factory=dict[str, Stored])  # files of ours, by id


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was asked and what Meta answered; "" is untold."""

    submission: Submission
    wa_template_id: str
    status: str
    category: str


@dataclass(frozen=True, slots=True)
class Deletion:
    """A template to delete at Meta."""

    waba_id: str
    wa_template_id: str
    name: str
    token: str


def prepare_submission(session: Session, actor: Actor, template_id: UUID | str) -> Submission:
    """What to submit. Raises Forbidden, NotFound, Conflict for a state that allows none, Invalid
    naming the first field that breaks a rule."""
    actor.require(Permission.MANAGE_TEMPLATES)
    row = get(session, actor, Template, template_id)
    if row.status in templates.EDITABLE and row.draft_components is not None:
        _check_edits(session, row)
    elif row.status not in templates.REWRITABLE:
        raise Conflict(f"This template is {row.status}, with nothing to submit.")
    said = templates.said(row)
    wrong = [p for p in templates.problems(session, row, said) if p.severity == ERROR]
    if wrong:
        raise Invalid(wrong[0].message, field=wrong[0].field)
    now = session.connection().execute(text("select clock_timestamp()")).scalar_one()
    samples = template_samples.find(session, actor, said["components"])
    token = _token(session, actor, row)
    return Submission(row.waba_id, row.wa_template_id, token, said, now, samples)


def submit(submission: Submission) -> Outcome:
    """Asks Meta. Raises Invalid or Conflict for what it refuses in the template, else
    GraphRefused, Unavailable."""
    said = template_samples.handed_in(submission.said, submission.token, submission.samples)
    try:
        with GraphClient(settings().graph_url, settings().graph_version, submission.token) as graph:
            if submission.wa_template_id is None:
                answer = graph.create_template(submission.waba_id, said)
                return Outcome(submission, *answer)
            change = {"category": said["category"], "components": said["components"]}
            graph.edit_template(submission.wa_template_id, change)
            return Outcome(submission, submission.wa_template_id, "", "")
    except GraphRefused as error:
        raise _refusal(error) from error


def record_submission(
    session: Session, actor: Actor, template_id: UUID | str, outcome: Outcome
) -> TemplateItem:
    """Writes down what Meta answered, unless it told something newer meanwhile."""
    row = get_locked(session, actor, Template, template_id)
    meanwhile, sent = newest(row), outcome.submission.said["components"]
    row.components, row.draft_components = sent, None
    row.parameter_format = outcome.submission.said["parameter_format"]
    row.wa_template_id = outcome.wa_template_id or row.wa_template_id
    if row.status_at is None or row.status_at < outcome.submission.asked_at:
        row.status = outcome.status or "PENDING"
        row.category = outcome.category or row.category
        row.rejection_reason = None
    keep_version(session, row, actor.name).submitted_at = utc_now()
    if meanwhile != sent:
        row.draft_components = meanwhile
    row.updated_at = utc_now()
    session.add(row)
    session.flush()
    live.publish(session, actor.organization_id, "templates")
    return item(row)


def prepare_deletion(session: Session, actor: Actor, template_id: UUID | str) -> Deletion | None:
    """What to delete at Meta, None if it is not there. Raises Forbidden, NotFound, Conflict."""
    actor.require(Permission.MANAGE_TEMPLATES)
    row = get(session, actor, Template, template_id)
    if row.status == "DISABLED":
        raise Conflict("Meta keeps disabled templates: this one cannot be deleted.")
    for table in (Campaign, CampaignVariant):
        ours = table.organization_id == row.organization_id
        used = select(table.template_id).where(ours, table.template_id == row.id)
        if session.exec(used.limit(1)).first():
            raise Conflict("A campaign uses this template. Remove the campaign first.")
    if row.wa_template_id is None or row.status in ("DELETED", "PENDING_DELETION"):
        return None
    return Deletion(row.waba_id, row.wa_template_id, row.name, _token(session, actor, row))


def delete(deletion: Deletion | None) -> None:
    """Asks Meta to delete it. Raises GraphRefused, Unavailable."""
    if deletion is None:
        return
    with GraphClient(settings().graph_url, settings().graph_version, deletion.token) as graph:
        graph.delete_template(deletion.waba_id, deletion.wa_template_id, deletion.name)


def record_deletion(session: Session, actor: Actor, template_id: UUID | str) -> None:
    """Removes the template and its versions."""
    session.delete(get_locked(session, actor, Template, template_id))
    session.flush()
    live.publish(session, actor.organization_id, "templates")


def _token(session: Session, actor: Actor, row: Template) -> str:
    return accounts.token_of(get(session, actor, WhatsAppAccount, row.account_id))


def _check_edits(session: Session, row: Template) -> None:
    """Meta lets an approved template change once a day and ten times a month."""
    if row.status != "APPROVED":
        return
    submitted = session.exec(
        select(TemplateVersion.submitted_at).where(
            TemplateVersion.organization_id == row.organization_id,
            TemplateVersion.template_id == row.id,
            TemplateVersion.number > 1,
            col(TemplateVersion.submitted_at).is_not(None),
        )
    ).all()
    for span, most, often in _EDITS:
        recent = [at for at in submitted if at is not None and at > utc_now() - span]
        if len(recent) >= most:
            raise Conflict(f"Meta takes changes to an approved template {often}. Try later.")


def _refusal(error: GraphRefused) -> BotpeError:
    """A refusal of what the template says names the field; any other is Meta's."""
    refused = error.refused
    if refused.subcode == _EXISTS:
        return Conflict(
            "Meta has a template of this name in this language already. Sync to fetch it.",
            field="name",
        )
    if refused.code == 100 and refused.subcode != 33:
        return Invalid(error.message, field=_FIELDS.get(refused.subcode))
    return error
