"""The pages' build: made once for its sources, whole, and free of the address it is served at."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from botpe_app.config import environment
from botpe_app.embedded.frontend import Frontend
from botpe_app.embedded.remains import is_alive
from botpe_app.errors import Misconfigured

RXCONFIG = """
import reflex as rx
config = rx.Config(
    app_name="botpe_app", plugins=[], disable_plugins=[rx.plugins.SitemapPlugin],
    state_manager_mode="memory", show_built_with_reflex=False,
    frontend_compression_formats=["gzip"],
)
"""
APP = """
import reflex as rx

class Counter(rx.State):
    number: int = 0

    @rx.event
    def up(self):
        self.number += 1

app = rx.App()
app.add_page(lambda: rx.el.button(Counter.number, on_click=Counter.up), route="/")
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A very small project of the same shape as ours, built once."""
    root = tmp_path_factory.mktemp("project")
    (root / "rxconfig.py").write_text(RXCONFIG)
    (root / "botpe_app").mkdir()
    (root / "botpe_app" / "__init__.py").touch()
    (root / "botpe_app" / "botpe_app.py").write_text(APP)
    (root / "assets").mkdir()
    Frontend(root / "data", root).build(environment())
    return root


@pytest.fixture
def frontend(project: Path) -> Frontend:
    return Frontend(project / "data", project)


def test_a_build_holds_the_pages_and_what_serving_them_needs(frontend: Frontend) -> None:
    build = frontend.existing()
    assert build
    assert (build / "build" / "client" / "index.html").exists()
    assert (build / "routes.json").exists()
    assert (build / "backend").is_dir()


def test_pages_talk_to_the_address_they_were_opened_at(frontend: Frontend) -> None:
    build = frontend.existing()
    assert build
    scripts = list(build.rglob("*.js"))
    text = "".join(script.read_text() for script in scripts)
    assert '(globalThis.location.origin.replace(/^http/,"ws")+"/_event")' in text
    assert "localhost:63999" not in text
    for script in scripts:
        assert gzip.decompress(Path(f"{script}.gz").read_bytes()) == script.read_bytes()


def test_sources_that_did_not_change_are_not_built_again(frontend: Frontend) -> None:
    build = frontend.existing()
    began = time.monotonic()
    assert frontend.build(environment()) == build
    assert time.monotonic() - began < 1


def test_only_what_a_page_can_show_asks_for_a_new_build(
    project: Path, tmp_path: Path, frontend: Frontend
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns("node_modules", "web"))
    for hidden in ("embedded/x.py", "cli.py", "ui/__pycache__/x.pyc"):
        (copy / "botpe_app" / hidden).parent.mkdir(exist_ok=True, parents=True)
        (copy / "botpe_app" / hidden).write_text("x = 1")
    assert Frontend(copy / "data", copy).existing()
    (copy / "assets" / "logo.svg").write_text("<svg/>")
    assert Frontend(copy / "data", copy).existing() is None
    assert frontend.existing()


def test_pages_that_do_not_compile_leave_no_build_and_one_line(
    project: Path, frontend: Frontend
) -> None:
    app = project / "botpe_app" / "botpe_app.py"
    good = app.read_text()
    app.write_text("raise RuntimeError('no pages today')")
    try:
        with pytest.raises(Misconfigured, match=r"no pages today.*frontend\.log") as refusal:
            frontend.build(environment())
        assert "\n" not in refusal.value.message
        assert frontend.existing() is None
    finally:
        app.write_text(good)
    assert frontend.existing()


def test_without_a_registry_the_way_out_is_told(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns(".frontend", "data"))
    offline = {**environment(), "NPM_CONFIG_REGISTRY": "http://127.0.0.1:9", "REFLEX_DIR": ""}
    offline |= {"NPM_CONFIG_FETCH_RETRIES": "0", "NPM_CONFIG_CACHE": str(tmp_path / "cache")}
    with pytest.raises(Misconfigured, match="NPM_CONFIG_REGISTRY"):
        Frontend(copy / "data", copy).build(offline)


def test_a_project_without_its_configuration_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"rxconfig\.py is missing"):
        Frontend(tmp_path / "data", tmp_path).build(environment())


@pytest.mark.faults
def test_a_build_ends_with_the_process_that_asked_for_it(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns(".frontend", "data"))
    script = (
        "import sys; from pathlib import Path; from botpe_app.config import environment;"
        "from botpe_app.embedded.frontend import Frontend;"
        "Frontend(Path(sys.argv[1]) / 'data', Path(sys.argv[1])).build(environment())"
    )
    asker = subprocess.Popen([sys.executable, "-c", script, str(copy)])
    assert wait_for(lambda: len(_working_for(copy)) > 3)  # npm works too
    asker.kill()
    asker.wait()
    assert wait_for(lambda: not _working_for(copy))
    assert Frontend(copy / "data", copy).existing() is None


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def _working_for(project: Path) -> list[int]:
    """The living processes whose working directory is inside the project."""
    found: list[int] = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            inside = os.readlink(link).startswith(str(project))
        except OSError:
            continue
        if inside and is_alive(int(link.parent.name)):
            found.append(int(link.parent.name))
    return found
