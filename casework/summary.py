"""Summary: what a proposal comes to, for the unit and for each township or village (汇总).

Children whose rows wait for a correction count among all children and never in the mandatory
scope, since nobody knows yet; the number is given beside. Unknown distances are counted, not
averaged away.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median_low
from typing import TypeVar

from casework.dossier import Dossier
from casework.eligibility import OutOfScope, ScopeKind, caregiver_state, scope_of
from casework.people import Caregiver, CaregiverId, ChildId
from casework.proposals import Left, Pair, Rung, Unknown, Unpaired
from casework.records import CaregiverRecord, ChildRecord

_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Children with a caregiver, of how many."""

    paired: int
    children: int

    @property
    def share(self) -> float | None:
        """Part that has a caregiver, 0 to 1; None when there are no children."""
        return self.paired / self.children if self.children else None


@dataclass(frozen=True, slots=True)
class Distances:
    """Straight metres of some pairs; None where no distance is known."""

    median_m: int | None
    worst_m: int | None
    known: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Area:
    """A township, or a village in it; ``village`` is None for a whole township.

    An empty ``village`` gathers the people of a township whose village nobody wrote down.
    """

    township: str
    township_name: str
    village: str | None = None

    @property
    def name(self) -> str:
        """Name to print: the village where there is one, else the township."""
        if self.village is None:
            return self.township_name or "（镇街未填）"
        return f"{self.township_name} {self.village or '（村社区未填）'}"


@dataclass(frozen=True, slots=True)
class AreaCounts:
    """What the proposal means for an area.

    Attributes
    ----------
    children
        Children in the proposal who live here: paired and left over, waiting rows included.
    left_over, needs_data
        Children left over, by id; how many of them wait for a correction.
    caregivers, places, free_places
        Those who live here and may serve, their places, and the places the proposal leaves.
    rung_counts
        Pairs of the children here on each rung, in the order of ``Rung``.
    """

    area: Area
    children: int
    paired: int
    conditional: int
    left_over: tuple[ChildId, ...]
    needs_data: int
    caregivers: int
    places: int
    free_places: int
    rung_counts: tuple[int, ...]
    distances: Distances

    @property
    def left(self) -> int:
        """Children left over."""
        return len(self.left_over)


@dataclass(frozen=True, slots=True)
class Summary:
    """What the whole proposal comes to.

    Attributes
    ----------
    load
        Caregivers who may serve, by the number of households they get; 0 included.
    cadres, role_unknown, caregivers_paired
        Caregivers in pairs who are village cadres or executive members, whose role nobody
        wrote down, and all.
    out_of_scope
        Children of the ledger the programme is not for, by reason.
    """

    mandatory: Coverage
    optional: Coverage
    everyone: Coverage
    left: Mapping[Left, int]
    rung_counts: tuple[int, ...]
    kept: int
    new: int
    locked: int
    ended: int
    conditional: int
    conditional_by_fact: Mapping[Unknown, int]
    load: Mapping[int, int]
    cadres: int
    role_unknown: int
    caregivers_paired: int
    free_places: int
    distances: Distances
    townships: tuple[AreaCounts, ...]
    out_of_scope: Mapping[OutOfScope, int]

    @property
    def cadre_share(self) -> float | None:
        """Share of cadres and executive members among those paired (notice 三(一)2)."""
        return self.cadres / self.caregivers_paired if self.caregivers_paired else None


def summarise(dossier: Dossier) -> Summary:
    """Count everything the officer reports about a proposal."""
    pairs, unpaired = dossier.proposal.pairs, dossier.proposal.unpaired
    taken, free = taken_places(dossier), free_places(dossier)
    roles = [record.role for j in taken if (record := dossier.caregivers.get(j))]
    return Summary(
        mandatory=_coverage(dossier, ScopeKind.MANDATORY),
        optional=_coverage(dossier, ScopeKind.OPTIONAL),
        everyone=Coverage(len(pairs), len(pairs) + len(unpaired)),
        left=_by_member(Left, (line.reason for line in unpaired)),
        rung_counts=rung_counts_of(pairs),
        kept=sum(pair.kept for pair in pairs),
        new=sum(not pair.kept for pair in pairs),
        locked=sum(pair.locked for pair in pairs),
        ended=len(dossier.proposal.ended),
        conditional=sum(bool(pair.conditional) for pair in pairs),
        conditional_by_fact=_by_member(Unknown, (u for p in pairs for u in p.conditional)),
        load=_load(dossier, free),
        cadres=sum(role is not None and role.is_cadre for role in roles),
        role_unknown=sum(role is None for role in roles),
        caregivers_paired=len(taken),
        free_places=sum(free.values()),
        distances=distances_of(pairs),
        townships=count_areas(dossier),
        out_of_scope=_out_of_scope(dossier),
    )


def count_areas(dossier: Dossier, by_village: bool = False) -> tuple[AreaCounts, ...]:
    """Count the proposal for each township, or each village, where somebody lives."""
    area_of = _Areas(dossier, by_village)
    free = free_places(dossier)
    pairs: dict[Area, list[Pair]] = {}
    left: dict[Area, list[Unpaired]] = {}
    serving: dict[Area, list[CaregiverId]] = {}
    for pair in dossier.proposal.pairs:
        pairs.setdefault(area_of.child(pair.child), []).append(pair)
    for line in dossier.proposal.unpaired:
        left.setdefault(area_of.child(line.child), []).append(line)
    for caregiver in free:
        serving.setdefault(area_of.record(dossier.caregivers[caregiver]), []).append(caregiver)
    areas = sorted(
        pairs.keys() | left.keys() | serving.keys(), key=lambda a: (a.township, a.village or "")
    )
    return tuple(
        _area_counts(
            area,
            pairs.get(area, []),
            left.get(area, []),
            [(dossier.caregivers[j].places, free[j]) for j in serving.get(area, [])],
        )
        for area in areas
    )


def taken_places(dossier: Dossier) -> Counter[CaregiverId]:
    """Count the places each caregiver gives: households, or children if the preset says."""
    by_child = dossier.programme.places_count_children
    taken = {
        (pair.caregiver, pair.child if by_child else pair.household)
        for pair in dossier.proposal.pairs
    }
    return Counter(caregiver for caregiver, _ in sorted(taken))


def free_places(dossier: Dossier) -> dict[CaregiverId, int]:
    """Give the places left at each caregiver who may serve on the day, by id."""
    taken = taken_places(dossier)
    return {
        caregiver: max(record.places - taken[caregiver], 0)
        for caregiver, record in sorted(dossier.caregivers.items())
        if taken[caregiver] or _may_serve(record, dossier)
    }


def _may_serve(record: CaregiverRecord, dossier: Dossier) -> bool:
    caregiver = Caregiver(
        id=record.id,
        home=record.home,
        places=record.places,
        sex=record.sex,
        role=record.role,
        status=record.status,
        available_from=record.available_from,
        available_to=record.available_to,
        check_result=record.check_result,
        check_expires_on=record.check_expires_on,
        commitment_signed=record.commitment_signed,
        trained=record.trained,
    )
    return caregiver_state(caregiver, dossier.programme, dossier.on).excluded is None


class _Areas:
    """Where people live, under one name a township."""

    def __init__(self, dossier: Dossier, by_village: bool) -> None:
        self._dossier = dossier
        self._by_village = by_village
        names: dict[str, Counter[str]] = {}
        for record in dossier.records:
            names.setdefault(record.home.township, Counter())[record.township_name] += 1
        self._names = {
            code: min(written, key=lambda name: (-written[name], name))
            for code, written in names.items()
        }
        self._codes = {name: code for code in sorted(names, reverse=True) for name in names[code]}

    def record(self, record: ChildRecord | CaregiverRecord) -> Area:
        village = (record.home.village or "") if self._by_village else None
        code = record.home.township
        return Area(code, self._names[code], village)

    def child(self, child: ChildId) -> Area:
        if child in self._dossier.children:
            return self.record(self._dossier.children[child])
        written = self._dossier.township_name(child)
        code = self._codes.get(written, written)
        return Area(code, self._names.get(code, written), "" if self._by_village else None)


def _area_counts(
    area: Area, pairs: Sequence[Pair], left: Sequence[Unpaired], places: Sequence[tuple[int, int]]
) -> AreaCounts:
    return AreaCounts(
        area=area,
        children=len(pairs) + len(left),
        paired=len(pairs),
        conditional=sum(bool(pair.conditional) for pair in pairs),
        left_over=tuple(line.child for line in left),
        needs_data=sum(line.reason is Left.NEEDS_DATA for line in left),
        caregivers=len(places),
        places=sum(all_places for all_places, _ in places),
        free_places=sum(free for _, free in places),
        rung_counts=rung_counts_of(pairs),
        distances=distances_of(pairs),
    )


def _coverage(dossier: Dossier, kind: ScopeKind) -> Coverage:
    def is_in(child: ChildId) -> bool:
        record = dossier.children.get(child)
        if record is None:
            return False
        return scope_of(record, dossier.programme, dossier.on).kind is kind

    paired = sum(is_in(pair.child) for pair in dossier.proposal.pairs)
    return Coverage(paired, paired + sum(is_in(line.child) for line in dossier.proposal.unpaired))


def _out_of_scope(dossier: Dossier) -> dict[OutOfScope, int]:
    scopes = (scope_of(r, dossier.programme, dossier.on) for r in dossier.children.values())
    return _by_member(OutOfScope, (scope.reason for scope in scopes if scope.reason))


def _load(dossier: Dossier, serving: Iterable[CaregiverId]) -> dict[int, int]:
    households = {(pair.caregiver, pair.household) for pair in dossier.proposal.pairs}
    taken = Counter(caregiver for caregiver, _ in households)
    return dict(sorted(Counter(taken[caregiver] for caregiver in serving).items()))


def rung_counts_of(pairs: Iterable[Pair]) -> tuple[int, ...]:
    """Count pairs on each rung, in the order of ``Rung``."""
    counts = Counter(pair.rung for pair in pairs)
    return tuple(counts[rung] for rung in Rung)


def distances_of(pairs: Sequence[Pair]) -> Distances:
    """Say how far some pairs are apart."""
    metres = [pair.metres for pair in pairs if pair.metres is not None]
    return Distances(
        median_m=median_low(metres) if metres else None,
        worst_m=max(metres, default=None),
        known=len(metres),
        unknown=len(pairs) - len(metres),
    )


def _by_member(kind: type[_Choice], found: Iterable[_Choice]) -> dict[_Choice, int]:
    """Count closed choices that occur, in the order in which the choice lists them."""
    counts = Counter(found)
    return {member: counts[member] for member in kind if counts[member]}
