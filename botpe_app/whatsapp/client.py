"""What we ask the Graph API, apart from sending in bulk (sender.py) and files (media.py).

A field missing from an answer means unknown, never an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, cast

import httpx

from botpe_app.errors import BotpeError, Unavailable
from botpe_app.whatsapp import loose, messages, storable
from botpe_app.whatsapp.errors import Refused, refusal
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.sender import USER_AGENT

_NUMBER_FIELDS = (
    "id,display_phone_number,verified_name,quality_rating,status,name_status,"
    "code_verification_status,platform_type,throughput,whatsapp_business_manager_messaging_limit"
)
_TEMPLATE_FIELDS = (
    "id,name,language,status,category,components,quality_score,rejected_reason,parameter_format"
)
_PER_SECOND = {"STANDARD": 80, "HIGH": 1000}
_MOST_PAGES = 200


class GraphRefused(BotpeError):
    """The Graph API refused a request; `refused` says why and what follows."""

    code, status = "whatsapp_refused", 502

    def __init__(self, refused: Refused) -> None:
        said = f" ({refused.details})" if refused.details else ""
        super().__init__(f"{refused.policy.title}{said}. {refused.policy.advice}")
        self.refused = refused


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A WhatsApp number as the Graph API describes it; "" and None mean unknown."""

    id: str
    display_phone_number: str
    verified_name: str
    quality_rating: str
    status: str
    name_status: str
    code_verification_status: str
    platform_type: str
    messaging_limit: str
    messages_per_second: int | None


@dataclass(frozen=True, slots=True)
class RemoteTemplate:
    """A template as the Graph API lists it; "" means unknown."""

    id: str
    name: str
    language: str
    status: str
    category: str
    components: list[Json]
    quality: str
    rejected_reason: str
    parameter_format: str


class GraphClient:
    """The Graph API under one access token.

    Every method raises GraphRefused for an error answer and Unavailable for none.
    """

    def __init__(
        self,
        base_url: str,
        version: str,
        token: str,
        *,
        transport: httpx.BaseTransport | None = None,
        patience: float = 30.0,
    ) -> None:
        self._token = token
        self._http = httpx.Client(
            base_url=f"{base_url.rstrip('/')}/{version}",
            headers={"Authorization": f"Bearer {token}", "User-Agent": USER_AGENT},
            timeout=httpx.Timeout(patience, connect=5.0),
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def phone_number(self, phone_number_id: str) -> PhoneNumber:
        """The number's name, quality, limits and throughput, as far as they are told."""
        try:
            answer = self._get(f"/{phone_number_id}", fields=_NUMBER_FIELDS)
        except GraphRefused as error:
            # A version that lacks one of the fields refuses them all: ask for its usual ones.
            if (error.refused.code, error.refused.subcode) != (100, 0):
                raise
            answer = self._get(f"/{phone_number_id}")
        return read_number({**answer, "id": loose.text(answer, "id") or phone_number_id})

    def phone_numbers(self, waba_id: str) -> list[str]:
        """The ids of a business account's numbers."""
        found = self._pages(f"/{waba_id}/phone_numbers", fields="id")
        return [loose.text(item, "id") for item in found if loose.text(item, "id")]

    def templates(self, waba_id: str) -> Iterator[RemoteTemplate]:
        """Every template of a business account, page after page."""
        path = f"/{waba_id}/message_templates"
        for item in self._pages(path, fields=_TEMPLATE_FIELDS, limit="100"):
            yield RemoteTemplate(
                id=loose.text(item, "id"),
                name=loose.text(item, "name"),
                language=loose.text(item, "language"),
                status=loose.text(item, "status"),
                category=loose.text(item, "category"),
                components=loose.mappings(item, "components"),
                quality=loose.text(loose.mapping(item, "quality_score"), "score"),
                rejected_reason=loose.text(item, "rejected_reason"),
                parameter_format=loose.text(item, "parameter_format"),
            )

    def create_template(self, waba_id: str, template: Json) -> tuple[str, str, str]:
        """Submits a template in Graph form; its (id, status, category), "" where untold."""
        answer = self._post(f"/{waba_id}/message_templates", json=template)
        return (
            loose.text(answer, "id"),
            loose.text(answer, "status"),
            loose.text(answer, "category"),
        )

    def edit_template(self, template_id: str, change: Json) -> None:
        """Submits new components, or a new category, of a template."""
        self._post(f"/{template_id}", json=change)

    def delete_template(self, waba_id: str, template_id: str, name: str) -> None:
        """Deletes one language of a template; one that is gone already is none to delete."""
        params = {"hsm_id": template_id, "name": name}
        try:
            self._request("DELETE", f"/{waba_id}/message_templates", params=params)
        except GraphRefused as error:
            if (error.refused.code, error.refused.subcode) != (100, 33):
                raise

    def subscribe(self, waba_id: str) -> None:
        """Has the app's webhook receive this business account's events."""
        self._post(f"/{waba_id}/subscribed_apps")

    def is_subscribed(self, waba_id: str) -> bool:
        """Whether any app receives this business account's events."""
        return bool(loose.listing(self._get(f"/{waba_id}/subscribed_apps"), "data"))

    def mark_read(self, phone_number_id: str, wamid: str, *, typing: bool = False) -> None:
        """Shows the customer blue ticks, and that we are typing for up to 25 seconds."""
        body = messages.build_read(wamid, typing=typing)
        self._post(f"/{phone_number_id}/messages", json=body)

    def _pages(self, path: str, **params: str) -> Iterator[Json]:
        seen: set[str] = set()
        for _ in range(_MOST_PAGES):
            answer = self._get(path, **params)
            yield from loose.mappings(answer, "data")
            paging = loose.mapping(answer, "paging")
            after = loose.text(loose.mapping(paging, "cursors"), "after")
            if not after or after in seen or not loose.text(paging, "next"):
                return
            seen.add(after)
            params["after"] = after

    def _get(self, path: str, **params: str) -> Json:
        return self._request("GET", path, params=params)

    def _post(self, path: str, **body: Any) -> Json:
        return self._request("POST", path, **body)

    def _request(self, method: str, path: str, **options: Any) -> Json:
        try:
            response = self._http.request(method, path, **options)
        except httpx.HTTPError as error:
            raise no_answer(error) from error
        return read_answer(response.status_code, response.content)


def read_number(answer: Json) -> PhoneNumber:
    """A number as far as the answer tells it."""
    level = loose.text(loose.mapping(answer, "throughput"), "level")
    return PhoneNumber(
        id=loose.text(answer, "id"),
        display_phone_number=loose.text(answer, "display_phone_number"),
        verified_name=loose.text(answer, "verified_name"),
        quality_rating=loose.text(answer, "quality_rating"),
        status=loose.text(answer, "status"),
        name_status=loose.text(answer, "name_status"),
        code_verification_status=loose.text(answer, "code_verification_status"),
        platform_type=loose.text(answer, "platform_type"),
        messaging_limit=loose.text(answer, "whatsapp_business_manager_messaging_limit"),
        messages_per_second=_PER_SECOND.get(level),
    )


def read_answer(http_status: int, body: bytes) -> Json:
    """The answer's JSON object. Raises GraphRefused or Unavailable for anything else."""
    try:
        document = storable.loads(body)
    except ValueError:
        document = None
    if "error" in (document := cast("Json", document) if isinstance(document, dict) else {}):
        raise GraphRefused(refusal(http_status, document["error"]))
    if 200 <= http_status < 300:
        return document
    if http_status >= 500 or http_status < 400:
        raise Unavailable(f"WhatsApp answered with HTTP {http_status} and no explanation.")
    raise GraphRefused(refusal(http_status, {"message": f"HTTP {http_status}"}))


def no_answer(error: httpx.HTTPError) -> Unavailable:
    """What to raise when a request had no answer."""
    return Unavailable(f"WhatsApp does not answer ({type(error).__name__}). Try again shortly.")
