"""Pair rows: who is paired with whom, as a register, a list or a ledger's column says it."""

from casework.fields import read_yes_no
from casework.identity import read_resident_id
from casework.records import PairRecord
from casework.writing import said
from ledger.person_cells import read_day, tidy_name
from ledger.rows import RowReader
from ledger.tables import TableKind


def read_pair(row: RowReader) -> PairRecord | None:
    """Read the pair a row speaks of; None where it names only one of the two.

    A register names both (``child_name``); a ledger names its own person bare.
    """
    kind = row.sheet.kind
    child = "" if kind is TableKind.CHILDREN else "child_"
    caregiver = "" if kind is TableKind.CAREGIVERS else "caregiver_"
    keys = _key(row, child), _key(row, caregiver)
    is_register = kind is TableKind.PAIRS
    if not all(keys):
        if is_register:
            row.tell("pair_incomplete", "caregiver_name" if keys[0] else "child_name")
        return None
    return PairRecord(
        where=row.where,
        child_key=keys[0],
        caregiver_key=keys[1],
        child_name=tidy_name(row.text(f"{child}name")),
        caregiver_name=tidy_name(row.text(f"{caregiver}name")),
        started_on=read_day(row, "started_on"),
        ended_on=read_day(row, "ended_on"),
        locked=row.read("locked", read_yes_no) or False,
        remarks=row.text("remarks") if is_register else "",
        township_name=row.text("township"),
    )


def _key(row: RowReader, person: str) -> str:
    """Give the best of what the row names a person by: resident ID, 编号, name."""
    value = row.value(f"{person}resident_id")
    reading = read_resident_id(value) if value is not None and said(value) else None
    if reading and reading.number:
        return reading.number
    if reading and row.sheet.kind is TableKind.PAIRS:
        row.tell("other_id_invalid", f"{person}resident_id")
    return row.text(f"{person}number") or tidy_name(row.text(f"{person}name"))
