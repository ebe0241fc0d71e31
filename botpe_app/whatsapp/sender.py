"""The hot path out: many messages at once over warm connections, each with an honest outcome."""

from __future__ import annotations

from types import TracebackType
from typing import Self
from urllib.parse import quote

import aiohttp
from yarl import URL

from botpe_app.whatsapp.error_table import LOGIN_LOST
from botpe_app.whatsapp.errors import NO_CODE, NotSent, Outcome, Refused, Unclear, classify

USER_AGENT = "BotPe/1"

_CONNECT_SECONDS = 5.0
# Shorter than any server we know keeps an idle connection, so it is we who close it: a request
# written into a connection the server is closing would be lost without anybody knowing.
_IDLE_SECONDS = 30.0


class Sender:
    """Posts messages to the Graph API; use as `async with Sender(…) as sender`.

    At most `connections` requests are under way at once; more wait their turn, and one that
    waited past its time was provably never sent.
    """

    def __init__(self, base_url: str, version: str, *, connections: int = 100) -> None:
        self._root = f"{base_url.rstrip('/')}/{version}"
        self._connections = connections
        self._addresses: dict[str, URL] = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            limit=self._connections, keepalive_timeout=_IDLE_SECONDS, ttl_dns_cache=60
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Content-Type": "application/json", "User-Agent": USER_AGENT},
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections; requests under way end as Unclear."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def post(
        self, phone_number_id: str, token: str, body: bytes, within: float = 30.0
    ) -> Outcome:
        """What became of one message, told `within` that many seconds.

        Being cancelled means Unclear as well: the request may have been written.
        """
        if not (token.isascii() and token.isprintable()):
            return Refused(NO_CODE, "The access token holds a strange character", "", LOGIN_LOST)
        try:
            return await self._exchange(phone_number_id, token, body, within)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            # Also DNS and TLS: no connection was had, so no byte of the request left.
            return NotSent(_said(error))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Unclear(_said(error))

    async def _exchange(
        self, phone_number_id: str, token: str, body: bytes, within: float
    ) -> Outcome:
        if self._session is None:
            raise RuntimeError("Use the sender within `async with`.")
        # Connecting ends well before the whole does, or its timeout could not be told apart.
        limits = aiohttp.ClientTimeout(total=within, connect=min(_CONNECT_SECONDS, within / 2))
        async with self._session.post(
            self._address(phone_number_id),
            data=body,
            headers={"Authorization": f"Bearer {token}"},
            timeout=limits,
            allow_redirects=False,
        ) as response:
            return classify(response.status, await response.read())

    def _address(self, phone_number_id: str) -> URL:
        address = self._addresses.get(phone_number_id)
        if address is None:
            number = quote(phone_number_id, safe="")
            address = URL(f"{self._root}/{number}/messages", encoded=True)
            self._addresses[phone_number_id] = address
        return address


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")
