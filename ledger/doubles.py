"""Doubles: one person in several rows, one number for several people (重复与冲突).

Rows that say the same become one; rows that contradict each other are all held, because
nobody can tell which is right. A person is known by the resident ID, then by the 编号, then,
in a ledger that has neither, by name, birth date and village. Rows of one resident ID that
have different names or 编号 are different people, one of whom has the other's number: all
wait, and each keeps a line of her own.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace

from casework.identity import pseudonym
from casework.people import CaregiverId, ChildId
from casework.records import CaregiverRecord, ChildRecord
from ledger.judged import PREFIX, Judged, cells_id
from ledger.reader import Reader
from ledger.sameness import as_said, contradictions, joined
from ledger.tables import TableKind

_CONFLICTS = frozenset(
    ("duplicate_conflict", "children_in_two_townships", "caregivers_in_two_townships")
)


def settle_doubles(rows: Iterable[Judged], reader: Reader) -> tuple[list[Judged], list[Judged]]:
    """Join and hold rows of one kind until each person is there once.

    Returns
    -------
    left
        What is left, in the order of files, sheets and rows.
    collapsed
        The rows that went into others.
    """
    before = sorted(rows, key=lambda row: row.row.where)
    left = _by_key(before, lambda row: row.identity.resident_id, reader)
    left = _by_number(left, reader)
    left = _by_key(left, lambda row: row.id if _has_no_number(row) else "", reader)
    left = _by_likeness(left)
    _give_numbers_back(left)
    _tell_namesakes(left)
    kept = {id(row) for row in left}
    return left, [row for row in before if id(row) not in kept]


def hold_who_are_both(children: Iterable[Judged], caregivers: Iterable[Judged]) -> None:
    """Hold rows whose resident ID is a child's and a caregiver's."""
    by_id = {row.identity.resident_id: row for row in caregivers if row.identity.resident_id}
    for child in children:
        caregiver = by_id.get(child.identity.resident_id)
        if caregiver:
            child.hold("id_of_child_and_caregiver", "resident_id", rows=_place(caregiver))
            caregiver.hold("id_of_child_and_caregiver", "resident_id", rows=_place(child))


def is_mere_mention(row: Judged) -> bool:
    """Say whether a list names its caregiver again because she has another child."""
    sheet = row.row.sheet
    return sheet.table.kind is TableKind.COMBINED and sheet.kind is TableKind.CAREGIVERS


def _groups(rows: list[Judged], key: Callable[[Judged], Hashable]) -> list[list[Judged]]:
    """Group rows by a key, in the order of each first row; no key is a group of one."""
    found: dict[Hashable, list[Judged]] = defaultdict(list)
    for index, row in enumerate(rows):
        found[(not _is_settled(row) and key(row)) or index].append(row)
    return list(found.values())


def _by_key(rows: list[Judged], key: Callable[[Judged], str], reader: Reader) -> list[Judged]:
    left = []
    for group in _groups(rows, key):
        left += group if len(group) == 1 else _settle_one_person(group, reader)
    return left


def _settle_one_person(group: list[Judged], reader: Reader) -> list[Judged]:
    """Join the rows of one person, or hold them all, each person under one id."""
    columns = contradictions(group)
    if not columns:
        first = joined(group)
        for row in group:
            if row is not first and not is_mere_mention(row):
                row.row.tell("duplicate_row", rows=_place(first))
        return [first]
    _hold_for_conflict(group, "、".join(columns))
    people = _people(group)
    for (name, number), rows in people.items():
        shared_id = _shared_id(rows, reader)
        if len(people) > 1:
            known = "\0".join((min(r.identity.resident_id for r in group), name, number))
            shared_id = pseudonym(reader.key, "R" + PREFIX[rows[0].row.sheet.kind], known)
        for row in rows:
            row.id = shared_id
    return group


def _hold_for_conflict(group: list[Judged], columns: str) -> None:
    townships = {row.township_name for row in group} - {""}
    kind = group[0].row.sheet.kind
    rule = f"{kind}_in_two_townships" if len(townships) > 1 else "duplicate_conflict"
    for row in group:
        others = "；".join(_place(other) for other in group if other is not row)
        row.hold(rule, _known_by(row), rows=others, columns=columns)


def _people(group: list[Judged]) -> dict[tuple[str, str], list[Judged]]:
    """Part conflicting rows into those who can be one person: one name, not two 编号."""
    numbers: dict[str, set[str]] = defaultdict(set)
    for row in group:
        numbers[row.name].add(row.identity.number)
    people: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for row in group:
        known = numbers[row.name] - {""}
        number = min(known) if len(known) == 1 else row.identity.number
        people[row.name, number].append(row)
    return people


def _shared_id(rows: list[Judged], reader: Reader) -> str:
    """Give the id of one person's rows, by what they say and not by their order."""
    resident_id = max(row.identity.resident_id for row in rows)
    if resident_id:
        return pseudonym(reader.key, PREFIX[rows[0].row.sheet.kind], resident_id)
    return min(row.id for row in rows)


def _by_number(rows: list[Judged], reader: Reader) -> list[Judged]:
    """Settle 编号 that stand for several people.

    Two townships that both count 1, 2, 3 have used the number for themselves: then the
    resident ID is the identity. Inside one table it is an error.
    """
    _hold_with_the_held(rows)
    left = []
    for group in _groups(rows, lambda row: row.identity.number):
        if len(group) == 1:
            left += group
        elif _are_one_person(group):
            left += _settle_one_person(group, reader)
        else:
            _tell_shared_number(group, reader)
            left += group
    return left


def _hold_with_the_held(rows: list[Judged]) -> None:
    """Hold a row without resident ID whose name and 编号 are those of rows that conflict."""
    held: dict[tuple[str, str], Judged] = {}
    for row in sorted(filter(_is_settled, rows), key=lambda row: row.id, reverse=True):
        held[row.name, row.identity.number] = row
    for row in rows if held else ():
        other = held.get((row.name, row.identity.number)) if row.identity.number else None
        if other and not row.identity.resident_id and not _is_settled(row):
            columns = "、".join(contradictions((other, row)))
            row.hold("duplicate_conflict", "number", rows=_place(other), columns=columns)
            row.id = other.id


def _tell_shared_number(group: list[Judged], reader: Reader) -> None:
    tables = {(row.row.sheet.table.file, row.row.sheet.table.sheet) for row in group}
    apart = len(tables) == len(group) and all(row.identity.resident_id for row in group)
    for row in group:
        others = "；".join(_place(other) for other in group if other is not row)
        if apart and row.record:
            row.row.tell("number_repeats", "number", rows=others)
        else:
            row.hold("number_taken", "number", rows=others)
        _rename(row, _private_id(row, reader))


def _are_one_person(group: list[Judged]) -> bool:
    """Tell one person from several with one 编号: by resident ID where all have one."""
    return not all(row.identity.resident_id for row in group) and len({r.name for r in group}) == 1


def _by_likeness(rows: list[Judged]) -> list[Judged]:
    """Join a row known by name only to the one row with a number that can be the same person."""
    if not any(row.identity.by_name for row in rows):
        return rows
    known: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for row in rows:
        if not row.identity.by_name and row.record:
            known[row.name, row.township_name].append(row)
    gone: set[int] = set()
    for row in sorted((row for row in rows if row.identity.by_name), key=as_said):
        likely = known.get((row.name, row.township_name), ())
        same = [other for other in likely if row.record and not contradictions((other, row))]
        if len(same) == 1:
            row.row.tell("duplicate_row", rows=_place(same[0]))
            same[0].record = joined((same[0], row)).record
            gone.add(id(row))
        elif likely:
            row.row.tell("maybe_same_person", "name", rows="；".join(map(_place, likely)))
    return [row for row in rows if id(row) not in gone]


def _give_numbers_back(rows: list[Judged]) -> None:
    """Call people whose rows conflict by their 编号, where nobody else has it."""
    held: dict[str, list[Judged]] = defaultdict(list)
    for row in filter(_is_settled, rows):
        held[row.id].append(row)
    bearers: dict[str, set[str]] = defaultdict(set)
    for row in rows if held else ():
        for number in (row.identity.number, row.id):
            bearers[number].add(row.id)
    for held_id, found in held.items():
        number = max(row.identity.number for row in found)
        if number and bearers[number] == {held_id}:
            for row in found:
                row.id = number


def _tell_namesakes(rows: list[Judged]) -> None:
    """Tell people with one name and birth date and different numbers."""
    for group in _groups(rows, _name_and_birth):
        for row in group if len(group) > 1 else ():
            others = "；".join(_place(other) for other in group if other is not row)
            row.row.tell("same_name_and_birth", "name", rows=others)


def _name_and_birth(row: Judged) -> Hashable:
    if row.record is None or row.record.birth_date is None:
        return None
    return row.name, row.record.birth_date


def _is_settled(row: Judged) -> bool:
    """Say whether the row is held already because another contradicts it."""
    return bool(row.row.errors) and not _CONFLICTS.isdisjoint(row.row.errors)


def _has_no_number(row: Judged) -> bool:
    return not row.identity.resident_id and not row.identity.number


def _known_by(row: Judged) -> str:
    return "resident_id" if row.identity.resident_id else "number" if row.identity.number else ""


def _private_id(row: Judged, reader: Reader) -> str:
    """Give the id of somebody whose 编号 is no identity."""
    if row.identity.resident_id:
        return pseudonym(reader.key, PREFIX[row.row.sheet.kind], row.identity.resident_id)
    return cells_id(row.row.sheet, row.row.row, reader)


def _rename(row: Judged, new_id: str) -> None:
    row.id = new_id
    if isinstance(row.record, ChildRecord):
        row.record = replace(row.record, id=ChildId(new_id))
    elif isinstance(row.record, CaregiverRecord):
        row.record = replace(row.record, id=CaregiverId(new_id))


def _place(row: Judged) -> str:
    """Say where a row stands, without saying who is in it."""
    where = row.row.where
    return f"{where.file} {where.sheet} 第{where.row}行".strip()
