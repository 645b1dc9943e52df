from dataclasses import replace
from datetime import date

from casework.eligibility import OutOfScope
from casework.people import CaregiverRole, CaregiverStatus, Category, CheckResult, HouseholdId
from casework.proposals import Left, Rung, Unknown, Unpaired
from casework.summary import count_areas, free_places, summarise
from tests.dossiers import PROGRAMME, caregiver, child, dossier, held, home, pair, unit_dossier


def left(key="C-2", reason=Left.ALL_FULL):
    return Unpaired(key, reason)


def test_coverage_is_told_on_the_mandatory_scope_and_on_all():
    found = summarise(
        dossier(
            (child("C-1"), child("C-2"), child("C-3", category=Category.LEFT_BEHIND)),
            (caregiver("M-1"),),
            (pair("C-1"),),
            (left("C-2"), left("C-3")),
        )
    )
    assert (found.mandatory.paired, found.mandatory.children) == (1, 2)
    assert (found.everyone.paired, found.everyone.children) == (1, 3)


def test_a_child_whose_row_waits_counts_among_all_and_not_in_the_mandatory_scope():
    found = summarise(dossier(left=(left("C-9", Left.NEEDS_DATA),), held=(held("C-9"),)))
    assert found.everyone.children == 1
    assert found.mandatory.children == 0
    assert found.mandatory.share is None


def test_children_the_programme_is_not_for_are_counted_apart_with_the_reason():
    grown = child("C-7", birth_date=date(2000, 1, 1))
    found = summarise(dossier((grown,)))
    assert found.out_of_scope == {OutOfScope.AGED_OUT: 1}
    assert found.everyone.children == 0


def test_load_counts_households_and_those_who_got_none():
    siblings = [pair(key, "M-1", household=HouseholdId("H-1")) for key in ("C-1", "C-2")]
    found = summarise(
        dossier(
            (child("C-1"), child("C-2")), (caregiver("M-1"), caregiver("M-2")), tuple(siblings)
        )
    )
    assert found.load == {0: 1, 1: 1}


def test_siblings_take_one_place_unless_the_preset_counts_children():
    siblings = [pair(key, "M-1", household=HouseholdId("H-1")) for key in ("C-1", "C-2")]
    papers = dossier((child("C-1"), child("C-2")), (caregiver("M-1", places=3),), tuple(siblings))
    assert free_places(papers) == {"M-1": 2}
    by_child = replace(papers, programme=replace(PROGRAMME, places_count_children=True))
    assert free_places(by_child) == {"M-1": 1}


def test_only_those_who_may_serve_have_free_places():
    nobody = (
        caregiver("M-1", status=CaregiverStatus.LEFT),
        caregiver("M-2", check_result=CheckResult.FAILED),
        caregiver("M-3", places=0),
    )
    assert free_places(dossier(caregivers=nobody)) == {}
    assert free_places(dossier(caregivers=(caregiver("M-4"),))) == {"M-4": 1}


def test_a_caregiver_kept_by_a_lock_counts_even_with_no_place_to_give():
    papers = dossier((child(),), (caregiver(places=0),), (pair(),))
    assert free_places(papers) == {"M-1": 0}


def test_the_share_of_cadres_is_taken_among_those_in_pairs():
    mothers = (
        caregiver("M-1", role=CaregiverRole.EXECUTIVE_MEMBER),
        caregiver("M-2", role=CaregiverRole.TEACHER),
        caregiver("M-3", role=CaregiverRole.CADRE),
    )
    found = summarise(
        dossier((child("C-1"), child("C-2")), mothers, (pair("C-1"), pair("C-2", "M-2")))
    )
    assert (found.cadres, found.caregivers_paired, found.cadre_share) == (1, 2, 0.5)


def test_unknown_distances_are_counted_and_never_taken_for_zero():
    papers = dossier(
        (child("C-1"), child("C-2")),
        (caregiver("M-1"), caregiver("M-2")),
        (pair("C-1", metres=500), pair("C-2", "M-2", metres=None)),
    )
    found = summarise(papers).distances
    assert (found.median_m, found.worst_m, found.unknown) == (500, 500, 1)


def test_facts_are_counted_one_by_one():
    both = (Unknown.BACKGROUND_CHECK, Unknown.COMMITMENT)
    found = summarise(dossier((child(),), (caregiver(),), (pair(conditional=both),)))
    assert found.conditional == 1
    assert found.conditional_by_fact == dict.fromkeys(both, 1)


def test_a_childs_pair_counts_where_the_child_lives_and_a_place_where_the_caregiver_does():
    away = home("500156102", "永安村")
    papers = dossier(
        (child(),), (caregiver(home=away, places=2),), (pair(rung=Rung.NEIGHBOURING_TOWNSHIP),)
    )
    here, there = count_areas(papers)
    assert (here.area.name, here.paired, here.free_places) == ("白马镇", 1, 0)
    assert (there.area.name, there.paired, there.free_places) == ("江口镇", 0, 1)


def test_a_waiting_row_is_counted_in_the_township_it_names():
    papers = dossier(
        (child(),), left=(left("C-1"), left("C-9", Left.NEEDS_DATA)), held=(held("C-9"),)
    )
    (only,) = count_areas(papers)
    assert (only.children, only.needs_data, only.left_over) == (2, 1, ("C-1", "C-9"))


def test_by_village_the_unknown_village_stands_apart():
    papers = dossier(
        (child("C-1"), child("C-2", home=home(village=None))), left=(left("C-1"), left("C-2"))
    )
    names = [counts.area.name for counts in count_areas(papers, by_village=True)]
    assert names == ["白马镇 （村社区未填）", "白马镇 大坪村"]


def test_the_townships_add_up_to_the_unit():
    for seed in range(5):
        found = summarise(unit_dossier(80, seed))
        assert sum(t.children for t in found.townships) == found.everyone.children
        assert sum(t.paired for t in found.townships) == found.everyone.paired
        assert sum(t.free_places for t in found.townships) == found.free_places
        assert sum(t.conditional for t in found.townships) == found.conditional
        rungs = [
            sum(counts) for counts in zip(*(t.rung_counts for t in found.townships), strict=True)
        ]
        assert tuple(rungs) == found.rung_counts


def test_an_empty_proposal_is_summed_up_too():
    found = summarise(dossier())
    assert found.everyone.share is None
    assert found.townships == ()
    assert found.cadre_share is None
