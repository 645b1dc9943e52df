"""What the documents print is there: commands with their options, links, pictures (说明书)."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from service.cli import app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "deploy" / "README.md"]
PAGES += sorted((ROOT / "docs").rglob("*.md"))


def name_of(path):
    return str(path.relative_to(ROOT))


def commands_in(text):
    """Give each ``nuantong …`` of code blocks and of code in a line, continued lines joined."""
    text = text.replace("\\\n", " ")
    blocks = re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]*)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    for line in lines:
        for asked in re.findall(r"(?:^|[\s/&])nuantong ([^&;|]*)", line.split(" # ")[0]):
            yield asked.split("# ")[0].replace("\\", " ")


def unknown_in(asked):
    """Give the words of a command line that the product does not know."""
    command, words = get_command(app), asked.split()
    while words and getattr(command, "commands", None):
        word = words.pop(0)
        if re.fullmatch(r"[a-z]+", word) is None:
            return []  # …, a placeholder, or options of the group
        if word not in command.commands:
            return [word]
        command = command.commands[word]
    known = {name for p in command.params for name in (*p.opts, *p.secondary_opts)} | {"--help"}
    return [o for o in re.findall(r"(?<![\w-])--[a-z][a-z-]*", " ".join(words)) if o not in known]


# What deploy/ prints has its own test (test_deploy), which knows the user of that name.
@pytest.mark.parametrize("page", [p for p in PAGES if p.parent.name != "deploy"], ids=name_of)
def test_every_command_and_option_that_is_printed_exists(page):
    text = page.read_text(encoding="utf-8")
    found = {asked: unknown_in(asked) for asked in commands_in(text)}
    assert {asked: words for asked, words in found.items() if words} == {}


def test_a_command_or_option_that_is_none_would_be_found():
    assert unknown_in("pair A B --no-such X") == ["--no-such"]
    assert unknown_in("frobnicate X") == ["frobnicate"]
    assert unknown_in("ledger merge DIR --out X.xlsx") == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_and_picture_leads_somewhere(page):
    text = page.read_text(encoding="utf-8")
    targets = [t.split("#")[0] for t in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in t]
    lost = [t for t in targets if t and not (page.parent / t).exists()]
    named = re.findall(r"`((?:docs|deploy|examples|benchmarks)/[\w./-]+\.\w+)`", text)
    assert [*lost, *(t for t in named if not (ROOT / t).exists())] == []


def test_every_picture_is_shown_by_a_page_and_every_page_is_linked():
    shown = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    pictures = {path.name for path in (ROOT / "docs" / "pictures").iterdir()}
    assert {name for name in pictures if name not in shown} == set()
    pages = {page.name for page in PAGES if "docs" in page.parts}
    assert {name for name in pages if f"/{name}" not in shown and f"({name}" not in shown} == set()
