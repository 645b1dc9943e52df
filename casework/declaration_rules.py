"""Rules a declaration is checked by, read from a preset (申报表核对规则)."""

import tomllib
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from casework.errors import Unreadable
from casework.round_rules import Round

DEFAULT_RULES = "declarations_chongqing_2021"
Limits = tuple[float, float]


@dataclass(frozen=True, slots=True)
class DeclarationRules:
    """What decides whether a declaration holds together; the preset says where each is from.

    Attributes
    ----------
    round
        The round it is for: its window, days and sessions a day.
    office_zh
        To whom it is handed in.
    due_on
        Last day on which it is in time.
    age_on, from_age_years
        Children of this age or more on this day may take part.
    children_per_session, caregivers_per_child
        Least and most that raise no doubt.
    attendance_share, proposed_per_session
        With what a new form is filled in.
    """

    round: Round
    title_zh: str
    office_zh: str
    due_on: date
    age_on: date
    from_age_years: int
    children_per_session: Limits
    caregivers_per_child: Limits
    participation_share: float
    change_share: float
    attendance_share: float
    proposed_per_session: int

    def __post_init__(self) -> None:
        """Refuse rules by which nothing could be judged."""
        for least, most in (self.children_per_session, self.caregivers_per_child):
            if not 0 <= least <= most:
                raise ValueError("doubt: [least, most], 0 or more")
        if self.proposed_per_session < 1 or not 0 < self.attendance_share <= 1:
            raise ValueError("propose: children_per_session 1 or more, attendance_share 0 to 1")

    @classmethod
    def from_toml(
        cls, path: Path | None = None, of_round: Round | None = None
    ) -> "DeclarationRules":
        """Read a rules file; None reads the preset that ships, for the round that ships.

        Raises
        ------
        Unreadable
            When the file is not TOML, names an unknown rule or gives a value that cannot be.
        """
        rules = _preset()
        try:
            if path is not None:
                _overlay(rules, tomllib.loads(path.read_text(encoding="utf-8")))
            return cls(of_round or Round.from_toml(), **_flat(rules))
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise Unreadable(
                f"申报表规则有误 / the declaration rules are wrong: {error}"
            ) from error


def _preset() -> dict[str, Any]:
    source = files("casework").joinpath("presets", f"{DEFAULT_RULES}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _overlay(rules: dict[str, Any], changes: dict[str, Any]) -> None:
    for key, value in changes.items():
        if key not in rules or isinstance(rules[key], dict) != isinstance(value, dict):
            raise ValueError(f"“{key}”不是规则名 / is not the name of a rule")
        if isinstance(value, dict):
            _overlay(rules[key], value)
        else:
            rules[key] = value


def _flat(rules: dict[str, Any]) -> dict[str, Any]:
    doubt, propose = rules["doubt"], rules["propose"]
    return {
        "title_zh": rules["title_zh"],
        "office_zh": rules["office_zh"],
        "due_on": rules["due_on"],
        "age_on": rules["age_on"],
        "from_age_years": rules["from_age_years"],
        "children_per_session": _limits(doubt["children_per_session"]),
        "caregivers_per_child": _limits(doubt["caregivers_per_child"]),
        "participation_share": float(doubt["participation_share"]),
        "change_share": float(doubt["change_share"]),
        "attendance_share": float(propose["attendance_share"]),
        "proposed_per_session": int(propose["children_per_session"]),
    }


def _limits(pair: list[float]) -> Limits:
    least, most = pair
    return float(least), float(most)
