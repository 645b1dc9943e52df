"""Ledger rows: judged people and pairs as cells of the ledgers we write (台账各行).

What is written here is what ``ledger.people`` reads: the same people with the same ids.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from casework.findings import Finding, Severity
from casework.identity import read_resident_id
from casework.people import CaregiverId, ChildId
from casework.records import CaregiverRecord, ChildRecord, HeldRow
from ledger.columns import LedgerColumn, accepted_fields, ledger_columns
from ledger.pairings import register
from ledger.people import Ledgers
from ledger.record_cells import Cells, caregiver_cells, child_cells, word
from ledger.rows import heading
from ledger.tables import TableKind

UNKNOWN_TOWNSHIP = "镇街不明"
NOTES = (
    LedgerColumn("mend", "要更正的内容", 60, None),
    LedgerColumn("came_from", "原文件及行号", 34, None),
)

Messages = Mapping[tuple[str, str, int], list[str]]


@dataclass(frozen=True, slots=True)
class LedgerRows:
    """Cells by field, of one unit or of one township."""

    children: tuple[Cells, ...]
    caregivers: tuple[Cells, ...]
    pairs: tuple[Cells, ...]
    held_children: tuple[HeldRow, ...]
    held_caregivers: tuple[HeldRow, ...]


def rows_of(ledgers: Ledgers) -> LedgerRows:
    """Give a unit's ledgers as cells."""
    return LedgerRows(
        tuple({**child_cells(c), "number": _number(c)} for c in ledgers.children),
        tuple({**caregiver_cells(c), "number": _number(c)} for c in ledgers.caregivers),
        tuple(_pair_rows(ledgers)),
        ledgers.held_children,
        ledgers.held_caregivers,
    )


def by_township(rows: LedgerRows, townships: Iterable[str]) -> dict[str, LedgerRows]:
    """Part a unit's rows by township; whatever names none of them comes last, by itself."""
    names = tuple(townships)

    def of(name: str) -> LedgerRows:
        def is_here(township: object) -> bool:
            return township == name if name in names else township not in names

        return LedgerRows(
            tuple(cells for cells in rows.children if is_here(cells["township"])),
            tuple(cells for cells in rows.caregivers if is_here(cells["township"])),
            tuple(cells for cells in rows.pairs if is_here(cells["township"])),
            tuple(row for row in rows.held_children if is_here(row.township_name)),
            tuple(row for row in rows.held_caregivers if is_here(row.township_name)),
        )

    parted = {name: of(name) for name in names}
    left = of(UNKNOWN_TOWNSHIP)
    return parted if left == LedgerRows((), (), (), (), ()) else {**parted, UNKNOWN_TOWNSHIP: left}


def _number(person: ChildRecord | CaregiverRecord) -> str | None:
    """Give the 编号 that identifies; whoever has no number at all keeps the id she has."""
    if person.id == person.number or not person.resident_id:
        return str(person.id)
    return None


def _pair_rows(ledgers: Ledgers) -> Iterator[Cells]:
    """Give the register: everybody found is named in full, the others as they were written."""
    children = {child.id: child for child in ledgers.children}
    caregivers = {caregiver.id: caregiver for caregiver in ledgers.caregivers}
    for pair, child_id, caregiver_id in register(ledgers):
        yield {
            "unit": ledgers.unit.name or None,
            "township": pair.township_name or None,
            **_named("child", pair.child_key, pair.child_name),
            **_named("caregiver", pair.caregiver_key, pair.caregiver_name),
            **_found("child", children.get(ChildId(child_id))),
            **_found("caregiver", caregivers.get(CaregiverId(caregiver_id))),
            "started_on": pair.started_on,
            "ended_on": pair.ended_on,
            "locked": word(pair.locked),
            "remarks": pair.remarks or None,
        }


def _named(person: str, key: str, name: str) -> Cells:
    number = read_resident_id(key).number
    is_office_number = not number and key != name
    return {
        f"{person}_name": name or None,
        f"{person}_resident_id": number or None,
        f"{person}_number": key if is_office_number else None,
    }


def _found(person: str, record: ChildRecord | CaregiverRecord | None) -> Cells:
    if record is None:
        return {}
    cells: Cells = {
        f"{person}_name": record.name,
        f"{person}_resident_id": record.resident_id or None,
        f"{person}_number": _number(record),
    }
    return {**cells, "township": record.township_name} if person == "child" else cells


def columns_to_mend(kind: TableKind, held: Iterable[HeldRow]) -> tuple[LedgerColumn, ...]:
    """Give the ledger's columns, others that a row has filled in, and what to mend."""
    columns = ledger_columns(kind)
    known = {column.field for column in columns}
    fields = _fields(kind)
    written = dict.fromkeys(
        fields[name] for row in held for name, _ in row.cells if name in fields
    )
    more = (LedgerColumn(name, heading(kind, name), 14, None) for name in written)
    return (*columns, *(column for column in more if column.field not in known), *NOTES)


def cells_to_mend(kind: TableKind, row: HeldRow, messages: Messages) -> Cells:
    """Give a row that waits as it was written, and what holds it."""
    fields = _fields(kind)
    where = row.where
    cells: Cells = {}
    for name, value in row.cells:
        if name in fields:
            cells[fields[name]] = value  # type: ignore[assignment]
    cells["mend"] = "；".join(messages.get((where.file, where.sheet, where.row), ())) or None
    cells["came_from"] = f"{where.file} {where.sheet} 第{where.row}行"
    return cells


def messages_of(findings: Iterable[Finding]) -> Messages:
    """Collect what holds each row, by its place."""
    messages: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    for finding in findings:
        where = finding.where
        if finding.severity is Severity.ERROR and where.row:
            messages[where.file, where.sheet, where.row].append(
                f"{where.column or '本行'}：{finding.message_zh}。{finding.remedy_zh}"
            )
    return messages


def _fields(kind: TableKind) -> Mapping[str, str]:
    return {heading(kind, name): name for name in sorted(accepted_fields(kind))}
