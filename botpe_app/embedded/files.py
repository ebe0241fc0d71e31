"""Files of the data dir: private ones, and locks that end with their holder."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import random
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from botpe_app.embedded.remains import wait_until
from botpe_app.errors import Misconfigured, Unavailable

# Below what Linux and macOS hand out for outgoing connections: a client that retries a closed
# port of that range can end up connected to itself and hold the port.
_PORTS = range(20_000, 30_000)


def make_directory(path: Path) -> Path:
    """`path`, existing, with its parents. Raises Misconfigured if it cannot be made."""
    try:
        made = not path.exists()
        path.mkdir(parents=True, exist_ok=True)
        if made and os.geteuid() == 0:
            owner = path.parent.stat()
            os.chown(path, owner.st_uid, owner.st_gid)
    except OSError as error:
        raise Misconfigured(
            f"Cannot make the folder {path} ({error.strerror}). "
            "Choose another with --data-dir or BOTPE_DATA_DIR.",
            field="BOTPE_DATA_DIR",
        ) from error
    return path


def write_private(path: Path, content: str) -> None:
    """Writes a file that only its owner can read, whole or not at all."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    _give_to_owner(descriptor, path.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def write_private_json(path: Path, content: dict[str, Any]) -> None:
    """Writes `content` as JSON that only the owner can read, whole or not at all."""
    write_private(path, json.dumps(content, indent=2) + "\n")


def read_json(path: Path) -> dict[str, Any] | None:
    """What `write_private_json` wrote, or None if there is no such file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise Misconfigured(
            f"Cannot read {path} ({error}). Restore it from a backup, "
            "or move the data dir away to begin empty.",
            field="BOTPE_DATA_DIR",
        ) from error


@contextlib.contextmanager
def locked(
    path: Path,
    *,
    seconds: float = 60,
    shared: bool = False,
    waiting: Callable[[], None] = lambda: None,
) -> Iterator[None]:
    """Holds the lock file `path`; the kernel frees it when the holder dies, however it dies.

    `waiting` is called often while somebody else holds it. Raises Unavailable if somebody else
    still does after `seconds`.
    """
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:
        raise Misconfigured(
            f"{path} belongs to another user. Run botpe as that user, or choose another "
            "--data-dir.",
            field="BOTPE_DATA_DIR",
        ) from None
    try:
        _give_to_owner(descriptor, path.parent)
        if not wait_until(lambda: _try_lock(descriptor, kind), seconds, waiting=waiting):
            raise Unavailable(f"Another botpe process holds {path}. Try again when it is done.")
        yield
    finally:
        os.close(descriptor)


def open_log(path: Path) -> IO[bytes]:
    """A log file to append to, with its folder."""
    make_directory(path.parent)
    try:
        file = path.open("ab")
    except OSError as error:
        raise Misconfigured(f"Cannot write {path} ({error.strerror}).") from error
    _give_to_owner(file.fileno(), path.parent)
    return file


def _give_to_owner(descriptor: int, folder: Path) -> None:
    """Where root works in somebody's data dir, what it writes stays that somebody's."""
    if os.geteuid() == 0:
        owner = folder.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)


def free_port(wanted: int | None = None) -> int:
    """`wanted` if nobody listens there, else a free private port of 127.0.0.1."""
    candidates = random.sample(_PORTS, 100)
    for port in [wanted, *candidates] if wanted else candidates:
        if port_is_free(port):
            return port
    raise Unavailable("No free port was found between 20000 and 30000 on 127.0.0.1.")


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
