"""Every page of every role in both languages: for a keyboard, for a reader, on an old screen.

With NUANTONG_PICTURES naming a folder, each page is drawn there, whole, in English.
"""

import os
from pathlib import Path

import httpx2
import pytest

from ledger.record.key_ring import KeyRing
from ledger.record.sessions import find_signed_in
from ledger.record.store import Store
from service.access import COOKIE
from service.workflows.ledgers import today
from service.workflows.proposals_on_record import Ask, hand_in, propose
from service.workflows.unit_on_record import Desk
from tests.installation import UNIT
from tests.served import serving
from tests.stories.test_a_first_day import grave_faults
from tests.unit_on_record import put_on_record, reader, sample, second_officer, town_code
from tests.walk import kind_of, walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROLES = ("unit", "town", "city", "team", "auditor", "caregiver")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Give a server with a unit on record and a proposal of its."""
    home = tmp_path_factory.mktemp("home")
    with serving(home) as server:
        store = Store.open(home / "data", KeyRing.load(home / "keys"))
        put_on_record(store, sample(tmp_path_factory.mktemp("ledgers"), today()))
        with store.looking() as connection:
            signed = find_signed_in(connection, server.tokens["unit"], store.clock())
        desk = Desk(store, signed.actor, reader())
        hand_in(desk, propose(desk, Ask(UNIT)).id)
        server.tokens["town"] = second_officer(store, "town", town_code())
        store.close()
        yield server


def client_of(served, who):
    cookies = {COOKIE: served.tokens[who], "lang": "en"}
    return httpx2.Client(base_url=served.address, cookies=cookies, follow_redirects=True)


def whole_pages(served, who):
    """Give an address of every kind of page a role is led to; parts of pages are no pages."""
    with client_of(served, who) as client:
        found = walk(client)
    return [address for address, html in found.items() if html.lstrip().startswith("<!doctype")]


def too_wide(page):
    """Say by how much a page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def unfocused(page):
    """Walk the page by Tab; give what took the focus and does not show it."""
    return page.evaluate(
        """() => {
            const seen = [];
            const names = "a[href], button, input, select, textarea, summary, [tabindex='0']";
            const tabbable = [...document.querySelectorAll(names)].filter((x) =>
                !x.disabled && x.type !== "hidden" && x.checkVisibility() && x.tabIndex >= 0);
            const ringed = (x) => {
                const style = x && getComputedStyle(x);
                return style && (style.outlineStyle !== "none" || style.boxShadow !== "none");
            };
            for (const x of tabbable) {
                x.focus({ focusVisible: true });
                const shows = ringed(x) || ringed(x.closest("label"));
                if (document.activeElement === x && !shows) seen.push(x.outerHTML.slice(0, 120));
            }
            return seen;
        }"""
    )


@pytest.mark.parametrize("who", ROLES)
def test_every_page_of_a_role_is_for_everybody_in_both_languages(page, served, who):
    served.sign_in(page, who)
    folder = os.environ.get("NUANTONG_PICTURES")
    faults = []
    for address in whole_pages(served, who):
        for lang in ("en", "zh"):
            cookie = {"name": "lang", "value": lang, "url": served.address}
            page.context.add_cookies([cookie])
            page.goto(served.address + address.lstrip("/"))
            faults += [(lang, address, fault) for fault in grave_faults(page)]
            if too_wide(page) > 0:
                faults.append((lang, address, "wider than the screen"))
            if folder and lang == "en":
                name = kind_of(address).strip("/").replace("/", "-").replace("?", "_") or "home"
                page.screenshot(path=Path(folder) / f"{who}-{name}.png")
        faults += [(address, "focus not shown", x) for x in unfocused(page)]
        page.keyboard.press("Escape")
    assert faults == []


def test_the_first_tab_skips_to_the_content(page, served):
    served.sign_in(page, "unit")
    page.goto(served.address)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "desk"
