"""Book (账册): what a block of the store works with, be it one read or one write.

``Book.connection`` runs SQLAlchemy Core statements; nobody commits by hand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, exists, select, update

from casework.errors import Conflict, NotFound
from ledger.record.audit import Acting, Entry, Fact, Outcome
from ledger.record.vault import Vault

_MOST = 2**31 - 2


@dataclass(frozen=True, slots=True)
class Note:
    """What the block says of itself for the audit."""

    action: str
    kind: str
    ids: tuple[str, ...]
    facts: dict[str, Fact]
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Book:
    """One transaction, by whom and since when.

    Attributes
    ----------
    at
        The moment the block began, in UTC: the time of everything it writes.
    why
        What it is for, in a word or a sentence; it stands in the audit.
    """

    connection: Connection
    actor: Acting
    at: datetime
    why: str
    vault: Vault
    make_id: Callable[[], str]
    notes: list[Note] = field(default_factory=list)

    def new_id(self) -> str:
        """Make a random id that nobody has."""
        return self.make_id()

    def note(
        self,
        action: str,
        kind: str = "",
        ids: Sequence[str] | str = (),
        outcome: Outcome | None = None,
        **facts: Fact,
    ) -> None:
        """Say what is done to which records; one audit row a note, and never personal data."""
        listed = (ids,) if isinstance(ids, str) else tuple(ids)
        self.notes.append(Note(str(action), str(kind), listed, facts, outcome))

    def update(self, table: Table, record: str, expected: int, **values: Any) -> int:
        """Change a row that is still at the expected version; give its new version.

        The table has ``id`` and ``version_column()``.

        Raises
        ------
        NotFound
            When there is no such row.
        Conflict
            When somebody changed it since.
        """
        this = table.c.id == record
        expected = min(expected, _MOST)  # what no column holds is a version that nobody saw
        done = self.connection.execute(
            update(table)
            .where(this, table.c.version == expected)
            .values(**values, version=expected + 1)
        )
        if done.rowcount:
            return expected + 1
        if not self.connection.scalar(select(exists().where(this))):
            raise NotFound("没有这条记录，或不在您的范围内 / no such record, or not in your area")
        raise Conflict("这条记录刚被别人改过，请刷新后再改 / it was changed meanwhile: reload")

    def entries(self, outcome: Outcome) -> list[Entry]:
        """Give the audit rows of this block: one a note, else one for the whole."""
        notes = self.notes or [Note(self.why, "", (), {}, None)]
        return [
            Entry(
                self.at,
                self.actor,
                note.action,
                self.why,
                note.outcome or outcome,
                note.kind,
                note.ids,
                note.facts,
            )
            for note in notes
        ]
