"""Warm connections to one HTTP/1.1 server, for requests of which one must know if they left.

Why not a client library: the difference between "never written" and "perhaps written" decides
whether a message may be sent again, and they hide it; see docs/decisions/0010.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import deque
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

_CONNECT_SECONDS = 5.0
# Shorter than any server we know keeps an idle connection, so it is we who close it: a request
# written into a connection the server is closing would be lost without anybody knowing.
_IDLE_SECONDS = 30.0
_LARGEST_ANSWER = 1 << 20  # bytes; what is longer does not come from the Graph API


class Answer(NamedTuple):
    """What a server said, whatever it said."""

    status: int
    body: bytes


class Lost(ConnectionError):
    """No answer, or half of one; the request may have arrived."""


class Connection(asyncio.Protocol):
    """One connection, with at most one request under way."""

    def __init__(self, pool: Connections) -> None:
        self._pool = pool
        self._transport: Any = None
        self._answer: asyncio.Future[Answer] | None = None
        self._new_message()
        self._reusable = True
        self._counted = True  # among the pool's open ones
        self.idle_since = 0.0

    async def exchange(self, request: bytes, within: float) -> Answer:
        """Writes the request at once and gives the answer to it. Raises Lost or TimeoutError.

        A request without an answer, or cancelled, closes the connection: a late answer must
        never be taken for the next one's.
        """
        loop = asyncio.get_running_loop()
        answer = self._answer = loop.create_future()
        self._transport.write(request)
        timer = loop.call_later(within, self._give_up)
        try:
            return await answer
        except asyncio.CancelledError:
            self.close()
            raise
        finally:
            timer.cancel()

    def is_usable(self, now: float) -> bool:
        """Whether another request may be written to it."""
        return (
            self._reusable
            and not self._transport.is_closing()
            and now < self.idle_since + _IDLE_SECONDS
        )

    def close(self) -> None:
        """Ends it at once; a request under way is Lost."""
        self._reusable = False
        if self._transport:
            self._transport.abort()
        else:
            self._leave()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._parser = HttpResponseParser(self)

    def data_received(self, data: bytes) -> None:
        if self._answer is None:  # nobody asked
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            self._fail(Lost(f"The answer is no HTTP: {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._headers_read and not self._has_length and exc is None:
            self._finish()  # an answer that ends where the connection does
        self._fail(Lost(f"The connection was lost: {exc}" if exc else "The connection was closed"))
        self._leave()

    # What the parser calls.

    def on_message_begin(self) -> None:
        if self._answer is None:  # a second answer behind the first
            self.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(name) in (14, 17):
            self._has_length |= name.lower() in (b"content-length", b"transfer-encoding")

    def on_headers_complete(self) -> None:
        self._headers_read = True

    def on_body(self, body: bytes) -> None:
        self._body += body
        if len(self._body) > _LARGEST_ANSWER:
            self._fail(Lost("The answer is too long"))

    def on_message_complete(self) -> None:
        self._reusable = self._reusable and self._parser.should_keep_alive()
        if self._parser.get_status_code() < 200:  # only says that an answer will come
            self._new_message()
        else:
            self._finish()

    def _leave(self) -> None:
        if self._counted:
            self._counted = False
            self._pool.lost()

    def _new_message(self) -> None:
        self._body = b""
        self._headers_read = self._has_length = False

    def _finish(self) -> None:
        answer, self._answer = self._answer, None
        if answer and not answer.done():
            answer.set_result(Answer(self._parser.get_status_code(), self._body))
        self._new_message()

    def _give_up(self) -> None:
        self._fail(TimeoutError("No answer in time"))

    def _fail(self, error: Exception) -> None:
        answer, self._answer = self._answer, None
        if answer and not answer.done():
            answer.set_exception(error)
        self.close()


class Connections:
    """At most `most` connections to the server at `url`, kept open between requests."""

    def __init__(self, url: str, most: int) -> None:
        place = urlsplit(url)
        self._tls = ssl.create_default_context() if place.scheme == "https" else None
        self._host = place.hostname or ""
        self._port = place.port or (443 if self._tls else 80)
        self._most = most
        self._open = 0
        self._closed = False
        self._idle: list[Connection] = []
        self._waiting: deque[asyncio.Future[None]] = deque()

    def idle(self, now: float) -> Connection | None:
        """One that is ready, the warmest first; whoever takes it gives it back."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable(now):
                return connection
            connection.close()
        return None

    async def get(self, within: float) -> Connection:
        """One that is ready, opened if need be. Raises OSError (also TimeoutError) in vain."""
        async with asyncio.timeout(within):
            while True:
                if connection := self.idle(time.monotonic()):
                    return connection
                if self._open < self._most:
                    return await self._connect(within)
                await self._wait()

    def give_back(self, connection: Connection) -> None:
        """Takes a connection whose request has ended, however it did."""
        connection.idle_since = now = time.monotonic()
        if self._closed or not connection.is_usable(now):
            connection.close()
            return
        self._idle.append(connection)
        self._wake()

    def close(self) -> None:
        """Closes what is idle now and the rest when it is given back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def lost(self) -> None:
        """A connection has ended: there is room for another."""
        self._open -= 1
        self._wake()

    async def _connect(self, within: float) -> Connection:
        self._open += 1
        opening = Connection(self)
        try:
            # Connecting ends well before the whole does, so that each gets its own error.
            async with asyncio.timeout(min(_CONNECT_SECONDS, within / 2)):
                await asyncio.get_running_loop().create_connection(
                    lambda: opening, self._host, self._port, ssl=self._tls
                )
        except BaseException:
            opening.close()
            raise
        opening.idle_since = time.monotonic()
        return opening

    async def _wait(self) -> None:
        free = asyncio.get_running_loop().create_future()
        self._waiting.append(free)
        try:
            await free
        except asyncio.CancelledError:
            if free.done() and not free.cancelled():
                self._wake()  # it was told, but goes: the next one may have it
            raise

    def _wake(self) -> None:
        while self._waiting:
            free = self._waiting.popleft()
            if not free.done():
                free.set_result(None)
                return
