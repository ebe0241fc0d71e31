import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis

from botpe_app.config import environment
from botpe_app.errors import Unavailable
from botpe_app.whatsapp.simulator import SimulatorClient

PROGRAM = "from botpe_app.whatsapp.simulator import serve; serve('127.0.0.1', {port})"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextmanager
def process(folder: Path, **variables: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The simulator as a process of its own, and its address."""
    port = free_port()
    inherited = {name: environment()[name] for name in ("PATH", "HOME") if name in environment()}
    running = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(port=port)],
        env={**inherited, "BOTPE_DATA_DIR": str(folder), **variables},
        stderr=subprocess.PIPE,
    )
    try:
        yield running, f"http://127.0.0.1:{port}"
    finally:
        running.kill()
        running.communicate()


def wait_for(client: SimulatorClient) -> None:
    """Returns once the simulator answers."""
    for _ in range(200):
        try:
            client.state()
        except Unavailable:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("The simulator did not start.")


def test_the_process_tells_pages_of_changes_and_keeps_its_phones(tmp_path: Path, redis_url: str):
    secrets = {"BOTPE_SECRET_KEY": "key", "WHATSAPP_APP_SECRET": "app", "REDIS_URL": redis_url}
    with Redis.from_url(redis_url) as redis, redis.pubsub() as heard:
        heard.subscribe("botpe:live")
        heard.get_message(timeout=5)
        with process(tmp_path, **secrets) as (running, url), SimulatorClient(url, "key") as client:
            wait_for(client)
            client.put_number("106", display_phone_number="+15550783881")
            news = heard.get_message(timeout=5)
            assert news is not None
            assert json.loads(news["data"]) == {"organization_id": None, "topics": ["simulator"]}
            running.send_signal(signal.SIGTERM)
            assert running.wait(10) == 0
    with process(tmp_path, **secrets) as (running, url), SimulatorClient(url, "key") as client:
        wait_for(client)
        assert [number["id"] for number in client.state()["numbers"]] == ["106"]


@pytest.mark.parametrize("missing", ["BOTPE_SECRET_KEY", "WHATSAPP_APP_SECRET"])
def test_a_missing_secret_is_named(tmp_path: Path, missing: str):
    secrets = {"BOTPE_SECRET_KEY": "key", "WHATSAPP_APP_SECRET": "app"}
    del secrets[missing]
    with process(tmp_path, **secrets) as (running, _):
        _, said = running.communicate(timeout=20)
        assert running.returncode == 1
        assert f"{missing} is not set" in said.decode()
