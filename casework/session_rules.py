"""How a session is composed and staffed: age bands, groups, adults (场次组成的标准).

The figures are data, with what they rest on; an office that works otherwise gives its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any

from casework.round_rules import preset
from casework.round_toml import SESSION, document_of, overlay, refuse
from casework.rounds import Contingent, Slot

Hours = tuple[time, time]


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Children of one age band sit in groups of their own.

    Attributes
    ----------
    first, last
        Ages in full years, both included.
    children_per_adult
        No more children than this to one adult (NSPCC: 4-8 one to 6, 9-12 to 8, 13-18 to 10).
    """

    name_zh: str
    first: int
    last: int
    children_per_adult: int

    def __post_init__(self) -> None:
        """Refuse a band that holds nobody."""
        if not 0 <= self.first <= self.last <= 25 or self.children_per_adult < 1:
            raise ValueError(f"session.bands: {self.name_zh}")


@dataclass(frozen=True, slots=True)
class SessionRules:
    """What a session needs.

    Attributes
    ----------
    group_size
        Children in a group at most; 12 to 25 is usual, 35 the most seen.
    fewest_adults
        The two-adult rule: never fewer, however few the children.
    supervisors
        District supervisors beside the townships' own (notice 三(二)1).
    escorts
        Adults with each township: its chair, who is the area supervisor.
    hours
        When a session of each slot begins and ends.
    """

    bands: tuple[AgeBand, ...] = (
        AgeBand("6—8岁", 6, 8, 6),
        AgeBand("9—12岁", 9, 12, 8),
        AgeBand("13—17岁", 13, 17, 10),
    )
    group_size: int = 25
    fewest_adults: int = 2
    supervisors: int = 1
    escorts: int = 1
    hours: Mapping[Slot, Hours] = field(
        default_factory=lambda: {
            Slot.MORNING: (time(9, 30), time(12)),
            Slot.AFTERNOON: (time(14), time(16, 30)),
            Slot.DAY: (time(10), time(16, 30)),
        }
    )

    @classmethod
    def from_toml(cls, path: Path | None = None) -> "SessionRules":
        """Read the table ``session`` of a round file; None reads the preset that ships.

        Raises
        ------
        Unreadable
            When it names an unknown rule or gives a value that cannot be; all are named.
        """
        rules, faults = preset(), list[str]()
        if path is not None:
            own = document_of(path)
            faults = overlay(rules, {SESSION: own[SESSION]} if SESSION in own else {})
        return cls.from_rules(rules[SESSION], faults, path.name if path else "")

    @classmethod
    def from_rules(
        cls, rules: Mapping[str, Any], faults: list[str] | None = None, where: str = ""
    ) -> "SessionRules":
        """Make rules of the table of a file.

        Raises
        ------
        Unreadable
            When a rule is missing or has a value that cannot be.
        """
        faults, values = list(faults or ()), dict[str, Any]()
        for name, read in _READERS.items():
            try:
                values[name] = read(rules[name])
            except (KeyError, TypeError, ValueError, AttributeError):
                faults.append(f"session.{name} = {rules.get(name)!r}")
        refuse(faults, where)
        return cls(**values)

    def as_rules(self) -> dict[str, Any]:
        """Give the rules back as the table of a file: what was used is published."""
        return {
            "group_size": self.group_size,
            "fewest_adults": self.fewest_adults,
            "supervisors": self.supervisors,
            "escorts": self.escorts,
            "bands": [[b.name_zh, b.first, b.last, b.children_per_adult] for b in self.bands],
            "hours": {
                str(slot): [each.strftime("%H:%M") for each in hours]
                for slot, hours in self.hours.items()
            },
        }


def _whole(least: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if type(value) is not int or not least <= value <= 1000:
            raise ValueError(value)
        return value

    return read


def _bands(value: Any) -> tuple[AgeBand, ...]:
    bands = tuple(AgeBand(str(name), *map(_whole(0), ages)) for name, *ages in value)
    ends = [(band.first, band.last) for band in bands]
    if not bands or any(a[1] >= b[0] for a, b in pairwise(ends)):
        raise ValueError("one after another")
    return bands


def _hours(value: Any) -> dict[Slot, Hours]:
    found = {}
    for slot in (Slot.MORNING, Slot.AFTERNOON, Slot.DAY):
        start, end = (time.fromisoformat(each) for each in value[slot])
        if end <= start or start.tzinfo or end.tzinfo:
            raise ValueError(slot)
        found[slot] = (start, end)
    return found


_READERS: dict[str, Callable[[Any], Any]] = {
    "bands": _bands,
    "group_size": _whole(1),
    "fewest_adults": _whole(1),
    "supervisors": _whole(0),
    "escorts": _whole(1),
    "hours": _hours,
}


@dataclass(frozen=True, slots=True)
class SessionNeeds:
    """Who comes to a session, and what that takes.

    Attributes
    ----------
    adults
        Caregivers, escorts (township chairs as area supervisors) and district supervisors.
    adults_short
        Adults missing for the floor of adults to children; 0 where there are enough.
    unbanded
        Children whose age is in no band: they are too young for the round.
    """

    children: int
    caregivers: int
    adults: int
    people: int
    groups: int
    counsellors: int
    assistants: int
    adults_needed: int
    adults_short: int
    wheelchairs: int
    longest_travel_minutes: int | None
    by_band: tuple[tuple[str, int], ...]
    unbanded: int


def needs_of(contingents: tuple[Contingent, ...], rules: SessionRules) -> SessionNeeds:
    """Work out groups, staff and adults for the contingents of one session.

    Counsellors are one a group and one for the caregivers' lecture; assistants one a group.
    """
    bands = [
        (band, sum(_aged(c, band.first, band.last) for c in contingents)) for band in rules.bands
    ]
    children = sum(c.child_count for c in contingents)
    caregivers = sum(c.caregivers for c in contingents)
    adults = caregivers + sum(c.escorts for c in contingents) + rules.supervisors
    groups = sum(ceil(count / rules.group_size) for _, count in bands)
    floor = sum(ceil(count / band.children_per_adult) for band, count in bands)
    needed = max(rules.fewest_adults, floor) if children else 0
    drives = [c.travel_minutes for c in contingents if c.travel_minutes is not None]
    return SessionNeeds(
        children,
        caregivers,
        adults,
        children + adults,
        groups,
        groups + (1 if caregivers else 0),
        groups,
        needed,
        max(0, needed - adults),
        sum(c.wheelchairs for c in contingents),
        max(drives, default=None),
        tuple((band.name_zh, count) for band, count in bands),
        children - sum(count for _, count in bands),
    )


def _aged(contingent: Contingent, first: int, last: int) -> int:
    return sum(count for age, count in contingent.children.items() if first <= age <= last)
