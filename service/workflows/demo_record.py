"""What a demo has on record: some units' ledgers, their pairs, and work that waits (演示在案数据).

Each unit's register is taken over through an approval with the leader's signed paper, as an office
does once. In the first unit only the pairs that stood are approved: the new ones wait for the
officer who signs in.
"""

import hashlib
from datetime import date
from pathlib import Path

from casework.access import SYSTEM_ACTOR, Action
from casework.actors import SignedPaper
from geo.areas import Gazetteer
from ledger.record.approving import Request
from ledger.record.figures import count_now, keep_month, month_of
from ledger.record.imports import Decisions
from ledger.record.jobs import claim, finish
from ledger.record.key_ring import KeyRing
from ledger.record.scope import Scope
from ledger.record.store import Store
from ledger.sample_files import DUE
from service.on_record import KEYS
from service.progress import Progress, Stage
from service.workflows.ledgers import Terms, open_reader
from service.workflows.on_record import confirm, read_for_record
from service.workflows.pairings_on_record import activate_known
from service.workflows.proposals_on_record import Ask, approve_proposal, hand_in, propose
from service.workflows.recruits import KIND, find_recruits
from service.workflows.unit_on_record import Desk

OTHERS = ("万州区", "南川区", "彭水县")
_LEDGERS = ("困境儿童台账.xlsx", "爱心妈妈台账.xlsx")
_REGISTER = "结对台账.xlsx"


def put_on_record(out: Path, first: str, progress: Progress) -> None:
    """Put the first unit and some others of the made-up city on record."""
    store = Store.open(out / "data", KeyRing.load(out / KEYS))
    try:
        desk = Desk(store, SYSTEM_ACTOR, open_reader(Terms(b"", DUE)))
        for n, unit in enumerate((first, *OTHERS)):
            progress(Stage.IMPORT, n, 1 + len(OTHERS))
            _take(desk, out / "city" / unit, unit, all_pairs=unit != first)
        while job := claim(store, "demo", (KIND,)):  # what the approvals asked for
            finish(store, job, {"villages": find_recruits(desk, job.area[1])})
    finally:
        store.close()


def _take(desk: Desk, folder: Path, name: str, *, all_pairs: bool) -> None:
    unit = Gazetteer.on(DUE).find_unit(name)
    assert unit is not None
    read = read_for_record([folder / ledger for ledger in _LEDGERS], desk.reader, whole=True)
    confirm(desk.store, desk.actor, read, Decisions(), desk.reader)
    _keep(desk, unit.code, date(2021, 7, 31))  # the ledgers alone
    made = propose(desk, Ask(unit.code, register=folder / _REGISTER))
    hand_in(desk, made.id)
    pairs = made.done.dossier.proposal.pairs
    part = None if all_pairs else frozenset(pair.child for pair in pairs if pair.kept)
    number = f"{name}妇〔2021〕1号"
    scan = hashlib.sha256(number.encode()).hexdigest()  # of a scan that nobody has
    paper = SignedPaper("示例领导", DUE, number, scan)
    approve_proposal(desk, Request(made.id, f"demo-{unit.code}", part, paper))
    _keep(desk, unit.code, date(2021, 8, 31))  # approved, and before facts were known
    activate_known(desk, unit.code)


def _keep(desk: Desk, unit: str, on: date) -> None:
    """Keep the figures as they stand for an earlier month, so that there is a trend."""
    with desk.store.writing(desk.actor, "demo") as book:
        scope = Scope.of(book, Action.MAP_AGGREGATE)
        keep_month(book, month_of(on), unit, count_now(book.connection, scope, on, unit), on)
