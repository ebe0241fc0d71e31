"""The signature of a webhook: HMAC-SHA256 of the raw bytes under the app's secret.

Cloud API docs, "Webhooks, validating payloads": header `X-Hub-Signature-256: sha256=<hex>`.
The same JSON written differently signs differently, so only the bytes that arrived count.
"""

from __future__ import annotations

import hmac


def sign(secret: bytes | str, body: bytes) -> str:
    """The header value for `body`: `sha256=` and 64 lower-case hexadecimal digits."""
    return "sha256=" + hmac.digest(_bytes(secret), body, "sha256").hex()


def verify(secret: bytes | str, body: bytes, header: bytes | str | None) -> bool:
    """Whether `header` signs `body`; constant in time and never an exception, whatever arrives.

    An empty secret verifies nothing, since anybody could sign with it.
    """
    if not secret or not header:
        return False
    return hmac.compare_digest(sign(secret, body).encode(), _bytes(header).lower())


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")
