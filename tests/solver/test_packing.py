"""Townships come whole, and everybody has a seat where the room allows it."""

import itertools
from random import Random

import pytest

from casework.rounds import Contingent
from casework.session_rules import SessionRules, needs_of
from solver.rounds.packing import pack_sessions, with_townships
from tests.solver.rounds_made import plan

NOBODY = SessionRules(supervisors=0)


def township(code, people, **more):
    return Contingent(code, f"{code}镇", {10: people - 1}, escorts=1, **more)


@pytest.mark.parametrize("seed", range(8))
def test_no_other_packing_has_a_smaller_fullest_session(seed):
    rng = Random(seed)
    sizes = [rng.randint(2, 30) for _ in range(6)]
    packing = pack_sessions(
        tuple(township(f"T{n}", size) for n, size in enumerate(sizes)), 3, rules=NOBODY
    )
    fullest = min(
        max(sum(s for s, k in zip(sizes, at, strict=True) if k == session) for session in range(3))
        for at in itertools.product(range(3), repeat=6)
    )
    assert max(session.needs.people for session in packing.sessions) == fullest
    assert packing.is_proven


def test_a_township_is_split_only_when_it_alone_is_larger_than_the_room():
    packing = pack_sessions((township("A", 50), township("B", 39)), 3, room=40, rules=NOBODY)
    assert packing.split == ("A",)
    children = sum(session.needs.children for session in packing.sessions)
    assert children == 49 + 38


def test_a_township_of_the_size_of_the_room_stays_whole():
    packing = pack_sessions((township("A", 40), township("B", 40)), 2, room=40, rules=NOBODY)
    assert (packing.split, packing.seats_short) == ((), 0)


def test_too_few_sessions_say_how_many_are_needed_and_how_many_seats_are_short():
    towns = tuple(township(f"T{n}", 30) for n in range(4))
    packing = pack_sessions(towns, 2, room=50, rules=NOBODY)
    assert packing.sessions_needed == 4
    assert packing.seats_short == 10


def test_a_supervisor_of_the_district_takes_a_seat():
    assert pack_sessions((township("A", 40),), 1, room=40).seats_short == 1


def test_far_townships_come_together_so_that_the_others_start_early():
    towns = [township(f"T{n}", 10, travel_minutes=150 if n % 2 else 20) for n in range(4)]
    sessions = pack_sessions(tuple(towns), 2, rules=NOBODY).sessions
    assert sorted(session.townships for session in sessions) == [("T0", "T2"), ("T1", "T3")]


def test_order_of_the_townships_does_not_matter():
    rng = Random(3)
    towns = [township(f"T{n}", rng.randint(2, 20)) for n in range(9)]
    shuffled = rng.sample(towns, 9)
    assert pack_sessions(tuple(towns), 3) == pack_sessions(tuple(shuffled), 3)


def test_adults_are_counted_against_each_age_band():
    children = Contingent("A", "甲镇", {7: 12, 10: 16, 14: 20}, caregivers=3, escorts=1)
    needs = needs_of((children,), SessionRules())
    assert needs.adults_needed == 2 + 2 + 2
    assert (needs.adults, needs.adults_short) == (5, 1)
    assert (needs.groups, needs.counsellors) == (3, 4)


def test_two_adults_are_there_however_few_the_children():
    needs = needs_of((Contingent("A", "甲镇", {10: 1}, escorts=0),), NOBODY)
    assert (needs.adults_needed, needs.adults_short) == (2, 2)


def test_children_too_young_for_the_round_are_counted_apart():
    assert needs_of((Contingent("A", "甲镇", {5: 2, 6: 1}),), SessionRules()).unbanded == 2


def test_townships_are_written_into_the_sessions_of_a_plan():
    packing = pack_sessions((township("A", 10), township("B", 9)), 2)
    named = with_townships(plan("U", "T", [1, 2]), packing)
    assert [session.townships for session in named.sessions] == [("A",), ("B",)]
    with pytest.raises(ValueError, match="1 sessions are planned"):
        with_townships(plan("U", "T", [1]), packing)
