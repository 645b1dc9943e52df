"""A unit's year on record: what its two officers do, for the story of a year."""

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

from casework.access import Actor, Role, area
from casework.import_diff import Incoming
from casework.pairings import PairingState
from geo.areas import Gazetteer
from ledger.people import read_ledgers
from ledger.record.approving import Approved, Request
from ledger.record.imports import Batch, Confirmed, confirm_now
from ledger.record.pairings import list_pairings
from ledger.record.people import whole
from ledger.record.store import Store
from ledger.workbook import read_many
from service.workflows import proposals_on_record as work
from service.workflows.unit_on_record import Desk
from tests.tables import reader

UNIT, NAME = "500104", "大渡口区"
WANG = Actor("wang", Role.UNIT, area(UNIT))
LI = Actor("li", Role.UNIT, area(UNIT))


def desk(store: Store, actor: Actor, on: date) -> Desk:
    return Desk(store, actor, reader(on=on, gazetteer=Gazetteer.on(on), unit=NAME))


def take_ledgers(store: Store, folder: Path, on: date) -> list[Confirmed]:
    """Import a unit's two ledgers from files."""
    judge = reader(on=on, unit=NAME)
    files = sorted(folder.glob("*台账.xlsx"))
    read = read_ledgers([t for _, reading in read_many(files) for t in reading.tables], judge)
    done = []
    with store.writing(WANG, "import") as book:
        for kind, rows, held in (
            ("child", read.children, read.held_children),
            ("caregiver", read.caregivers, read.held_caregivers),
        ):
            _, confirmed = confirm_now(book, Batch(UNIT, kind, Incoming(rows, held, on)))
            done.append(confirmed)
    return done


def change(store: Store, kind: str, on: date, changes: dict[str, dict[str, object]]) -> Confirmed:
    """Import the ledger as it stands with some people's fields changed."""
    with store.writing(WANG, "import") as book:
        rows = tuple(p.record for p in whole(book, kind, UNIT))
        changed = tuple(replace(r, **changes.get(r.id, {})) for r in rows)
        _, confirmed = confirm_now(book, Batch(UNIT, kind, Incoming(changed, (), on)))
    return confirmed


def propose_by(store: Store, actor: Actor, on: date, register: Path | None = None) -> str:
    at = desk(store, actor, on)
    made = work.propose(at, work.Ask(UNIT, register))
    work.hand_in(at, made.id)
    return made.id


def approve_by(store: Store, actor: Actor, proposal: str, key: str, on: date) -> Approved:
    return work.approve_proposal(desk(store, actor, on), Request(proposal, key))


def in_force(store: Store, *states: PairingState) -> dict[str, str]:
    """Give the caregiver of each child who has one."""
    with store.reading(LI, "list") as book:
        found = [r.pairing for r in list_pairings(book, unit=UNIT)]
    return {p.child: p.caregiver for p in found if not states or p.state in states}


def homes_of(store: Store) -> Counter[str]:
    """Count the households of each caregiver, each once."""
    with store.reading(LI, "list") as book:
        found = {(r.pairing.caregiver, r.pairing.household) for r in list_pairings(book)}
    return Counter(caregiver for caregiver, _ in found)


def places_of(store: Store) -> dict[str, int]:
    with store.reading(LI, "list") as book:
        return {p.record.id: p.record.places for p in whole(book, "caregiver", UNIT)}
