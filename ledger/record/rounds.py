"""Rounds on record: what they are planned from, their timetables, what is published (团辅轮次).

A timetable never changes: planning, moving a session and pinning each make a revision, which
becomes the one at hand; undoing goes back to the one it was made from. Publishing numbers the
one at hand; what was published stays for good.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from casework.access import CITY_CODE, Action, Target, may_begin
from casework.errors import Conflict, NotFound
from ledger.record.book import Book
from ledger.record.deciding import require
from ledger.record.round_tables import round_revisions, rounds
from ledger.record.scope import NOT_THERE, acting

CITY = (CITY_CODE,)
MOST_DRAFTS = 40
"""How many steps can be undone; older drafts are forgotten."""


class What(StrEnum):
    """How a revision came about."""

    PLANNED = "planned"
    MOVED = "moved"
    PINNED = "pinned"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class StoredRound:
    """A round as it stands.

    Attributes
    ----------
    setup
        The frame as JSON, without wishes: rules, teams, closures, pins.
    current
        The revision at hand; empty before anything is planned.
    choices
        The last replanning, while a choice is open.
    """

    id: str
    version: int
    setup: Mapping[str, Any]
    current: str
    choices: Mapping[str, Any]
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class Revision:
    """One timetable of a round.

    Attributes
    ----------
    number
        From 1, once it is published; else None.
    """

    id: str
    round: str
    before: str
    what: What
    unit: str
    fingerprint: str
    author: str
    made_at: datetime
    number: int | None
    note: str
    published_at: datetime | None
    published_by: str

    @property
    def can_undo(self) -> bool:
        """Whether one may go back to what it was made from: never once it is published."""
        return bool(self.before) and self.number is None


@dataclass(frozen=True, slots=True)
class Made:
    """A timetable that was just made, to be put on record."""

    what: What
    document: Mapping[str, Any]
    unit: str = ""


def add_round(book: Book, setup: Mapping[str, Any]) -> StoredRound:
    """Begin a round."""
    _may_generate(book)
    round_id = book.new_id()
    book.connection.execute(
        rounds.insert().values(
            id=round_id, setup=_json(setup), made_at=book.at, made_by=acting(book).id
        )
    )
    book.note("round.begin", "round", round_id)
    return find_round(book, round_id)


def find_round(book: Book, round_id: str) -> StoredRound:
    """Give a round.

    Raises
    ------
    NotFound
        When there is none.
    """
    _may_read(book, round_id)
    row = book.connection.execute(select(rounds).where(rounds.c.id == round_id)).first()
    if row is None:
        raise NotFound(NOT_THERE)
    return _round(row)


def all_rounds(book: Book) -> tuple[StoredRound, ...]:
    """List the rounds, the newest first."""
    _may_read(book)
    query = select(rounds).order_by(rounds.c.made_at.desc(), rounds.c.id)
    return tuple(map(_round, book.connection.execute(query)))


def save_setup(book: Book, found: StoredRound, setup: Mapping[str, Any], what: str) -> None:
    """Change what a round is planned from; ``what`` says which part, for the audit."""
    _may_generate(book, found.id)
    book.update(rounds, found.id, found.version, setup=_json(setup))
    book.note("round.setup", "round", found.id, part=what)


def keep_choices(book: Book, found: StoredRound, choices: Mapping[str, Any]) -> None:
    """Keep the frontier of a replanning until one is chosen; empty forgets it."""
    _may_generate(book, found.id)
    text = _json(choices) if choices else ""
    book.connection.execute(update(rounds).where(rounds.c.id == found.id).values(choices=text))
    book.note("round.choices", "round", found.id, choices=len(choices.get("points", ())))


def add_revision(book: Book, found: StoredRound, made: Made) -> str:
    """Put a timetable on record; it becomes the one at hand."""
    _may_generate(book, found.id)
    revision = book.new_id()
    book.connection.execute(
        round_revisions.insert().values(
            id=revision,
            round_id=found.id,
            before=found.current,
            what=str(made.what),
            unit=made.unit,
            document=_json(made.document),
            fingerprint=str(made.document.get("fingerprint", "")),
            author=acting(book).id,
            made_at=book.at,
        )
    )
    book.update(rounds, found.id, found.version, current=revision)
    _forget_old_drafts(book, found.id, revision)
    book.note(f"round.{made.what}", "round", [found.id, revision], unit=made.unit)
    return revision


def _forget_old_drafts(book: Book, round_id: str, current: str) -> None:
    kept = round_revisions.c
    others = (kept.round_id == round_id, kept.number.is_(None), kept.id != current)
    drafts = select(kept.id).where(*others)
    old = drafts.order_by(kept.made_at.desc(), kept.id).offset(MOST_DRAFTS).limit(1000)
    ids = list(book.connection.scalars(old))
    if ids:
        book.connection.execute(delete(round_revisions).where(kept.id.in_(ids)))
        first_now = update(round_revisions).where(kept.before.in_(ids))
        book.connection.execute(first_now.values(before=""))  # nothing is left to go back to


def undo(book: Book, found: StoredRound) -> str:
    """Go back to the timetable that the one at hand was made from; give its id.

    Raises
    ------
    Conflict
        When it is published, or there is nothing before it.
    """
    _may_generate(book, found.id)
    revision = find_revision(book, found.current) if found.current else None
    if revision is None or not revision.can_undo:
        raise Conflict("没有可以撤销的改动 / there is nothing to undo")
    before = find_revision(book, revision.before)
    book.update(rounds, found.id, found.version, current=before.id)
    book.note("round.undo", "round", [found.id, revision.id])
    return before.id


def publish(book: Book, found: StoredRound, note: str) -> Revision:
    """Publish the timetable at hand, as the round's next number.

    Raises
    ------
    Conflict
        When there is none, or it is published already.
    """
    _may_generate(book, found.id)
    revision = find_revision(book, found.current) if found.current else None
    if revision is None or revision.number is not None:
        raise Conflict("没有新的排期可以公布 / there is no new timetable to publish")
    number = 1 + len(published(book, found.id))
    this = round_revisions.c.id == revision.id
    book.connection.execute(
        update(round_revisions)
        .where(this)
        .values(number=number, note=note, published_at=book.at, published_by=acting(book).id)
    )
    book.update(rounds, found.id, found.version, choices="")
    book.note("round.publish", "round", [found.id, revision.id], number=number)
    return find_revision(book, revision.id)


def find_revision(book: Book, revision: str) -> Revision:
    """Give a revision without its document; units and teams only learn of published ones.

    Raises
    ------
    NotFound
        When there is none, or it is a draft of others'.
    """
    _may_read(book)
    row = book.connection.execute(select(*_SHORT).where(round_revisions.c.id == revision)).first()
    if row is None or (row.number is None and not sees_drafts(book)):
        raise NotFound(NOT_THERE)
    return _revision(row)


def document_of(book: Book, revision: str) -> dict[str, Any]:
    """Give a revision's document (``nuantong/timetable/1``)."""
    find_revision(book, revision)
    text = book.connection.scalar(
        select(round_revisions.c.document).where(round_revisions.c.id == revision)
    )
    found: dict[str, Any] = json.loads(text or "{}")
    return found


def published(book: Book, round_id: str) -> tuple[Revision, ...]:
    """List what was published of a round, the newest first."""
    _may_read(book, round_id)
    kept = round_revisions.c
    query = select(*_SHORT).where(kept.round_id == round_id, kept.number.is_not(None))
    return tuple(map(_revision, book.connection.execute(query.order_by(kept.number.desc()))))


def last_published(connection: Connection) -> tuple[Revision, dict[str, Any]] | None:
    """Give the newest round's last published timetable, for feeds, which nobody signs in for."""
    kept = round_revisions.c
    query = select(round_revisions).where(kept.number.is_not(None))
    newest = query.order_by(kept.published_at.desc(), kept.number.desc()).limit(1)
    row = connection.execute(newest).first()
    return None if row is None else (_revision(row), json.loads(row.document))


def sees_drafts(book: Book) -> bool:
    """Whether whoever asks plans rounds herself."""
    return may_begin(acting(book), Action.ROUND_GENERATE, CITY).allow


def _may_generate(book: Book, round_id: str = "") -> None:
    require(book, Action.ROUND_GENERATE, Target("round", CITY, round_id))


def _may_read(book: Book, round_id: str = "") -> None:
    require(book, Action.ROUND_READ, Target("round", CITY, round_id))


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _round(row: Row[Any]) -> StoredRound:
    return StoredRound(
        row.id,
        row.version,
        json.loads(row.setup),
        row.current,
        json.loads(row.choices) if row.choices else {},
        row.made_at,
        row.made_by,
    )


_SHORT = [column for column in round_revisions.c if column.name != "document"]


def _revision(row: Row[Any]) -> Revision:
    return Revision(
        row.id,
        row.round_id,
        row.before,
        What(row.what),
        row.unit,
        row.fingerprint,
        row.author,
        row.made_at,
        row.number,
        row.note,
        row.published_at,
        row.published_by,
    )
