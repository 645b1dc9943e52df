"""Pairing: the rules of the programme, each held and broken."""

from dataclasses import replace
from datetime import date

import pytest

from casework.people import CaregiverStatus, CheckResult, HouseholdId, Sex
from casework.proposals import Ending, Left, ProofStatus, Rung, Unknown
from geo.place import Precision
from solver.pairing import propose_pairings, propose_with_certificate
from tests.builders import caregiver, child, current, forbidden, home, problem


def holders(proposal):
    return {pair.child: pair.caregiver for pair in proposal.pairs}


def left(proposal):
    return {line.child: line.reason for line in proposal.unpaired}


def ended(proposal):
    return {(line.child, line.caregiver): line.reason for line in proposal.ended}


def test_gives_up_the_nearest_caregiver_when_that_pairs_one_more_child():
    proposal = propose_pairings(
        problem(
            [child("near", home(east_m=0)), child("far", home(east_m=-4_000))],
            [
                caregiver("between", home(east_m=500)),
                caregiver("east", home(east_m=4_900)),
            ],
            reach_m=5_000,
            beyond_reach_allowed=False,
        )
    )
    assert holders(proposal) == {"near": "east", "far": "between"}


def test_of_no_children_nobody_is_left_over():
    proposal = propose_pairings(problem([], [caregiver("g")]))
    assert (proposal.pairs, proposal.unpaired) == ((), ())
    assert proposal.proof.status is ProofStatus.OPTIMAL


def test_no_caregivers_leaves_every_child_with_a_reason():
    proposal = propose_pairings(problem([child("a"), child("b")], []))
    assert left(proposal) == {"a": Left.NO_CAREGIVER, "b": Left.NO_CAREGIVER}


def test_nobody_has_a_place():
    proposal = propose_pairings(problem([child("a")], [caregiver("g", places=0)]))
    assert left(proposal) == {"a": Left.NO_CAREGIVER}


def test_mandatory_scope_comes_before_any_number_of_optional_children():
    optional = [
        child(f"o{k}", household=HouseholdId("H"), in_mandatory_scope=False) for k in range(5)
    ]
    proposal = propose_pairings(
        problem([*optional, child("m", home("T9", "far"))], [caregiver("g")])
    )
    assert holders(proposal) == {"m": "g"}


def test_more_children_come_before_fewer_broken_pairs():
    proposal = propose_pairings(
        problem(
            [child("kept"), *(child(name, household=HouseholdId("H")) for name in ("s1", "s2"))],
            [caregiver("g")],
            current=current(("kept", "g")),
        )
    )
    assert set(holders(proposal)) == {"s1", "s2"}
    assert ended(proposal) == {("kept", "g"): Ending.COVERS_MORE}
    assert proposal.objective.broken == 1


def test_a_standing_pair_stays_though_another_is_nearer():
    given = problem(
        [child("a", home("T1"))],
        [caregiver("far", home("T2")), caregiver("near", home("T1"))],
    )
    assert holders(propose_pairings(given)) == {"a": "near"}
    standing = replace(given, current=current(("a", "far")))
    pair = propose_pairings(standing).pairs[0]
    assert (pair.caregiver, pair.kept, pair.locked) == ("far", True, False)


@pytest.mark.parametrize(
    ("theirs", "rung"),
    [
        (home("T1", "V1"), Rung.SAME_VILLAGE),
        (home("T1", "V2"), Rung.SAME_TOWNSHIP),
        (home("T1", None), Rung.SAME_TOWNSHIP),
        (home("T2", "V1"), Rung.NEIGHBOURING_TOWNSHIP),
        (home("T3", "V1"), Rung.UNIT),
    ],
)
def test_names_of_areas_decide_the_rung(theirs, rung):
    given = problem(
        [child("a", home("T1", "V1"))],
        [caregiver("g", theirs)],
        neighbours={"T2": frozenset({"T1"})},
    )
    pair = propose_pairings(given).pairs[0]
    assert (pair.rung, pair.metres) == (rung, None)


def test_two_unknown_villages_are_not_the_same_village():
    proposal = propose_pairings(
        problem([child("a", home("T1", None))], [caregiver("g", home("T1", None))])
    )
    assert proposal.pairs[0].rung is Rung.SAME_TOWNSHIP


def test_another_unit_is_never_an_answer():
    proposal = propose_pairings(problem([child("a")], [caregiver("g", home(unit="elsewhere"))]))
    assert left(proposal) == {"a": Left.NO_CAREGIVER}


def test_a_pair_of_one_village_beyond_reach_is_the_last_rung():
    def rung_at(east_m):
        given = problem([child("a", home(east_m=0))], [caregiver("g", home(east_m=east_m))])
        return propose_pairings(given).pairs[0].rung

    assert rung_at(7_900) is Rung.SAME_VILLAGE
    assert rung_at(8_100) is Rung.BEYOND_REACH


def test_a_preset_may_forbid_new_pairs_beyond_reach_but_not_standing_ones():
    given = problem(
        [child("a", home(east_m=0))],
        [caregiver("g", home(east_m=9_000))],
        beyond_reach_allowed=False,
    )
    assert left(propose_pairings(given)) == {"a": Left.NO_CAREGIVER}
    kept = propose_pairings(replace(given, current=current(("a", "g"))))
    assert kept.pairs[0].rung is Rung.BEYOND_REACH


def test_points_of_a_whole_township_are_not_measured():
    given = problem(
        [child("a", home(east_m=0))],
        [caregiver("g", home(east_m=9_000, precision=Precision.TOWNSHIP))],
    )
    proposal = propose_pairings(given)
    assert (proposal.pairs[0].rung, proposal.pairs[0].metres) == (Rung.SAME_VILLAGE, None)
    assert (proposal.objective.metres, proposal.objective.metres_charged) == (0, 8_000)


def test_an_unknown_distance_is_charged_as_the_reach_and_never_as_nothing():
    given = problem(
        [child("a", home(east_m=0))],
        [caregiver("g1", home()), caregiver("g2", home(east_m=7_000))],
    )
    assert holders(propose_pairings(given)) == {"a": "g2"}


def test_among_equal_sums_the_worst_distance_is_the_smaller_one():
    # Both pairings walk 4,040 m in all: 2,020 twice, or 1,010 and 3,030.
    places = [home(east_m=1_005 * k) for k in range(4)]
    given = problem(
        [child("a", places[0]), child("b", places[1])],
        [caregiver("g1", places[3]), caregiver("g2", places[2])],
    )
    proposal = propose_pairings(given)
    assert [pair.metres for pair in proposal.pairs] == [2_020, 2_020]
    assert holders(proposal) == {"a": "g2", "b": "g1"}


def test_households_are_spread_evenly():
    given = problem(
        [child(name) for name in "abcd"], [caregiver("g1", places=3), caregiver("g2", places=3)]
    )
    taken = list(holders(propose_pairings(given)).values())
    assert (taken.count("g1"), taken.count("g2")) == (2, 2)


def test_the_first_child_gets_the_first_caregiver_among_equals():
    given = problem([child("b"), child("a")], [caregiver("g2"), caregiver("g1")])
    assert holders(propose_pairings(given)) == {"a": "g1", "b": "g2"}


def test_siblings_of_one_home_share_a_caregiver_and_one_place():
    siblings = [child(name, household=HouseholdId("H")) for name in ("s1", "s2", "s3")]
    proposal = propose_pairings(problem(siblings, [caregiver("g1"), caregiver("g2")]))
    assert holders(proposal) == {"s1": "g1", "s2": "g1", "s3": "g1"}


def test_a_preset_may_place_siblings_apart():
    siblings = [child(name, household=HouseholdId("H")) for name in ("s1", "s2")]
    given = problem(siblings, [caregiver("g1"), caregiver("g2")], siblings_share_caregiver=False)
    assert holders(propose_pairings(given)) == {"s1": "g1", "s2": "g2"}


def test_a_preset_may_count_each_sibling_as_a_place():
    siblings = [child(name, household=HouseholdId("H")) for name in ("s1", "s2")]
    one, two = caregiver("g1"), caregiver("g2", places=2)
    given = problem([*siblings, child("x")], [one, two], places_count_children=True)
    proposal = propose_pairings(given)
    assert holders(proposal) == {"s1": "g2", "s2": "g2", "x": "g1"}
    alone = propose_pairings(problem(siblings, [one], places_count_children=True))
    assert left(alone) == {"s1": Left.NO_CAREGIVER, "s2": Left.NO_CAREGIVER}


def test_siblings_with_two_caregivers_come_together_and_the_reason_is_said():
    siblings = [child(name, household=HouseholdId("H")) for name in ("s1", "s2")]
    given = problem(
        siblings,
        [caregiver("g1"), caregiver("g2")],
        current=current(("s1", "g1"), ("s2", "g2")),
    )
    proposal = propose_pairings(given)
    assert holders(proposal) == {"s1": "g1", "s2": "g1"}
    assert ended(proposal) == {("s2", "g2"): Ending.SIBLINGS_TOGETHER}


def test_two_locks_on_siblings_split_the_household():
    siblings = [child(name, household=HouseholdId("H")) for name in ("s1", "s2", "s3")]
    given = problem(
        siblings,
        [caregiver("g1"), caregiver("g2")],
        current=current(("s1", "g2"), ("s2", "g1"), locked=True),
    )
    assert holders(propose_pairings(given)) == {"s1": "g2", "s2": "g1", "s3": "g2"}


def test_a_household_larger_than_the_maximum_is_cut_in_the_order_of_ids():
    siblings = [child(f"s{k}", household=HouseholdId("H")) for k in range(7)]
    proposal = propose_pairings(problem(siblings, [caregiver("g1"), caregiver("g2", places=2)]))
    taken = holders(proposal)
    assert {taken[f"s{k}"] for k in range(5)} != {taken["s5"]} == {taken["s6"]}
    assert len(taken) == 7


def test_nobody_has_more_than_the_maximum_of_children():
    homes = [f"{h}{k}" for h in "ab" for k in range(3)]
    children = [child(name, household=HouseholdId(name[0])) for name in homes]
    proposal = propose_pairings(problem(children, [caregiver("g", places=2)]))
    assert set(holders(proposal)) == {"a0", "a1", "a2"}
    assert left(proposal)["b0"] is Left.ALL_FULL
    assert proposal.proof.status is ProofStatus.OPTIMAL


def test_a_lock_stays_whatever_the_rules_say():
    given = problem(
        [child("a", home("T1"))],
        [
            caregiver("near", home("T1")),
            caregiver("far", home("T9"), places=0, status=CaregiverStatus.ON_LEAVE),
        ],
        current=current(("a", "far"), locked=True),
        forbidden=forbidden(("a", "far")),
    )
    pair = propose_pairings(given).pairs[0]
    assert (pair.caregiver, pair.locked, pair.kept) == ("far", True, True)


@pytest.mark.parametrize(
    "blocked",
    [{"check_result": CheckResult.FAILED}, {"status": CaregiverStatus.SUSPENDED}],
)
def test_safeguarding_breaks_a_lock(blocked):
    given = problem(
        [child("a")],
        [caregiver("bad", **blocked), caregiver("good")],
        current=current(("a", "bad"), locked=True),
    )
    proposal = propose_pairings(given)
    assert holders(proposal) == {"a": "good"}
    assert ended(proposal) == {("a", "bad"): Ending.NOT_PERMITTED}
    assert proposal.objective.broken == 0


def test_a_locked_pair_against_a_refusal_waits_for_it_to_be_cleared():
    given = problem(
        [child("a", consent_given=False)],
        [caregiver("g")],
        current=current(("a", "g"), locked=True),
    )
    assert propose_pairings(given).pairs[0].conditional == (Unknown.GUARDIAN_CONSENT,)
    unlocked = propose_pairings(replace(given, current=current(("a", "g"))))
    assert left(unlocked) == {"a": Left.EXCLUDED}


def test_locks_use_places_and_may_exceed_them():
    given = problem(
        [child("a"), child("b"), child("c")],
        [caregiver("g")],
        current=current(("a", "g"), ("b", "g"), locked=True),
    )
    proposal = propose_pairings(given)
    assert holders(proposal) == {"a": "g", "b": "g"}
    assert left(proposal) == {"c": Left.ALL_FULL}


def test_more_standing_pairs_than_places_end_in_order():
    given = problem(
        [child("a"), child("b")], [caregiver("g")], current=current(("a", "g"), ("b", "g"))
    )
    proposal = propose_pairings(given)
    assert holders(proposal) == {"a": "g"}
    assert ended(proposal) == {("b", "g"): Ending.OVER_PLACES}


def test_every_current_pair_that_ends_says_why():
    given = problem(
        [child("a"), child("b")],
        [caregiver("left", status=CaregiverStatus.LEFT), caregiver("kin"), caregiver("ok")],
        current=current(
            ("gone", "ok"), ("a", "left"), ("a", "nobody"), ("b", "kin"), ("waits", "kin")
        ),
        forbidden=forbidden(("b", "kin")),
        needs_data=("waits",),
    )
    assert ended(propose_pairings(given)) == {
        ("gone", "ok"): Ending.CHILD_LEFT,
        ("a", "left"): Ending.CAREGIVER_LEFT,
        ("a", "nobody"): Ending.CAREGIVER_LEFT,
        ("b", "kin"): Ending.NOT_PERMITTED,
        ("waits", "kin"): Ending.NEEDS_DATA,
    }


def test_the_place_of_a_child_who_waits_for_a_correction_is_held():
    given = problem(
        [child("a")], [caregiver("g")], current=current(("waits", "g")), needs_data=("waits",)
    )
    proposal = propose_pairings(given)
    assert left(proposal) == {"a": Left.ALL_FULL, "waits": Left.NEEDS_DATA}
    free = propose_pairings(replace(given, current=()))
    assert holders(free) == {"a": "g"}


def test_a_child_barred_from_everybody_is_excluded_and_not_said_to_lack_caregivers():
    given = problem([child("a")], [caregiver("g")], forbidden=forbidden(("a", "g")))
    assert left(propose_pairings(given)) == {"a": Left.EXCLUDED}


def test_all_full_is_told_apart_from_nobody_there():
    given = problem(
        [child("a", home("T1")), child("b", home("T1")), child("c", home(unit="alone"))],
        [caregiver("g")],
    )
    assert left(propose_pairings(given)) == {"b": Left.ALL_FULL, "c": Left.NO_CAREGIVER}


def test_a_girl_and_a_man_as_the_preset_says():
    given = problem([child("a", sex=Sex.FEMALE)], [caregiver("g", sex=Sex.MALE)])
    assert propose_pairings(given).pairs[0].conditional == (Unknown.SECOND_ADULT,)
    never = problem(given.children, given.caregivers, girl_with_male_caregiver="forbidden")
    assert left(propose_pairings(never)) == {"a": Left.EXCLUDED}


def test_what_is_unknown_makes_a_pair_conditional_and_never_less():
    given = problem(
        [child("a", consent_given=None)],
        [caregiver("g", check_result=None, check_expires_on=None, commitment_signed=None)],
    )
    assert propose_pairings(given).pairs[0].conditional == (
        Unknown.BACKGROUND_CHECK,
        Unknown.GUARDIAN_CONSENT,
        Unknown.COMMITMENT,
    )
    expired = problem([child("a")], [caregiver("g", check_expires_on=date(2020, 1, 1))])
    assert propose_pairings(expired).pairs[0].conditional == (Unknown.BACKGROUND_CHECK_EXPIRED,)


def test_a_neighbour_rung_says_when_it_is_approximate():
    given = problem(
        [child("a", home("T1"))],
        [caregiver("g", home("T2"))],
        neighbours={"T1": frozenset({"T2"})},
        neighbours_approximate=True,
    )
    assert propose_pairings(given).pairs[0].neighbours_approximate


def test_two_people_with_one_id_are_refused():
    with pytest.raises(ValueError, match="share an id"):
        propose_pairings(problem([child("a"), child("a")], []))


def test_a_child_who_waits_for_a_correction_is_listed_once():
    proposal = propose_pairings(
        problem([child("a")], [caregiver("g")], needs_data=("a", "a", "b"))
    )
    assert left(proposal) == {"a": Left.NEEDS_DATA, "b": Left.NEEDS_DATA}


def test_the_proof_meets_its_bound_and_the_duals_are_kept():
    proposal, certificate = propose_with_certificate(problem([child("a")], [caregiver("g")]))
    assert proposal.proof.certificate_verified
    assert proposal.proof.bound == (1, 0, 0, 0, 8_000)
    assert proposal.proof.gap == 0
    assert certificate is not None
    assert certificate.groups == (("a",),)


def test_the_antimeridian_and_the_poles_are_places_too():
    from geo.place import Place

    east, west = (
        replace(home(), place=Place(lon, 89.99), precision=Precision.EXACT)
        for lon in (179.9, -179.9)
    )
    pair = propose_pairings(problem([child("a", east)], [caregiver("g", west)])).pairs[0]
    assert pair.metres is not None
    assert pair.metres < 10
