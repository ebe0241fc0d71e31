from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.whatsapp.simulated import Play, playing


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio alone: what they test does."""
    return "asyncio"


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Play]:
    """A running simulator with our webhook at its other end."""
    async with playing(tmp_path / "simulator") as running:
        yield running
