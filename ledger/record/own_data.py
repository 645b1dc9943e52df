"""Own data (本人资料): everything on record of one person, for herself or her guardian.

PIPL 45: whoever a record is about may see it and have a copy. The ID number stays masked, as in
every export: she knows hers, and paper is lost.
"""

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from casework.access import Action, LawfulBasis, Target, area, decide
from casework.actors import ChildBasis
from casework.import_diff import OnRecord
from ledger.record.accounts_tables import accounts
from ledger.record.audit_tables import audit
from ledger.record.bases import stated_of
from ledger.record.book import Book
from ledger.record.pairings import Event, history, list_pairings
from ledger.record.pairings import OnRecord as PairingOnRecord
from ledger.record.people import PersonVersion, history_of, read_person
from ledger.record.scope import acting, refuse
from ledger.record.tasks import StoredTask, tasks_of


@dataclass(frozen=True, slots=True)
class Reading:
    """One time that somebody saw or changed her record by its id."""

    at: str
    who: str
    role: str
    action: str
    why: str
    outcome: str


@dataclass(frozen=True, slots=True)
class OwnData:
    """All of one person.

    Attributes
    ----------
    pairings
        Each with what happened to it.
    bases
        Lawful bases that were stated of her record, and when each ended.
    readings
        Rows of the audit that name her; lists that she stood on are not among them.
    """

    person: OnRecord[Any]
    versions: tuple[PersonVersion, ...]
    pairings: tuple[tuple[PairingOnRecord, tuple[Event, ...]], ...]
    tasks: tuple[StoredTask, ...]
    bases: tuple[tuple[ChildBasis, date | None], ...]
    readings: tuple[Reading, ...]


def own_data(book: Book, person: str, basis: LawfulBasis) -> OwnData:
    """Give everything on record of a person whom the actor may read, for a lawful basis.

    Raises
    ------
    NotFound
        When there is nobody, or she is not in the actor's area.
    Refused
        When exports are not the actor's.
    """
    known = read_person(book, person)
    unit = known.record.home.unit
    target = Target("person", area(unit, known.record.home.township), person, basis=basis)
    refuse(decide(acting(book), Action.PERSON_EXPORT, target))
    found = {
        each.pairing.id: each
        for whose in ({"child": person}, {"caregiver": person})
        for each in list_pairings(book, in_force=False, **whose)
    }
    book.note(Action.PERSON_EXPORT, "person", [person], basis=str(basis.kind))
    return OwnData(
        known,
        history_of(book, person),
        tuple((each, _told(book, each, person)) for each in found.values()),
        tasks_of(book, unit, None, None, person),
        stated_of(book, person),
        _readings(book, person),
    )


def _told(book: Book, each: PairingOnRecord, person: str) -> tuple[Event, ...]:
    """Give what happened to a pairing; what was written there is the child's, and hers alone."""
    events = history(book, each.pairing.id)
    if each.pairing.child == person:
        return events
    return tuple(replace(event, words={}) for event in events)


def _readings(book: Book, person: str) -> tuple[Reading, ...]:
    mine = or_(audit.c.ids == json.dumps([person]), audit.c.ids.contains(f'"{person}"'))
    rows = book.connection.execute(
        select(audit, accounts.c.name)
        .join_from(audit, accounts, audit.c.actor == accounts.c.id, isouter=True)
        .where(mine)
        .order_by(audit.c.seq)
    )
    return tuple(
        Reading(
            f"{row.at:%Y-%m-%d %H:%M}Z",
            row.name or row.actor,
            row.role,
            row.action,
            row.why,
            row.outcome,
        )
        for row in rows
    )
