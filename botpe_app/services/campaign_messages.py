"""A campaign's template as each customer gets it, and why some do not."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from botpe_app.core import templating
from botpe_app.core.conditions import Env
from botpe_app.services import campaign_links
from botpe_app.services.campaign_links import Link
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.templates.filling import Place, filled, places, shown

_LONGEST_VALUE = 1024
NOT_MARKETING = ("UTILITY", "AUTHENTICATION")


class Addressee(Protocol):
    """What of a contact decides whether and how they are written to: a row of any kind."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def email(self) -> str | None: ...
    @property
    def language(self) -> str | None: ...
    @property
    def custom_fields(self) -> dict[str, Any]: ...
    @property
    def marketing_opt_in(self) -> bool: ...
    @property
    def marketing_opted_out_at(self) -> datetime | None: ...
    @property
    def marketing_after(self) -> datetime | None: ...
    @property
    def unreachable_at(self) -> datetime | None: ...
    @property
    def blocked_at(self) -> datetime | None: ...


class Letter:
    """One template with what stands in its places, to be written to many."""

    def __init__(
        self,
        template: Mapping[str, Any],
        variables: Mapping[str, Any],
        now: datetime,
        time_zone: str,
    ) -> None:
        """`template` has name, language, category and components."""
        self._now = now
        self.category: str = template["category"]
        self._components: list[Json] = template["components"]
        self._counted = campaign_links.counted(self._components)
        self._content = {"name": template["name"], "language": {"code": template["language"]}}
        self._same = variables
        self._texts = {
            place: loose.text(loose.mapping(variables, place[0]), place[1])
            for place in places(self._components)
        }
        zone = ZoneInfo(time_zone)
        self._env = Env(now=now.astimezone(zone), timezone=zone)
        self._same_for_all = not any("{{" in text for text in self._texts.values())

    def values(self, who: Addressee) -> dict[Place, str]:
        """What stands in the places for a customer, each on one line; "" for nothing."""
        if self._same_for_all:
            return {place: " ".join(text.split()) for place, text in self._texts.items()}
        known = {
            "contact": {
                "name": who.name,
                "phone": who.phone,
                "email": who.email,
                "language": who.language,
                "custom_fields": who.custom_fields,
            }
        }
        return {
            place: " ".join(templating.render(text, known, self._env).split())
            for place, text in self._texts.items()
        }

    def why_not(
        self, who: Addressee, values: Mapping[Place, str], capped: Container[UUID] = ()
    ) -> str:
        """Why a customer does not get it, "" if they do. `capped` get no more marketing now."""
        reason = why_not(who, self.category, self._now)
        if reason:
            return reason
        if self.category not in NOT_MARKETING and who.id in capped:
            return "capped"
        if not all(values.values()):
            return "variable_missing"
        long = any(len(value) > _LONGEST_VALUE for value in values.values())
        long = long or any(len(values[place]) > campaign_links.LONGEST for place in self._counted)
        return "variable_too_long" if long else ""

    def content(self, values: Mapping[Place, str], whose: tuple[UUID, UUID, UUID]) -> Json:
        """The message's content; its counted links are `whose`: organization, campaign, contact."""
        if self._counted:
            links = {
                place: campaign_links.signed(Link(*whose, values[place])) for place in self._counted
            }
            values = {**values, **links}
        return {**self._content, "components": filled(self._components, values, self._same)}

    def text(self, values: Mapping[Place, str]) -> str:
        """As a customer reads it."""
        return shown(self._components, values)


def why_not(who: Addressee, category: str, now: datetime) -> str:
    """Why a contact may not get a template of this category, "" if they may."""
    if who.phone is None:
        return "no_phone"
    if who.blocked_at is not None:
        return "blocked"
    if who.unreachable_at is not None:
        return "unreachable"
    if category in NOT_MARKETING:
        return ""
    if who.marketing_opted_out_at is not None:
        return "opted_out"
    if not who.marketing_opt_in:
        return "no_opt_in"
    return "cooling_down" if who.marketing_after and who.marketing_after > now else ""
