"""The relay alone: who is woken by what, how often, and that it outlives Redis."""

import asyncio
import json
from collections.abc import Callable, Iterator

import pytest
from redis.asyncio import Redis

from botpe_app.live import CHANNEL
from botpe_app.ui import live
from botpe_app.ui.dashboard.state import DashboardState
from botpe_app.ui.inbox.state import InboxState
from botpe_app.ui.live import Relay

INBOX = {"inbox": InboxState.refresh, "conversation:1": InboxState.refresh}


class Woken:
    """Stands for the tabs: keeps what they were woken for."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, list[str]]] = []

    async def __call__(self, token: str, handler: str, topics: list[str]) -> None:
        self.calls.append((token, handler.rsplit(".", 2)[-2].split("___")[-1].lstrip("_"), topics))


@pytest.fixture
def tabs() -> Iterator[list[str]]:
    """The tokens of the tabs that are connected."""
    live._tabs.clear()
    yield ["a1", "a2", "b1"]
    live._tabs.clear()


def after(seconds: float, act: Callable[[Relay], None], tabs: list[str]) -> Woken:
    """What was woken `seconds` after `act`."""
    woken = Woken()

    async def run() -> None:
        act(Relay(woken, lambda: tabs))
        await asyncio.sleep(seconds)

    asyncio.run(run())
    return woken


def test_a_change_wakes_the_tabs_of_that_organization_only(tabs: list[str]):
    for token in tabs:
        live.join(token, token[0], INBOX)
    woken = after(0.05, lambda relay: relay.changed("a", {"inbox"}), tabs)
    assert sorted(call[0] for call in woken.calls) == ["a1", "a2"]


def test_a_change_wakes_only_who_wants_its_topic(tabs: list[str]):
    live.join("a1", "a", {"dashboard": DashboardState.refresh})
    live.join("a2", "a", INBOX)
    woken = after(0.05, lambda relay: relay.changed("a", {"dashboard"}), tabs)
    assert [call[:2] for call in woken.calls] == [("a1", "dashboard_state")]


def test_a_change_of_nobody_in_particular_wakes_everybody_who_wants_it(tabs: list[str]):
    for token in tabs:
        live.join(token, token[0], INBOX)
    woken = after(0.05, lambda relay: relay.changed(None, {"inbox"}), tabs)
    assert len(woken.calls) == 3


def test_the_first_change_comes_at_once_and_a_flood_comes_gathered(tabs: list[str]):
    live.join("a1", "a", INBOX)

    def flood(relay: Relay) -> None:
        for number in range(500):
            relay.changed("a", {"inbox" if number % 2 else "conversation:1"})

    woken = after(live.EVERY_SECONDS * 1.5, flood, tabs)
    assert [topics for _, _, topics in woken.calls] == [["conversation:1", "inbox"]]


def test_what_changes_during_the_pause_comes_after_it(tabs: list[str]):
    live.join("a1", "a", INBOX)
    woken = Woken()

    async def run() -> None:
        relay = Relay(woken, lambda: tabs)
        relay.changed("a", {"inbox"})
        await asyncio.sleep(0.05)
        relay.changed("a", {"conversation:1"})
        assert len(woken.calls) == 1
        await asyncio.sleep(live.EVERY_SECONDS + 0.1)

    asyncio.run(run())
    assert [topics for _, _, topics in woken.calls] == [["inbox"], ["conversation:1"]]


def test_a_page_that_was_left_is_not_woken_and_a_closed_tab_is_forgotten(tabs: list[str]):
    live.join("a1", "a", INBOX)
    live.join("a1", "a", {"dashboard": DashboardState.refresh})
    live.join("gone", "a", INBOX)
    assert after(0.05, lambda relay: relay.changed("a", {"inbox"}), tabs).calls == []
    assert "gone" not in live._tabs


def test_a_page_adds_to_what_its_frame_wants(tabs: list[str]):
    live.join("a1", "a", {"inbox": DashboardState.refresh})
    live.listen("a1", INBOX)
    live.listen("nobody", INBOX)
    woken = after(0.05, lambda relay: relay.changed("a", {"inbox"}), tabs)
    assert [call[1] for call in woken.calls] == ["inbox_state"]
    assert "nobody" not in live._tabs


def test_it_hears_redis_again_after_being_cut_off(
    tabs: list[str], redis_url: str, configure: Callable[..., None]
):
    configure(REDIS_URL=redis_url)
    live.join("a1", "a", INBOX)
    woken = Woken()

    async def run() -> None:
        task = asyncio.create_task(Relay(woken, lambda: tabs).run())
        async with Redis.from_url(redis_url) as redis:
            await until(lambda: len(woken.calls) == 1)  # it refreshes once it listens
            for client in await redis.client_list():
                if client["sub"] == "1":
                    await redis.client_kill_filter(_id=client["id"])
            await until(lambda: len(woken.calls) == 2)  # and again after the cut
            await asyncio.sleep(live.EVERY_SECONDS)
            await redis.publish(CHANNEL, "nonsense")
            await redis.publish(CHANNEL, json.dumps({"organization_id": "a", "topics": ["inbox"]}))
            await until(lambda: len(woken.calls) == 3)
        task.cancel()

    asyncio.run(run())


async def until(holds: Callable[[], bool], seconds: float = 5) -> None:
    """Waits until it holds. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - a test may poll
            await asyncio.sleep(0.01)
