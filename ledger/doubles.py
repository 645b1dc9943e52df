"""Doubles: one person in several rows, one number for several people (重复与冲突).

Rows that say the same become one; rows that contradict each other are all held, because
nobody can tell which is right. A person is known by the resident ID, then by the 编号, then,
in a ledger that has neither, by name, birth date and village.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace

from casework.identity import pseudonym
from casework.people import CaregiverId, ChildId
from casework.records import CaregiverRecord, ChildRecord
from ledger.judged import PREFIX, Judged, cells_id
from ledger.reader import Reader
from ledger.sameness import differing, joined
from ledger.tables import TableKind

_CONFLICTS = frozenset(
    ("duplicate_conflict", "children_in_two_townships", "caregivers_in_two_townships")
)


def settle_doubles(rows: Iterable[Judged], reader: Reader) -> tuple[list[Judged], int]:
    """Join and hold rows of one kind until each person is there once.

    Returns
    -------
    rows
        What is left, in the order of files, sheets and rows.
    collapsed
        How many rows went into others.
    """
    before = sorted(rows, key=lambda row: row.row.where)
    left = _by_key(before, lambda row: row.identity.resident_id, reader)
    left = _by_number(left, reader)
    left = _by_key(left, lambda row: row.id if _has_no_number(row) else "", reader)
    left = _by_likeness(left)
    _tell_namesakes(left)
    return left, len(before) - len(left)


def hold_who_are_both(children: Iterable[Judged], caregivers: Iterable[Judged]) -> None:
    """Hold rows whose resident ID is a child's and a caregiver's."""
    by_id = {row.identity.resident_id: row for row in caregivers if row.identity.resident_id}
    for child in children:
        caregiver = by_id.get(child.identity.resident_id)
        if caregiver:
            child.hold("id_of_child_and_caregiver", "resident_id", rows=_place(caregiver))
            caregiver.hold("id_of_child_and_caregiver", "resident_id", rows=_place(child))


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
    """Join the rows of one person, or hold them all under one id."""
    first = joined(group) if all(row.record for row in group) else group[0]
    columns = "、".join(dict.fromkeys(name for row in group for name in differing(first, row)))
    if not columns:
        for row in group:
            if row is not first and not _is_mere_mention(row):
                row.row.tell("duplicate_row", rows=_place(first))
        return [first]
    townships = {row.township_name for row in group}
    kind = group[0].row.sheet.kind
    rule = f"{kind}_in_two_townships" if len(townships) > 1 else "duplicate_conflict"
    for row in group:
        others = "；".join(_place(other) for other in group if other is not row)
        row.hold(rule, _known_by(row), rows=others, columns=columns)
        row.id = _private_id(group[0], reader) if len({r.id for r in group}) > 1 else row.id
    return group


def _by_number(rows: list[Judged], reader: Reader) -> list[Judged]:
    """Settle 编号 that stand for several people.

    Two townships that both count 1, 2, 3 have used the number for themselves: then the
    resident ID is the identity. Inside one table it is an error.
    """
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
    left = []
    for row in rows:
        likely = known.get((row.name, row.township_name), ()) if row.identity.by_name else ()
        same = [other for other in likely if row.record and not differing(other, row)]
        if len(same) == 1:
            row.row.tell("duplicate_row", rows=_place(same[0]))
            same[0].record = joined((same[0], row)).record
            continue
        if likely:
            row.row.tell("maybe_same_person", "name", rows="；".join(map(_place, likely)))
        left.append(row)
    return left


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


def _is_mere_mention(row: Judged) -> bool:
    """Say whether a list names its caregiver again because she has another child."""
    sheet = row.row.sheet
    return sheet.table.kind is TableKind.COMBINED and sheet.kind is TableKind.CAREGIVERS


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
