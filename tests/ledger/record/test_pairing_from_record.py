"""Pairing from the store is pairing from the files, under other ids."""

from dataclasses import replace
from datetime import date

import pytest

from casework.access import SYSTEM_ACTOR
from casework.errors import Unreadable
from casework.findings import Where
from casework.import_diff import Incoming
from ledger.people import read_ledgers
from ledger.record.imports import Batch, confirm_now
from ledger.record.people import ledgers_of
from ledger.sample_files import write_sample
from ledger.tables import TableKind
from ledger.workbook import read_many
from service.workflows.pairing import pose
from solver.pairing import propose_pairings
from tests.tables import reader


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Read a made-up unit, with the flaws offices make."""
    folder = tmp_path_factory.mktemp("unit")
    write_sample(folder, "北碚区", city=False, seed=3, flaws=True, on=date(2021, 9, 15))
    paths = sorted(folder.rglob("镇街/*"))
    judge = reader(unit="北碚区")
    tables = [table for _, reading in read_many(paths) for table in _tables(reading)]
    return read_ledgers([t for t in tables if t.kind is not TableKind.PAIRS], judge), judge


_LAST = ("held", Where("\U0010ffff"))


def _tables(reading):
    return () if isinstance(reading, Unreadable) else reading.tables


def pairs(ledgers, judge, names):
    problem, _ = pose(ledgers, (), None, judge)
    proposal = propose_pairings(problem)
    pairs = {(names[p.child], names[p.caregiver], p.rung, p.metres) for p in proposal.pairs}
    left = {(names[u.child], u.reason) for u in proposal.unpaired}
    return len(pairs), sum(p.metres or 0 for p in proposal.pairs), pairs, left


def named(ledgers):
    """Call everybody by what both sides know: number, else resident ID, else name and home."""
    people = (*ledgers.children, *ledgers.caregivers)
    names = {p.id: (p.resident_id, p.number, p.name, p.home) for p in people}
    for row in (*ledgers.held_children, *ledgers.held_caregivers):
        names[row.id] = min(names.get(row.id, _LAST), ("held", row.where))
    return names


def under_stored_ids(ledgers, stored):
    """Give the files' ledgers with the store's ids, so that ties are settled alike."""
    ids = {key: stored_id for stored_id, key in named(stored).items()}
    new = {old: ids[key] for old, key in named(ledgers).items() if key in ids}

    def renamed(rows):
        changed = (replace(row, id=new[row.id]) for row in rows if row.id in new)
        return tuple(sorted(changed, key=lambda row: row.id))

    return replace(
        ledgers,
        children=renamed(ledgers.children),
        caregivers=renamed(ledgers.caregivers),
        held_children=renamed(ledgers.held_children),
        held_caregivers=renamed(ledgers.held_caregivers),
    )


def test_pairing_from_the_store_is_pairing_from_the_files(store, files):
    read, judge = files
    unit = read.unit.code
    with store.writing(SYSTEM_ACTOR, "import") as book:
        for kind, rows, held in (
            ("child", read.children, read.held_children),
            ("caregiver", read.caregivers, read.held_caregivers),
        ):
            confirm_now(book, Batch(unit, kind, Incoming(rows, held, judge.on)))
    with store.reading(SYSTEM_ACTOR, "ledgers") as book:
        stored = ledgers_of(book, unit)
    assert (len(stored.children), len(stored.caregivers)) == (
        len(read.children),
        len(read.caregivers),
    )
    held = {row.id for row in stored.held_children}
    assert len(held) == len({row.id for row in read.held_children}) > 3
    stored = replace(stored, unit=read.unit)
    same_ids = under_stored_ids(read, stored)
    assert pairs(stored, judge, named(stored)) == pairs(same_ids, judge, named(stored))
    assert pairs(stored, judge, named(stored))[:2] == pairs(read, judge, named(read))[:2]
