"""Reading a round's rule file: everything that is wrong in it, named at once (轮次规则文件)."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from casework.errors import Unreadable
from casework.toml_file import toml_document

SESSION = "session"
"""The table that ``casework.session_rules`` reads."""


def document_of(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    Unreadable
        When it is none.
    """
    return toml_document(path, "轮次规则文件", "the round file")


def overlay(rules: dict[str, Any], changes: Mapping[str, Any], where: str = "") -> list[str]:
    """Change ``rules`` in place; return the names that the preset does not have."""
    unknown: list[str] = []
    for key, value in changes.items():
        name = f"{where}{key}"
        if key not in rules or isinstance(rules[key], dict) != isinstance(value, dict):
            unknown.append(f"“{name}”不是轮次规则名 / is not the name of a rule of the round")
        elif isinstance(value, dict):
            unknown += overlay(rules[key], value, f"{name}.")
        else:
            rules[key] = value
    return unknown


def refuse(faults: list[str], where: str) -> None:
    """Refuse rules with faults, all named.

    Raises
    ------
    Unreadable
        When there are any.
    """
    if faults:
        start = f"{where}：" if where else ""
        raise Unreadable(f"{start}轮次规则有误 / the round's rules are wrong: {'；'.join(faults)}")


def leaves(rules: Mapping[str, Any], where: str = "") -> Iterator[tuple[str, Any]]:
    """Give every switch by its dotted name."""
    for key, value in rules.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{where}{key}.")
        else:
            yield f"{where}{key}", value
