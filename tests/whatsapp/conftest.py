import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio alone: what they test does."""
    return "asyncio"
