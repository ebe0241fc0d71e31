"""Where a request came from."""

from __future__ import annotations

import pytest
from fastapi import Request

from botpe_app.web.api import callers


def asked(peer: str | None, forwarded: str = "") -> Request:
    """A request from this peer, with this X-Forwarded-For."""
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    client = (peer, 4711) if peer else None
    return Request({"type": "http", "headers": headers, "client": client})


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("8.8.4.4", "", "8.8.4.4"),
        ("8.8.4.4", "198.51.100.1", "8.8.4.4"),  # a stranger is not our proxy
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.7", "1.2.3.4, 198.51.100.1", "198.51.100.1"),  # what the client claimed is first
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "not an address", "127.0.0.1"),
        (None, "", "unknown"),
        ("unix:", "198.51.100.1", "unix:"),
    ],
)
def test_only_a_neighbours_own_entry_is_believed(
    peer: str | None, forwarded: str, address: str
) -> None:
    assert callers.address(asked(peer, forwarded)) == address
