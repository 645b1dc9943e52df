"""Round: the rules of one counselling round, read from a preset (团辅轮次规则).

Where the notice leaves a choice to the office the choice is a named switch here; the file
``presets/round_chongqing_2021.toml`` says for each where it comes from. The window has no
default: it is always the round's own.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

from casework.round_toml import document_of, overlay, refuse
from casework.workdays import is_holiday, is_makeup_workday, is_rest_day, is_workday

DEFAULT_ROUND = "round_chongqing_2021"
LONGEST_WINDOW_DAYS = 400
Choice = TypeVar("Choice", bound=StrEnum)


class AllowedDays(StrEnum):
    """On which days sessions may be held (可用日期)."""

    ANY = "any"
    REST = "rest"
    VACATION = "vacation"


class Consecutive(StrEnum):
    """What "consecutive" means for a unit's dates (连续开展的口径)."""

    CALENDAR_DAYS = "calendar_days"
    ALLOWED_DAYS = "allowed_days"


class UnitDays(StrEnum):
    """On how many days a unit's sessions are held."""

    AS_DECLARED = "as_declared"
    FEWEST = "fewest"


class TeamsPerUnit(StrEnum):
    """Whether one team serves a unit, or several at once."""

    ONE = "one"
    PARALLEL = "parallel"


class Term(StrEnum):
    """What a timetable is judged by, each as small as possible."""

    MOVED_UNITS = "moved_units"
    MOVED_DAYS = "moved_days"
    TRAVEL_MINUTES = "travel_minutes"
    SCHOOL_DAYS = "school_days"
    LATE_DAYS = "late_days"
    NIGHTS = "nights"
    UNEVEN_DAYS = "uneven_days"

    @property
    def needs_routes(self) -> bool:
        """Whether it depends on who travels from where to where, not on dates alone."""
        return self in (Term.TRAVEL_MINUTES, Term.NIGHTS, Term.UNEVEN_DAYS)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from first to last, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        """Whether the day lies in the span."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Round:
    """One round's rules; the preset says what each means and where it comes from.

    Attributes
    ----------
    strict_end
        Last day under the strict reading of the notice; None where there is none.
    nearest_teams
        Only so many nearest teams may serve a unit; 0 means any.
    rest_after_days, rest_days
        After a run of at least so many working days, so many days without sessions.
    idle_day_after_hours
        A longer drive takes a day without sessions.
    levels
        The objective's levels in order; the terms of one level are weighed by ``weights``.
    """

    name: str
    title_zh: str
    notice: str
    window_start: date
    window_end: date
    strict_end: date | None
    allowed_days: AllowedDays
    holidays_allowed: bool
    makeup_workdays_allowed: bool
    vacations: tuple[Span, ...]
    sessions_per_day: int
    consecutive_in: Consecutive
    days_of_a_unit: UnitDays
    teams_per_unit: TeamsPerUnit
    parallel_days: int
    nearest_teams: int
    longest_run_days: int
    rest_after_days: int
    rest_days: int
    idle_day_after_hours: float
    home_on_idle_days: bool
    stay_away_days: int
    commute_hours: float
    speed_kmh: float
    detour_plain: float
    detour_mountain: float
    mountain_groups: frozenset[str]
    skills_required: bool
    rooms_required: bool
    levels: tuple[tuple[Term, ...], ...]
    weights: Mapping[Term, int]

    def __post_init__(self) -> None:
        """Refuse rules that no timetable could be judged by; all that is wrong is named."""
        faults = tuple(self._faults())
        if faults:
            raise ValueError("；".join(faults))

    def _faults(self) -> Iterator[str]:
        days = (self.window_end - self.window_start).days
        if not 0 <= days < LONGEST_WINDOW_DAYS:
            yield (
                f"window: 结束日期不能早于开始日期，最长 {LONGEST_WINDOW_DAYS} 天"
                f" / 1 to {LONGEST_WINDOW_DAYS} days, end after start"
            )
        if self.sessions_per_day not in (1, 2):
            yield "days.sessions_per_day: 1 | 2"
        for name in ("parallel_days", "longest_run_days", "rest_after_days", "rest_days"):
            if getattr(self, name) < 1:
                yield f"teams.{name}: 1 or more"
        for name in ("speed_kmh", "detour_plain", "detour_mountain"):
            if getattr(self, name) <= 0:
                yield f"travel.{name}: more than 0"
        for name in ("nearest_teams", "stay_away_days", "idle_day_after_hours", "commute_hours"):
            if getattr(self, name) < 0:
                yield f"{name}: 0 or more"
        yield from self._objective_faults()

    def _objective_faults(self) -> Iterator[str]:
        named = [term for level in self.levels for term in level]
        if len(named) != len(set(named)) or not all(self.levels):
            yield "objective.levels: each term once, no empty level"
        if not all(0 <= self.weights[term] <= 100_000 for term in named):
            yield "objective.weights: whole numbers, 0 to 100000"

    def is_allowed(self, day: date) -> bool:
        """Whether the round holds sessions on this day, closures aside."""
        if not self.window_start <= day <= self.window_end:
            return False
        if is_holiday(day) and not self.holidays_allowed:
            return False
        if is_makeup_workday(day) and not self.makeup_workdays_allowed:
            return False
        if self.allowed_days is AllowedDays.REST:
            return is_rest_day(day)
        return self.allowed_days is AllowedDays.ANY or self.is_vacation(day)

    def is_vacation(self, day: date) -> bool:
        """Whether schools are on vacation (寒暑假)."""
        return any(day in span for span in self.vacations)

    def is_school_day(self, day: date) -> bool:
        """Whether children would miss school."""
        return is_workday(day) and not self.is_vacation(day)

    def days(self) -> tuple[date, ...]:
        """Give every day of the window, allowed or not."""
        count = (self.window_end - self.window_start).days + 1
        return tuple(self.window_start + timedelta(days=n) for n in range(count))

    @classmethod
    def from_toml(cls, path: Path | None = None) -> "Round":
        """Read a round file; None reads the preset that ships.

        A file need only name what it changes: the rest is the preset's.

        Raises
        ------
        Unreadable
            When the file is not TOML, names an unknown rule or gives a value that cannot be.
        """
        rules, faults, where = preset(), list[str](), ""
        if path is not None:
            where = path.name
            faults = overlay(rules, document_of(path))
        return cls._from(rules, faults, where)

    @classmethod
    def from_rules(cls, rules: Mapping[str, Any]) -> "Round":
        """Make a round of the preset's tables, as a form or a file gives them.

        Raises
        ------
        Unreadable
            When a rule is missing or has a value that cannot be; all such are named.
        """
        return cls._from(rules, [], "")

    @classmethod
    def _from(cls, rules: Mapping[str, Any], faults: list[str], where: str) -> "Round":
        values: dict[str, Any] = {}
        for name, read in _readings(rules):
            try:
                values[name] = read()
            except KeyError as error:
                faults.append(f"缺少 {error} / it is missing")
            except (TypeError, ValueError, AttributeError) as error:
                faults.append(str(error))
        if faults:  # judge what could be read beside the preset's, so that all is told at once
            shipped = cls.from_toml()
            values = {name: getattr(shipped, name) for name in cls.__slots__} | values
        try:
            made = cls(**values)
        except (TypeError, ValueError) as error:
            refuse([*faults, str(error)], where)
            raise
        refuse(faults, where)
        return made

    def as_rules(self) -> dict[str, Any]:
        """Give the rules back as the tables of a file: what was used is published."""
        return {
            "name": self.name,
            "title_zh": self.title_zh,
            "notice": self.notice,
            "window": {
                "start": self.window_start,
                "end": self.window_end,
                **({"strict_end": self.strict_end} if self.strict_end else {}),
            },
            **{
                table: {key: _plain(getattr(self, field)) for key, field in fields.items()}
                for table, fields in TABLES.items()
            },
            "objective": {
                "levels": [[str(term) for term in level] for level in self.levels],
                "weights": {str(term): weight for term, weight in self.weights.items()},
            },
        }


TABLES: dict[str, dict[str, str]] = {
    "days": {
        "allowed": "allowed_days",
        "holidays": "holidays_allowed",
        "makeup_workdays": "makeup_workdays_allowed",
        "vacations": "vacations",
        "sessions_per_day": "sessions_per_day",
        "consecutive_in": "consecutive_in",
        "days_of_a_unit": "days_of_a_unit",
    },
    "teams": {
        "per_unit": "teams_per_unit",
        "parallel_days": "parallel_days",
        "nearest": "nearest_teams",
        "longest_run_days": "longest_run_days",
        "rest_after_days": "rest_after_days",
        "rest_days": "rest_days",
    },
    "travel": {
        name: name
        for name in (
            "idle_day_after_hours",
            "home_on_idle_days",
            "stay_away_days",
            "commute_hours",
            "speed_kmh",
            "detour_plain",
            "detour_mountain",
            "mountain_groups",
        )
    },
    "require": {"skills": "skills_required", "rooms": "rooms_required"},
}
"""Where each switch stands in a file: table, key, field of ``Round``."""

_KINDS: dict[type, tuple[type, ...]] = {bool: (bool,), int: (int,), float: (int, float)}


def preset() -> dict[str, Any]:
    """Give the tables of the preset that ships, to be changed."""
    source = files("casework").joinpath("presets", f"{DEFAULT_ROUND}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _readings(rules: Mapping[str, Any]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Give for each field of ``Round`` how it is read from the tables of a file."""
    for key in ("name", "title_zh", "notice"):
        yield key, partial(_found, rules, (key,), partial(_text, key))
    for end in ("start", "end"):
        name = f"window.{end}"
        yield f"window_{end}", partial(_found, rules, ("window", end), partial(_day, name))
    strict = rules.get("window", {}).get("strict_end")
    yield "strict_end", lambda: _day("window.strict_end", strict) if strict else None
    for table, fields in TABLES.items():
        for key, field in fields.items():
            read = partial(_typed, f"{table}.{key}", field)
            yield field, partial(_found, rules, (table, key), read)
    yield "levels", lambda: _levels(rules["objective"]["levels"])
    yield (
        "weights",
        lambda: {
            Term(term): _typed(f"objective.weights.{term}", "sessions_per_day", weight)
            for term, weight in rules["objective"]["weights"].items()
        },
    )


def _found(rules: Any, path: tuple[str, ...], read: Callable[[Any], Any]) -> Any:
    for key in path:
        rules = rules[key]
    return read(rules)


def _levels(levels: Any) -> tuple[tuple[Term, ...], ...]:
    return tuple(
        tuple(_choice("objective.levels", Term, term) for term in level) for level in levels
    )


def _choice(name: str, kind: type[Choice], value: Any) -> Choice:
    try:
        return kind(value)
    except ValueError:
        raise ValueError(f"{name} = {value!r}: {' | '.join(kind)}") from None


def _typed(name: str, field: str, value: Any) -> Any:
    """Give the value as the field's type, or say which rule has the wrong kind of value."""
    kind: Any = Round.__annotations__[field]
    if field == "vacations":
        return tuple(_span(name, span) for span in value)
    if field == "mountain_groups":
        return frozenset(str(group) for group in value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _choice(name, kind, value)
    if not isinstance(value, _KINDS[kind]) or (kind is not bool and isinstance(value, bool)):
        raise ValueError(f"{name} = {value!r}: {_KINDS_ZH[kind]}")
    if isinstance(value, float) and not isfinite(value):
        raise ValueError(f"{name} = {value!r}: {_KINDS_ZH[kind]}")
    return kind(value)


_KINDS_ZH = {bool: "true | false", int: "整数 / a whole number", float: "数字 / a number"}


def _span(name: str, span: Any) -> Span:
    if not isinstance(span, list | tuple) or len(span) != 2:
        raise ValueError(f"{name} = {span!r}: [2021-07-10, 2021-08-31]")
    return Span(_day(name, span[0]), _day(name, span[1]))


def _text(name: str, value: Any) -> str:
    if isinstance(value, str) and value and len(value) <= 200:
        return value
    raise ValueError(f"{name} = {value!r}: 文字 / a text")


def _day(name: str, value: Any) -> date:
    if type(value) is date:
        return value
    raise ValueError(f"{name} = {value!r}: 日期如 2021-09-15 / a date like 2021-09-15")


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [[span.first, span.last] for span in value]
    return str(value) if isinstance(value, StrEnum) else value
