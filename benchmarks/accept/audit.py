"""Audit: a row for each request, and a chain in which every flipped byte is found."""

import random
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from benchmarks.accept.frame import Scale, Tally, ask_tests
from benchmarks.accept.stores import both_databases
from ledger.record.audit_tables import audit
from ledger.record.store import Store

FLIPS = 100


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    _requests(tally, scale.of(300, 60), folder)
    for name, store in both_databases(folder):
        found = _flips(store)
        tally.ask(found == FLIPS, f"{name}: flipped bytes found {found} of {FLIPS}")
        refused = _refused(store)
        tally.ask(refused == 2, f"{name}: update and delete refused {refused} of 2")
    ask_tests(tally, "chain, cut end, archive", "tests/ledger/record/test_audit.py")


def _requests(tally: Tally, count: int, folder: Path) -> None:
    from tests.installation import Installation, make_installation

    make_installation(folder / "made")
    made = Installation(folder / "made")
    addresses = ("/", "/parts/rows?text=x", "/api/v1/files", "/downloads/ledger", "/use/explain")
    with made.client(folder / "asked" / "data") as client:
        store = client.app.state.store
        rows = [_count(store)]
        for number in range(count):
            client.get(addresses[number % len(addresses)])
            rows.append(_count(store))
    by_one = sum(after - before == 1 for before, after in pairwise(rows))
    told = f"{count} requests for personal data, {rows[-1] - rows[0]} rows,"
    tally.ask(by_one == count, f"{told} one for each of {by_one}")


def _count(store: Store) -> int:
    with store.engine.connect() as connection:
        return int(connection.scalar(select(func.count()).select_from(audit)) or 0)


def _flips(store: Store) -> int:
    """Flip one bit of a random row, past the triggers, and count how often that row is named."""
    from tests.ledger.record.scratch import OFFICER
    from tests.ledger.record.test_audit import tamper

    for number in range(40):
        with store.writing(OFFICER, f"work {number}") as book:
            book.note("child_read", "child", [f"c{number}"], page=number)
    dice, found = random.Random(3), 0
    columns = [column.name for column in audit.c if column.name != "seq"]
    for _ in range(FLIPS):
        seq, name = dice.randrange(1, 41), dice.choice(columns)
        with store.engine.connect() as connection:
            query = select(text(name)).select_from(audit).where(audit.c.seq == seq)
            value = connection.scalar(query)
        changed = _flipped(value, dice)
        flip = text(f"UPDATE audit SET {name} = :changed WHERE seq = :seq")
        found += tamper(store, flip.bindparams(changed=changed, seq=seq)).broken_at == seq
    return found


def _flipped(value: object, dice: random.Random) -> object:
    """Give a value with one bit changed; of a moment, its last one."""
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    raw = bytearray(value.encode() if isinstance(value, str) else bytes(value))  # type: ignore[call-overload]
    raw[dice.randrange(len(raw))] ^= 1
    return raw.decode("latin-1") if isinstance(value, str) else bytes(raw)


def _refused(store: Store) -> int:
    refused = 0
    for statement in ("UPDATE audit SET why = 'x' WHERE seq = 1", "DELETE FROM audit"):
        try:
            with store.engine.begin() as connection:
                connection.execute(text(statement))
        except DBAPIError as error:
            refused += "audit" in str(error.orig)
    return refused
