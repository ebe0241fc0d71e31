"""The agent that writes message templates: by Claude, or without it from our own patterns.

What our lint finds goes back to Claude to be mended, translations and variants included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel
from sqlmodel import Session

from botpe_app.core import template_drafts
from botpe_app.core.permissions import Permission
from botpe_app.errors import Invalid
from botpe_app.services import agent_asking, ai_settings, templates
from botpe_app.services.access import Actor
from botpe_app.services.agent_asking import USUAL, Asked, Effort, Prepared
from botpe_app.services.agent_runs import ToolCall
from botpe_app.services.template_items import TemplateItem
from botpe_app.whatsapp.templates import ERROR, LANGUAGES, lint
from botpe_app.whatsapp.templates.problems import Problem

MOST_LANGUAGES, MOST_VARIANTS = 5, 3
_LONGEST = 4000
_MANY = Effort(most_tokens=8000, least_tokens=1500, seconds=45.0)


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


class WrittenTemplates(WrittenTemplate):
    """A template, the same in other languages, and others that try to say it better."""

    translations: list[WrittenTemplate]
    variants: list[WrittenTemplate]


@dataclass(frozen=True, slots=True)
class Checked:
    """A template in Graph form, and what our lint finds in it."""

    template: dict[str, Any]
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class TemplateDraft:
    """A template in Graph form, and what our lint finds in it. It is not stored."""

    template: dict[str, Any]
    problems: list[Problem]
    translations: list[Checked]
    variants: list[Checked]
    source: str  # local, claude
    run_id: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    description: str
    languages: list[str]
    variants: int


def prepare(
    session: Session,
    actor: Actor,
    description: str,
    *,
    languages: Sequence[str] = (),
    variants: int = 0,
) -> Prepared[Any]:
    """For a description; also in `languages`, and with so many `variants` to compare.

    Raises Forbidden, Invalid naming the field.
    """
    actor.require(Permission.MANAGE_TEMPLATES)
    description = description.strip()
    if not 1 <= len(description) <= _LONGEST:
        raise Invalid(f"A description of 1 to {_LONGEST} characters.", field="description")
    wanted = _Wanted(description, _known(languages), variants)
    if not 0 <= variants <= MOST_VARIANTS:
        raise Invalid(f"At most {MOST_VARIANTS} variants.", field="variants")
    data = {"description": description, "tone": ai_settings.row_of(session, actor).tone}
    many = bool(wanted.languages or variants)
    if many:
        data |= {"languages": wanted.languages, "variants": variants}
    return agent_asking.prepare(
        session,
        actor,
        agent="template",
        version="template_v2" if many else "template_v1",
        data=data,
        output=WrittenTemplates if many else WrittenTemplate,
        kept=wanted,
        check=lambda written: "; ".join(_faults(written, wanted))[:1500],
        effort=_MANY if many else USUAL,
    )


def finish(session: Session, actor: Actor, asked: Asked[Any]) -> TemplateDraft:
    """The templates, Claude's if there are some; with the run written down."""
    wanted: _Wanted = asked.prepared.kept
    written: WrittenTemplate | None = asked.output
    if written is None:
        base = template_drafts.draft(wanted.description)
        translations, variants = [], []
        said = f"Took our own pattern {base['name']}; please adapt its words."
        if wanted.languages or wanted.variants:
            said += " Translations and variants need Claude."
    else:
        base, translations, variants = _parts(written)
        more = len(translations) + len(variants)
        said = f"Wrote {base['name']} from the description{f', and {more} more' if more else ''}."
    checked = [Checked(one, lint(one)) for one in (base, *translations, *variants)]
    errors = sum(one.severity == ERROR for each in checked for one in each.problems)
    said += f" Our check finds {errors} to mend." if errors else " Our check finds nothing to mend."
    tool = ToolCall("check_template", f"{errors} to mend" if errors else "nothing to mend")
    run_id = agent_asking.settle(session, actor, asked, said, tools=[tool])
    split = 1 + len(translations)
    return TemplateDraft(
        checked[0].template,
        checked[0].problems,
        checked[1:split],
        checked[split:],
        "claude" if written else "local",
        run_id,
    )


def keep(session: Session, actor: Actor, draft: TemplateDraft) -> list[TemplateItem]:
    """Keeps all of them as drafts, to be changed and submitted. Raises Forbidden, Conflict."""
    all_of_it = [draft.template, *(one.template for one in (*draft.translations, *draft.variants))]
    return [templates.create_template(session, actor, **one) for one in all_of_it]


_Graph = dict[str, Any]


def _parts(written: WrittenTemplate) -> tuple[_Graph, list[_Graph], list[_Graph]]:
    """All in Graph form: translations of one name, variants of names of their own."""
    base = _graph(written)
    if not isinstance(written, WrittenTemplates):
        return base, [], []
    same = {"name": written.name, "category": written.category}
    translations = [_graph(one, **same) for one in written.translations]
    same["language"] = written.language
    variants = [
        _graph(one, **{**same, "name": f"{base['name'][:78]}_{letter}"})
        for one, letter in zip(written.variants, "bcd", strict=False)
    ]
    return base, translations, variants


def _graph(written: WrittenTemplate, **instead: str) -> _Graph:
    said = written.model_copy(update=instead).model_dump(exclude={"translations", "variants"})
    return template_drafts.template(**said)


def _faults(written: WrittenTemplate, wanted: _Wanted) -> Iterator[str]:
    """What has to be mended before all of it can be submitted."""
    base, translations, variants = _parts(written)
    for one in (base, *translations, *variants):
        for found in lint(one):
            if found.severity == ERROR:
                yield f"{one['name']} ({one['language']}), {found.field}: {found.message}"
    if isinstance(written, WrittenTemplates):
        if sorted(one["language"] for one in translations) != sorted(wanted.languages):
            yield f"translations are wanted into {', '.join(wanted.languages) or 'no language'}"
        if len(written.variants) != wanted.variants:
            yield f"{wanted.variants} variants are wanted"
        places = len(written.samples)
        if any(len(one.samples) != places for one in written.translations):
            yield f"each translation needs the same {places} variables"


def _known(languages: Sequence[str]) -> list[str]:
    named = list(dict.fromkeys(languages))
    unknown = [one for one in named if one not in LANGUAGES]
    if unknown:
        raise Invalid(f"WhatsApp has no language {unknown[0][:20]}.", field="languages")
    if len(named) > MOST_LANGUAGES:
        raise Invalid(f"At most {MOST_LANGUAGES} languages at once.", field="languages")
    return named
