"""A walk over the pages: from a first page along its links, one page of every kind."""

import re
from collections import deque
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

UNSEEN = frozenset(("script", "style", "noscript"))
_ID = re.compile(r"[0-9a-f]{16,}|[0-9]{6,}")


class Reading(HTMLParser):
    """What a page says to people, and where it leads.

    Attributes
    ----------
    said
        Its texts and the labels it gives.
    unmarked
        Its texts, but for those in an element that says it is Chinese.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.unmarked: list[str] = []
        self.links: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._goes_on = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note links and labels; remember whether what stands inside is Chinese."""
        self._goes_on = attrs == [("lang", "zh")]
        given = dict(attrs)
        inside = bool(self._open and self._open[-1][1])
        is_chinese = inside or (given.get("lang") or "").startswith("zh")
        for name in ("href", "hx-get", "src"):
            if tag != "link" and given.get(name):
                self.links.append(str(given[name]))
        if tag not in UNSEEN:
            labels = ("aria-label", "title", "placeholder", "alt")
            self.said += [str(given[name]) for name in labels if given.get(name)]
        if tag not in ("input", "br", "img", "meta", "link", "hr", "wbr", "col"):
            self._open.append((tag, is_chinese))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and those inside it that nobody closed."""
        self._goes_on = tag == "span" and self._goes_on
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if not data.strip() or (self._open and self._open[-1][0] in UNSEEN):
            return
        text = " ".join(data.split())
        if self._goes_on and self.said:  # a part that is marked as Chinese, or what follows it
            self.said[-1] += data.rstrip()
        else:
            self.said.append(text)
        if not (self._open and self._open[-1][1]):
            self.unmarked.append(text)


def kind_of(address: str) -> str:
    """Give the kind of an address: its path without ids, and the names of what it asks."""
    parts = urlsplit(address)
    asked = "&".join(sorted(pair.split("=")[0] for pair in parts.query.split("&") if pair))
    return _ID.sub("{id}", parts.path) + (f"?{asked}" if asked else "")


def walk(client: Any, begin: tuple[str, ...] = ("/",), most: int = 400) -> dict[str, str]:
    """Give a page of every kind that links lead to, by its address; no file and no map."""
    seen: set[str] = set()
    found: dict[str, str] = {}
    waiting = deque(begin)
    while waiting and len(found) < most:
        address = waiting.popleft()
        kind = kind_of(address)
        parts = urlsplit(address)
        if parts.netloc or kind in seen or parts.path.startswith(("/static", "/api")):
            continue
        seen.add(kind)
        if "lang=" in parts.query:
            continue
        answer = client.get(address, headers={"Accept": "text/html"})
        if "text/html" not in answer.headers.get("content-type", "") or _is_map(answer):
            continue
        found[address] = answer.text
        waiting += [
            urljoin(str(answer.url.path), link)
            for link in Reading(answer.text).links
            if link[0] in "/?"
        ]
    return found


def _is_map(answer: Any) -> bool:
    return "unsafe-inline" in answer.headers.get("content-security-policy", "")
