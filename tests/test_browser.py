from pathlib import Path

import pytest

from tests import browser


def fake(folder: Path, name: str = "chromium", code: int = 0) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\nexit {code}\n")
    path.chmod(0o755)
    return str(path)


def test_the_named_browser_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("BOTPE_CHROMIUM", fake(tmp_path, "mine"))
    assert browser.find() == str(tmp_path / "mine")


def test_a_named_browser_that_does_not_run_is_an_error_and_not_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("BOTPE_CHROMIUM", str(tmp_path / "nowhere"))
    with pytest.raises(pytest.fail.Exception, match="BOTPE_CHROMIUM"):
        browser.find()


def test_a_browser_on_the_path_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv("BOTPE_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.on_path() is None
    assert browser.find((browser.named, lambda: fake(tmp_path), browser.on_path)) == str(
        tmp_path / "chromium"
    )


def test_a_browser_that_does_not_run_is_passed_over(tmp_path: Path):
    broken, good = fake(tmp_path, "broken", 1), fake(tmp_path, "good")
    assert browser.find((lambda: None, lambda: broken, lambda: good)) == good


def test_without_any_browser_it_fails_and_names_the_commands():
    with pytest.raises(pytest.fail.Exception, match="playwright install chromium"):
        browser.find((lambda: None, lambda: "/nowhere"))
