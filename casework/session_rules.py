"""How a session is composed and staffed: age bands, groups, adults (场次组成的标准).

The figures are data, with what they rest on; an office that works otherwise gives its own.
"""

from dataclasses import dataclass
from math import ceil

from casework.rounds import Contingent


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
    """

    bands: tuple[AgeBand, ...] = (
        AgeBand("6—8岁", 6, 8, 6),
        AgeBand("9—12岁", 9, 12, 8),
        AgeBand("13—17岁", 13, 17, 10),
    )
    group_size: int = 25
    fewest_adults: int = 2
    supervisors: int = 1


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
