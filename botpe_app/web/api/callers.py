"""Who asks: an API key in the header, else the session cookie of a page of ours."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

from fastapi import Request
from sqlmodel import Session

from botpe_app.errors import Forbidden, Unauthorized
from botpe_app.services import access
from botpe_app.services.access import Actor
from botpe_app.web import cookies, origins

READING = {"GET", "HEAD"}


def credential(request: Request) -> str | None:
    """The API key or session token that came along, good or not."""
    return _key(request) or _session_token(request)


def actor(session: Session, request: Request) -> Actor:
    """Who it belongs to. Raises Unauthorized; a bad key is not made good by a cookie."""
    if "authorization" in request.headers:
        key = _key(request)
        if not key:
            raise Unauthorized("Send `Authorization: Bearer bp_…` with an API key.")
        return access.actor_of_key(session, key)
    token = _session_token(request)
    if token is None:
        raise Unauthorized("Sign in, or send `Authorization: Bearer bp_…` with an API key.")
    return access.actor_of_session(session, token)


def require_own_page(request: Request) -> None:
    """Raises Forbidden for a write that another site's page could have caused.

    A browser adds the cookie by itself; it never adds an API key.
    """
    writes = request.method not in READING
    if writes and "authorization" not in request.headers and not origins.is_ours(request.headers):
        raise Forbidden("Another site's page may not do this. Open BotPe at its own address.")


def address(request: Request) -> str:
    """Where the request came from; behind a proxy, what the nearest one saw.

    Only a neighbour is believed to be our proxy, and only the last entry is its own.
    """
    peer = request.client.host if request.client else ""
    seen = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return seen if _is_neighbour(peer) and _ip(seen) else peer or "unknown"


def _is_neighbour(host: str) -> bool:
    found = _ip(host)
    return found is not None and (found.is_loopback or found.is_private)


def _ip(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _key(request: Request) -> str | None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


def _session_token(request: Request) -> str | None:
    return cookies.token_of(request.headers.get("cookie"))
