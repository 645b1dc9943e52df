"""Every rule that rows can break has its texts, and the texts fit what is said."""

import re
import string
from pathlib import Path

import pytest

from casework.findings import rule_texts

ROOT = Path(__file__).parents[2]
SOURCES = [
    *(ROOT / "ledger").glob("*.py"),
    ROOT / "service" / "workflows" / "on_record.py",
    ROOT / "casework" / "households.py",
    ROOT / "casework" / "identity.py",
    ROOT / "casework" / "fields.py",
    ROOT / "casework" / "written_dates.py",
]
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
# Built from parts: a kind, a problem or a person in the middle of the name.
BUILT = (
    "birth_date_", "scope_", "coordinates_", "pair_", "_in_two_townships", "_unknown",
)  # fmt: skip


def rules_of(file: str) -> list[str]:
    text = (ROOT / "casework" / "texts" / file).read_text(encoding="utf-8")
    return re.findall(r"^\[(\w+)\]", text, re.MULTILINE)


@pytest.mark.parametrize("rule", rules_of("findings.toml"))
def test_every_rule_is_raised_somewhere(rule):
    assert f'"{rule}"' in TEXT or any(part in rule for part in BUILT)


@pytest.mark.parametrize("rule", rules_of("findings.toml"))
def test_every_rule_speaks_both_languages_with_the_same_fillings(rule):
    text = rule_texts()[rule]
    texts = text.message_zh, text.message_en, text.remedy_zh, text.remedy_en
    assert all(texts)
    assert re.search(r"[\u4e00-\u9fff]", text.message_zh)
    assert fillings(text.message_en) <= fillings(text.message_zh)


def test_every_rule_named_in_the_code_has_texts():
    named = re.findall(r'(?:tell|hold|Finding)\(\s*"(\w+)"', TEXT)
    assert named
    assert set(named) <= rule_texts().keys()


def fillings(template: str) -> set[str]:
    """Give the names that are filled in; of a text in both languages without which it is."""
    names = (name for _, name, _, _ in string.Formatter().parse(template) if name)
    return {re.sub("_(zh|en)$", "", name) for name in names}
