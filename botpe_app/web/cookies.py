"""The session cookie: no script can read it, no other site can send it along with a write."""

from __future__ import annotations

from botpe_app.config import settings

MAX_AGE = 7 * 24 * 3600  # seconds


def token_of(header: str | None) -> str | None:
    """The session token in a Cookie header, None without one."""
    for pair in (header or "").split(";"):
        key, _, value = pair.strip().partition("=")
        if key == settings().session_cookie and value:
            return value.strip('"')
    return None


def signed_in(token: str) -> str:
    """The Set-Cookie header that keeps `token` for seven days."""
    return _set_cookie(token, MAX_AGE)


def signed_out() -> str:
    """The Set-Cookie header that forgets the token."""
    return _set_cookie("", 0)


def _set_cookie(value: str, max_age: int) -> str:
    flags = ["Path=/", f"Max-Age={max_age}", "HttpOnly", "SameSite=Lax"]
    secure = ["Secure"] if settings().secure else []
    return "; ".join([f"{settings().session_cookie}={value}", *flags, *secure])
