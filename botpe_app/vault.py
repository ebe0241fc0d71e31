"""Secrets at rest: AES-256-GCM, bound to the row they belong to, under rotating keys.

The first key of BOTPE_ENCRYPTION_KEYS seals, all of them open, so a key is retired by putting
a new one in front, running `botpe doctor --reseal`, and dropping the old one when nothing uses it.
"""

from __future__ import annotations

import base64
import hashlib
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from botpe_app.config import settings
from botpe_app.errors import Misconfigured

_NONCE = 12


def seal(plain: str, *, place: str) -> str:
    """`plain` sealed so that it opens only at `place` (such as "table:organization:row")."""
    key_id, cipher = next(iter(_ciphers().items()))
    nonce = os.urandom(_NONCE)
    sealed = nonce + cipher.encrypt(nonce, plain.encode(), place.encode())
    return f"v1:{key_id}:{base64.b64encode(sealed).decode()}"


def open_sealed(sealed: str, *, place: str) -> str:
    """What `seal` was given. Raises Misconfigured if the key is gone or the row was swapped."""
    _, key_id, body = sealed.split(":", 2)
    cipher = _ciphers().get(key_id)
    if cipher is None:
        raise Misconfigured(
            "A stored secret was sealed with a key that is not in BOTPE_ENCRYPTION_KEYS; "
            "add that key at the end of the list.",
            field="BOTPE_ENCRYPTION_KEYS",
        )
    raw = base64.b64decode(body)
    try:
        return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], place.encode()).decode()
    except InvalidTag:
        raise Misconfigured("A stored secret does not belong to its row.") from None


def prefixes() -> list[str]:
    """What begins whatever each key has sealed, the newest key's first."""
    return [f"v1:{key_id}:" for key_id in _ciphers()]


@lru_cache(maxsize=1)
def _ciphers() -> dict[str, AESGCM]:
    settings().require("encryption_keys")
    keys = [hashlib.sha256(key.encode()).digest() for key in settings().encryption_keys]
    return {hashlib.sha256(key).hexdigest()[:8]: AESGCM(key) for key in keys}
