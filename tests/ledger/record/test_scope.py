"""A list and ``decide`` must agree on every record, for every role and area."""

import itertools

import pytest
from sqlalchemy import Column, MetaData, String, Table, select

from casework.access import Action, Actor, Role, Target, area, decide
from casework.errors import Refused
from ledger.record.engine import write_transaction
from ledger.record.scope import Areas, Scope

VILLAGE = area("500104", "500104001", "v1")
PLACES = [
    area(),
    area("500104"),
    area("500104", "500104001"),
    VILLAGE,
    area("500104", "500104001", "v2"),
    area("500104", "500104002"),
    area("500104", "500104002", "v1"),
    area("500105"),
    area("500105", "500105001"),
    area("5001"),
]
PAIRS = ("", "p1", "p9")
SCOPES = {
    Role.CITY: [area(), ("510000",)],
    Role.UNIT: [area("500104"), ("510000", "500104")],
    Role.TOWNSHIP: [area("500104", "500104001"), area("500105", "500105001")],
    Role.CAREGIVER: [area("500104", "500104001"), VILLAGE],
    Role.TEAM: [area()],
    Role.AUDITOR: [area(), area("500104")],
    Role.SYSTEM: [()],
}
LISTS = (Action.CHILD_LIST, Action.CHILD_READ, Action.CARE_READ, Action.PROPOSAL_READ)

table = Table(
    "placed",
    MetaData(),
    Column("id", String(8), primary_key=True),
    *(Column(name, String(12)) for name in ("unit", "township", "village", "pairing")),
)
AREAS = Areas(table.c.unit, table.c.township, table.c.village, table.c.pairing)


def records():
    for number, (path, pairing) in enumerate(itertools.product(PLACES, PAIRS)):
        _, *codes = path
        yield str(number), (*codes, *([None] * (3 - len(codes)))), pairing, path


@pytest.fixture
def filled(store):
    with write_transaction(store.engine) as connection:
        table.create(connection)
        rows = [
            dict(
                zip(("id", "unit", "township", "village", "pairing"), (n, *codes, p), strict=True)
            )
            for n, codes, p, _ in records()
        ]
        connection.execute(table.insert(), rows)
    yield store
    with write_transaction(store.engine) as connection:
        table.drop(connection)


def test_a_list_holds_just_the_records_that_decide_allows_one_by_one(filled):
    compared = 0
    with filled.engine.connect() as connection:
        for role, action in itertools.product(Role, LISTS):
            for scope, pairs in itertools.product(SCOPES[role], ((), ("p1",))):
                actor = Actor("me", role, scope, own_pairs=frozenset(pairs))
                try:
                    where = Scope.for_actor(actor, action).where(AREAS)
                    listed = set(connection.scalars(select(table.c.id).where(where)))
                except Refused:
                    listed = set()
                allowed = {
                    number
                    for number, _, pairing, path in records()
                    if decide(
                        actor,
                        action,
                        Target("child", path, number, pairings=frozenset({pairing} - {""})),
                    ).allow
                }
                assert listed == allowed, (role, action, scope, pairs)
                compared += len(allowed)
    assert compared > 100


def test_a_table_without_townships_shows_a_township_nothing():
    chair = Actor("me", Role.TOWNSHIP, area("500104", "500104001"))
    where = Scope.for_actor(chair, Action.CHILD_LIST).where(Areas(table.c.unit))
    assert str(where) == "false"


def test_no_list_is_asked_by_a_disabled_account():
    off = Actor("me", Role.UNIT, area("500104"), is_active=False)
    with pytest.raises(Refused):
        Scope.for_actor(off, Action.CHILD_LIST)
