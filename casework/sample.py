"""Samples: a made-up city for the demo, tests and benchmarks (示例数据).

The same seed gives the same people on every machine. Nobody in it is real; see
``casework.sample_people`` for how numbers are kept improbable.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from casework.records import CaregiverRecord, ChildRecord, PairRecord
from casework.sample_draw import Draw, parameters
from casework.sample_pairs import make_pairs
from casework.sample_people import (
    ChildMaker,
    Registry,
    make_caregiver,
    numbered_caregivers,
    numbered_children,
)
from casework.sample_places import SampleArea, SampleVillage, make_area
from geo.areas import Gazetteer, Township, Unit


@dataclass(frozen=True, slots=True)
class Size:
    """How many children and caregivers to make up, for benchmarks."""

    children: int
    caregivers: int


@dataclass(frozen=True, slots=True)
class SampleUnit:
    """One made-up unit: the truth that its ledgers tell, in the order of their numbers."""

    unit: Unit
    on: date
    seed: int
    townships: tuple[Township, ...]
    children: tuple[ChildRecord, ...]
    caregivers: tuple[CaregiverRecord, ...]
    pairs: tuple[PairRecord, ...]


def make_unit(unit_code: str, seed: int, on: date, size: Size | None = None) -> SampleUnit:
    """Make up one unit's children, caregivers and current pairs.

    Parameters
    ----------
    on
        Ages, checks and the unit itself are as of this day.
    size
        None makes as many as such a unit has.

    Raises
    ------
    UnknownArea
        When there is no such unit on that day.
    ValueError
        When the size asks for more people than there are made-up numbers (about 15 for
        each sex and birthday).
    """
    area, registry = make_area(unit_code, seed, on), Registry(unit_code)
    prefix = unit_code[-3:]
    children = tuple(numbered_children(_children(area, registry, seed, on, size), prefix))
    caregivers = tuple(numbered_caregivers(_caregivers(area, registry, seed, on, size), prefix))
    draw = Draw(seed, unit_code, "pairs")
    children, caregivers, pairs = make_pairs(children, caregivers, on, draw)
    return SampleUnit(area.unit, on, seed, area.townships, children, caregivers, pairs)


def make_city(seed: int, on: date) -> Iterator[SampleUnit]:
    """Make up every unit of the city as it stands on the day."""
    for unit in Gazetteer.on(on).units:
        yield make_unit(unit.code, seed, on)


def _children(
    area: SampleArea, registry: Registry, seed: int, on: date, size: Size | None
) -> Iterator[ChildRecord]:
    """Make the children township by township."""
    draw = Draw(seed, area.unit.code, "children")
    rules = parameters()["children"]
    total = size.children if size else _children_total(area)
    extra = rules["left_behind_most"] * draw.whole(0, 10) / 10 if draw.chance(0.5) else 0.0
    maker = ChildMaker(area, registry, on, draw)
    counts = _spread(total, len(area.townships), rules["per_township_most"], draw)
    for township, count in zip(area.townships, counts, strict=True):
        villages = area.villages_of(township.code)
        while count > 0:
            left_behind = draw.chance(extra)
            household = maker.household(draw.one(villages), count, left_behind=left_behind)
            yield from household
            count -= len(household)


def _children_total(area: SampleArea) -> int:
    rules = parameters()["children"]
    guess = round(rules["per_township"] * len(area.townships))
    return int(rules["by_unit"].get(area.unit.code, guess))


def _spread(total: int, townships: int, most: int, draw: Draw) -> list[int]:
    """Share the total among townships as unevenly as they are."""
    mean = total / townships
    most = max(most, int(mean * 4))
    counts = [min(most, draw.count(mean)) for _ in range(townships)]
    while (gap := total - sum(counts)) != 0:
        at = draw.whole(0, townships - 1)
        counts[at] = max(0, counts[at] + (1 if gap > 0 else -1))
    return counts


def _caregivers(
    area: SampleArea, registry: Registry, seed: int, on: date, size: Size | None
) -> Iterator[CaregiverRecord]:
    """Make the caregivers village by village."""
    draw = Draw(seed, area.unit.code, "caregivers")
    counts = [draw.weighted(parameters()["caregivers"]["per_village"]) for _ in area.villages]
    if size:
        counts = _fitted(counts, size.caregivers, draw)
    villages: list[SampleVillage] = []
    for village, count in zip(area.villages, counts, strict=True):
        villages += [village] * count
    for village in villages:
        yield make_caregiver(area, village, registry, on, draw)


def _fitted(counts: list[int], total: int, draw: Draw) -> list[int]:
    """Scale counts to a total, evenly, and settle the rest by lot."""
    scale = total // max(1, sum(counts))
    fitted = [count * scale for count in counts] if scale > 1 else list(counts)
    while (gap := total - sum(fitted)) != 0:
        at = draw.whole(0, len(fitted) - 1)
        fitted[at] = max(0, fitted[at] + (1 if gap > 0 else -1))
    return fitted
