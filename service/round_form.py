"""The rules of a round as a form in the notice's words, and read back (轮次规则表单).

A field is named as in the rule file (``days.allowed``), so that form, file and reference say
the same; the words stand in ``texts/rounds.toml``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from casework.errors import Refused, Unreadable
from casework.round_report import RoundFrame
from casework.round_rules import (
    TABLES,
    AllowedDays,
    Consecutive,
    Round,
    TeamsPerUnit,
    Term,
    UnitDays,
)
from casework.session_rules import SessionRules

CHOICES: Mapping[str, type[StrEnum]] = {
    "days.allowed": AllowedDays,
    "days.consecutive_in": Consecutive,
    "days.days_of_a_unit": UnitDays,
    "teams.per_unit": TeamsPerUnit,
}
GROUPS = ("CORE", "NEW", "NE", "SE")
SESSION = ("group_size", "fewest_adults", "supervisors", "escorts")
NOT_COUNTED = "0"


@dataclass(frozen=True, slots=True)
class Field:
    """One switch: ``kind`` is choice, yes, number, day, spans or groups."""

    name: str
    kind: str
    value: Any
    choices: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The key of its words."""
        return "rule_" + self.name.replace(".", "_")


def fields_of(frame: RoundFrame) -> dict[str, list[Field]]:
    """Give the form's fields by the table of the rule file they stand in."""
    rules = frame.rules.as_rules()
    window = rules["window"]
    form = {
        "window": [
            Field(f"window.{end}", "day", window.get(end, ""))
            for end in ("start", "end", "strict_end")
        ]
    }
    for table, keys in TABLES.items():
        form[table] = [_field(f"{table}.{key}", rules[table][key]) for key in keys]
    form["session"] = [
        Field(f"session.{key}", "number", getattr(frame.session, key)) for key in SESSION
    ]
    return form


def _field(name: str, value: Any) -> Field:
    if name in CHOICES:
        return Field(name, "choice", value, tuple(CHOICES[name]))
    if name == "days.sessions_per_day":
        return Field(name, "choice", str(value), ("1", "2"))
    if name == "days.vacations":
        lines = (f"{first} {last}" for first, last in value)
        return Field(name, "spans", "\n".join(lines))
    if name == "travel.mountain_groups":
        return Field(name, "groups", value, GROUPS)
    return Field(name, "yes" if isinstance(value, bool) else "number", value)


def order_of(frame: RoundFrame) -> list[tuple[str, int, int]]:
    """Give each term with its level, from 1 (0 is not counted), and its weight."""
    at = {term: n for n, level in enumerate(frame.rules.levels, 1) for term in level}
    terms = sorted(Term, key=lambda term: (at.get(term, 99), list(Term).index(term)))
    return [(str(term), at.get(term, 0), frame.rules.weights.get(term, 0)) for term in terms]


def read_rules(frame: RoundFrame, typed: Mapping[str, list[str]]) -> RoundFrame:
    """Read the form.

    Raises
    ------
    Refused
        When a value cannot be; every such is named.
    """
    first = {name: values[0].strip() for name, values in typed.items()}
    rules = frame.rules.as_rules()
    faults: list[str] = []
    for fields in fields_of(frame).values():
        for field in fields:
            table, _, key = field.name.partition(".")
            try:
                rules.setdefault(table, {})[key] = _value(field, first, typed)
            except ValueError:
                faults.append(field.name)
    _read_order(rules, first, faults)
    if faults:
        raise Refused(f"请检查这几项：{'、'.join(faults)} / please check these")
    session = rules.pop("session")
    try:
        read = Round.from_rules(rules)
        seats = SessionRules.from_rules({**frame.session.as_rules(), **session})
    except Unreadable as error:
        raise Refused(str(error)) from None
    return replace(frame, rules=read, session=seats, on=min(frame.on, read.window_end))


def _value(field: Field, first: Mapping[str, str], typed: Mapping[str, list[str]]) -> Any:
    text = first.get(field.name, "")
    if field.kind == "yes":
        return field.name in typed
    if field.kind == "groups":
        return [group for group in typed.get(field.name, []) if group in GROUPS]
    if field.kind == "day":
        return date.fromisoformat(text) if text or not field.name.endswith("strict_end") else None
    if field.kind == "spans":
        return list(_spans(text))
    if field.name == "days.sessions_per_day":
        return int(text)
    if field.kind == "choice":
        return text
    return float(text) if isinstance(field.value, float) else int(text)


def _spans(text: str) -> Iterator[list[date]]:
    for line in text.splitlines():
        ends = line.replace("至", " ").split()
        if ends:
            first, last = ends
            yield [date.fromisoformat(first), date.fromisoformat(last)]


def _read_order(rules: dict[str, Any], first: Mapping[str, str], faults: list[str]) -> None:
    levels: dict[int, list[str]] = {}
    weights: dict[str, int] = {}
    for term in map(str, Term):
        try:
            level = int(first.get(f"level.{term}", NOT_COUNTED))
            weights[term] = int(first.get(f"weight.{term}", ""))
        except ValueError:
            faults.append(f"objective.{term}")
            continue
        if level:
            levels.setdefault(level, []).append(term)
    rules["objective"] = {
        "levels": [levels[level] for level in sorted(levels)],
        "weights": weights,
    }


def preset_frame(frame: RoundFrame) -> RoundFrame:
    """Give the frame with the preset's rules again."""
    return replace(frame, rules=Round.from_toml(), session=SessionRules.from_toml())
