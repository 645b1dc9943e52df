"""Where to recruit on record: kept by a unit, counted by township, told to its own people."""

import pytest

from casework.access import SYSTEM_ACTOR, Action, Actor, Role, area
from casework.errors import NotFound, Refused
from casework.supervision import Measure
from ledger.record.figures import Seat, count_now
from ledger.record.recruits import (
    RecruitAnswer,
    VillageNeed,
    keep_recruits,
    recruits_of,
)
from ledger.record.scope import Scope
from tests.figures_on_record import FENSHUI, ON, TAIAN, UNIT, put

OFFICER = Actor("u" * 16, Role.UNIT, area(UNIT))
TOWN = Actor("t" * 16, Role.TOWNSHIP, area(UNIT, TAIAN))
ALL = Scope.for_actor(SYSTEM_ACTOR, Action.MAP_AGGREGATE)
ANSWER = RecruitAnswer(
    ON,
    3,
    (
        VillageNeed(TAIAN, "凤山村", 2, 9, 2, 1, 0, 0),
        VillageNeed(TAIAN, "双溪村", 1, 4, 1, 1, 0, 0),
        VillageNeed(FENSHUI, "石桥村", 0, 3, 0, 1, 0, 0),
    ),
)


def keep(store, answer=ANSWER, actor=OFFICER):
    with store.writing(actor, "test") as book:
        keep_recruits(book, UNIT, answer)


def read(store, actor, unit=UNIT):
    with store.reading(actor, "test") as book:
        return recruits_of(book, unit)


def test_the_last_answer_of_a_unit_stands_and_a_township_gets_its_own_villages(store):
    assert read(store, OFFICER) is None
    keep(store)
    assert read(store, OFFICER) == ANSWER
    town = read(store, TOWN)
    assert town is not None
    assert {one.township for one in town.villages} == {TAIAN}
    keep(store, RecruitAnswer(ON, 0, ()))
    assert read(store, OFFICER) == RecruitAnswer(ON, 0, ())


def test_another_unit_and_whoever_may_not_propose_are_refused(store):
    other = Actor("o" * 16, Role.UNIT, area("500102"))
    keep(store)
    with pytest.raises(NotFound):
        read(store, other)
    with pytest.raises(NotFound):
        keep(store, actor=other)
    for actor in (TOWN, Actor("c" * 16, Role.CITY, area())):
        with pytest.raises(Refused):
            keep(store, actor=actor)


def test_recruits_are_counted_by_township_where_an_answer_is_and_nowhere_else(store):
    put(store, children=2)
    put(store, children=1, township=FENSHUI)
    put(store, children=1, unit="500102", township="500102001")
    with store.looking() as connection:
        assert all(Measure.RECRUITS not in c for c in count_now(connection, ALL, ON).values())
    keep(store)
    with store.looking() as connection:
        counted = count_now(connection, ALL, ON)
    assert counted[Seat(UNIT, TAIAN)][Measure.RECRUITS] == 3
    assert counted[Seat(UNIT, FENSHUI)][Measure.RECRUITS] == 0
    assert Measure.RECRUITS not in counted[Seat("500102", "500102001")]
