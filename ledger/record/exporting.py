"""Exporting (导出): what of a unit's ledgers may leave it now, on which grant and bases."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from casework.access import Action, Target, area, decide
from casework.lawful_bases import may_leave
from casework.records import ChildRecord
from ledger.people import Ledgers
from ledger.record.bases import bases_of
from ledger.record.book import Book
from ledger.record.grants import Grant, granted, ledger_target
from ledger.record.people import ledgers_of
from ledger.record.scope import acting
from ledger.record.seen import without_numbers


@dataclass(frozen=True, slots=True)
class Exported:
    """What leaves a unit.

    Attributes
    ----------
    left_out
        Children whose records have no lawful basis for it.
    """

    ledgers: Ledgers
    grant: Grant
    left_out: int


def exported(book: Book, unit: str) -> Exported:
    """Give a unit's ledgers as they may leave it: no ID number, and only while a grant is open.

    A child's record goes only if it has a lawful basis of its own; one whose guardian took
    consent back goes where the law itself asks for it. The stored id stands in for the 编号, so
    that what comes back finds its people.
    """
    fields, grant = granted(book, Action.LEDGER_EXPORT, ledger_target(unit))
    whole = ledgers_of(book, unit)
    children = tuple(_with_basis(book, whole.children, grant))
    left_out = len(whole.children) - len(children)
    facts = {"unit": unit, "basis": str(grant.basis.kind), "grant": grant.id}
    book.note(Action.LEDGER_EXPORT, "unit", (), None, **facts, left_out=left_out)
    cut = replace(
        whole,
        children=tuple(without_numbers(child, fields) for child in children),
        caregivers=tuple(without_numbers(c, fields) for c in whole.caregivers),
        held_children=(),  # as written, numbers and all: they are mended here, not elsewhere
        held_caregivers=(),
    )
    return Exported(cut, grant, left_out)


def _with_basis(
    book: Book, children: tuple[ChildRecord, ...], grant: Grant
) -> Iterator[ChildRecord]:
    actor, bases = acting(book), bases_of(book, children)
    for child in children:
        basis = bases.get(child.id)
        place = area(child.home.unit, child.home.township)
        target = Target("child", place, child.id, basis=basis.lawful if basis else None)
        if not decide(actor, Action.PERSON_EXPORT, target).allow:
            continue
        if may_leave(child, basis, grant.basis.kind):
            yield child
