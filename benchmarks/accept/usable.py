"""Usable: how long after the server's answer a page of the demo city can be worked with.

A page is usable when its scripts have run and a frame with what was asked for has been drawn; a
map when its shapes have. The time a first click then takes to be answered on the page is added.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.accept.frame import Scale, Tally
from benchmarks.accept.load import serving

MOST_MS = 1_000
SHAPES = "path.leaflet-interactive"


class Looked(NamedTuple):
    """One page: who opens it, what must be there, and what a first click is made on."""

    name: str
    who: str
    address: str
    has: str
    click: str
    frame: str = ""


LOOKED = (
    Looked("home", "unit2", "/", "main a", "main a"),
    Looked("table of pairs", "unit2", "/proposals/newest", ".pairs tbody tr", ".pairs a"),
    Looked("map", "city", "/supervision", SHAPES, "", "/supervision/map"),
    Looked("pairs on the map", "unit2", "/proposals/newest", SHAPES, "", "/map"),
    Looked("calendar", "city", "/round/plan", "#calendar .entry", "#tab-list"),
)

# In every document, before any script of its own: when what is awaited has been drawn.
_WATCH = """
(() => {
  const awaited = %r;
  const note = () => requestAnimationFrame(() => setTimeout(() => {
    window.usableAt ??= performance.now();
  }));
  const look = () => document.querySelector(awaited) && (watch.disconnect(), note());
  const watch = new MutationObserver(look);
  addEventListener("DOMContentLoaded", () => {
    watch.observe(document, { childList: true, subtree: true });
    look();
  });
})();
"""
_TIMES = """
() => {
  const [own] = performance.getEntriesByType("navigation");
  return [window.usableAt ?? null, own.responseEnd, own.responseEnd - own.requestStart,
          document.querySelectorAll(%r).length];
}
"""
# The click's own handlers have run, and a frame been drawn since.
_CLICK = """
(wanted) => new Promise((done) => {
  const begun = performance.now();
  const on = document.querySelector(wanted);
  on.addEventListener("click", (event) => event.preventDefault());
  on.click();
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
})
"""


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    from service.workflows.demo import run_demo

    run_demo(folder / "demo", lambda *_: None)
    os.environ["NUANTONG_KEYS"] = str(folder / "demo" / "keys")
    tokens = _tokens(folder / "demo")
    with serving(folder / "demo" / "data") as (_, port):
        for looked in LOOKED:
            _look(tally, scale, looked, f"http://127.0.0.1:{port}", tokens[looked.who])


def _tokens(demo: Path) -> dict[str, str]:
    """Begin a session of each account of the demo's."""
    from sqlalchemy import select

    from casework.access import SYSTEM_ACTOR
    from ledger.record.accounts_tables import accounts
    from ledger.record.key_ring import KeyRing
    from ledger.record.sessions import begin_session
    from ledger.record.store import Store

    store = Store.open(demo / "data", KeyRing.load(demo / "keys"))
    with store.writing(SYSTEM_ACTOR, "accept") as book:
        known = book.connection.execute(select(accounts.c.id, accounts.c.name)).all()
        tokens = {name: begin_session(book, account) for account, name in known}
    store.close()
    return tokens


def _look(tally: Tally, scale: Scale, looked: Looked, at: str, token: str) -> None:
    """Open a page some times, each as a browser that has its scripts already."""
    times, served, count = [], [], 0
    with _page(looked, at, token) as page:
        for _ in range(scale.of(9, 3) + 1):
            page.goto(at + looked.address, wait_until="commit")
            usable, answered, server, count = _drawn(page, looked)
            clicked = page.evaluate(_CLICK, looked.click) if looked.click else 0.0
            times.append(usable - answered + clicked)
            served.append(server)
    times, served = times[1:], served[1:]
    tally.ask(
        max(times) <= MOST_MS,
        f"{looked.name} ({count} drawn) usable {median(times):.0f} ms after the answer, worst"
        f" {max(times):.0f}; the answer took {median(served):.0f}",
    )


def _drawn(page: Any, looked: Looked) -> tuple[float, float, float, int]:
    """Wait until what is awaited was drawn; give when, when the answer was there, its time."""
    for _ in range(2_000):
        page.wait_for_timeout(15)
        frame = page.main_frame
        if looked.frame:
            found = [f for f in page.frames if looked.frame in f.url]
            if not found:
                continue
            frame = found[0]
        usable, answered, server, count = frame.evaluate(_TIMES % looked.has)
        if usable is not None:
            return usable, answered, server, count
    raise AssertionError(f"{looked.name} was never drawn")


@contextmanager
def _page(looked: Looked, at: str, token: str) -> Iterator[Any]:
    import shutil

    from playwright.sync_api import sync_playwright

    from service.access import COOKIE
    from tests.conftest import QUIET

    with sync_playwright() as playwright:
        path = shutil.which("chromium") or "chromium"
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
        context.add_cookies([{"name": COOKIE, "value": token, "url": at}])
        context.add_init_script(_WATCH % looked.has)
        yield context.new_page()
        browser.close()
