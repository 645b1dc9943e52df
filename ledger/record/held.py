"""Held rows on record (待更正行): rows of imports that wait until the office mends them.

A row waits from the import that brought it until a later import of the same townships no longer
has it. So a child whose row cannot be used still appears in every proposal (decision 6).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update

from casework.import_diff import Line
from casework.records import HeldRow
from ledger.record.book import Book
from ledger.record.people_tables import held_rows
from ledger.record.person_text import held_of_text, text_of_cells, text_of_held


def waiting_rows(book: Book, kind: str, unit: str) -> tuple[HeldRow, ...]:
    """Give the rows that wait and speak of nobody on record, under their stored ids."""
    columns = (held_rows.c.id, held_rows.c.key_lookup, held_rows.c.body)
    rows = book.connection.execute(
        select(*columns)
        .where(_waits(unit, kind), held_rows.c.person_id.is_(None))
        .order_by(held_rows.c.id)
    )
    first: dict[bytes, str] = {}  # rows that contradict each other about one person share an id
    return tuple(
        held_of_text(
            book.vault.unseal(row.id, "row", row.body),
            first.setdefault(bytes(row.key_lookup), row.id),
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class HeldPlace:
    """Whose rows an import settles.

    Attributes
    ----------
    townships
        Names of the townships it is complete for; None: the whole unit.
    """

    unit: str
    kind: str
    import_id: str
    townships: frozenset[str] | None


def settle_held(book: Book, lines: Iterable[Line[Any]], place: HeldPlace) -> int:
    """Keep the rows that wait, and let those go that the file no longer has; count the new."""
    rows = {
        _lookup(book, place, text_of_cells(line.incoming)): line
        for line in lines
        if isinstance(line.incoming, HeldRow)
    }
    waits = _waits(place.unit, place.kind)
    waiting = set(book.connection.scalars(select(held_rows.c.row_lookup).where(waits)))
    new = [_new_row(book, key, rows[key], place) for key in rows if key not in waiting]
    if new:
        book.connection.execute(insert(held_rows), new)
    if waiting - set(rows):
        gone = [waits, held_rows.c.row_lookup.not_in(list(rows))]
        if place.townships is not None:
            gone.append(held_rows.c.township.in_(sorted(place.townships)))
        book.connection.execute(update(held_rows).where(*gone).values(closed_by=place.import_id))
    return len(new)


def _lookup(book: Book, place: HeldPlace, text: str) -> bytes:
    return book.vault.lookup("held", f"{place.unit}\0{place.kind}\0{text}")


def _new_row(book: Book, key: bytes, line: Line[Any], place: HeldPlace) -> dict[str, Any]:
    row = line.incoming
    assert isinstance(row, HeldRow)
    held_id = book.new_id()
    return {
        "id": held_id,
        "unit": place.unit,
        "township": row.township_name,
        "kind": place.kind,
        "import_id": place.import_id,
        "closed_by": "",
        "person_id": line.on_record.record.id if line.on_record else None,
        "key_lookup": _lookup(book, place, row.id),
        "row_lookup": key,
        "body": book.vault.seal(held_id, "row", text_of_held(row)),
    }


def undo_held(book: Book, import_id: str) -> None:
    """Let what an import closed wait again, and take out what it brought."""
    book.connection.execute(
        update(held_rows).where(held_rows.c.closed_by == import_id).values(closed_by="")
    )
    book.connection.execute(delete(held_rows).where(held_rows.c.import_id == import_id))


def _waits(unit: str, kind: str) -> ColumnElement[bool]:
    here = (held_rows.c.unit == unit) & (held_rows.c.kind == kind)
    erased = held_rows.c.body.is_(None)
    return here & (held_rows.c.closed_by == "") & ~erased
