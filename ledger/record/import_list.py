"""Imports in a list: what came in, by whom, and how far it is (导入记录)."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, select

from casework.access import Action, Role
from ledger.record.book import Book
from ledger.record.imports import ImportState, known_import
from ledger.record.people_tables import imports
from ledger.record.scope import Areas, Scope, acting

MOST = 50
WAITS = (ImportState.PREVIEWED, ImportState.PROPOSED)


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One import: numbers only, nobody's name."""

    id: str
    kind: str
    township: str
    state: ImportState
    made_at: datetime
    made_by: str
    counts: dict[str, int]

    @property
    def waits(self) -> bool:
        """Whether somebody is still to confirm it."""
        return self.state in WAITS


def list_imports(book: Book, unit: str) -> tuple[ImportLine, ...]:
    """List a unit's imports, those that wait first, then the newest; a township its own."""
    is_town = acting(book).role is Role.TOWNSHIP
    action = Action.ROWS_PROPOSE if is_town else Action.LEDGER_IMPORT
    scope = Scope.of(book, action).where(Areas(imports.c.unit, imports.c.township))
    kept = imports.c
    is_over = case((kept.state.in_(WAITS), 0), else_=1)
    query = select(*_SHORT).where(scope, kept.unit == unit).limit(MOST)
    found = book.connection.execute(query.order_by(is_over, kept.made_at.desc(), kept.id))
    return tuple(map(_line, found))


_SHORT: list[Any] = [c for c in imports.c if c.name not in ("body", "seen")]  # as large as a file


def find_import(book: Book, import_id: str) -> ImportLine:
    """Give one import that the actor may know of."""
    return _line(known_import(book, import_id))


def _line(row: Row[Any]) -> ImportLine:
    state, counts = ImportState(row.state), json.loads(row.counts)
    return ImportLine(row.id, row.kind, row.township, state, row.made_at, row.made_by, counts)
