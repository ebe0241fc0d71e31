"""The hot path out: many messages at once over warm connections, each with an honest outcome."""

from __future__ import annotations

import time
from math import inf
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlsplit

from botpe_app.whatsapp.connections import Connections, Lost
from botpe_app.whatsapp.error_table import LOGIN_LOST
from botpe_app.whatsapp.errors import (
    NO_CODE,
    NotSent,
    Outcome,
    Overdue,
    Refused,
    Unclear,
    classify,
)

USER_AGENT = "BotPe/1"


class Sender:
    """Posts messages to the Graph API; use as `async with Sender(…) as sender`.

    At most `connections` requests are under way at once; more wait their turn, and one that
    waited past its time was provably never sent.
    """

    def __init__(self, base_url: str, version: str, *, connections: int = 100) -> None:
        place = urlsplit(base_url)
        self._path = f"{place.path.rstrip('/')}/{version}"
        self._host = place.netloc.rpartition("@")[2]
        self._connections = Connections(base_url, connections)
        self._heads: dict[str, tuple[str, bytes]] = {}  # of each number, and the token in it

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections, each when its request has ended."""
        self._connections.close()

    async def post(
        self,
        phone_number_id: str,
        token: str,
        body: bytes,
        within: float = 30.0,
        leave_by: float = inf,
    ) -> Outcome:
        """What became of one message, told `within` that many seconds.

        Overdue if its first byte could not leave before `leave_by`, a `time.monotonic()`. Being
        cancelled means Unclear: the request may have been written.
        """
        if not (token.isascii() and token.isprintable()):
            return Refused(NO_CODE, "The access token holds a strange character", "", LOGIN_LOST)
        request = b"%b%d\r\n\r\n%b" % (self._head(phone_number_id, token), len(body), body)
        began = now = time.monotonic()
        if (connection := self._connections.idle(now)) is None:
            try:
                connection = await self._connections.get(within)
            except OSError as error:
                # Also DNS, TLS and time: no connection was had, so no byte of the request left.
                return NotSent(_said(error))
            now = time.monotonic()
        try:
            # Nothing comes between this look at the clock and the request: whoever slept must
            # not send, for what it had in hand may be somebody else's by now.
            if now >= leave_by:
                return Overdue()
            answer = await connection.exchange(request, began + within - now)
        except (Lost, TimeoutError) as error:
            return Unclear(_said(error))
        finally:
            self._connections.give_back(connection)
        return classify(answer.status, answer.body)

    def _head(self, phone_number_id: str, token: str) -> bytes:
        """The request up to the number of its body's bytes."""
        known = self._heads.get(phone_number_id)
        if known is None or known[0] != token:
            number = quote(phone_number_id, safe="")
            head = (
                f"POST {self._path}/{number}/messages HTTP/1.1\r\n"
                f"Host: {self._host}\r\n"
                f"User-Agent: {USER_AGENT}\r\n"
                "Accept: */*\r\n"
                f"Authorization: Bearer {token}\r\n"
                "Content-Type: application/json\r\n"
                "Content-Length: "
            )
            known = self._heads[phone_number_id] = token, head.encode("ascii")
        return known[1]


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")
