"""The agent that writes message templates: by Claude, or without it from our own patterns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel
from sqlmodel import Session

from botpe_app.core import template_drafts
from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.services import agent_asking, ai_settings
from botpe_app.services.access import Actor
from botpe_app.services.agent_asking import Asked, Prepared
from botpe_app.services.agent_runs import ToolCall
from botpe_app.whatsapp.templates import ERROR, lint
from botpe_app.whatsapp.templates.problems import Problem

_LONGEST = 4000


class WrittenTemplate(BaseModel):
    """What Claude writes; its instructions say what each part may hold."""

    name: str
    language: str
    category: Literal["MARKETING", "UTILITY", "AUTHENTICATION"]
    header: str
    body: str
    samples: list[str]
    footer: str
    quick_replies: list[str]


@dataclass(frozen=True, slots=True)
class TemplateDraft:
    """A template in Graph form, and what our lint finds in it. It is not stored."""

    template: dict[str, Any]
    problems: list[Problem]
    source: str  # local, claude
    run_id: str


def prepare(session: Session, actor: Actor, description: str) -> Prepared[WrittenTemplate]:
    """Raises Forbidden, Invalid naming `description`."""
    actor.require(Permission.MANAGE_TEMPLATES)
    description = description.strip()
    if not 1 <= len(description) <= _LONGEST:
        raise Invalid(f"A description of 1 to {_LONGEST} characters.", field="description")
    data = {"description": description, "tone": ai_settings.row_of(session, actor).tone}
    return agent_asking.prepare(
        session, actor, agent="template", version="template_v1", data=data, output=WrittenTemplate
    )


def finish(session: Session, actor: Actor, asked: Asked[WrittenTemplate]) -> TemplateDraft:
    """The template, Claude's if there is one; with the run written down."""
    written = asked.output
    if written is None:
        template = template_drafts.draft(asked.prepared.data["description"])
        said = f"Took our own pattern {template['name']}; please adapt its words."
    else:
        template = template_drafts.template(**written.model_dump())
        said = f"Wrote {template['name']} from the description."
    problems = lint(template)
    errors = sum(problem.severity == ERROR for problem in problems)
    said += f" Our check finds {errors} to mend." if errors else " Our check finds nothing to mend."
    checked = ToolCall("check_template", f"{errors} to mend" if errors else "nothing to mend")
    run_id = agent_asking.settle(session, actor, asked, said, tools=[checked])
    return TemplateDraft(template, problems, "claude" if written else "local", run_id)
