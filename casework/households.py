"""Households: brothers and sisters in one home (同户儿童), who share a caregiver (decision 7).

Children with the office's mark (同户编号) are of one household in their township. The mark
may also name brothers and sisters. Children without a mark live together when they have the
same guardian by resident ID, or by name and phone in one village.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping

from casework.findings import Finding
from casework.people import ChildId, HouseholdId
from casework.records import ChildRecord

_NAMES_APART = re.compile(r"[、,，;；/\s]+")
_NO_MARK = frozenset(("否", "是", "有", "无", "0", "没有", "独生", "独生子女"))

Namesakes = Mapping[tuple[str, str], list[ChildRecord]]


def group(children: Iterable[ChildRecord]) -> dict[ChildId, HouseholdId]:
    """Give each child's household: ``H-`` and the least id of its children."""
    records = sorted(children, key=lambda child: child.id)
    namesakes = _namesakes(records)
    together: dict[Hashable, list[ChildId]] = defaultdict(list)
    for child in records:
        for key in _keys(child, namesakes):
            together[key].append(child.id)
    first: dict[ChildId, ChildId] = {}
    for members in together.values():
        least = min(_first(first, member) for member in members)
        first.update({_first(first, member): least for member in members})
    return {child.id: HouseholdId(f"H-{_first(first, child.id)}") for child in records}


def findings(children: Iterable[ChildRecord]) -> tuple[Finding, ...]:
    """Tell of marks that join children of different villages."""
    records = tuple(children)
    namesakes = _namesakes(records)
    marked: dict[tuple[str, str], list[ChildRecord]] = defaultdict(list)
    for child in records:
        if child.siblings and not _siblings(child, namesakes):
            marked[child.home.township, child.siblings].append(child)
    return tuple(
        Finding("household_over_villages", child.where, values={"rows": _others(child, members)})
        for (_, mark), members in marked.items()
        if mark not in _NO_MARK and len({m.home.village for m in members} - {None}) > 1
        for child in members
    )


def _keys(child: ChildRecord, namesakes: Namesakes) -> Iterator[Hashable]:
    """Yield what children of one household have alike; the office's word comes first."""
    yield "child", child.id
    siblings = _siblings(child, namesakes)
    yield from (("child", sibling) for sibling in siblings)
    if child.siblings and not siblings and child.siblings not in _NO_MARK:
        yield "mark", child.home.township, child.siblings
        return
    if child.guardian_resident_id:
        yield "guardian", child.guardian_resident_id
    if child.guardian_name and child.guardian_phone and child.home.village:
        home = child.home
        yield home.township, home.village, child.guardian_name, child.guardian_phone


def _siblings(child: ChildRecord, namesakes: Namesakes) -> tuple[ChildId, ...]:
    """Find the children that a mark names; of two with one name the one in the village."""
    named = []
    for name in _NAMES_APART.split(child.siblings):
        found = namesakes.get((child.home.township, name), [])
        near = [other for other in found if other.home.village == child.home.village]
        likely = near or found
        if len(likely) == 1 and likely[0].id != child.id:
            named.append(likely[0].id)
    return tuple(named)


def _namesakes(records: Iterable[ChildRecord]) -> Namesakes:
    found: dict[tuple[str, str], list[ChildRecord]] = defaultdict(list)
    for child in records:
        found[child.home.township, child.name].append(child)
    return found


def _first(first: dict[ChildId, ChildId], child: ChildId) -> ChildId:
    """Follow a child to the least one known to live with her."""
    while (nearer := first.get(child, child)) != child:
        child = nearer
    return child


def _others(child: ChildRecord, members: Iterable[ChildRecord]) -> str:
    places = (m.where for m in members if m is not child)
    return "；".join(f"{w.file} {w.sheet} 第{w.row}行".strip() for w in places)
