"""Backup: taken while somebody writes, restored to the same rows; cut or with a wrong key, no."""

import threading
import time
from pathlib import Path

from benchmarks.accept.frame import Scale, Tally, ask_tests
from benchmarks.accept.stores import places
from casework.errors import CaseworkError
from ledger.record.backup import back_up
from ledger.record.key_ring import KeyRing
from ledger.record.people import whole
from ledger.record.restore import restore
from ledger.record.store import Store
from ledger.record.trail import check_trail


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    from datetime import date

    from ledger.sample_files import write_sample
    from tests.a_year import NAME, UNIT, WANG, take_ledgers

    on = date(2021, 9, 15)
    write_sample(folder / "sample", NAME, city=False, seed=3, flaws=False, on=on)
    with places(folder) as here:
        for name, (where, keys) in here.items():
            store = Store.create(where, KeyRing.load(keys))
            take_ledgers(store, folder / "sample", on)
            with store.reading(WANG, "count") as book:
                count = len(whole(book, "child", UNIT))
            _under_writes(tally, name, store, folder, scale.of(5, 2), count)
            _damaged(tally, name, store, folder, scale.of(60, 15))
            store.close()
    ask_tests(tally, "restore, replace, erased since", "tests/ledger/record/test_backup.py")


def _under_writes(
    tally: Tally, name: str, store: Store, folder: Path, rounds: int, children: int
) -> None:
    from tests.a_year import UNIT, WANG

    stop, wrote = threading.Event(), [0]

    def write() -> None:
        while not stop.is_set():
            with store.writing(WANG, "work") as book:
                book.note("work", "nothing", [str(wrote[0])])
            wrote[0] += 1
            time.sleep(0.002)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [back_up(store, WANG, folder / f"{name}-{n}.ntbackup") for n in range(rounds)]
    finally:
        stop.set()
        writer.join()
    same = 0
    for number, backup in enumerate(made):
        place = folder / f"again-{name}-{number}"
        done = restore(backup.path, place, store.keys, WANG)
        again = Store.open(place, store.keys)
        with again.reading(WANG, "count") as book:
            people = len(whole(book, "child", UNIT))
        whole_trail = check_trail(again).broken_at is None
        same += done.digest == backup.digest and people == children and whole_trail
        again.engine.dispose()
    told = f"{name}: {same} of {rounds} backups under {wrote[0]} writes restore to the same rows"
    tally.ask(same == rounds and wrote[0] > 0, told)


def _damaged(tally: Tally, name: str, store: Store, folder: Path, count: int) -> None:
    content = (folder / f"{name}-0.ntbackup").read_bytes()
    step = max(1, len(content) // count)
    bad, place = folder / "bad.ntbackup", folder / "never"
    other = KeyRing.load(folder / f"other-{name}")
    pieces = [content[:cut] for cut in range(0, len(content), step)]
    pieces += [
        content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        for at in range(0, len(content), step)
    ]
    refused = 0
    for piece in pieces:
        bad.write_bytes(piece)
        refused += _is_refused(bad, place, store.keys)
    told = f"{name}: cut or altered, refused {refused} of {len(pieces)}, nothing made"
    tally.ask(refused == len(pieces) and not (place / "record.sqlite").exists(), told)
    bad.write_bytes(content)
    tally.ask(_is_refused(bad, place, other), f"{name}: the wrong key is refused")


def _is_refused(file: Path, place: Path, keys: KeyRing) -> bool:
    from tests.a_year import WANG

    try:
        restore(file, place, keys, WANG)
    except CaseworkError:
        return True
    return False
