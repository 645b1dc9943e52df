from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import pairing_life as life
from casework.approvals import Proposed, effects, part_of, refuse_moved
from casework.errors import Conflict, NotFound
from casework.ledger_marks import LedgerMark, MarkDifference, Moved
from casework.pairings import Approval, EndReason, Pairing, Suspension
from casework.people import CaregiverStatus, CheckResult, ChildStatus, HouseholdId
from casework.proposals import Ended, Ending, Pair, Rung, Unknown
from casework.unit_now import UnitNow, why_left
from tests.builders import ON, caregiver, child, programme
from tests.dossiers import child as child_record


def now(children=(), caregivers=(), **facts):
    rules = {k: facts.pop(k) for k in list(facts) if k in type(programme()).__dataclass_fields__}
    return UnitNow(
        children={c.id: c for c in children},
        caregivers={c.id: c for c in caregivers},
        programme=replace(programme(), **rules),
        on=ON,
        mark=LedgerMark({}),
        **facts,
    )


def pair(one, other, household=None):
    return Pair(one, other, HouseholdId(household or f"H-{one}"), Rung.SAME_VILLAGE, 100)


def standing(one, other, household=None):
    proposed = Pairing(
        f"{one}-{other}", one, other, HouseholdId(household or f"H-{one}"), "wang", ON
    )
    return life.activate(life.approve(proposed, Approval("li", ON), ()), (), ON)


def proposed(*pairs, ended=()):
    return Proposed(tuple(pairs), tuple(Ended(*line) for line in ended))


def test_what_stands_is_kept_and_the_rest_is_new():
    unit = now([child("a"), child("b")], [caregiver("x"), caregiver("y")])
    done = effects(
        proposed(pair("a", "x"), pair("b", "y")), {"a", "b"}, [standing("a", "x")], unit
    )
    assert [p.child for p in done.kept] == ["a"]
    assert [p.child for p in done.new] == ["b"]
    assert not done.ended


def test_a_child_who_changes_hands_ends_the_old_pairing():
    unit = now([child("a")], [caregiver("x", status=CaregiverStatus.ELECTION_OUT), caregiver("y")])
    lines = proposed(pair("a", "y"), ended=[("a", "x", Ending.CAREGIVER_LEFT)])
    done = effects(lines, {"a"}, [standing("a", "x")], unit)
    assert [(p.caregiver, why) for p, why in done.ended] == [("x", EndReason.ELECTION)]


def test_a_child_left_over_ends_too_when_the_proposal_says_so():
    unit = now([child("a")], [caregiver("x", status=CaregiverStatus.LEFT)])
    lines = proposed(ended=[("a", "x", Ending.CAREGIVER_LEFT)])
    done = effects(lines, lines.children, [standing("a", "x")], unit)
    assert [why for _, why in done.ended] == [EndReason.CAREGIVER_LEFT]


def test_a_typing_error_in_a_row_ends_nothing():
    lines = proposed(ended=[("a", "x", Ending.NEEDS_DATA)])
    assert not lines.children
    assert not effects(lines, {"a"}, [standing("a", "x")], now()).ended


@pytest.mark.parametrize(
    ("ending", "facts", "reason"),
    [
        (Ending.NOT_PERMITTED, {}, EndReason.CONFLICT),
        (Ending.NOT_PERMITTED, {"consent_given": False}, EndReason.GUARDIAN_REQUEST),
        (Ending.COVERS_MORE, {}, EndReason.REARRANGED),
        (Ending.SIBLINGS_TOGETHER, {}, EndReason.REARRANGED),
        (Ending.CAREGIVER_LEFT, {}, EndReason.CAREGIVER_LEFT),
        (Ending.CHILD_LEFT, {}, EndReason.LEFT_SCOPE),
    ],
)
def test_each_ending_has_its_reason(ending, facts, reason):
    unit = now([child("a", **facts)], [caregiver("x")])
    assert unit.end_reason("a", "x", ending) is reason


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (ChildStatus.AGED_OUT, EndReason.AGED_OUT),
        (ChildStatus.MOVED_OUT, EndReason.MOVED),
        (ChildStatus.DECEASED, EndReason.DEATH),
        (ChildStatus.ADOPTED, EndReason.LEFT_SCOPE),
        (ChildStatus.ACTIVE, None),
    ],
)
def test_a_child_who_left_ends_her_pairing_as_she_left(status, reason):
    record = replace(child_record("a"), status=status)
    assert why_left(record, programme(), ON) is reason


def test_a_caregiver_whose_check_failed_is_stopped_and_never_just_ended():
    unit = now([child("a")], [caregiver("x", check_result=CheckResult.FAILED), caregiver("y")])
    lines = proposed(pair("a", "y"), ended=[("a", "x", Ending.NOT_PERMITTED)])
    done = effects(lines, {"a"}, [standing("a", "x")], unit)
    assert [p.caregiver for p in done.stopped] == ["x"]
    assert not done.ended
    assert [p.caregiver for p in done.new] == ["y"]


def test_a_child_whose_pairing_is_stopped_may_get_somebody_else():
    stopped = life.suspend(standing("a", "x"), Suspension(ON, "zhao"))
    unit = now([child("a")], [caregiver("y")])
    assert effects(proposed(pair("a", "y")), {"a"}, [stopped], unit).new


def test_a_stopped_pairing_still_takes_its_place():
    stopped = life.suspend(standing("a", "x"), Suspension(ON, "zhao"))
    unit = now([child("b")], [caregiver("x")])
    with pytest.raises(Conflict, match="名额已满"):
        effects(proposed(pair("b", "x")), {"b"}, [stopped], unit)


@pytest.mark.parametrize("places", [1, 2, 3])
def test_a_caregiver_gets_what_she_has_places_for_and_not_one_more(places):
    names = [f"c{n}" for n in range(places + 1)]
    unit = now(map(child, names), [caregiver("x", places=places)])
    lines = proposed(*(pair(name, "x") for name in names))
    have = [standing(name, "x") for name in names[1:places]]
    assert effects(lines, {names[0]}, have, unit).new
    with pytest.raises(Conflict, match="名额已满"):
        effects(lines, {names[0], names[-1]}, have, unit)


def test_siblings_take_one_place():
    two = [child(n, household=HouseholdId("H")) for n in "ab"]
    lines = proposed(pair("a", "x", "H"), pair("b", "x", "H"))
    assert len(effects(lines, {"a", "b"}, [], now(two, [caregiver("x")])).new) == 2


def test_siblings_take_a_place_each_where_the_preset_says_so():
    two = [child(n, household=HouseholdId("H")) for n in "ab"]
    lines = proposed(pair("a", "x", "H"), pair("b", "x", "H"))
    with pytest.raises(Conflict):
        effects(lines, {"a", "b"}, [], now(two, [caregiver("x")], places_count_children=True))


def test_nobody_has_more_than_the_hard_maximum_of_children():
    names = [f"c{n}" for n in range(6)]
    home = {"household": HouseholdId("H")}
    lines = proposed(*(pair(name, "x", "H") for name in names))
    unit = now([child(name, **home) for name in names], [caregiver("x")])
    with pytest.raises(Conflict):
        effects(lines, set(names), [], unit)
    assert len(effects(lines, set(names[:5]), [], unit).new) == 5


def test_a_place_that_is_not_made_free_in_the_same_part_is_not_free():
    unit = now([child("a"), child("b")], [caregiver("x"), caregiver("y")])
    lines = proposed(pair("a", "x"), pair("b", "y"), ended=[("b", "x", Ending.COVERS_MORE)])
    with pytest.raises(Conflict, match="让出名额"):
        effects(lines, {"a"}, [standing("b", "x")], unit)
    assert len(effects(lines, {"a", "b"}, [standing("b", "x")], unit).new) == 2


@pytest.mark.parametrize(
    "facts", [{"status": CaregiverStatus.LEFT}, {"check_result": CheckResult.FAILED}]
)
def test_a_pair_that_may_not_be_today_is_refused_whatever_the_proposal_remembers(facts):
    unit = now([child("a")], [caregiver("x", **facts)])
    with pytest.raises(Conflict, match="不可安排"):
        effects(proposed(pair("a", "x")), {"a"}, [], unit)


def test_kin_are_refused_at_the_approval_too():
    unit = now([child("a")], [caregiver("x")], forbidden=frozenset({("a", "x")}))
    with pytest.raises(Conflict, match="不可安排"):
        effects(proposed(pair("a", "x")), {"a"}, [], unit)


def test_a_locked_pair_is_the_staffs_word_and_safeguarding_stands_against_it():
    away = now([child("a")], [caregiver("x", status=CaregiverStatus.ON_LEAVE)])
    lines = proposed(replace(pair("a", "x"), locked=True))
    assert effects(lines, {"a"}, [], away).new
    failed = now([child("a")], [caregiver("x", check_result=CheckResult.FAILED)])
    with pytest.raises(Conflict, match="不可安排"):
        effects(lines, {"a"}, [], failed)


def test_locked_pairs_make_their_own_room_and_nobody_elses():
    unit = now([child(n) for n in "abc"], [caregiver("x")])
    two = [replace(pair(n, "x"), locked=True) for n in "ab"]
    assert len(effects(proposed(*two), {"a", "b"}, [], unit).new) == 2
    with pytest.raises(Conflict, match="名额已满"):
        effects(proposed(*two, pair("c", "x")), {"a", "b", "c"}, [], unit)


def test_a_household_is_approved_together():
    lines = proposed(pair("a", "x", "H"), pair("b", "x", "H"), pair("c", "y"))
    with pytest.raises(Conflict, match="兄弟姐妹"):
        part_of(lines, {"a"})
    assert part_of(lines, {"a", "b"}) == {"a", "b"}
    assert part_of(lines, None) == {"a", "b", "c"}


@pytest.mark.parametrize("part", [{"z"}, {"a", "z"}, set()])
def test_a_part_is_of_the_proposal(part):
    with pytest.raises(NotFound):
        part_of(proposed(pair("a", "x")), part)


@pytest.mark.parametrize("moved", ["a", "x"])
def test_a_row_that_moved_under_a_pair_stops_it_and_no_other(moved):
    lines = proposed(pair("a", "x"), pair("b", "y"))
    since = MarkDifference({moved: Moved.CHANGED})
    with pytest.raises(Conflict, match="涉及儿童：a。"):
        refuse_moved(lines, {"a", "b"}, since)
    refuse_moved(lines, {"b"}, since)


def test_what_is_unknown_is_what_is_unknown_today():
    unit = now([child("a", consent_given=None)], [caregiver("x", check_expires_on=ON)])
    assert unit.unknown("a", "x") == (Unknown.GUARDIAN_CONSENT,)
    late = replace(unit, on=ON.replace(year=2022))
    assert Unknown.BACKGROUND_CHECK_EXPIRED in late.unknown("a", "x")


def test_who_is_on_no_ledger_has_no_list_of_facts():
    assert now().unknown("a", "x") == ()


def test_a_child_who_is_out_leaves_what_is_unknown_of_the_caregiver():
    unit = now([], [caregiver("x", check_result=None)])
    assert unit.unknown("a", "x") == (Unknown.BACKGROUND_CHECK,)


CASES = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 3), st.booleans()),
    max_size=12,
    unique_by=lambda t: t[0],
)


@given(CASES, st.sets(st.integers(0, 7)), st.lists(st.integers(1, 3), min_size=4, max_size=4))
def test_no_approval_whatever_its_part_puts_anybody_over_her_places(lines, part, places):
    """Some stand already (one a caregiver at most), others are proposed."""
    unit = now(
        [child(f"c{i}") for i in range(8)],
        [caregiver(f"m{j}", places=places[j]) for j in range(4)],
    )
    have = {f"m{j}": standing(f"c{i}", f"m{j}") for i, j, stands in lines if stands}
    asked = proposed(*(pair(f"c{i}", f"m{j}") for i, j, _ in lines))
    wanted = {f"c{i}" for i in part} & asked.children
    try:
        done = effects(asked, wanted, have.values(), unit)
    except Conflict:
        return
    gone = {p.id for p, _ in done.ended}
    after = [p.caregiver for p in have.values() if p.id not in gone]
    after += [p.caregiver for p in done.new]
    assert all(after.count(f"m{j}") <= places[j] for j in range(4))
    assert {p.child for p in (*done.new, *done.kept)} == wanted
