import asyncio
import json
import socket
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from botpe_app.whatsapp.errors import NotSent, Overdue, Refused, Sent, Unclear
from botpe_app.whatsapp.sender import Sender

pytestmark = pytest.mark.anyio

BODY = json.dumps({"messaging_product": "whatsapp", "to": "+1"}).encode()
ACCEPTED = json.dumps({"messages": [{"id": "wamid.1"}], "contacts": [{"wa_id": "1"}]}).encode()
TOO_FAST = json.dumps({"error": {"message": "slow", "code": 130429}}).encode()

Answer = Callable[["Exchange"], Awaitable[None]]


class Exchange:
    """One request as a scripted server sees it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.head = b""

    async def read(self) -> bytes:
        self.head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(self.head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        return await self.reader.readexactly(length)

    async def answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        self.writer.write(head.encode() + body)
        await self.writer.drain()

    def reset(self) -> None:
        """Ends the connection as a crashing server would."""
        raw: socket.socket = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@asynccontextmanager
async def graph(*script: Answer) -> AsyncIterator[str]:
    """A server whose connections each follow one line of the script; gives its address."""
    lines = iter(script)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await next(lines)(Exchange(reader, writer))
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.close()


async def accept(exchange: Exchange) -> None:
    await exchange.read()
    await exchange.answer(200, ACCEPTED)


def answering(status: int, body: bytes, kind: str = "application/json") -> Answer:
    async def answer(exchange: Exchange) -> None:
        await exchange.read()
        await exchange.answer(status, body, kind)

    return answer


async def test_an_accepted_message_is_sent_with_its_token_and_body():
    seen: list[bytes] = []

    async def watch(exchange: Exchange) -> None:
        seen.append(await exchange.read())
        seen.append(exchange.head)
        await exchange.answer(200, ACCEPTED)

    async with graph(watch) as url, Sender(url, "v25.0") as sender:
        assert await sender.post("106", "EAAx", BODY) == Sent("wamid.1", "1")
    assert seen[0] == BODY
    assert seen[1].startswith(b"POST /v25.0/106/messages HTTP/1.1")
    assert b"Authorization: Bearer EAAx\r\n" in seen[1]


async def test_connections_are_kept_warm():
    async def twice(exchange: Exchange) -> None:
        await accept(exchange)
        await accept(exchange)

    async with graph(twice) as url, Sender(url, "v25.0") as sender:
        for _ in range(2):
            assert isinstance(await sender.post("106", "t", BODY), Sent)


async def test_a_message_whose_time_to_leave_has_passed_is_never_written():
    posts: list[bytes] = []

    async def count(exchange: Exchange) -> None:
        for _ in range(2):
            posts.append(await exchange.read())
            await exchange.answer(200, ACCEPTED)

    async with graph(count) as url, Sender(url, "v25.0") as sender:
        past, soon = time.monotonic(), time.monotonic() + 60
        assert isinstance(await sender.post("106", "t", b"1", leave_by=soon), Sent)
        assert isinstance(await sender.post("106", "t", b"2", leave_by=past), Overdue)
        assert isinstance(await sender.post("106", "t", b"3", leave_by=soon), Sent)
    assert posts == [b"1", b"3"]


def saying(*parts: bytes) -> Answer:
    """A server that answers byte for byte so, and hangs up."""

    async def answer(exchange: Exchange) -> None:
        await exchange.read()
        for part in parts:
            exchange.writer.write(part)
            await exchange.writer.drain()
            await asyncio.sleep(0.01)

    return answer


SIZE = len(ACCEPTED)
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (SIZE, ACCEPTED)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (SIZE, ACCEPTED)


@pytest.mark.parametrize(
    "parts",
    [
        [b"HTTP/1.0 200 OK\r\n\r\n", ACCEPTED[:9], ACCEPTED[9:]],
        [b"HTTP/1.1 100 Continue\r\n\r\n" + WHOLE[:20], WHOLE[20:]],
        [CHUNKED, b"0\r\n\r\n"],
    ],
    ids=["to its end", "after a first word", "in chunks"],
)
async def test_an_answer_is_read_however_it_is_written(parts: list[bytes]):
    async with graph(saying(*parts)) as url, Sender(url, "v25.0") as sender:
        assert isinstance(await sender.post("106", "t", BODY), Sent)


async def test_a_late_answer_is_never_taken_for_the_next_ones():
    async def late(exchange: Exchange) -> None:
        await exchange.read()
        await asyncio.sleep(0.3)
        await exchange.answer(200, ACCEPTED)

    async with graph(late, answering(400, TOO_FAST)) as url, Sender(url, "v25.0") as sender:
        assert isinstance(await sender.post("106", "t", BODY, 0.1), Unclear)
        assert isinstance(await sender.post("106", "t", BODY), Refused)


async def test_a_cancelled_post_closes_its_connection():
    async with (
        graph(say_nothing, accept) as url,
        Sender(url, "v25.0", connections=1) as sender,
    ):
        post = asyncio.create_task(sender.post("106", "t", BODY))
        await asyncio.sleep(0.05)
        post.cancel()
        assert isinstance(await sender.post("106", "t", BODY, 2.0), Sent)


async def test_an_answer_without_end_is_cut_off():
    parts = [b"HTTP/1.1 200 OK\r\n\r\n", *[b" " * 300_000] * 5]
    async with graph(saying(*parts)) as url, Sender(url, "v25.0") as sender:
        assert isinstance(await sender.post("106", "t", BODY), Unclear)


async def test_what_comes_unasked_is_no_answer():
    async def twice_at_once(exchange: Exchange) -> None:
        await exchange.read()
        exchange.writer.write(WHOLE + WHOLE.replace(b"wamid.1", b"wamid.9"))
        await exchange.writer.drain()
        await exchange.reader.read()

    async with (
        graph(twice_at_once, answering(400, TOO_FAST)) as url,
        Sender(url, "v25.0") as sender,
    ):
        assert await sender.post("106", "t", BODY) == Sent("wamid.1", "1")
        assert isinstance(await sender.post("106", "t", BODY), Refused)


@pytest.mark.parametrize("http_status", [400, 429, 500])
async def test_an_envelope_is_a_refusal_whatever_its_status(http_status: int):
    async with graph(answering(http_status, TOO_FAST)) as url, Sender(url, "v25.0") as sender:
        outcome = await sender.post("106", "t", BODY)
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.policy.retry) == (130429, "rate")


async def cut_short(exchange: Exchange) -> None:
    await exchange.read()
    exchange.writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"messages":')
    await exchange.writer.drain()
    exchange.reset()


async def hang_up(exchange: Exchange) -> None:
    await exchange.read()


async def reset_after_reading(exchange: Exchange) -> None:
    await exchange.read()
    exchange.reset()


async def reset_before_reading(exchange: Exchange) -> None:
    exchange.reset()


async def say_nothing(exchange: Exchange) -> None:
    await exchange.read()
    await exchange.reader.read()


async def talk_nonsense(exchange: Exchange) -> None:
    await exchange.read()
    exchange.writer.write(b"SMTP hello\r\n\r\n")
    await exchange.writer.drain()


@pytest.mark.parametrize(
    "fault",
    [
        cut_short,
        hang_up,
        reset_after_reading,
        reset_before_reading,
        say_nothing,
        talk_nonsense,
        answering(502, b"<html>Bad Gateway</html>", "text/html"),
        answering(503, b""),
        answering(302, b""),
        answering(200, b"{}"),
    ],
)
async def test_once_connected_any_lost_answer_is_unclear(fault: Answer):
    async with graph(fault) as url, Sender(url, "v25.0") as sender:
        outcome = await sender.post("106", "t", BODY, 0.5)
    assert isinstance(outcome, Unclear)
    assert outcome.reason


async def test_a_kept_connection_that_breaks_is_unclear_and_never_tried_twice():
    posts: list[bytes] = []

    async def break_at_second(exchange: Exchange) -> None:
        await accept(exchange)
        posts.append(await exchange.read())
        exchange.reset()

    async def count(exchange: Exchange) -> None:
        posts.append(await exchange.read())
        await exchange.answer(200, ACCEPTED)

    async with graph(break_at_second, count) as url, Sender(url, "v25.0") as sender:
        assert isinstance(await sender.post("106", "t", BODY), Sent)
        assert isinstance(await sender.post("106", "t", BODY), Unclear)
    assert len(posts) == 1


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


async def test_a_closed_port_means_it_never_left():
    async with Sender(f"http://127.0.0.1:{free_port()}", "v25.0") as sender:
        assert isinstance(await sender.post("106", "t", BODY), NotSent)


async def test_an_unknown_host_means_it_never_left():
    async with Sender("http://graph.invalid", "v25.0") as sender:
        assert isinstance(await sender.post("106", "t", BODY), NotSent)


async def test_a_failed_tls_handshake_means_it_never_left():
    async def refuse(exchange: Exchange) -> None:
        await exchange.reader.read(100)

    async with graph(refuse) as url, Sender(url.replace("http:", "https:"), "v25.0") as sender:
        assert isinstance(await sender.post("106", "t", BODY), NotSent)


async def test_a_connection_that_never_opens_in_time_means_it_never_left():
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:  # the queue of a server that never accepts fills up
            filler.setblocking(False)
            filler.connect_ex(deaf.getsockname())
        async with Sender(f"http://127.0.0.1:{deaf.getsockname()[1]}", "v25.0") as sender:
            outcome = await sender.post("106", "t", BODY, 0.4)
        for filler in fillers:
            filler.close()
    assert isinstance(outcome, NotSent)


async def test_a_message_that_waited_in_vain_for_a_free_connection_never_left():
    async with graph(say_nothing) as url, Sender(url, "v25.0", connections=1) as sender:
        first = asyncio.create_task(sender.post("106", "t", BODY, 1.0))
        await asyncio.sleep(0.05)
        assert isinstance(await sender.post("106", "t", BODY, 0.2), NotSent)
        assert isinstance(await first, Unclear)


@pytest.mark.parametrize("token", ["a\nb", "a\r\nX-Evil: 1", "é", "\x00"])
async def test_a_token_that_cannot_be_written_is_refused(token: str):
    async with Sender("http://127.0.0.1:1", "v25.0") as sender:
        outcome = await sender.post("106", token, BODY)
    assert isinstance(outcome, Refused)
    assert outcome.policy.pause == "account"


async def test_a_number_id_cannot_reach_another_path():
    seen: list[bytes] = []

    async def watch(exchange: Exchange) -> None:
        await accept(exchange)
        seen.append(exchange.head)

    async with graph(watch) as url, Sender(url, "v25.0") as sender:
        await sender.post("1?x=/../y", "t", BODY)
    assert seen[0].startswith(b"POST /v25.0/1%3Fx%3D%2F..%2Fy/messages HTTP/1.1")
