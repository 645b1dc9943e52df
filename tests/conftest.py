"""What all tests share: a real browser that never leaves this machine."""

import shutil
from collections.abc import Iterator

import pytest

# Without these Chromium asks the network for updates at every start.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """Give Debian's Chromium, driven by Playwright; its absence fails, never skips."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "install Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: object) -> Iterator[object]:
    """Give a fresh page at the size of an old office screen, in Chinese.

    Motion is reduced: a colour half way between two states is no fault of contrast.
    """
    context = chromium.new_context(  # type: ignore[attr-defined]
        viewport={"width": 1366, "height": 768},
        locale="zh-CN",
        accept_downloads=True,
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a password take a thousandth of its time: tests sign in by the hundred."""
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    from ledger.record import passwords

    quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    monkeypatch.setattr(passwords, "_hasher", lambda: quick)


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Give an installation with an account of each role: see ``tests.installation``."""
    from tests.installation import Installation, make_installation

    folder = tmp_path_factory.mktemp("installation")
    make_installation(folder)
    return Installation(folder)
