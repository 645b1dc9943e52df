"""Pairings: rows about pairs become current pairs and pairs that may not be (现有结对与回避).

A row names people by resident ID, 编号 or name. A name that fits several people is narrowed by
township and village; if it still fits several the pair is told and left out, never guessed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from casework.findings import Finding
from casework.people import CaregiverId, ChildId
from casework.programme import Programme
from casework.proposals import CurrentPair
from casework.records import CaregiverRecord, ChildRecord, HeldRow, PairRecord
from ledger.kin import read_kin
from ledger.people import Ledgers

Forbidden = frozenset[tuple[ChildId, CaregiverId]]


@dataclass(frozen=True, slots=True)
class Known:
    """A person as a pair may name one."""

    id: str
    name: str
    township: str
    village: str


class Directory:
    """Finds people of one ledger by resident ID, 编号, id or name; held rows too."""

    def __init__(
        self, records: Iterable[ChildRecord] | Iterable[CaregiverRecord], held: Iterable[HeldRow]
    ) -> None:
        """List everybody under everything she may be called."""
        self._called: dict[str, dict[str, Known]] = defaultdict(dict)
        for record in records:
            person = Known(record.id, record.name, record.township_name, record.village_name)
            for key in (record.id, record.resident_id, record.number, record.name):
                self._called[key][person.id] = person
        for row in held:
            person = Known(row.id, row.name, row.township_name, "")
            for key in (row.id, row.name, row.resident_id):
                self._called[key].setdefault(person.id, person)

    def find(self, key: str, township: str = "", village: str = "") -> tuple[Known, ...]:
        """Give everybody a key may stand for, the nearest only where a name fits several."""
        found = tuple(self._called.get(key, {}).values()) if key else ()
        for near in (
            tuple(p for p in found if p.township == township),
            tuple(p for p in found if (p.township, p.village) == (township, village)),
        ):
            if len(found) > 1 and near:
                found = near
        return found


def current_pairs(
    ledgers: Ledgers, on: date
) -> tuple[tuple[CurrentPair, ...], tuple[Finding, ...]]:
    """Give the pairs that stand on the day, by child id, and what is wrong with the others.

    A register counts before a column of the ledger. Of a child with several caregivers, unless
    the staff has locked just one, every pair is given: she waits until the staff settle it.
    """
    findings: list[Finding] = []
    standing = _standing(ledgers, on, findings)
    for rows in standing.values():
        findings += _told_dispute(rows) if len(rows) > 1 else ()
    findings.sort(key=lambda finding: (finding.where, finding.rule))
    pairs = (
        CurrentPair(child, caregiver, row.locked)
        for child, rows in standing.items()
        for caregiver, row in rows.items()
    )
    return tuple(sorted(pairs, key=lambda p: (p.child, p.caregiver))), tuple(findings)


def disputed_rows(ledgers: Ledgers, on: date) -> dict[ChildId, tuple[HeldRow, ...]]:
    """Give the rows that name several caregivers of one child now, by child."""
    return {
        child: tuple(
            HeldRow(child, row.where, row.child_name, row.township_name, (), ("pair_conflict",))
            for _, row in sorted(rows.items())
        )
        for child, rows in _standing(ledgers, on, []).items()
        if len(rows) > 1
    }


def register(ledgers: Ledgers) -> Iterator[tuple[PairRecord, str, str]]:
    """Give every pair on record once, with the child's and caregiver's id; empty where unknown.

    What a ledger's column says counts where no register speaks of the child.
    """
    people = _People(ledgers)
    seen: set[object] = set()
    stated = {_only(people.find(pair)[0]) for pair in ledgers.pairs} - {""}
    noted = (p for p in ledgers.noted_pairs if _only(people.find(p)[0]) not in stated)
    for pair in (*ledgers.pairs, *noted):
        child, caregiver = map(_only, people.find(pair))
        days = pair.started_on, pair.ended_on, pair.locked
        key = (child or pair.child_key, caregiver or pair.caregiver_key, *days)
        if key not in seen:
            seen.add(key)
            yield pair, child, caregiver


def forbidden_pairs(
    ledgers: Ledgers, programme: Programme
) -> tuple[Forbidden, tuple[Finding, ...]]:
    """Give the pairs that may not be: named in 回避儿童, or guardian and caregiver in one.

    A name in 回避儿童 stands for every child of that name: rather one pair too few.
    """
    kin = read_kin(ledgers)
    findings = tuple(
        Finding("kin_unknown", caregiver.where, value, {"value": value})
        for caregiver in ledgers.caregivers
        if (value := kin.unclear.get(caregiver.id))
    )
    guardians = () if programme.kin_may_be_caregiver else _guardians(ledgers)
    return kin.pairs.union(guardians), findings


def _guardians(ledgers: Ledgers) -> Iterator[tuple[ChildId, CaregiverId]]:
    """Yield children whose guardian is the caregiver: by resident ID, or by name and phone."""
    called: dict[object, set[CaregiverId]] = defaultdict(set)
    for caregiver in ledgers.caregivers:
        if caregiver.resident_id:
            called[caregiver.resident_id].add(caregiver.id)
        if caregiver.phone:
            called[caregiver.name, caregiver.phone].add(caregiver.id)
    for child in ledgers.children:
        for key in (child.guardian_resident_id, (child.guardian_name, child.guardian_phone)):
            yield from ((child.id, caregiver) for caregiver in called.get(key, ()))


class _People:
    """Both ledgers' people, to find those a pair names."""

    def __init__(self, ledgers: Ledgers) -> None:
        self._children = Directory(ledgers.children, ledgers.held_children)
        self._caregivers = Directory(ledgers.caregivers, ledgers.held_caregivers)

    def find(self, pair: PairRecord) -> tuple[tuple[Known, ...], tuple[Known, ...]]:
        """Give the children and the caregivers a pair may mean; she is sought near the child."""
        child = self._children.find(pair.child_key, pair.township_name)
        near = child[0] if len(child) == 1 else Known("", "", pair.township_name, "")
        return child, self._caregivers.find(pair.caregiver_key, near.township, near.village)


def _only(found: tuple[Known, ...]) -> str:
    """Give the one person found; empty for nobody or several."""
    return found[0].id if len(found) == 1 else ""


def _resolved(
    pairs: Iterable[PairRecord], people: _People, findings: list[Finding]
) -> Iterator[tuple[Known, Known, PairRecord]]:
    """Yield the pairs whose people are found; tell the others."""
    for pair in pairs:
        child, caregiver = people.find(pair)
        if len(child) == len(caregiver) == 1:
            yield child[0], caregiver[0], pair
            continue
        for person, found in (("child", child), ("caregiver", caregiver)):
            if len(found) != 1:
                rule = f"pair_{person}_{'ambiguous' if found else 'unknown'}"
                findings.append(Finding(rule, pair.where))


def _by_child(
    resolved: Iterable[tuple[Known, Known, PairRecord]], on: date
) -> dict[ChildId, dict[CaregiverId, PairRecord]]:
    """Keep the pairs that stand on the day, by child and caregiver; a locked row counts."""
    found: dict[ChildId, dict[CaregiverId, PairRecord]] = defaultdict(dict)
    for child, caregiver, pair in resolved:
        if (pair.started_on and pair.started_on > on) or (pair.ended_on and pair.ended_on <= on):
            continue
        rows = found[ChildId(child.id)]
        known = rows.get(CaregiverId(caregiver.id))
        rows[CaregiverId(caregiver.id)] = pair if pair.locked or known is None else known
    return found


def _standing(
    ledgers: Ledgers, on: date, findings: list[Finding]
) -> dict[ChildId, dict[CaregiverId, PairRecord]]:
    """Give the caregivers each child has on the day, only the locked one where one is locked."""
    people = _People(ledgers)
    stated = _by_child(_resolved(ledgers.pairs, people, findings), on)
    noted = _by_child(_resolved(ledgers.noted_pairs, people, findings), on)
    for child in noted.keys() & stated.keys():
        if noted[child].keys() - stated[child].keys():
            where = next(iter(noted[child].values())).where
            findings.append(Finding("pair_noted_differs", where))
    return {child: _locked_or_all(rows) for child, rows in {**noted, **stated}.items()}


def _locked_or_all(rows: dict[CaregiverId, PairRecord]) -> dict[CaregiverId, PairRecord]:
    locked = {caregiver: row for caregiver, row in rows.items() if row.locked}
    return locked if len(locked) == 1 else rows


def _told_dispute(rows: dict[CaregiverId, PairRecord]) -> Iterator[Finding]:
    for row in rows.values():
        others = (other.where for other in rows.values() if other is not row)
        places = "；".join(f"{w.file} {w.sheet} 第{w.row}行".strip() for w in others)
        yield Finding("pair_conflict", row.where, values={"rows": places})
