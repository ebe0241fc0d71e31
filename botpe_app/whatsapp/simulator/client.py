"""Playing on the simulator from the product: its page, the demo and the tests."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import quote

import httpx

from botpe_app.errors import BotpeError, Conflict, Invalid, NotFound, Unavailable
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.simulator.access import HEADER, ROOT, control_token

_RAISED: dict[str, type[BotpeError]] = {"not_found": NotFound, "conflict": Conflict}


class SimulatorClient:
    """The simulator's own API (control.py describes each answer).

    Methods raise Unavailable if it does not run, else NotFound, Conflict or Invalid.
    """

    def __init__(
        self, base_url: str, secret_key: str, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._http = httpx.Client(
            base_url=base_url.rstrip("/") + ROOT,
            headers={HEADER: control_token(secret_key)},
            timeout=10.0,
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

    def state(self) -> Json:
        """{"numbers", "customers", "settings"}; customers carry their chats."""
        return self._ask("GET", "/state")

    def put_number(self, number: str, **known: Any) -> Json:
        """Registers a number: waba_id, display_phone_number, name, token, per_second, quality …"""
        return self._ask("PUT", f"/numbers/{_part(number)}", json=known)

    def sign_up(self, **about: Any) -> Json:
        """Meta's dialog: {"code", "session"} for waba_id, phone_number_id, phone, name, pin,
        coexistence, each made up if it is left out."""
        return self._ask("POST", "/signups", json=about)

    def add_customer(self, **about: Any) -> Json:
        """A further phone: name, phone (none: known by user id only), username, language."""
        return self._ask("POST", "/customers", json=about)

    def change_customer(self, customer: str, **changes: Any) -> Json:
        """Changes name, online, read_receipts, blocked, shows_phone, username, language."""
        return self._ask("PATCH", f"/customers/{_part(customer)}", json=changes)

    def remove_customer(self, customer: str) -> None:
        """Takes the phone away, with its chats."""
        self._ask("DELETE", f"/customers/{_part(customer)}")

    def thread(self, number: str, customer: str) -> Json:
        """The chat: {"entries", "typing", "unread", "window_closes_at"}, oldest entry first."""
        return self._ask("GET", _chat(number, customer))

    def put_history(self, number: str, customer: str, entries: list[Json]) -> Json:
        """Replaces the chat by {"sender", "type", "content", "at", "status"?, "wamid"?}."""
        return self._ask("PUT", _chat(number, customer), json={"entries": entries})

    def say(
        self, number: str, customer: str, kind: str, content: object, reply_to: str = ""
    ) -> Json:
        """The customer sends a message; `content` as webhooks carry it. Gives the entry."""
        asked: Json = {"type": kind, "content": content, **loose.some(reply_to=reply_to)}
        return self._ask("POST", _chat(number, customer) + "/messages", json=asked)

    def tap(self, number: str, customer: str, wamid: str, choice: str) -> Json:
        """The customer taps a button or picks a row, by its id or label."""
        asked = {"wamid": wamid, "choice": choice}
        return self._ask("POST", _chat(number, customer) + "/tap", json=asked)

    def fill_in(self, number: str, customer: str, wamid: str, answers: Json) -> Json:
        """The customer fills in the form of a Flow. Gives the entry."""
        asked = {"wamid": wamid, "answers": answers}
        return self._ask("POST", _chat(number, customer) + "/flow", json=asked)

    def call(self, number: str, customer: str) -> Json:
        """The customer calls, and nobody answers."""
        return self._ask("POST", _chat(number, customer) + "/call")

    def gather(self, size: int, **habits: Any) -> Json:
        """A crowd without phones on screen: first, reads, replies, text."""
        return self._ask("PUT", "/crowd", json={"size": size, **habits})

    def speak(self, number: str, count: int, start: int = 0, text: str = "Hello") -> Json:
        """So many of the crowd, from the `start`th on, write to the number."""
        asked = {"number": number, "count": count, "start": start, "text": text}
        return self._ask("POST", "/crowd/messages", json=asked)

    def open_chat(self, number: str, customer: str) -> Json:
        """The customer looks at the chat, and goes on looking."""
        return self._ask("POST", _chat(number, customer) + "/open")

    def close_chat(self, number: str, customer: str) -> Json:
        """The customer looks elsewhere."""
        return self._ask("POST", _chat(number, customer) + "/close")

    def marketing(self, number: str, customer: str, *, wanted: bool) -> Json:
        """The customer stops marketing messages, or takes them again."""
        return self._ask("POST", _chat(number, customer) + "/marketing", json={"wanted": wanted})

    def add_media(self, content: bytes, mime_type: str, filename: str = "") -> Json:
        """Keeps a file; its `id` can be sent as content {"id": …}."""
        return self._ask(
            "POST",
            "/media",
            params={"filename": filename},
            content=content,
            headers={"Content-Type": mime_type},
        )

    def sample(self, kind: str) -> Json:
        """Makes a file: kind `image` or `document`."""
        return self._ask("POST", f"/media/samples/{_part(kind)}")

    def media(self, media_id: str) -> tuple[bytes, str]:
        """A file's bytes and MIME type."""
        response = self._send("GET", f"/media/{_part(media_id)}")
        return response.content, response.headers["Content-Type"]

    def change_settings(self, **changes: Any) -> Json:
        """Changes how WhatsApp behaves (faults.Settings); gives all settings."""
        return self._ask("PATCH", "/settings", json=changes)

    def reset_settings(self) -> Json:
        """Everything works again."""
        return self._ask("DELETE", "/settings")

    def next_sends(self, mishap: str, count: int = 1, code: int = 0, number: str = "") -> Json:
        """Sets what happens to the next sends (faults.NextSends); gives all settings."""
        asked = loose.some(mishap=mishap, count=count, code=code, number=number)
        return self._ask("POST", "/next", json=asked)

    def decide_template(self, template_id: str, status: str, reason: str = "NONE") -> Json:
        """Approves, rejects, pauses or disables a template."""
        asked = {"status": status, "reason": reason}
        return self._ask("POST", f"/templates/{_part(template_id)}", json=asked)

    def webhook(self, field: str, value: Json, waba_id: str = "0") -> None:
        """Sends any webhook at all."""
        self._ask("POST", "/webhooks", json={"field": field, "value": value, "waba_id": waba_id})

    def log(self) -> Json:
        """{"webhooks", "calls", "callback_url"}: the last 200 of each, newest first."""
        return self._ask("GET", "/log")

    def _ask(self, method: str, path: str, **options: Any) -> Json:
        return cast("Json", self._send(method, path, **options).json())

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            response = self._http.request(method, path, **options)
        except httpx.HTTPError as error:
            raise Unavailable("The simulator does not answer. Is it running?") from error
        if not response.is_success:
            raise _error(response)
        return response


def _error(response: httpx.Response) -> BotpeError:
    try:
        said = loose.mapping(response.json(), "error")
    except ValueError:
        said = {}
    message = loose.text(said, "message") or f"The simulator answered {response.status_code}."
    kind = _RAISED.get(
        loose.text(said, "code"), Invalid if response.status_code < 500 else Unavailable
    )
    return kind(message, field=loose.text(said, "field") or None)


def _part(text: str) -> str:
    return quote(text, safe="")


def _chat(number: str, customer: str) -> str:
    return f"/threads/{_part(number)}/{_part(customer)}"
