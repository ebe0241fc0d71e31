"""Uploading files as a program or a page would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from tests.web.conftest import Browser


def send(ask: Browser, content: bytes, name: str = "beach.jpg", **about: Any) -> httpx.Response:
    """Uploads a file with these further fields or headers."""
    headers = about.pop("headers", {})
    claimed = about.pop("claimed", "application/octet-stream")
    files = {"file": (name, content, claimed)}
    return ask("POST", "/api/media", files=files, data=about, headers=headers)


def uploaded(ask: Browser, content: bytes, name: str = "beach.jpg") -> str:
    """The address of an uploaded file."""
    response = send(ask, content, name)
    assert response.status_code == 201, response.text
    return response.json()["url"]


def stored(tmp_path: Path) -> list[Path]:
    """Every file in the storage."""
    return [path for path in (tmp_path / "data" / "media").rglob("*") if path.is_file()]
