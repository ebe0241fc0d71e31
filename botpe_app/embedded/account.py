"""Which system user runs Postgres: ours, or an ordinary one when we are root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botpe_app.errors import Misconfigured

_OUR_NAME = "botpe"


@dataclass(frozen=True)
class Account:
    """A system user that processes can be started as."""

    name: str
    uid: int
    gid: int

    @property
    def is_us(self) -> bool:
        return self.uid == os.geteuid()

    @property
    def popen(self) -> dict[str, Any]:
        """Arguments for subprocess that make the child run as this user, with its rights only."""
        if self.is_us:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Makes `path` this user's and closed to all others."""
        path.chmod(0o700)
        if not self.is_us:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, directory: Path) -> bool:
        """Whether this user gets into `directory`, asked by trying."""
        return self._succeeds(["/bin/sh", "-c", 'cd "$0"', str(directory)])

    def can_run(self, program: Path) -> bool:
        """Whether this user can start `program`, asked by trying."""
        return self._succeeds([str(program), "--version"])

    def _succeeds(self, command: list[str]) -> bool:
        if self.is_us:
            return True
        try:
            done = subprocess.run(  # noqa: S603 - our own commands
                command, cwd="/", capture_output=True, check=False, timeout=30, **self.popen
            )
        except OSError:
            return False
        return done.returncode == 0


def owner_of(path: Path) -> Account:
    """The user that owns `path`. Raises Misconfigured if we could not act as that user."""
    owner = _by_id(path.stat().st_uid)
    if os.geteuid() not in (0, owner.uid):
        raise Misconfigured(
            f"{path} belongs to the user {owner.name}. Run botpe as that user, or choose "
            "another --data-dir.",
            field="BOTPE_DATA_DIR",
        )
    return owner


def ordinary() -> Account:
    """Ourselves, or, when we are root, `postgres`, else a user made for this, else `nobody`."""
    if os.geteuid() != 0:
        return _by_id(os.geteuid())
    for name in ("postgres", _OUR_NAME):
        if found := _find(name):
            return found
    found = _create() or _find("nobody")
    if not found:
        raise Misconfigured(
            "Postgres refuses to run as root and this system has no other user for it. "
            f"Make one (useradd --system {_OUR_NAME}), or set DATABASE_URL."
        )
    return found


def _create() -> Account | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if not useradd:
        return None
    options = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    subprocess.run([useradd, *options, _OUR_NAME], capture_output=True, check=False)  # noqa: S603
    return _find(_OUR_NAME)


def _find(name: str) -> Account | None:
    try:
        return _account(pwd.getpwnam(name))
    except KeyError:
        return None


def _by_id(uid: int) -> Account:
    try:
        return _account(pwd.getpwuid(uid))
    except KeyError:
        raise Misconfigured(
            f"The user id {uid} has no name on this system, and Postgres needs one. "
            "Run botpe as a named user, or set DATABASE_URL."
        ) from None


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
