"""What an embedded Postgres left behind, and why one does not start, in one line with the mend."""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path

from botpe_app.embedded.postgres_place import MAJOR
from botpe_app.embedded.remains import (
    end_all_in,
    is_alive,
    living_in,
    signal_all,
    wait_until,
)
from botpe_app.errors import BotpeError, Misconfigured, Unavailable

_NEEDED_BYTES = 200 * 1024 * 1024


class PortTaken(Unavailable):
    """Another program listens on the port that was free a moment ago."""


def refuse_unusable(cluster: Path, data_dir: Path) -> None:
    """Raises Misconfigured if `cluster` exists and this version cannot run it."""
    if not cluster.exists():
        return
    version = cluster / "PG_VERSION"
    if not version.exists():
        raise Misconfigured(_corrupt(data_dir, "PG_VERSION is missing"), field="BOTPE_DATA_DIR")
    found = version.read_text(encoding="utf-8").strip()
    if found != MAJOR:
        raise Misconfigured(
            f"The database in {data_dir} was written by PostgreSQL {found} and this release runs "
            f"PostgreSQL {MAJOR}. Run `botpe backup` with the release that wrote it and "
            "`botpe restore` with this one.",
            field="BOTPE_DATA_DIR",
        )


def refuse_full_disk(directory: Path) -> None:
    """Raises Misconfigured if there is no room for a new cluster."""
    free = shutil.disk_usage(directory).free
    if free < _NEEDED_BYTES:
        raise Misconfigured(
            f"Only {free // 1024**2} MB are free in {directory}; a new database needs "
            f"{_NEEDED_BYTES // 1024**2} MB. Make room, or choose another --data-dir."
        )


def clear_remains(cluster: Path) -> None:
    """Ends what a killed server left and removes its pid file.

    Postgres itself goes by the pid in that file, which may belong to a zombie by now, and does
    not start while backends of the dead server still hold its shared memory.
    """
    end_all_in(cluster, signal.SIGINT, signal.SIGQUIT, signal.SIGKILL, patience=20)
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def signal_server(
    cluster: Path, how: signal.Signals, seconds: float, child: subprocess.Popen[bytes] | None
) -> bool:
    """Sends the server `how` and waits; whether it ended. `child` is it if we are its parent."""
    pid = child.pid if child else _server_pid(cluster)
    if pid is None:
        return True
    signal_all([pid], how)
    if child:
        return wait_until(lambda: child.poll() is not None, seconds)
    return wait_until(lambda: not is_alive(pid), seconds)


def explain(log: Path, begin: int, data_dir: Path) -> BotpeError:
    """Why the server whose messages start at `begin` in `log` did not start, and the mend."""
    text = log.read_bytes()[begin:].decode(errors="replace")
    reason = last_line("\n".join(line for line in text.splitlines() if _is_fatal(line)) or text)
    if "No space left on device" in text:
        return Misconfigured(f"The disk that holds {data_dir} is full. Make room and start again.")
    if "Address already in use" in text:
        return PortTaken("Another program took Postgres' port. Start again.")
    if "Cannot allocate memory" in text:
        return Misconfigured(f"This system has too little free memory for Postgres: {reason}.")
    return Misconfigured(f"{_corrupt(data_dir, reason)} Its log is {log}.", field="BOTPE_DATA_DIR")


def last_line(text: str) -> str:
    """The last line of a program's messages without its time stamp."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].split("FATAL:")[-1].split("PANIC:")[-1].strip() if lines else "no reason given"


def _is_fatal(line: str) -> bool:
    return ("FATAL:" in line or "PANIC:" in line) and "is starting up" not in line


def _corrupt(data_dir: Path, reason: str) -> str:
    return (
        f"The database in {data_dir} cannot be started: {reason}. "
        "Restore a backup with `botpe restore FILE`, or move the folder away to begin empty."
    )


def _server_pid(cluster: Path) -> int | None:
    """The pid of the living server of this cluster."""
    try:
        pid = int((cluster / "postmaster.pid").read_text(encoding="utf-8").split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return pid if pid in living_in(cluster) else None
