"""Judged rows: what a row of a ledger became, a record or a row that waits (判定结果)."""

from dataclasses import dataclass

from casework.identity import ResidentIdReading, pseudonym, read_resident_id
from casework.records import CaregiverRecord, ChildRecord, HeldRow
from casework.writing import said
from ledger.reader import Reader
from ledger.rows import RowReader, Sheet, written_cells
from ledger.tables import Row, TableKind

Record = ChildRecord | CaregiverRecord
PREFIX = {TableKind.CHILDREN: "C", TableKind.CAREGIVERS: "M"}


@dataclass(frozen=True, slots=True)
class Identity:
    """By what a row's person is known.

    Attributes
    ----------
    resident_id
        Empty unless the number is valid.
    number
        The ledger's 编号.
    by_name
        Known by name, birth date or phone, and village only: there is no number at all.
    """

    resident_id: str = ""
    number: str = ""
    by_name: bool = False


@dataclass(slots=True)
class Judged:
    """A row and what it became; ``record`` is None where an error holds the row.

    Attributes
    ----------
    id
        Of the record, or of the held row.
    """

    row: RowReader
    id: str
    identity: Identity
    name: str
    township_name: str
    record: Record | None

    def hold(self, rule: str, name: str = "", **values: object) -> None:
        """Hold the row back by one more rule."""
        self.row.tell(rule, name, **values)
        self.record = None

    def held_row(self) -> HeldRow:
        """Give the row as one that waits for a correction."""
        cells = written_cells(self.row.sheet, self.row.row)
        rules = tuple(dict.fromkeys(self.row.errors))
        return HeldRow(
            id=self.id,
            where=self.row.where,
            name=self.name,
            township_name=self.township_name,
            cells=cells,
            rules=rules,
            number=self.identity.number,
            resident_id=self.identity.resident_id,
        )


def read_identity(row: RowReader) -> Identity:
    """Read the resident ID and the 编号; one of them must be there if the sheet has either."""
    number = _number(row)
    if "resident_id" not in row.sheet.present:
        return Identity("", number, by_name=not number)
    reading = _resident_id(row)
    for rule in reading.notes:
        row.tell(rule, "resident_id")
    if reading.problem and not (reading.problem == "id_missing" and number):
        row.tell(reading.problem, "resident_id")
    elif reading.problem:
        row.tell("id_missing_numbered", "resident_id")
    return Identity(reading.number, number)


def settle_id(row: RowReader, identity: Identity, known_by: str, reader: Reader) -> str:
    """Give the id of a row that may be accepted, or of one that is held (decision 2)."""
    prefix = PREFIX[row.sheet.kind]
    if identity.number:
        return identity.number
    if identity.resident_id:
        return pseudonym(reader.key, prefix, identity.resident_id)
    if identity.by_name and not row.errors:
        return pseudonym(reader.key, prefix, known_by)
    return cells_id(row.sheet, row.row, reader)


def cells_id(sheet: Sheet, row: Row, reader: Reader) -> str:
    """Give the id of a row that is known by its cells only, wherever it stands."""
    cells = sorted((name, said(value)) for name, value in written_cells(sheet, row))
    return pseudonym(reader.key, "R" + PREFIX[sheet.kind], repr(cells))


def _number(row: RowReader) -> str:
    """Read the 编号; a resident ID or phone written there must not become a public id."""
    number = row.text("number")
    digits = number.rstrip("Xx")
    if len(digits) >= 11 and digits.isdecimal():
        row.tell("number_is_private", "number")
        return ""
    return number


def _resident_id(row: RowReader) -> ResidentIdReading:
    value = row.value("resident_id")
    if isinstance(value, str) and not said(value):
        return ResidentIdReading(problem="id_missing")
    return read_resident_id(value)


def read_other_id(row: RowReader, name: str) -> str:
    """Read the resident ID of somebody else in the row; a bad one is told and left out."""
    value = row.value(name)
    if value is None or (isinstance(value, str) and not said(value)):
        return ""
    reading = read_resident_id(value)
    if reading.problem:
        row.tell("other_id_invalid", name)
    return reading.number
