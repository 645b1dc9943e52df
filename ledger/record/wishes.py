"""Wishes on record: what the staff say of single pairs, and why, until they take it back (意见).

Each comes with its reason, sealed under the child's key; the next proposal heeds them all.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, insert, or_, select

from casework.access import Action, Target, area
from casework.errors import NotFound, Refused
from casework.people import CaregiverId, ChildId
from casework.wishes import Wish, WishKind
from ledger.record.book import Book
from ledger.record.deciding import require
from ledger.record.key_ring import PersonErased
from ledger.record.pairing_rows import ERASED
from ledger.record.pairing_tables import wishes
from ledger.record.people_tables import people
from ledger.record.scope import NOT_THERE, acting

_WHY = "wishes.why"


@dataclass(frozen=True, slots=True)
class Noted:
    """A wish with why, by whom and since when."""

    wish: Wish
    why: str
    by: str
    at: datetime


def note_wish(book: Book, unit: str, wish: Wish, why: str) -> None:
    """Note a wish; it takes the place of what it contradicts.

    Raises
    ------
    Refused
        When no reason is given.
    NotFound
        When one of the two is not on record in the unit.
    """
    require(book, Action.PROPOSAL_CREATE, Target("wish", area(unit)))
    if not why.strip():
        raise Refused("请写明原因 / say why")
    both = select(people.c.id).where(
        people.c.id.in_((wish.child, wish.caregiver)), people.c.unit == unit, people.c.is_on_record
    )
    if len(book.connection.scalars(both).all()) != 2:
        raise NotFound(NOT_THERE)
    this_pair = and_(wishes.c.child_id == wish.child, wishes.c.caregiver_id == wish.caregiver)
    is_lock = wishes.c.kind == str(WishKind.LOCK)
    other_lock = and_(wishes.c.child_id == wish.child, is_lock)
    gone = or_(this_pair, other_lock) if wish.kind is WishKind.LOCK else this_pair
    book.connection.execute(delete(wishes).where(wishes.c.unit == unit, gone))
    row = {
        "id": book.new_id(),
        "unit": unit,
        "child_id": wish.child,
        "caregiver_id": wish.caregiver,
        "kind": str(wish.kind),
        "by": acting(book).id,
        "at": book.at,
        "why": book.vault.seal(wish.child, _WHY, why.strip()),
    }
    book.connection.execute(insert(wishes), row)
    book.note("wish_note", "wish", (wish.child, wish.caregiver), unit=unit, said=str(wish.kind))


def take_back(book: Book, unit: str, child: ChildId, caregiver: CaregiverId) -> None:
    """Take back what was said of a pair.

    Raises
    ------
    NotFound
        When nothing was.
    """
    require(book, Action.PROPOSAL_CREATE, Target("wish", area(unit)))
    this = and_(wishes.c.child_id == child, wishes.c.caregiver_id == caregiver)
    done = book.connection.execute(delete(wishes).where(wishes.c.unit == unit, this))
    if not done.rowcount:
        raise NotFound("这条意见已经撤回 / this wish is gone already")
    book.note("wish_take_back", "wish", (child, caregiver), unit=unit)


def wishes_of(book: Book, unit: str) -> tuple[Noted, ...]:
    """Give what holds for a unit's next proposal, in the order it was said."""
    require(book, Action.PROPOSAL_CREATE, Target("wish", area(unit)))
    rows = book.connection.execute(
        select(wishes).where(wishes.c.unit == unit).order_by(wishes.c.at, wishes.c.id)
    )
    found = []
    for row in rows:
        why = ERASED
        if row.why is not None:
            with suppress(PersonErased):  # the child was erased: her words with her
                why = book.vault.unseal(row.child_id, _WHY, bytes(row.why))
        wish = Wish(ChildId(row.child_id), CaregiverId(row.caregiver_id), WishKind(row.kind))
        found.append(Noted(wish, why, row.by, row.at))
    return tuple(found)
