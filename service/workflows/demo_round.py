"""The demo's counselling round: forms handed in, planned, published and on record (演示排期).

Every unit's form is received in the city's collection as on the page; units whose ledgers are on
record hand in the nameless ledger with it, so that their sessions say which townships they call.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from casework.access import SYSTEM_ACTOR, area
from casework.round_frame_json import frame_json
from ledger.hand_in_file import SUFFIX
from ledger.hand_in_store import HandInStore
from ledger.record.key_ring import KeyRing
from ledger.record.rounds import Made, What, add_revision, add_round, find_round, publish
from ledger.record.store import Store
from ledger.sample_files import DUE
from service.collection_desk import CollectionDesk
from service.desk import DECLARATION, Desk
from service.on_record import KEYS
from service.outputs import write_whole
from service.progress import Progress
from service.rooms import desk_folder
from service.workflows.collection import receive
from service.workflows.declarations import count_ledgers, open_terms
from service.workflows.ledgers import Terms
from service.workflows.packing import Packing, made, pack
from service.workflows.rounds import RoundOutcome, Telling, plan
from service.workflows.rounds_given import RoundSources, read_round
from service.workflows.rounds_out import RoundOutputs, report_bytes, write_round_outputs
from service.workflows.rounds_work import document_from

ROUND = "团辅排期"
LEDGERS = ("困境儿童台账.xlsx", "爱心妈妈台账.xlsx", "结对台账.xlsx")
_FORMS = "申报表"
_NOTE = "演示：示例领导已同意 / made up"


def plan_demo_round(out: Path, with_ledgers: Iterable[str], progress: Progress) -> RoundOutcome:
    """Plan the round of the demo's city and leave its workbook, paper, map, calendars and JSON."""
    city, keys = out / "city", KeyRing.load(out / KEYS)
    with CollectionDesk(Desk(desk_folder(out / "data", area()), keys)).opened() as store:
        _hand_in(out, with_ledgers, store, keys, progress)
        sources = RoundSources(store.root, city / "团辅团队.xlsx", closures=city / "停办.xlsx")
        given = read_round(sources, DUE, progress)
    done = plan(given, None, Telling(progress))
    outputs = RoundOutputs(
        out / f"{ROUND}.xlsx", out / f"{ROUND}日历", out / f"{ROUND}.html", out / f"{ROUND}.pdf"
    )
    write_round_outputs(done.report, outputs, done.given.contacts, None, progress)
    write_whole(out / f"{ROUND}.json", report_bytes(done.report, done.findings))
    return done


def _hand_in(
    out: Path, with_ledgers: Iterable[str], store: HandInStore, keys: KeyRing, progress: Progress
) -> None:
    """Receive all forms in the city's collection, some packed with their ledgers."""
    city, terms = out / "city", open_terms(Terms(b"", DUE))
    forms = {path.stem.removesuffix(_FORMS): path for path in (city / _FORMS).iterdir()}
    with ExitStack() as stack:
        for unit in with_ledgers:
            counts = count_ledgers([city / unit / ledger for ledger in LEDGERS], terms)
            assert counts is not None
            assert counts.unit is not None
            desk = Desk(desk_folder(out / "data", area(counts.unit.code)), keys)
            folder = stack.enter_context(desk.work.folder("hand-in"))
            packing = Packing(folder / f"{unit}{SUFFIX}", reason="演示数据")
            made(pack(forms[unit], counts, packing, terms))
            packed = desk.root / DECLARATION / packing.out.name
            desk.safe.write(packed, packing.out.read_bytes())
            forms[unit] = packing.out
        receive({path: path.name for path in sorted(forms.values())}, store, DUE, terms, progress)


def publish_demo_round(out: Path, done: RoundOutcome) -> None:
    """Put the planned round on record, published, so that everybody's pages show it."""
    store = Store.open(out / "data", KeyRing.load(out / KEYS))
    frame = replace(done.given.frame, wishes=(), contingents={}, pins=())
    try:
        with store.writing(SYSTEM_ACTOR, "demo") as book:
            found = add_round(book, frame_json(frame))
            add_revision(book, found, Made(What.PLANNED, document_from(done)))
            publish(book, find_round(book, found.id), _NOTE)
    finally:
        store.close()


def team_of(done: RoundOutcome, unit: str) -> str:
    """Give the code of the team that is booked for a unit."""
    plan = done.report.timetable.plan(unit)
    assert plan is not None
    return plan.teams[0]
