"""The door of the simulator's own API."""

from __future__ import annotations

import hashlib
import hmac

HEADER = "X-Simulator-Token"
ROOT = "/_simulator"


def control_token(secret_key: str) -> str:
    """The header value that opens the control API of a simulator with this secret key."""
    return hmac.new(secret_key.encode(), b"simulator control", hashlib.sha256).hexdigest()


def opens(given: str, token: str) -> bool:
    """Whether this header value is the token; constant in time."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())
