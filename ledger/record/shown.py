"""Shown beside a list: who has whom, what somebody's id is called by (随列表显示).

Cut by the same scope as the list itself; what lies outside shows as nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from casework.access import Action
from casework.pairings import PairingId, PairingState
from casework.people import CaregiverId, ChildId
from ledger.record.accounts_tables import accounts
from ledger.record.book import Book
from ledger.record.pairing_tables import pairings
from ledger.record.people import names_on_record
from ledger.record.scope import Areas, Scope

_AREAS = Areas(pairings.c.unit, pairings.c.township, pairings.c.village, pairings.c.id)
_IN_FORCE = tuple(str(state) for state in PairingState if state is not PairingState.CLOSED)


@dataclass(frozen=True, slots=True)
class Beside:
    """One pairing in force, in a line."""

    pairing: PairingId
    child: ChildId
    caregiver: CaregiverId
    state: PairingState


def beside(book: Book, ids: Sequence[str]) -> tuple[Beside, ...]:
    """Give the pairings in force of some people that the reader may see."""
    found = _theirs(Scope.of(book, Action.PAIRING_READ))
    return tuple(
        Beside(PairingId(row.id), row.child_id, row.caregiver_id, PairingState(row.state))
        for row in book.connection.execute(found, {"ids": list(ids)})
    )


@lru_cache(maxsize=256)  # to write the question takes longer than to ask it
def _theirs(scope: Scope) -> Select[Any]:
    columns = pairings.c
    ids: Any = bindparam("ids", expanding=True)
    theirs = columns.child_id.in_(ids) | columns.caregiver_id.in_(ids)
    return (
        select(columns.id, columns.child_id, columns.caregiver_id, columns.state)
        .where(scope.where(_AREAS), theirs, columns.state.in_(_IN_FORCE))
        .order_by(columns.child_id, columns.id)
    )


def names_of(book: Book, ids: Iterable[str]) -> dict[str, str]:
    """Give the names of people the reader sees pairings of; the id where one was erased."""
    wanted = sorted(set(ids))
    known = dict(names_on_record(book, wanted))
    return {who: known.get(who, who) for who in wanted}


def accounts_called(book: Book, ids: Iterable[str]) -> dict[str, str]:
    """Give the names of accounts: who did something."""
    found = select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(sorted(set(ids))))
    return {row.id: row.name for row in book.connection.execute(found)}
