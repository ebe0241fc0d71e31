"""The product's own simulator, run beside a test in a thread, over real HTTP."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from botpe_app.whatsapp.simulator import Simulator, make_app
from botpe_app.whatsapp.simulator.client import SimulatorClient
from tests.conftest import APP_SECRET
from tests.whatsapp.simulated import serving

SECRET_KEY = "test-secret-key"


@dataclass
class Pretended:
    """Its address, itself, and its phones."""

    url: str
    simulator: Simulator
    phones: SimulatorClient

    @property
    def paths(self) -> list[str]:
        """The Graph calls so far: method and path without the version."""
        return [f"{c['method']} /{c['path'].split('/', 2)[2]}" for c in self.simulator.calls]


@contextmanager
def pretending(folder: Path) -> Iterator[Pretended]:
    """A running one whose webhooks go nowhere."""
    simulator = Simulator(folder, callback="http://127.0.0.1:9/", app_secret=APP_SECRET)
    loop, stop, address = asyncio.new_event_loop(), asyncio.Event(), list[str]()
    ready = threading.Event()

    async def serve() -> None:
        async with serving(make_app(simulator, SECRET_KEY)) as url:
            address.append(url)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        with SimulatorClient(address[0], SECRET_KEY) as phones:
            yield Pretended(address[0], simulator, phones)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
