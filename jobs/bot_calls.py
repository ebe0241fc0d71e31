"""The HTTP of bots' calls: to the open internet only, wherever a name leads, bounded in all."""

from __future__ import annotations

import asyncio
import base64
import logging
import socket
from typing import Any, cast

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from botpe_app.core.networks import may_reach
from botpe_app.services.bot_calls import Answer, Call
from botpe_app.whatsapp import storable

log = logging.getLogger(__name__)

LARGEST = 256 * 1024  # bytes of an answer
_BUSY = (408, 425, 429)


class NotPublic(OSError):
    """The address is one of our own network."""


class PublicOnly(AbstractResolver):
    """Names resolve to public addresses or not at all; the one checked is the one called."""

    def __init__(self) -> None:
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The host's addresses. Raises NotPublic if any of them is not public."""
        found = await self._inner.resolve(host, port, family)
        if not all(may_reach(one["host"]) for one in found):
            raise NotPublic(host)
        return found

    async def close(self) -> None:
        """Nothing is kept."""
        await self._inner.close()


def http() -> aiohttp.ClientSession:
    """A client that calls public addresses only and keeps no cookies."""
    connector = aiohttp.TCPConnector(resolver=PublicOnly(), use_dns_cache=False, force_close=True)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


async def make(client: aiohttp.ClientSession, call: Call, secret: str | None = None) -> Answer:
    """What the other program answers. Never raises; redirects are not followed.

    `secret`: the stored one that the call names, None if there is none.
    """
    if call.was_lost:
        return Answer(ok=False, error="It is not known whether the call went through.")
    request = call.request
    refused = _refusal(request, secret)
    if refused:
        return Answer(ok=False, error=refused)
    try:
        async with asyncio.timeout(request["timeout_seconds"]):
            async with client.request(
                request["method"],
                request["url"],
                **_asked(request, secret or ""),
                allow_redirects=False,
                **_body(request["body"]),
            ) as response:
                return await _read(response)
    except NotPublic:
        return Answer(ok=False, error="This address is not on the open internet.")
    except TimeoutError:
        return Answer(ok=False, error="The other program did not answer in time.", again=True)
    except (aiohttp.ClientError, OSError) as error:
        if isinstance(error.__cause__, NotPublic):
            return Answer(ok=False, error="This address is not on the open internet.")
        log.info("bot_call_failed", extra={"call_id": str(call.id), "error": type(error).__name__})
        return Answer(ok=False, error="The other program cannot be reached.", again=True)
    except (ValueError, TypeError) as error:
        return Answer(ok=False, error=f"The call cannot be made: {type(error).__name__}.")


def _refusal(request: dict[str, Any], secret: str | None) -> str:
    try:
        url = URL(request["url"])
    except ValueError:
        return "The address of the call is no URL."
    if url.scheme not in ("http", "https") or not url.host or url.user or url.password:
        return "The address of a call begins with http:// or https://, without a password."
    literal = url.host.strip("[]")
    if _is_literal(literal) and not may_reach(literal):
        return "This address is not on the open internet."
    if secret is None and request["auth"].get("type", "none") != "none":
        return "There is no stored secret of that name."
    return ""


def _is_literal(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def _asked(request: dict[str, Any], secret: str) -> dict[str, Any]:
    """Headers and query, with what the call proves itself by in the place of the flow's own."""
    auth, name = request["auth"], str(request["auth"].get("name", ""))
    headers = [(str(pair[0]), str(pair[1])) for pair in request["headers"]]
    params = [(str(pair[0]), str(pair[1])) for pair in request["query"]]
    match auth.get("type", "none"):
        case "bearer":
            headers = _instead(headers, "Authorization", f"Bearer {secret}")
        case "basic":
            proof = base64.b64encode(f"{name}:{secret}".encode()).decode()
            headers = _instead(headers, "Authorization", f"Basic {proof}")
        case "header":
            headers = _instead(headers, name, secret)
        case "query":
            params = _instead(params, name, secret)
        case _:
            pass
    return {"headers": headers, "params": params}


def _instead(pairs: list[tuple[str, str]], name: str, value: str) -> list[tuple[str, str]]:
    return [pair for pair in pairs if pair[0].lower() != name.lower()] + [(name, value)]


def _body(body: dict[str, Any]) -> dict[str, Any]:
    value: Any = body.get("value")
    match body.get("type"):
        case "json":
            return {"json": value}
        case "form":
            pairs = cast("list[list[str]]", value or [])
            return {"data": aiohttp.FormData([(name, one) for name, one in pairs])}
        case "text":
            return {"data": str(value or "").encode()}
        case _:
            return {}


async def _read(response: aiohttp.ClientResponse) -> Answer:
    raw = await response.content.read(LARGEST + 1)
    while len(raw) <= LARGEST and (more := await response.content.read(LARGEST)):
        raw += more
    if len(raw) > LARGEST:
        return Answer(ok=False, error="The other program's answer is too large.")
    again = response.status >= 500 or response.status in _BUSY
    return Answer(ok=True, data={"status": response.status, "body": _parsed(raw)}, again=again)


def _parsed(raw: bytes) -> Any:
    """The JSON it is, such as Postgres can keep it; else its text."""
    try:
        return storable.loads(raw)
    except (ValueError, RecursionError):
        return raw.decode("utf-8", "replace").replace("\0", "\u2400")
