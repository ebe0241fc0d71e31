"""What a business shows and sees beside its chats (Cloud API docs, "Business profiles", "Block
users", "Health status", "Analytics", "Resumable upload")."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from botpe_app.errors import Unavailable
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.client import GraphClient, GraphRefused
from botpe_app.whatsapp.errors import read_error, refusal
from botpe_app.whatsapp.loose import Json

PROFILE = ("about", "address", "description", "email", "websites", "vertical")
_DIMENSIONS = ("COUNTRY", "PRICING_CATEGORY", "PRICING_TYPE")


@dataclass(frozen=True, slots=True)
class Profile:
    """What customers see of a number; "" and () where nothing stands."""

    about: str
    address: str
    description: str
    email: str
    websites: tuple[str, ...]
    vertical: str
    picture_url: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something cannot send, and what Meta advises."""

    entity: str  # PHONE_NUMBER, WABA, BUSINESS, APP
    can_send: str  # AVAILABLE, LIMITED, BLOCKED
    said: str
    advice: str


@dataclass(frozen=True, slots=True)
class Health:
    """Whether messages can be sent; "" is not told."""

    can_send: str
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True)
class Spent:
    """What messages of one kind cost in a day or month."""

    start: datetime | None
    end: datetime | None
    country: str
    category: str
    type: str
    volume: int
    cost: float


@dataclass(frozen=True, slots=True)
class TemplateDay:
    """What became of a template's messages on a day; `cost` None where Meta does not tell."""

    template_id: str
    day: date
    sent: int
    delivered: int
    read: int
    clicked: int
    cost: float | None


class GraphBusiness(GraphClient):
    """The Graph API's side of a business under one access token."""

    def profile(self, phone_number_id: str) -> Profile:
        """What customers see of a number."""
        fields = ",".join((*PROFILE, "profile_picture_url"))
        found = self._get(f"/{phone_number_id}/whatsapp_business_profile", fields=fields)
        told = loose.first(found, "data")
        sites = [site for site in loose.listing(told, "websites") if isinstance(site, str)]
        words = {name: loose.text(told, name) for name in PROFILE if name != "websites"}
        picture = loose.text(told, "profile_picture_url")
        return Profile(**words, websites=tuple(sites), picture_url=picture)

    def change_profile(self, phone_number_id: str, changes: Json) -> None:
        """Changes the named fields; `profile_picture_handle` is what `upload_sample` gave."""
        body = {"messaging_product": "whatsapp", **changes}
        self._post(f"/{phone_number_id}/whatsapp_business_profile", json=body)

    def blocked(self, phone_number_id: str) -> Iterator[str]:
        """Whom a number has blocked: WhatsApp ids, page after page."""
        for item in self._pages(f"/{phone_number_id}/block_users", limit="100"):
            if user := loose.text(item, "wa_id") or loose.text(item, "user_id"):
                yield user

    def block(self, phone_number_id: str, user: str) -> None:
        """Blocks somebody; raises GraphRefused with Meta's reason if it does not."""
        self._change_blocks("POST", phone_number_id, user)

    def unblock(self, phone_number_id: str, user: str) -> None:
        """Lets somebody write again."""
        self._change_blocks("DELETE", phone_number_id, user)

    def health(self, object_id: str) -> Health:
        """Whether a number, an account or a template can send, and why not."""
        told = loose.mapping(self._get(f"/{object_id}", fields="health_status"), "health_status")
        return Health(
            loose.text(told, "can_send_message"),
            tuple(
                trouble
                for entity in loose.mappings(told, "entities")
                if loose.text(entity, "can_send_message") not in ("", "AVAILABLE")
                for trouble in _troubles(entity)
            ),
        )

    def spent(self, waba_id: str, start: datetime, end: datetime, *, monthly: bool) -> list[Spent]:
        """What a business account's messages cost by day or month, country and kind."""
        asked = (
            f"pricing_analytics.start({int(start.timestamp())}).end({int(end.timestamp())})"
            f".granularity({'MONTHLY' if monthly else 'DAILY'})"
            f".dimensions({json.dumps(_DIMENSIONS, separators=(',', ':'))})"
        )
        told = loose.mapping(self._get(f"/{waba_id}", fields=asked), "pricing_analytics")
        return [
            _spent(point)
            for part in loose.mappings(told, "data")
            for point in loose.mappings(part, "data_points")
        ]

    def enable_insights(self, waba_id: str) -> None:
        """Has Meta count what becomes of the business account's templates, from now on."""
        self._post(f"/{waba_id}", params={"is_enabled_for_insights": "true"})

    def template_days(
        self, waba_id: str, template_ids: Sequence[str], start: datetime, end: datetime
    ) -> list[TemplateDay]:
        """What became of templates' messages day by day; of ten templates and 90 days at most."""
        pages = self._pages(
            f"/{waba_id}/template_analytics",
            start=str(int(start.timestamp())),
            end=str(int(end.timestamp())),
            granularity="daily",
            metric_types="sent,delivered,read,clicked,cost",
            template_ids=json.dumps(list(template_ids), separators=(",", ":")),
        )
        points = (point for part in pages for point in loose.mappings(part, "data_points"))
        return [found for point in points if (found := _template_day(point))]

    def upload_sample(self, app_id: str, name: str, mime_type: str, content: bytes) -> str:
        """The handle of a file, for a template's header or a profile picture.

        Goes on from where Meta has it if the way broke off in between.
        """
        told = {"file_name": name, "file_length": str(len(content)), "file_type": mime_type}
        session = loose.text(self._post(f"/{app_id}/uploads", params=told), "id")
        if not session:
            raise Unavailable("WhatsApp opened no upload for the file.")
        offset = 0
        for attempt in range(3):
            try:
                return self._send_from(session, content, offset)
            except Unavailable:
                if attempt == 2:
                    raise
                offset = loose.whole(self._get(f"/{session}"), "file_offset") or 0
        raise AssertionError

    def _send_from(self, session: str, content: bytes, offset: int) -> str:
        headers = {"Authorization": f"OAuth {self._token}", "file_offset": str(offset)}
        answer = self._post(f"/{session}", content=content[offset:], headers=headers)
        handle = loose.text(answer, "h")
        if not handle:
            raise Unavailable("WhatsApp took the file but gave no handle for it.")
        return handle

    def _change_blocks(self, method: str, phone_number_id: str, user: str) -> None:
        key = "user_id" if "." in user else "user"
        body = {"messaging_product": "whatsapp", "block_users": [{key: user}]}
        path = f"/{phone_number_id}/block_users"
        answer = loose.mapping(self._request(method, path, json=body), "block_users")
        for failed in loose.mappings(answer, "failed_users"):
            error: Any = loose.first(failed, "errors") or {"message": "It was not done."}
            raise GraphRefused(refusal(400, error))


def _troubles(entity: Json) -> Sequence[Trouble]:
    kind, can_send = loose.text(entity, "entity_type"), loose.text(entity, "can_send_message")
    errors = loose.mappings(entity, "errors")
    notes = [note for note in loose.listing(entity, "additional_info") if isinstance(note, str)]
    return [
        Trouble(
            kind,
            can_send,
            loose.text(error, "error_description") or read_error(error).title,
            loose.text(error, "possible_solution"),
        )
        for error in errors
    ] or [Trouble(kind, can_send, " ".join(notes), "")]


def _template_day(point: Json) -> TemplateDay | None:
    """None for one that does not say which template or day it is about."""
    template_id, start = loose.text(point, "template_id"), loose.time(point, "start")
    if not template_id or start is None:
        return None
    counts = {name: loose.whole(point, name) or 0 for name in ("sent", "delivered", "read")}
    clicks = (loose.whole(click, "count") or 0 for click in loose.mappings(point, "clicked"))
    costs = {loose.text(c, "type"): loose.number(c, "value") for c in loose.mappings(point, "cost")}
    return TemplateDay(
        template_id, start.date(), **counts, clicked=sum(clicks), cost=costs.get("amount_spent")
    )


def _spent(point: Json) -> Spent:
    return Spent(
        start=loose.time(point, "start"),
        end=loose.time(point, "end"),
        country=loose.text(point, "country"),
        category=loose.text(point, "pricing_category"),
        type=loose.text(point, "pricing_type"),
        volume=loose.whole(point, "volume") or 0,
        cost=loose.number(point, "cost") or 0.0,
    )
