"""Checksums as others spell them."""

from __future__ import annotations

import base64
import binascii
import re

_HEX = re.compile("[0-9a-fA-F]{64}")


def sha256_hex(written: str) -> str:
    """A SHA-256 as lower-case hexadecimal digits, from those or from base64; else ""."""
    if _HEX.fullmatch(written):
        return written.lower()
    try:
        raw = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return raw.hex() if len(raw) == 32 else ""
