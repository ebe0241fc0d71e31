"""Making names that addresses can hold."""

from __future__ import annotations

import re
import unicodedata


def slug(name: str) -> str:
    """`name` as lower-case ASCII words joined by hyphens, at most 48 characters, never empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    return "-".join(words)[:48].strip("-") or "organization"


def clean(text: str) -> str:
    """`text` without surrounding space and control characters."""
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
    return "".join(kept).strip()
