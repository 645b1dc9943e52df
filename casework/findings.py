"""Findings: what is wrong with data people typed, as data (勾稽与核查问题).

A finding names a rule; what the rule says to a person, in Chinese and English, and how
severe it is stands in ``texts/findings*.toml``, so staff can correct a wording without code.
Findings are collected, all at once, and never raised.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Severity(StrEnum):
    """What a finding does to its row.

    ERROR holds the row back ("needs data"), WARNING lets it pass and asks somebody to look,
    INFO only tells.
    """

    ERROR = "ERROR"
    WARNING = "WARNING"
    INFO = "INFO"


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """A cell, row, sheet or whole file, as the person sees it in Excel.

    Attributes
    ----------
    file, sheet
        Names as written; empty where the finding is about no single file.
    row
        Row number in Excel, from 1; 0 for the whole sheet.
    column
        The heading as written in the file, or the field's Chinese name; empty for the row.
    column_number
        Column in Excel, from 1; 0 where the column is absent or the whole row is meant.
    """

    file: str = ""
    sheet: str = ""
    row: int = 0
    column: str = ""
    column_number: int = 0


@dataclass(frozen=True, slots=True)
class RuleText:
    """What a rule says: templates over the finding's ``values``."""

    severity: Severity
    message_zh: str
    message_en: str
    remedy_zh: str
    remedy_en: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong, where, and by which rule.

    Attributes
    ----------
    rule
        Id in ``texts/findings*.toml``, such as ``id_check_digit`` or ``A03``.
    where
        The cell or row.
    value
        What stands there, masked: never a whole ID number, name, address or phone.
    values
        Fillings of the rule's templates; masked too.
    """

    rule: str
    where: Where = Where()
    value: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """How severe the rule is."""
        return rule_texts()[self.rule].severity

    @property
    def message_zh(self) -> str:
        """Say what is wrong, in Chinese."""
        return rule_texts()[self.rule].message_zh.format_map(self.values)

    @property
    def message_en(self) -> str:
        """Say what is wrong, in English."""
        return rule_texts()[self.rule].message_en.format_map(self.values)

    @property
    def remedy_zh(self) -> str:
        """Say how to mend it, in Chinese."""
        return rule_texts()[self.rule].remedy_zh.format_map(self.values)

    @property
    def remedy_en(self) -> str:
        """Say how to mend it, in English."""
        return rule_texts()[self.rule].remedy_en.format_map(self.values)

    def as_json(self) -> dict[str, object]:
        """Give the finding as ``nuantong/check/1`` writes it."""
        return {
            "rule": self.rule,
            "severity": str(self.severity),
            "file": self.where.file,
            "sheet": self.where.sheet,
            "row": self.where.row,
            "column": self.where.column,
            "value": self.value,
            "message_zh": self.message_zh,
            "message_en": self.message_en,
            "remedy_zh": self.remedy_zh,
            "remedy_en": self.remedy_en,
        }


@cache
def rule_texts() -> Mapping[str, RuleText]:
    """Read every rule's texts, by rule id, from all of ``texts/findings*.toml``.

    Raises
    ------
    ValueError
        When two files state the same rule: one of them would be lost.
    """
    texts: dict[str, RuleText] = {}
    for file in sorted(files("casework").joinpath("texts").iterdir(), key=lambda file: file.name):
        if not (file.name.startswith("findings") and file.name.endswith(".toml")):
            continue
        for rule, text in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if rule in texts:
                raise ValueError(f"{file.name} states the rule {rule} again")
            texts[rule] = RuleText(Severity(text.pop("severity")), **text)
    return texts
