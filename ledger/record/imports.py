"""Imports (台账导入): preview, then confirm; undo while nothing later touched the rows.

A preview may be kept, so that another hand confirms it: townships propose, the unit confirms.
It remembers which versions it was made from; when somebody on record changed since in a way
that changes the difference, confirming is refused with what is different now.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, insert, select, update

from casework.access import Action, Role, Target, area, decide
from casework.errors import Conflict, NotFound, Refused
from casework.import_decisions import Act, Choice, Decision, settle
from casework.import_diff import COVERS_NOBODY, Fate, Incoming, Line, compare
from ledger.record.bases import settle_lacking
from ledger.record.book import Book
from ledger.record.held import HeldPlace, settle_held
from ledger.record.import_outline import differing, outline
from ledger.record.import_text import batch_of_text, text_of_batch
from ledger.record.people import whole
from ledger.record.people_tables import imports
from ledger.record.person_writing import (
    Change,
    Source,
    SourceKind,
    Told,
    add_people,
    change_people,
    counted,
    spoken_of,
    with_id,
)
from ledger.record.scope import NOT_THERE, acting, refuse


class ImportState(StrEnum):
    """How far an import is."""

    PREVIEWED = "previewed"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Batch:
    """One ledger of one unit, read and judged, on its way in.

    Attributes
    ----------
    kind
        ``child`` or ``caregiver``.
    file_sha256
        Of the file it came from, so that it need not be read again; may be empty.
    """

    unit: str
    kind: str
    incoming: Incoming[Any]
    file_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What an import would do, line by line.

    Attributes
    ----------
    import_id
        Of the preview that is kept; empty where none is.
    uncovered
        Names of townships with people on record of whom the file has no row at all.
    digest
        What the ledger says, keyed; see ``digest_of``.
    was_confirmed
        This very ledger was confirmed before: it says nothing new.
    """

    batch: Batch
    lines: tuple[Line[Any], ...]
    uncovered: tuple[str, ...] = ()
    was_confirmed: bool = False
    import_id: str = ""
    digest: str = field(kw_only=True)

    @property
    def counts(self) -> dict[str, int]:
        """Lines of each class."""
        found = Counter(line.fate for line in self.lines)
        return {str(fate): found[fate] for fate in Fate}


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the staff decide: by line, for all other doubtful lines, and which lines count."""

    by_line: Mapping[int, Decision] = field(default_factory=dict)
    standing: Choice | None = None
    chosen: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What an import did; all 0 where it did nothing."""

    import_id: str
    added: int = 0
    changed: int = 0
    held: int = 0


class StalePreview(Conflict):
    """The people on record changed since the preview.

    Attributes
    ----------
    lines
        Places of the lines that are different now, in ``now``.
    """

    def __init__(self, lines: tuple[int, ...], now: Difference) -> None:
        self.lines, self.now = lines, now
        rows = "、".join(_row_name(now.lines[n]) for n in lines[:10])
        super().__init__(
            f"预览之后在案记录有变动，涉及 {len(lines)} 行（{rows}），没有写入；请重新预览"
            f" / {len(lines)} rows differ since the preview: nothing was written, look again"
        )


def look(book: Book, batch: Batch) -> Difference:
    """Compare a batch with the people on record; nothing is written."""
    _may(book, batch)
    everybody = whole(book, batch.kind, batch.unit)
    incoming, digest = _covering(book, batch.incoming, everybody), digest_of(book, batch)
    was_confirmed = _was_confirmed(book, batch, digest)
    incoming = replace(incoming, is_repeated=was_confirmed)
    lines = compare(incoming, everybody)
    covered = incoming.covers
    uncovered = {
        p.record.township_name
        for p in everybody
        if covered not in (None, COVERS_NOBODY)
        and p.record.home.township not in covered
        and p.is_in_force
    }
    book.note("ledger_compare", batch.kind, (), unit=batch.unit, rows=len(lines))
    batch = replace(batch, incoming=incoming)
    return Difference(batch, lines, tuple(sorted(uncovered)), was_confirmed, digest=digest)


def keep_preview(book: Book, batch: Batch) -> Difference:
    """Keep a preview for somebody to confirm; a township's is a proposal to its unit.

    The unit's own that was confirmed and would change nothing is not kept: what would she confirm?
    """
    found = look(book, batch)
    proposed = acting(book).role is Role.TOWNSHIP
    if found.was_confirmed and not proposed and found.counts[Fate.SAME] == len(found.lines):
        return found
    state = ImportState.PROPOSED if proposed else ImportState.PREVIEWED
    import_id = _insert(book, found, state)
    facts: dict[str, Any] = {"unit": batch.unit, **found.counts}
    book.note("import_preview", batch.kind, import_id, **facts)
    return replace(found, import_id=import_id)


def open_preview(book: Book, import_id: str) -> Difference:
    """Give a kept preview as it is against the people on record now.

    Raises
    ------
    Conflict
        When it was confirmed, withdrawn or undone already.
    """
    row = known_import(book, import_id)
    if row.body is None:
        raise Conflict("这次导入已经处理过 / this import is settled already")
    batch = batch_of_text(row, book.vault.unseal(import_id, "batch", row.body))
    return replace(look(book, batch), import_id=import_id)


def confirm(book: Book, import_id: str, decisions: Decisions | None = None) -> Confirmed:
    """Write a kept preview as decided; confirming again changes nothing.

    Raises
    ------
    StalePreview
        When the difference is not the one that was previewed.
    Conflict
        When a doubtful row is not decided, or the import was withdrawn or undone.
    """
    now = to_confirm(book, import_id)
    return write_confirmed(book, now, decisions or Decisions()) if now else Confirmed(import_id)


def to_confirm(book: Book, import_id: str) -> Difference | None:
    """Open a kept preview to write it; None where it is confirmed; raises as ``confirm``."""
    row = known_import(book, import_id)
    refuse(decide(acting(book), Action.ROWS_CONFIRM, Target("import", area(row.unit))))
    if row.state == ImportState.CONFIRMED:
        return None
    now = open_preview(book, import_id)
    stale = differing(json.loads(row.seen), outline(now.lines))
    if stale:
        raise StalePreview(stale, now)
    return now


def write_confirmed(
    book: Book, now: Difference, decisions: Decisions, told: Told = lambda *_: None
) -> Confirmed:
    """Write what was opened ``to_confirm`` in this very transaction; raises as ``confirm``."""
    done = _write(book, now, decisions, told)
    where = imports.c.id == now.import_id
    book.connection.execute(update(imports).where(where).values(**_settled(book)))
    return done


def confirm_now(
    book: Book, batch: Batch, decisions: Decisions | None = None
) -> tuple[Difference, Confirmed]:
    """Compare and write in one transaction, where preview and decision are one hand's.

    A ledger that was confirmed before and says nothing new leaves no trace.
    """
    refuse(decide(acting(book), Action.LEDGER_IMPORT, Target("import", area(batch.unit))))
    now = look(book, batch)
    if now.was_confirmed and not _acts(now, decisions or Decisions()):
        return now, Confirmed("")
    now = replace(now, import_id=_insert(book, now, ImportState.CONFIRMED))
    return now, write_confirmed(book, now, decisions or Decisions())


def withdraw(book: Book, import_id: str) -> None:
    """Let go of a preview that is not to be confirmed."""
    row = known_import(book, import_id)
    if row.state not in (ImportState.PREVIEWED, ImportState.PROPOSED):
        raise Conflict("这次导入已经处理过 / this import is settled already")
    values = {"state": ImportState.WITHDRAWN, "settled_at": book.at, "settled_by": book.actor.id}
    book.connection.execute(
        update(imports).where(imports.c.id == import_id).values(body=None, **values)
    )
    book.note("import_withdraw", row.kind, import_id)


def was_imported(book: Book, file_sha256: str) -> bool:
    """Say whether a file was confirmed before, by its bytes: a killed run goes on from here."""
    found = select(imports.c.id).where(
        imports.c.file_sha256 == file_sha256, imports.c.state == str(ImportState.CONFIRMED)
    )
    return book.connection.execute(found.limit(1)).first() is not None


def digest_of(book: Book, batch: Batch) -> str:
    """Give the keyed digest of what a batch says, whatever the order of its rows."""
    text = text_of_batch(batch.incoming, in_order=True)
    plain = hashlib.sha256(f"{batch.unit}\0{batch.kind}\0{text}".encode()).hexdigest()
    return book.vault.lookup("batch", plain).hex()


def _may(book: Book, batch: Batch) -> None:
    """See that the actor may bring these rows: a township its own, the unit all of them."""
    actor = acting(book)
    if actor.role is not Role.TOWNSHIP:
        refuse(decide(actor, Action.LEDGER_IMPORT, Target("import", area(batch.unit))))
        return
    townships = {row.home.township for row in batch.incoming.rows} or {actor.scope[-1]}
    for township in sorted(townships):
        place = area(batch.unit, township)
        decision = decide(actor, Action.ROWS_PROPOSE, Target("import", place))
        if not decision.allow:
            raise Refused(
                "表中有不属于本镇街的行，只能提交本镇街的 / rows of other townships are not yours"
            )


def _covering(book: Book, incoming: Incoming[Any], everybody: list[Any]) -> Incoming[Any]:
    """Say for which townships the file speaks, where the caller leaves it to its rows."""
    actor = acting(book)
    if actor.role is Role.TOWNSHIP:  # whatever a row that waits says: nobody else's are gone
        return replace(incoming, covers=frozenset(actor.scope[-1:]))
    if incoming.covers != frozenset():
        return incoming
    names = {row.township_name for row in incoming.held}
    covered = {row.home.township for row in incoming.rows} | {
        p.record.home.township for p in everybody if p.record.township_name in names
    }
    return replace(incoming, covers=frozenset(covered))


def _acts(now: Difference, decisions: Decisions) -> tuple[Act[Any], ...]:
    return settle(now.lines, decisions.by_line, decisions.chosen, decisions.standing)


def _write(book: Book, now: Difference, decisions: Decisions, told: Told) -> Confirmed:
    batch, import_id = now.batch, now.import_id
    acts = _acts(now, decisions)
    source = Source(SourceKind.IMPORT, import_id, batch.incoming.on)
    new = [act.record for act in acts if act.on_record is None]
    add_people(book, counted(new, told, 0, len(acts)), source)
    changes = [
        Change(act.on_record, with_id(act.record, act.on_record.record.id), act.fields)
        for act in acts
        if act.on_record
    ]
    change_people(book, counted(changes, told, len(new), len(acts)), source)
    same = (x.on_record for x in now.lines if x.fate is Fate.SAME and x.on_record)
    spoken_of(book, same, source.as_of)
    held = 0
    if decisions.chosen is None:
        place = HeldPlace(batch.unit, batch.kind, import_id, _covered_names(batch.incoming))
        held = settle_held(book, now.lines, place)
    settle_lacking(book, batch.unit)
    done = Confirmed(import_id, len(new), len(changes), held)
    facts: dict[str, Any] = {"added": done.added, "changed": done.changed, "held": done.held}
    book.note("import_confirm", batch.kind, import_id, unit=batch.unit, **facts)
    return done


def _covered_names(incoming: Incoming[Any]) -> frozenset[str] | None:
    if incoming.covers is None:
        return None
    if incoming.covers == COVERS_NOBODY:
        return frozenset()  # a row that waits may be in the part that is missing
    return frozenset(row.township_name for row in (*incoming.rows, *incoming.held))


def _insert(book: Book, found: Difference, state: ImportState) -> str:
    batch, import_id = found.batch, book.new_id()
    body = None
    if state is not ImportState.CONFIRMED:
        body = book.vault.seal(import_id, "batch", text_of_batch(batch.incoming))
    actor = acting(book)
    row = {
        "id": import_id,
        "unit": batch.unit,
        "township": actor.scope[-1] if actor.role is Role.TOWNSHIP else "",
        "kind": batch.kind,
        "state": str(state),
        "as_of": batch.incoming.on,
        "digest": found.digest,
        "file_sha256": batch.file_sha256,
        "made_at": book.at,
        "made_by": actor.id,
        "counts": json.dumps(found.counts),
        "seen": json.dumps(outline(found.lines)) if body else "[]",
        "body": body,
    }
    book.connection.execute(insert(imports), row)
    return import_id


def _settled(book: Book) -> dict[str, Any]:
    """Give the columns of an import that is confirmed; its rows are people now."""
    return {
        "state": str(ImportState.CONFIRMED),
        "settled_at": book.at,
        "settled_by": book.actor.id,
        "body": None,
        "seen": "[]",
    }


def _row_name(line: Line[Any]) -> str:
    return f"第{line.incoming.where.row}行" if line.incoming else "不在表中的人"


def _was_confirmed(book: Book, batch: Batch, digest: str) -> bool:
    """Say whether this very ledger was confirmed, and not undone since."""
    state = book.connection.scalar(
        select(imports.c.state)
        .where(imports.c.unit == batch.unit, imports.c.kind == batch.kind)
        .where(imports.c.digest == digest)
        .where(imports.c.state.in_((ImportState.CONFIRMED, ImportState.UNDONE)))
        .order_by(imports.c.settled_at.desc(), imports.c.id)
        .limit(1)
    )
    return state == ImportState.CONFIRMED


def known_import(book: Book, import_id: str) -> Row[Any]:
    """Give an import that the actor may know of."""
    row = book.connection.execute(select(imports).where(imports.c.id == import_id)).first()
    if row is None:
        raise NotFound(NOT_THERE)
    actor = acting(book)
    action = Action.ROWS_PROPOSE if actor.role is Role.TOWNSHIP else Action.LEDGER_IMPORT
    refuse(decide(actor, action, Target("import", area(row.unit, row.township), row.id)))
    return row
