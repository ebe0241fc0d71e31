"""Everything of a data dir in one file, and back.

The database travels as a logical dump, which any later release can read, also one with a newer
Postgres. With it go the secrets, without which no stored token opens: keep the file as safe as
the data dir.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from psycopg import conninfo

from botpe_app.embedded.files import make_directory
from botpe_app.embedded.postgres import OWNER, Postgres
from botpe_app.embedded.postgres_place import find_place
from botpe_app.embedded.postgres_recovery import last_line
from botpe_app.errors import Conflict, Invalid, Misconfigured

_FORMAT = 1
_DUMP, _MANIFEST, _FILES = "database.dump", "manifest.json", "files"
# What a data dir makes anew by itself, or what the dump holds.
_LEFT_OUT = (
    *("postgres*", "redis*", "logs", "frontend", "simulator.json", "holder.*", "runtime.json"),
    *("*.lock", ".botpe-*", "before_restore"),
)
_FRESH = "restoring"  # the database a restore is written into
_BEFORE = "before_restore"  # the database, and the folder of files, that a restore replaced


def backup(data_dir: Path, file: Path) -> int:
    """Writes everything in `data_dir` to `file`, whole or not at all; its size in bytes.

    Its database must run; it may be in use. Raises Conflict if `file` exists.
    """
    if file.exists():
        raise Conflict(f"{file} exists. Choose another name, or move it away.")
    postgres = Postgres(data_dir)
    if not postgres.running_url():
        raise Misconfigured(
            f"{data_dir} holds no database of its own. Back up the one in DATABASE_URL with "
            "pg_dump, and the data dir with tar."
        )
    with _workbench(file.absolute().parent) as bench:
        _client(postgres, "pg_dump", "--format=custom", f"--file={bench / _DUMP}")
        manifest = {"format": _FORMAT, "release": version("botpe"), "made_at": time.time()}
        (bench / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        fresh = bench / "whole.tar"
        with tarfile.open(fresh, "w") as archive:
            archive.add(bench / _MANIFEST, _MANIFEST)
            archive.add(bench / _DUMP, _DUMP)
            for path in _own_files(postgres.data_dir):
                archive.add(path, f"{_FILES}/{path.name}")
        fresh.chmod(0o600)
        size = fresh.stat().st_size
        fresh.rename(file)
    return size


def restore(data_dir: Path, file: Path) -> None:
    """Puts what `backup` wrote in place of what is in `data_dir`, which nothing may use.

    What was there is kept until the next restore: the database as `before_restore` beside the
    new one, the files in the folder of that name, one that does not start as `postgres-broken-…`.
    Raises Invalid if `file` is no backup; then nothing was changed.
    """
    with _workbench(make_directory(data_dir)) as bench:
        _unpack(file, bench)
        with _start(data_dir) as postgres:
            postgres.drop_database(_FRESH)
            postgres.create_database(_FRESH)
            whole = ["--exit-on-error", "--single-transaction", f"--dbname={_FRESH}"]
            _client(postgres, "pg_restore", *whole, str(bench / _DUMP))
            postgres.drop_database(_BEFORE)
            postgres.rename_databases({OWNER: _BEFORE, _FRESH: OWNER})
        _put_back(bench / _FILES, data_dir.resolve())


def _own_files(data_dir: Path) -> Iterator[Path]:
    for path in sorted(data_dir.iterdir()):
        if not any(path.match(pattern) for pattern in _LEFT_OUT):
            yield path


def _unpack(file: Path, bench: Path) -> None:
    """Unpacks a backup onto the bench. Raises Invalid if it is none that this release reads."""
    try:
        with tarfile.open(file) as archive:
            archive.extractall(bench, filter="data")
        manifest = json.loads((bench / _MANIFEST).read_text(encoding="utf-8"))
        found = manifest["format"]
    except (OSError, ValueError, KeyError, tarfile.TarError) as error:
        raise Invalid(f"{file} is not a backup made by `botpe backup` ({error}).") from None
    if found != _FORMAT or not (bench / _DUMP).exists():
        raise Invalid(f"{file} was made by another release ({manifest}). Restore it with that one.")


def _start(data_dir: Path) -> Postgres:
    """A running server of the data dir: a fresh one if the old files do not start."""
    postgres = Postgres(data_dir)
    try:
        postgres.start()
    except Misconfigured:
        cluster = find_place(postgres.data_dir).cluster
        if not cluster.exists():
            raise
        cluster.rename(cluster.with_name(f"postgres-broken-{secrets.token_hex(4)}"))
        postgres.start()
    return postgres


def _put_back(files: Path, data_dir: Path) -> None:
    """Moves the backup's files into the data dir, and what they replace out of the way."""
    aside = data_dir / _BEFORE
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700)
    for path in sorted(files.glob("*")):
        target = data_dir / path.name
        if target.exists():
            target.rename(aside / path.name)
        path.rename(target)


def _client(postgres: Postgres, program: str, *arguments: str) -> None:
    """Runs one of Postgres' own programs on the server, its password not on the command line."""
    url = conninfo.conninfo_to_dict(postgres.superuser_url(OWNER))
    where = {f"PG{key.upper()}": str(url[key]) for key in ("host", "port", "user", "password")}
    where["PGDATABASE"] = OWNER
    command = [find_place(postgres.data_dir).program(program), *arguments]
    done = subprocess.run(command, env=where, capture_output=True, check=False, text=True)  # noqa: S603
    if done.returncode:
        raise Misconfigured(f"{program} failed: {last_line(done.stderr)}")


@contextlib.contextmanager
def _workbench(beside: Path) -> Iterator[Path]:
    """A private folder on the same disk as `beside`, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=".botpe-", dir=beside) as path:
        yield Path(path)
