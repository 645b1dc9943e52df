"""Pages: names full of script in all that is shown, opened by each role in a real Chromium.

The addresses are the application's own reading routes, so a new page is opened by itself. A map
that is handed out as a file is opened as a file; other documents are searched.
"""

import re
import shutil
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl

from benchmarks.accept.city import ON, UNIT_NAME, City, lived_in
from benchmarks.accept.frame import Scale, Tally
from benchmarks.accept.sweep import READERS, Answer, Covered, answers_of, text_of
from service.gate import MAP_POLICY, PAGE_POLICY

RUN = "document.title='ran';alert(1)"
NAUGHTY = (
    f"<img src=x onerror={RUN}>",
    f"<script>{RUN}</script>",
    f"\"'><svg onload={RUN}>",
    f"</title></script><script>{RUN}</script>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f'</textarea><a href="javascript:{RUN}" autofocus onfocus={RUN}>x</a>',
    f"{{{{constructor.constructor('{RUN}')()}}}}${{{RUN}}}<b hx-on:load={RUN}>",
)
MARK = "document.title="
WAIT_MS = 120
"""How long after it has loaded a page may still run what it should not."""
FROM_A_NAME = """() => [...document.querySelectorAll('*')].filter(e =>
    (e.tagName === 'SCRIPT' && e.textContent.trim().startsWith("document.title='ran'"))
    || (e.tagName === 'IMG' && e.getAttribute('src') === 'x')
    || [...e.attributes].some(a => /^(on|hx-on|srcdoc)/.test(a.name) && a.value.includes('ran'))
    || /^javascript:/i.test(e.getAttribute('href') || '')
).length"""
"""Count the elements of a page that only a name could have brought."""


@dataclass
class Seen:
    """What was opened, and what of it is wrong; by address."""

    opened: int = 0
    with_names: int = 0
    maps: set[str] = field(default_factory=set)
    documents: int = 0
    named_documents: int = 0
    wrong: list[str] = field(default_factory=list)
    unsafe: list[str] = field(default_factory=list)

    def blame(self, answer: Answer, what: str) -> None:
        """Note what is wrong with an answer."""
        self.wrong.append(f"{answer.who or 'nobody'} {answer.address}: {what}")


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    from tests.conftest import QUIET

    seen, covered = Seen(), Covered()
    readers = READERS[: scale.of(len(READERS), 2)]
    books = _naughty_books(folder)
    with lived_in(folder, books, "".join(NAUGHTY[:2])) as city, sync_playwright() as playwright:
        path = shutil.which("chromium") or "chromium"
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        for who in readers:
            _look(browser, city, who, seen, covered)
        browser.close()
    told = f"{seen.opened} pages of {len(readers)} readers in Chromium: titles unchanged, no"
    told = f"{told} dialog, no element of a name {seen.wrong[:3] or ''}".rstrip()
    tally.ask(seen.opened > 0 and not seen.wrong, told)
    tally.ask(seen.with_names > 0, f"the names were there as text on {seen.with_names} pages")
    told = f"policies: {len(seen.maps)} framed or handed-out maps, unsafe elsewhere"
    told = f"{told} {len(seen.unsafe)} {seen.unsafe[:3] or ''}".rstrip()
    tally.ask(bool(seen.maps) and not seen.unsafe, told)
    told = f"{seen.documents} documents, names in {seen.named_documents}, nothing in them runs"
    tally.ask(seen.named_documents > 0, told)
    covered.tell(tally)


def _look(browser: Any, city: City, who: str, seen: Seen, covered: Covered) -> None:
    """Open all that one account is shown."""
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    if who:
        city.served.sign_in(page, who)
    for answer in answers_of(city, who, covered):
        if answer.status != 200:
            continue
        if b"<html" not in answer.content[:400].lower() and not answer.is_page:
            _read(answer, seen)
            continue
        _judge_policy(answer, seen)
        if "attachment" in answer.name or not answer.is_page:
            file = city.home.parent / "handed-out.html"
            file.write_bytes(answer.content)
            page.goto(file.as_uri())
        else:
            page.goto(city.served.address.rstrip("/") + answer.address)
        page.wait_for_timeout(WAIT_MS)
        seen.opened += 1
        seen.with_names += MARK in page.content()
        title, found = page.title(), page.evaluate(FROM_A_NAME)
        if title != _title(answer) or dialogs or found:
            seen.blame(answer, f"title {title[:40]!r}, {len(dialogs)} dialogs, {found} elements")
            dialogs.clear()
    context.close()


def _judge_policy(answer: Answer, seen: Seen) -> None:
    """Let nothing inline run but in a map, which is sandboxed or opened as a file."""
    if answer.policy == MAP_POLICY:
        seen.maps.add(answer.path)
    elif "attachment" in answer.name:
        seen.maps.add(f"{answer.path} as a file")
    elif answer.policy != PAGE_POLICY or "unsafe" in PAGE_POLICY:
        seen.unsafe.append(answer.address)


def _read(answer: Answer, seen: Seen) -> None:
    """Search a document: no script of a PDF, no formula or link of a workbook."""
    seen.documents += 1
    text = text_of(answer)
    seen.named_documents += MARK in text
    if answer.content.startswith(b"%PDF"):
        if b"/JavaScript" in answer.content or b"/OpenAction" in answer.content:
            seen.blame(answer, "a script in a PDF")
    elif re.search(rf"<(f|hyperlink)\b[^<]*{MARK}", text):
        seen.blame(answer, "a formula or link of a name")
    if answer.kind in ("text/html", "image/svg+xml", "application/xhtml+xml"):
        seen.blame(answer, "a document that a browser would run")


class _Title(HTMLParser):
    """Read the title as it was written."""

    def __init__(self) -> None:
        super().__init__()
        self.told, self._is_inside = "", False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Note where the title begins."""
        self._is_inside = tag == "title" and not self.told

    def handle_endtag(self, tag: str) -> None:
        """Note where it ends."""
        self._is_inside = False

    def handle_data(self, data: str) -> None:
        """Keep it."""
        self.told += data if self._is_inside else ""


def _title(answer: Answer) -> str:
    parser = _Title()
    parser.feed(answer.content.decode("utf-8", "replace"))
    return " ".join(parser.told.split())


def _naughty_books(folder: Path) -> list[Path]:
    """Give the sample with script in every text of every person, one kind after another."""
    from ledger.sample_files import write_sample

    write_sample(folder / "given", UNIT_NAME, city=False, seed=3, on=ON)
    made = []
    for path in sorted((folder / "given").glob("*台账.xlsx")):
        book = openpyxl.load_workbook(path)
        head, *rows = book.active.iter_rows()
        wanted = re.compile("姓名|住址|学校|健康|备注|小组|关系|单位|民族")
        texts = [n for n, cell in enumerate(head) if wanted.search(str(cell.value))]
        for number, row in enumerate(rows if "结对" not in path.name else []):
            for n in texts:
                if row[n].value:
                    row[n].value = f"{row[n].value}{NAUGHTY[(number + n) % len(NAUGHTY)]}"
        book.save(folder / path.name)
        made.append(folder / path.name)
    return made
