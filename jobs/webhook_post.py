"""One POST to an address that a stranger gave us.

The name is looked up once, every address it has must be one we may reach, and the connection goes
to the address that was checked: a name that changes its mind meanwhile changes nothing. Redirects
are not followed, so none leads inside.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from botpe_app.config import settings
from botpe_app.core.networks import may_reach
from botpe_app.services.webhook_deliveries import Answer

_CONNECT_SECONDS, _MOST_SECONDS = 5.0, 15.0


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """What the program answered; a problem in words if it did not."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    try:
        address = _address(host, port)
        with contextlib.closing(_Pinned(host, port, address, secure=secure)) as connection:
            return _ask(connection, path, body, headers)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(None, f"No answer: {error or type(error).__name__}.")


class _Pinned(http.client.HTTPConnection):
    """Speaks to `host`, at the address that was checked."""

    def __init__(self, host: str, port: int, address: str, *, secure: bool) -> None:
        super().__init__(f"[{host}]" if ":" in host else host, port, timeout=_CONNECT_SECONDS)
        self.default_port = 443 if secure else 80
        self._name, self._address, self._secure = host, address, secure

    def connect(self) -> None:
        """Connects to the checked address; the certificate must be the host's."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._secure:
            self.sock = _trust().wrap_socket(self.sock, server_hostname=self._name)
        self.sock.settimeout(_MOST_SECONDS)


def _ask(connection: _Pinned, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    connection.connect()
    # A program that answers a byte at a time must not hold us for ever.
    stop = threading.Timer(_MOST_SECONDS, _cut, [connection.sock])
    stop.daemon = True
    stop.start()
    try:
        connection.request("POST", path, body, {**headers, "Connection": "close"})
        status = connection.getresponse().status
    finally:
        stop.cancel()
    if 300 <= status < 400:
        return Answer(status, "It redirects elsewhere; give the address where it ends.")
    return Answer(status, "" if 200 <= status < 300 else f"It answered {status}.")


def _address(host: str, port: int) -> str:
    """Where a host is. Raises ValueError if any of it is where a stranger may not send us."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not all(may_reach(address, settings().webhook_networks) for address in found):
        raise ValueError("this is not a public address")
    return found[0]


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _cut(connected: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may have ended by itself
        connected.shutdown(socket.SHUT_RDWR)
