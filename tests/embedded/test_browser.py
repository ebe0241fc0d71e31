"""Finding a browser."""

from pathlib import Path

import pytest

from botpe_app.embedded import browser
from botpe_app.errors import Misconfigured


def fake(folder: Path, name: str = "chromium", code: int = 0) -> str:
    """A program that starts like a browser, or does not."""
    path = folder / name
    path.write_text(f"#!/bin/sh\nexit {code}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture(autouse=True)
def bare(monkeypatch, tmp_path, configure):
    """A machine without any browser, on which nothing can be installed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "_OURS", tmp_path / "ours")
    monkeypatch.setattr(browser, "_APPS", ())
    monkeypatch.setattr(browser, "_playwrights", lambda: "")
    for way in ("_by_playwright", "_by_npm", "_by_apt"):
        monkeypatch.setattr(browser, way, lambda way=way: f"no luck {way}")


def test_the_named_browser_comes_first(configure, tmp_path):
    fake(tmp_path)
    configure(BOTPE_CHROMIUM=fake(tmp_path, "mine"))
    assert browser.find_or_install() == str(tmp_path / "mine")


def test_a_named_browser_that_does_not_start_is_an_error_and_not_passed_over(configure, tmp_path):
    fake(tmp_path)
    configure(BOTPE_CHROMIUM=str(tmp_path / "nowhere"))
    with pytest.raises(Misconfigured) as refused:
        browser.find_or_install()
    assert refused.value.field == "BOTPE_CHROMIUM"


def test_one_on_the_path_is_found_and_one_that_does_not_start_passed_over(tmp_path):
    fake(tmp_path, "chromium", 1)
    good = fake(tmp_path, "google-chrome")
    assert browser.find_or_install() == good


def test_what_a_way_installs_is_found(monkeypatch, tmp_path):
    def install() -> str:
        fake(tmp_path, "chrome")
        return ""

    monkeypatch.setattr(browser, "_by_npm", install)
    assert browser.find_or_install() == str(tmp_path / "chrome")


def test_without_any_it_fails_with_every_reason_and_the_mend():
    with pytest.raises(Misconfigured) as refused:
        browser.find_or_install()
    assert "no luck _by_apt" in refused.value.message
    assert "apt-get install chromium" in refused.value.message
