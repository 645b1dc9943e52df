"""Made-up pairs: who is beside whom on the day, as such registers stand.

Most households have a caregiver of their village or nearby; some of these have since left.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from casework.findings import Where
from casework.people import CheckResult
from casework.records import CaregiverRecord, ChildRecord, PairRecord
from casework.sample_draw import Draw, parameters, years_before

People = tuple[tuple[ChildRecord, ...], tuple[CaregiverRecord, ...], tuple[PairRecord, ...]]


def make_pairs(
    children: tuple[ChildRecord, ...],
    caregivers: tuple[CaregiverRecord, ...],
    on: date,
    draw: Draw,
) -> People:
    """Pair most households, and name the caregiver and the kin in the ledgers' rows."""
    register = Register(caregivers, on, draw)
    pairs = tuple(pair for household in households(children) for pair in register.pair(household))
    names = {p.child_key: p.caregiver_name for p in pairs if p.ended_on is None}
    children = tuple(replace(c, caregiver_name=names.get(c.number, "")) for c in children)
    return children, tuple(_with_kin(caregivers, children, draw)), pairs


def households(children: Sequence[ChildRecord]) -> list[list[ChildRecord]]:
    """Group siblings, in the order of the ledger."""
    groups: dict[str, list[ChildRecord]] = defaultdict(list)
    for child in children:
        groups[child.siblings or child.number].append(child)
    return list(groups.values())


class Register:
    """Deals out the caregivers' places while pairs are made up."""

    def __init__(self, caregivers: Sequence[CaregiverRecord], on: date, draw: Draw) -> None:
        """Start with every place free."""
        self._on, self._draw = on, draw
        self._free = {c.number: c.places for c in caregivers}
        self._nearby: dict[tuple[str, ...], list[CaregiverRecord]] = defaultdict(list)
        for caregiver in caregivers:
            if caregiver.check_result is not CheckResult.FAILED:
                self._nearby[caregiver.home.township, caregiver.village_name].append(caregiver)
                self._nearby[(caregiver.home.township,)].append(caregiver)
                self._nearby[()].append(caregiver)

    def pair(self, household: list[ChildRecord]) -> Iterator[PairRecord]:
        """Give a household its pairs: one a child, and perhaps one that has ended."""
        rules = parameters()["pairs"]
        if not self._draw.chance(rules["households"]):
            return
        caregiver = self._take(household[0])
        if caregiver is None:
            return
        started = self._draw.day(years_before(self._on, 3), self._on - timedelta(days=20))
        locked = self._draw.chance(rules["locked"])
        before = self._before(household[0]) if self._draw.chance(rules["ended"]) else None
        for child in household:
            if before is not None and before is not caregiver:
                ended = _pair(child, before, started - timedelta(days=400))
                yield replace(ended, ended_on=started - timedelta(days=1))
            yield replace(_pair(child, caregiver, started), locked=locked)

    def _take(self, child: ChildRecord) -> CaregiverRecord | None:
        """Take a place in the village, else in the township, else, for some, in the unit."""
        township = child.home.township
        for key in ((township, child.village_name), (township,), ()):
            free = [c for c in self._nearby[key] if self._free[c.number]]
            if free and (key or self._draw.chance(0.5)):
                caregiver = self._draw.one(free)
                self._free[caregiver.number] -= 1
                return caregiver
        return None

    def _before(self, child: ChildRecord) -> CaregiverRecord | None:
        """Find somebody of the township who may have been beside the child before."""
        choices = self._nearby[(child.home.township,)]
        return self._draw.one(choices) if choices else None


def _pair(child: ChildRecord, caregiver: CaregiverRecord, started_on: date) -> PairRecord:
    return PairRecord(
        where=Where(),
        child_key=child.number,
        caregiver_key=caregiver.number,
        child_name=child.name,
        caregiver_name=caregiver.name,
        started_on=started_on,
    )


def _with_kin(
    caregivers: Sequence[CaregiverRecord], children: Sequence[ChildRecord], draw: Draw
) -> Iterator[CaregiverRecord]:
    """Let a few caregivers be kin to a child of their township, never to their own."""
    by_township: dict[str, list[ChildRecord]] = defaultdict(list)
    for child in children:
        by_township[child.home.township].append(child)
    for caregiver in caregivers:
        strangers = [
            child
            for child in by_township[caregiver.home.township]
            if child.caregiver_name != caregiver.name
        ]
        is_kin = draw.chance(parameters()["caregivers"]["kin"])
        kin = (draw.one(strangers).number,) if is_kin and strangers else ()
        yield replace(caregiver, kin=kin)
