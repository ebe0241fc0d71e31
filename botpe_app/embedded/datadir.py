"""What a data dir knows: its secrets, who runs it, and where what runs can be reached."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from botpe_app.embedded.files import (
    locked,
    make_directory,
    read_json,
    write_private_json,
)

GENERATED = {
    "BOTPE_SECRET_KEY": 48,
    "BOTPE_ENCRYPTION_KEYS": 48,
    "WHATSAPP_APP_SECRET": 24,
    "WHATSAPP_VERIFY_TOKEN": 24,
}  # the secrets that can be made up, and their random bytes


class DataDir:
    """A folder with everything one embedded installation keeps."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()

    def secrets(self) -> dict[str, str]:
        """Its secrets as environment variables, made up once and the same ever after."""
        file = make_directory(self.path) / "secrets.json"
        with locked(self.path / "secrets.lock"):
            kept = read_json(file) or {}
            missing = {name: size for name, size in GENERATED.items() if not kept.get(name)}
            if missing:
                made = {name: secrets.token_urlsafe(size) for name, size in missing.items()}
                kept |= made
                write_private_json(file, kept)
        return kept

    def kept_secrets(self) -> dict[str, str]:
        """The secrets it has by now; nothing is made up."""
        return read_json(self.path / "secrets.json") or {}

    @contextlib.contextmanager
    def owned(self, role: str, *, seconds: float = 0) -> Iterator[None]:
        """Holds the data dir: only its holder starts servers in it.

        Raises Unavailable if another process, told by `holder`, still does after `seconds`.
        """
        with locked(make_directory(self.path) / "holder.lock", seconds=seconds):
            write_private_json(self._holder, {"role": role, "pid": os.getpid()})
            try:
                yield
            finally:
                self._holder.unlink(missing_ok=True)

    def holder(self) -> dict[str, Any]:
        """The `role` and `pid` of the process that holds it, or did when it was killed."""
        return read_json(self._holder) or {}

    @contextlib.contextmanager
    def published(self, variables: Mapping[str, str]) -> Iterator[None]:
        """Lets other commands find, in `reachable`, how to reach what runs inside the block."""
        file = self.path / "runtime.json"
        write_private_json(file, {"pid": os.getpid(), "environment": dict(variables)})
        try:
            yield
        finally:
            file.unlink(missing_ok=True)

    @property
    def _holder(self) -> Path:
        return self.path / "holder.json"

    def reachable(self) -> dict[str, str]:
        """What a running `botpe up` published; empty if none does. It may have died since."""
        return (read_json(self.path / "runtime.json") or {}).get("environment", {})
