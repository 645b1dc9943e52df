"""Programme: one year's rules, read from a preset (项目规则).

Where the notice leaves a choice to the staff the choice is data: a TOML file like
``presets/chongqing_2021.toml``, which says for each rule the paragraph it comes from.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from casework.errors import Unreadable
from casework.people import Category
from casework.toml_file import toml_document

DEFAULT_PRESET = "chongqing_2021"


@dataclass(frozen=True, slots=True)
class Programme:
    """The rules that decide who is paired with whom; see the preset for each one's source.

    Attributes
    ----------
    reference_date
        The day everything is judged on unless the user gives ``--on``; None means today.
    reach_by_group_m
        Straight metres by terrain group (CORE, NEW, NE, SE, other).
    beyond_reach_allowed
        A pair beyond reach is the last rung, flagged; False forbids it.
    places_count_children
        Each sibling takes a place; False: a household takes one.
    needed
        Names of ``proposals.Unknown`` facts without which no pair may be active.
    """

    name: str
    title_zh: str
    notice: str
    reference_date: date | None
    mandatory: frozenset[Category]
    optional: frozenset[Category]
    left_behind_needs_poor_guardianship: bool
    left_behind_under_age_years: int
    under_age_years: int
    age_out: str
    siblings_share_caregiver: bool
    places_count_children: bool
    default_places: int
    max_children: int
    reach_by_group_m: Mapping[str, int]
    beyond_reach_allowed: bool
    needed: frozenset[str]
    check_valid_days: int
    girl_with_male_caregiver: str
    kin_may_be_caregiver: bool
    responsible_zh: str
    due_days: int

    def reach_m(self, group: str) -> int:
        """Straight metres a caregiver may live away in a unit of this terrain group."""
        return self.reach_by_group_m.get(group, self.reach_by_group_m["other"])

    @classmethod
    def from_toml(cls, path: Path | None = None) -> "Programme":
        """Read a rules file; None reads the preset that ships.

        A file need only name what it changes: the rest is the preset's.

        Raises
        ------
        Unreadable
            When the file is not TOML, names an unknown rule or gives a value that cannot be.
        """
        rules = _preset(DEFAULT_PRESET)
        if path is not None:
            _overlay(rules, _document(path), path.name, "")
        try:
            return cls(**_flat(rules))
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable(f"规则文件有误 / the rules file is wrong: {error}") from error


def _preset(name: str) -> dict[str, Any]:
    source = files("casework").joinpath("presets", f"{name}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _document(path: Path) -> dict[str, Any]:
    return toml_document(path, "规则文件", "the rules file")


def _overlay(rules: dict[str, Any], changes: dict[str, Any], file: str, prefix: str) -> None:
    """Change ``rules`` in place; a name the preset does not have is a typing error."""
    for key, value in changes.items():
        if key not in rules or isinstance(rules[key], dict) != isinstance(value, dict):
            raise Unreadable(
                f"规则文件 {file} 中的“{prefix}{key}”不是规则名 / is not the name of a rule"
            )
        if isinstance(value, dict):
            _overlay(rules[key], value, file, f"{prefix}{key}.")
        else:
            rules[key] = value


def _choice(value: str, *allowed: str) -> str:
    if value not in allowed:
        raise ValueError(f"{value!r}: {' | '.join(allowed)}")
    return value


def _flat(rules: dict[str, Any]) -> dict[str, Any]:
    scope, homes = rules["scope"], rules["households"]
    reach = {key: value for key, value in rules["reach_m"].items() if key != "beyond"}
    if not all(isinstance(m, int) and m >= 0 for m in reach.values()):
        raise ValueError("reach_m: whole metres, 0 or more")
    if not 1 <= homes["max_children"] <= 5 or not 0 <= homes["default_places"] <= 5:
        raise ValueError("households: max_children 1-5, default_places 0-5")
    known = {"background_check", "guardian_consent", "commitment", "training"}
    if not set(rules["eligibility"]["needed"]) <= known:
        raise ValueError(f"eligibility.needed: {' | '.join(sorted(known))}")
    eligibility = rules["eligibility"]
    return {
        "name": rules["name"],
        "title_zh": rules["title_zh"],
        "notice": rules["notice"],
        "reference_date": rules["reference_date"],
        "mandatory": frozenset(Category(c) for c in scope["mandatory"]),
        "optional": frozenset(Category(c) for c in scope["optional"]),
        "left_behind_needs_poor_guardianship": scope["left_behind_needs_poor_guardianship"],
        "left_behind_under_age_years": scope["left_behind_under_age_years"],
        "under_age_years": scope["under_age_years"],
        "age_out": _choice(scope["age_out"], "first_of_next_month", "birthday"),
        "siblings_share_caregiver": homes["siblings_share_caregiver"],
        "places_count_children": _choice(homes["places_count"], "households", "children")
        == "children",
        "default_places": homes["default_places"],
        "max_children": homes["max_children"],
        "reach_by_group_m": reach,
        "beyond_reach_allowed": _choice(rules["reach_m"]["beyond"], "last_rung", "forbidden")
        == "last_rung",
        "needed": frozenset(eligibility["needed"]),
        "check_valid_days": eligibility["check_valid_days"],
        "girl_with_male_caregiver": _choice(
            eligibility["girl_with_male_caregiver"], "second_adult", "allowed", "forbidden"
        ),
        "kin_may_be_caregiver": eligibility["kin_may_be_caregiver"],
        "responsible_zh": rules["left_over"]["responsible_zh"],
        "due_days": rules["left_over"]["due_days"],
    }
