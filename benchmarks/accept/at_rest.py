"""At rest: everything of a unit's year is on record, and the disk is searched for it."""

import os
from datetime import date
from pathlib import Path

from benchmarks.accept.frame import Scale, Tally
from benchmarks.accept.stores import Where, places
from ledger.record.backup import back_up
from ledger.record.key_ring import KeyRing
from ledger.record.people import whole
from ledger.record.store import Store

ON = date(2021, 9, 15)
CANARY = "金丝雀"
KNOWN = "大石社区"


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    from ledger.sample_files import write_sample
    from tests.a_year import NAME

    write_sample(folder / "sample", NAME, city=False, seed=3, flaws=False, on=ON)
    with places(folder) as here:
        for name, (where, keys) in here.items():
            store = Store.create(where, KeyRing.load(keys))
            canaries = _live_a_year(store, folder / "sample")
            if name == "PostgreSQL":
                with store.engine.connect() as connection:
                    connection.exec_driver_sql("CHECKPOINT")
            backup = back_up(store, _actor(), folder / f"{name}.ntbackup").path
            held = _bytes_of(where, keys)
            _search(tally, name, canaries, held | {backup.name: backup.read_bytes()})
            store.close()
    tally.tell("desk uploads are searched in the row «fields»")


def _actor():
    from tests.a_year import WANG

    return WANG


def _live_a_year(store: Store, sample: Path) -> dict[str, list[str]]:
    """Import, propose with a reason, approve, close with a story, settle a task; name secrets."""
    from casework.tasks import TaskState
    from ledger.record.tasks import settle_task, tasks_of
    from tests.a_year import LI, UNIT, WANG, approve_by, propose_by, take_ledgers

    take_ledgers(store, sample, ON)
    proposal = propose_by(store, WANG, ON, sample / "结对台账.xlsx")
    approve_by(store, LI, proposal, "first", ON)
    _close_one(store)
    with store.writing(LI, "tasks") as book:
        for one in tasks_of(book, UNIT, TaskState.OPEN)[:3]:
            settle_task(book, one.id, one.version, TaskState.DONE, f"{CANARY}办理结果")
    found: dict[str, list[str]] = {"said": [f"{CANARY}经过", f"{CANARY}办理结果"]}
    with store.reading(WANG, "list") as book:
        for kind in ("child", "caregiver"):
            for person in whole(book, kind, UNIT):
                record = person.record
                for field in _FIELDS:
                    value = getattr(record, field, "") or ""
                    if len(str(value)) > 1:
                        found.setdefault(field, []).append(str(value))
    assert found.keys() == {"said", *_FIELDS}, "a field that is empty everywhere is not searched"
    return found


_FIELDS = (
    "name", "resident_id", "guardian_name", "guardian_phone", "guardian_resident_id", "phone",
    "address",
)  # fmt: skip


def _close_one(store: Store) -> None:
    from casework.pairings import EndReason
    from ledger.record.pairings import list_pairings
    from service.workflows.pairings_on_record import close_one
    from tests.a_year import LI, UNIT, desk

    with store.reading(LI, "list") as book:
        first = list_pairings(book, unit=UNIT)[0]
    close_one(desk(store, LI, ON), first.pairing.id, EndReason.MOVED, f"{CANARY}经过")


def _bytes_of(where: Where, keys: Path) -> dict[str, bytes]:
    """Give every file that the store and its server have."""
    folder = where if isinstance(where, Path) else Path(str(where).split("host=")[1])
    held = {}
    for root in (folder, keys):
        for base, _, names in os.walk(root):
            for name in names:
                path = Path(base) / name
                if path.is_file() and not path.is_symlink():
                    held[str(path)] = path.read_bytes()
    return held


def _search(
    tally: Tally, name: str, canaries: dict[str, list[str]], held: dict[str, bytes]
) -> None:
    disk = b"\0".join(held.values())
    count = sum(map(len, canaries.values()))
    seen = {
        field: sum(value.encode() in disk for value in values)
        for field, values in canaries.items()
    }
    hits = sum(seen.values())
    size = sum(map(len, held.values())) / 2**20
    where = ", ".join(f"{field} {n}" for field, n in seen.items() if n)
    tally.ask(
        hits == 0,
        f"{name} ({len(held)} files, {size:.1f} MB, backup and keys with it): {count:,} values"
        f" searched, {hits} in plain {where}".strip(),
    )
    tally.ask(KNOWN.encode() in disk, f"{name}: a village, kept in plain, is found")
