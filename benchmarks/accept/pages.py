"""Pages: names full of script in every page that somebody opens, in a real Chromium."""

import re
import shutil
from pathlib import Path

import openpyxl

from benchmarks.accept.frame import Scale, Tally, ask_tests
from benchmarks.accept.sweep import UNIT_NAME, full_unit

EVIL = "<img src=x onerror=document.title='ran'><script>document.title='ran'</script>"
PAGES = {
    "unit": ("/", "/questions", "/declaration", "/password", "/map"),
    "city": ("/declarations",),
    "township": ("/",),
    "auditor": ("/audit", f"/audit?who={EVIL}"),
    "caregiver": ("/",),
    "team": ("/",),
}


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    from tests.conftest import QUIET

    books = _evil_books(folder)
    seen = ran = shown = 0
    policies: set[str] = set()
    with full_unit(folder, books) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or "chromium", args=QUIET
        )
        page = browser.new_context(locale="zh-CN").new_page()
        for who, addresses in PAGES.items():
            served.sign_in(page, who)
            for address in addresses:
                answer = page.goto(served.address.rstrip("/") + address)
                page.wait_for_timeout(300)
                seen += 1
                ran += "ran" in page.title() or page.locator("img[src=x]").count() > 0
                shown += "onerror" in page.content()
                if address != "/map" and answer is not None:
                    policies.add(answer.headers.get("content-security-policy", ""))
        browser.close()
    tally.ask(ran == 0, f"{seen} pages of 6 roles in Chromium, script ran {ran} times")
    tally.ask(shown > 0, f"the names were there as text on {shown} pages")
    unsafe = sum("unsafe-inline" in policy or not policy for policy in policies)
    tally.ask(unsafe == 0, f"policies outside the framed map: {len(policies)}, unsafe {unsafe}")
    ask_tests(tally, "names full of script in maps", "tests/maps/test_in_chromium.py")


def _evil_books(folder: Path) -> list[Path]:
    """Give the sample with script in every text of every child and caregiver."""
    from datetime import date

    from ledger.sample_files import write_sample

    write_sample(folder / "given", UNIT_NAME, city=False, seed=3, on=date(2021, 9, 15))
    made = []
    for path in sorted((folder / "given").glob("*台账.xlsx")):
        book = openpyxl.load_workbook(path)
        head, *rows = book.active.iter_rows()
        wanted = re.compile("姓名|住址|学校|健康|备注|小组|关系|单位|民族")
        texts = [n for n, cell in enumerate(head) if wanted.search(str(cell.value))]
        for row in rows:
            for n in texts:
                if row[n].value and "结对" not in path.name:
                    row[n].value = f"{row[n].value}{EVIL}"
        book.save(folder / path.name)
        made.append(folder / path.name)
    return made
