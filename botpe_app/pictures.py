"""Pictures of every page, in the sizes and themes it must look good in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from botpe_app.embedded import browser
from botpe_app.errors import Misconfigured

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIZES = ((390, 844), (1280, 800), (1920, 1080))  # phone, laptop, wide; CSS pixels
THEMES = ("light", "dark")
BEFORE_SIGN_IN = {"login": "/login", "register": "/register"}
PAGES = {
    "dashboard": "/dashboard",
    "inbox": "/inbox",
    "conversation": "/inbox?show=all",
    "contacts": "/contacts",
    "segments": "/segments?s=new",
    "analytics": "/analytics",
    "campaigns": "/campaigns",
    "campaign-new": "/campaigns?c=new",
    "templates": "/templates",
    "template": "/templates?t=new&from=seasonal_sale",
    "template-library": "/templates?t=library",
    "bots": "/bots",
    "bot": "/bots",
    "account": "/settings/account",
    "organization": "/settings/organization",
    "people": "/settings/people",
    "teams": "/settings/teams",
    "permissions": "/settings/permissions",
    "automations": "/automations",
    "numbers": "/settings/numbers",
    "number": "/settings/numbers",
    "problems": "/settings/problems",
    "tags": "/settings/tags",
    "fields": "/settings/fields",
    "replies": "/settings/replies",
    "hours": "/settings/hours",
    "api-keys": "/settings/api-keys",
    "webhooks": "/settings/webhooks",
    "audit": "/settings/audit",
    "ai": "/settings/ai",
    "knowledge": "/settings/ai/knowledge",
    "intents": "/settings/ai/intents",
    "simulator": "/simulator",
    "not-found": "/no-such-page",
}


def take(base_url: str, folder: Path, *, email: str, password: str) -> Iterator[Path]:
    """Pictures of every page of a running app, as `page-width-theme.png` in `folder`.

    Gives each file when it is written. Raises Misconfigured if Playwright is not installed.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise Misconfigured("Pictures need Playwright: `uv sync --group dev`.") from None
    path = browser.find_or_install()
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(browser.FLAGS))
        for size in SIZES:
            for theme in THEMES:
                name = f"{size[0]}-{theme}.png"
                with _Visit(chromium, base_url, size, theme) as visit:
                    yield from visit.shoot(BEFORE_SIGN_IN, folder, name)
                    visit.sign_in(email, password)
                    yield from visit.shoot(PAGES, folder, name)
        chromium.close()


class _Visit:
    """One browser window of a size and theme."""

    def __init__(self, chromium: Browser, base_url: str, size: tuple[int, int], theme: str) -> None:
        self._context = chromium.new_context(
            base_url=base_url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
        )
        self._page = self._context.new_page()

    def __enter__(self) -> _Visit:
        return self

    def __exit__(self, *error: object) -> None:
        self._context.close()

    def sign_in(self, email: str, password: str) -> None:
        """Signs in as a person would."""
        self._page.goto("/login")
        self._page.get_by_label("E-mail").fill(email)
        self._page.get_by_label("Password", exact=True).fill(password)
        self._page.keyboard.press("Enter")
        self._page.wait_for_url("**/dashboard*")

    def shoot(self, pages: dict[str, str], folder: Path, name: str) -> Iterator[Path]:
        """A picture of each page, once it has settled."""
        for page, address in pages.items():
            self._page.goto(address)
            self._page.wait_for_load_state("networkidle")
            _STEPS.get(page, _nothing)(self._page)
            self._page.wait_for_timeout(700)  # skeletons give way, images arrive
            file = folder / f"{page}-{name}"
            self._page.screenshot(path=file)
            yield file


def _nothing(page: Page) -> None:
    pass


def _open_first(page: Page) -> None:
    page.locator("a[href*='c=']").first.click()


def _open_bot(page: Page) -> None:
    page.get_by_role("link", name="Shop").click()
    page.locator(".step").first.wait_for()


def _open_number(page: Page) -> None:
    page.get_by_role("link", name="Setup and profile").first.click()
    page.get_by_role("heading", name="Business profile").wait_for()


_STEPS: dict[str, Callable[[Page], None]] = {
    "bot": _open_bot,
    "conversation": _open_first,
    "number": _open_number,
}
