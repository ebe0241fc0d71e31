"""The house: storeys that import only downwards, and names that lead somewhere."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

from botpe_app.queue import Lane

ROOT = Path(__file__).parent.parent
LONGEST = {"botpe_app": 300, "jobs": 300, "tests": 500}  # lines a file


def test_every_import_goes_down_the_house():
    checked = subprocess.run(
        [sys.executable, "-m", "importlinter.cli", "lint"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_only_config_reads_the_environment():
    readers = [
        path.relative_to(ROOT)
        for folder in ("botpe_app", "jobs")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "config.py"
        and ("os.environ" in path.read_text() or "os.getenv" in path.read_text())
    ]
    assert readers == []


def test_every_lane_leads_to_a_drain():
    for lane in Lane:
        module, _, function = lane.job.rpartition(".")
        assert callable(getattr(import_module(module), function))


def test_tests_that_share_a_run_stay_on_one_worker(request):
    """A pytest that hides their groups from pytest-xdist would scatter them."""
    grouped = [item for item in request.session.items if item.get_closest_marker("xdist_group")]
    if hasattr(request.config, "workerinput"):
        assert [item.nodeid for item in grouped if "@" not in item.nodeid] == []


def test_no_file_grows_past_a_page_that_can_be_read():
    long = {
        str(path.relative_to(ROOT)): lines
        for folder, longest in LONGEST.items()
        for path in (ROOT / folder).rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > longest
    }
    assert long == {}
