"""What a campaign says, in up to five variants, and the rules it keeps beside its rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from math import ceil
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from botpe_app.errors import Invalid
from botpe_app.models import Campaign, CampaignVariant, Template
from botpe_app.services.access import Actor, get_named
from botpe_app.services.saving import short_text

MOST_VARIANTS = 5
_PARTS = ("header", "body", "buttons", "cards", "offer")
# rule: its numbers, each with the least and the most it may be
_NUMBERS = {
    "canary": {"percent": (1, 50), "minutes": (1, 1440)},
    "frequency_cap": {"messages": (1, 100), "days": (1, 90)},
}
RULES = (*_NUMBERS, "quiet_hours", "local_time")
_FEWEST_CANARIES = 10


@dataclass(frozen=True, slots=True)
class Part:
    """A variant, or the campaign itself where there are none."""

    name: str
    template: Template
    variables: dict[str, Any]


def parts_of(session: Session, row: Campaign) -> list[Part]:
    """What recipients get, one or another of these in turn."""
    found = variants_of(session, row.organization_id, [row.id]).get(row.id) or [row]
    return [
        Part(
            each.name,
            session.get_one(Template, (row.organization_id, each.template_id)),
            each.variables,
        )
        for each in found
    ]


def variants_of(
    session: Session, organization_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, list[CampaignVariant]]:
    """The variants of campaigns that have any, in their order."""
    wanted = select(CampaignVariant).where(
        CampaignVariant.organization_id == organization_id,
        col(CampaignVariant.campaign_id).in_(ids),
    )
    by_campaign: dict[UUID, list[CampaignVariant]] = {}
    for variant in session.exec(wanted.order_by(col(CampaignVariant.place))):
        by_campaign.setdefault(variant.campaign_id, []).append(variant)
    return by_campaign


def replace_variants(
    session: Session, actor: Actor, row: Campaign, given: Sequence[Mapping[str, Any]]
) -> None:
    """Gives the campaign these variants, none for an empty list. Raises Invalid by its field."""
    if len(given) == 1 or len(given) > MOST_VARIANTS:
        raise Invalid(f"Give 2 to {MOST_VARIANTS} variants, or none.", field="variants")
    session.connection().execute(
        delete(CampaignVariant).where(
            col(CampaignVariant.organization_id) == row.organization_id,
            col(CampaignVariant.campaign_id) == row.id,
        )
    )
    own = session.get_one(Template, (row.organization_id, row.template_id))
    for place, each in enumerate(given):
        field = f"variants[{place}]"
        template = _template(session, actor, each.get("template_id"), own, field)
        variables = each.get("variables")
        session.add(
            CampaignVariant(
                organization_id=row.organization_id,
                campaign_id=row.id,
                place=place,
                name=short_text(each.get("name") or "ABCDE"[place], field=f"{field}.name", most=80),
                template_id=template.id,
                variables=row.variables
                if variables is None
                else checked_variables(variables, f"{field}.variables"),
            )
        )
    session.flush()


def _template(
    session: Session, actor: Actor, template_id: str | None, own: Template, field: str
) -> Template:
    if template_id is None:
        return own
    field = f"{field}.template_id"
    found = get_named(session, actor, Template, template_id, field)
    if found.waba_id != own.waba_id:
        raise Invalid("This template is another business account's.", field=field)
    return found


def checked_variables(given: dict[str, dict[str, str]], field: str = "variables") -> dict[str, Any]:
    """What stands in a template's places. Raises Invalid naming the part."""
    for part, values in given.items():
        if part not in _PARTS:
            raise Invalid(f"Parts are {', '.join(_PARTS)}.", field=f"{field}.{part}")
        if len(values) > 100 or any(len(value) > 1024 for value in values.values()):
            raise Invalid("At most 100 values of 1,024 characters.", field=f"{field}.{part}")
    return dict(given)


def checked_rule(name: str, given: Any) -> Any:
    """A rule as it is kept. Raises Invalid naming what is wrong with it."""
    if name == "local_time":
        return True
    if name == "quiet_hours":
        if set(given) != {"from", "to"}:
            raise Invalid("Say from and to, each a time of day like 21:30.", field=name)
        hours = {key: _clock(given[key], f"{name}.{key}") for key in ("from", "to")}
        if hours["from"] == hours["to"]:
            raise Invalid("The hours begin and end at different times.", field=name)
        return hours
    for key, (least, most) in _NUMBERS[name].items():
        if not least <= given[key] <= most:
            words = f"{key.capitalize()} of the {name.replace('_', ' ')}: {least} to {most:,}."
            raise Invalid(words, field=f"{name}.{key}")
    return {key: given[key] for key in _NUMBERS[name]}


def _clock(value: str, field: str) -> str:
    try:
        found = time.fromisoformat(value)
    except ValueError:
        raise Invalid("A time of day like 21:30.", field=field) from None
    if found.tzinfo is not None:
        raise Invalid("A time of day like 21:30, in the organization's zone.", field=field)
    return f"{found:%H:%M}"


def canary_size(rules: Mapping[str, Any], recipients: int) -> int:
    """How many get it first; 0 without a canary. A share of a few would say too little."""
    canary = rules.get("canary")
    if not canary:
        return 0
    return min(recipients, max(ceil(recipients * canary["percent"] / 100), _FEWEST_CANARIES))
