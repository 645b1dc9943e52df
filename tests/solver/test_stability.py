"""Few changes: a limit on the pairs given up, the curve, and what changes, against enumeration."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.people import CaregiverStatus
from casework.plan_answers import DiffKind
from casework.proposals import CurrentPair, Ending, ProofStatus
from solver.check_facts import Facts
from solver.check_optimal import check_optimal
from solver.pairing import propose_pairings, propose_with_certificate
from solver.pairs import between
from solver.stability import (
    compare,
    curve,
    propose_few_changes_with_certificate,
    propose_with_few_changes,
)
from tests.builders import caregiver, child, current, home, problem
from tests.enumeration import key, pairings, small_unit, tiny_problem

often = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
draws = st.integers(0, 10**9).map(Random)


def tiny_with_pairs(r):
    """Draw a tiny problem in which most children have somebody."""
    drawn = tiny_problem(
        r, most_children=r.choice([5, 5, 2]), places_count_children=r.random() < 0.2
    )
    staff = [c.id for c in drawn.caregivers]
    more = [CurrentPair(c.id, r.choice(staff)) for c in drawn.children if staff]
    return replace(drawn, current=(*drawn.current, *(p for p in more if r.random() < 0.6)))


def assert_best_within_every_limit(drawn):
    facts = Facts(drawn)
    every = [(key(facts, holder), holder) for holder in pairings(facts)]
    least = min(levels[2] for levels, _ in every)
    for most in range(propose_pairings(drawn).objective.broken + 2):
        allowed = [found for found in every if found[0][2] <= max(most, least)]
        levels, best = min(allowed, key=lambda found: found[0])
        proposal, certificate = propose_few_changes_with_certificate(drawn, most)
        assert {pair.child: pair.caregiver for pair in proposal.pairs} == best
        assert proposal.proof.status is ProofStatus.OPTIMAL
        assert proposal.objective.broken == levels[2]
        if certificate is not None:
            assert check_optimal(drawn, proposal, certificate, most) == ()


@often
@given(draws)
def test_no_pairing_with_as_few_changes_is_better_on_any_level(r):
    assert_best_within_every_limit(tiny_with_pairs(r))


@pytest.mark.slow
def test_the_same_holds_for_hundreds_of_problems_more():
    for seed in range(300):
        assert_best_within_every_limit(tiny_with_pairs(Random(seed)))


@often
@given(draws)
def test_more_changes_never_cover_fewer_and_enough_of_them_change_nothing(r):
    drawn = tiny_with_pairs(r)
    free = propose_pairings(drawn)
    found = [propose_with_few_changes(drawn, most) for most in range(free.objective.broken + 1)]
    covered = [(p.objective.covered_mandatory, p.objective.covered_optional) for p in found]
    assert covered == sorted(covered)
    assert (found[-1].pairs, found[-1].ended) == (free.pairs, free.ended)


def election(seed, *, children=60, caregivers=50):
    """Give a unit that was paired, and lost two fifths of its caregivers at an election."""
    r = Random(seed)
    before = small_unit(r, children=children, caregivers=caregivers)
    pairs = propose_pairings(before).pairs
    return replace(
        before,
        current=tuple(CurrentPair(pair.child, pair.caregiver) for pair in pairs),
        caregivers=tuple(
            replace(c, status=CaregiverStatus.ELECTION_OUT) if r.random() < 0.4 else c
            for c in before.caregivers
        ),
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_corner_that_only_a_price_on_rungs_or_metres_hits_is_proven(seed):
    unit = election(seed)
    free = propose_pairings(unit).objective.broken
    assert free > 2
    for most in range(free):
        proposal, certificate = propose_few_changes_with_certificate(unit, most)
        assert proposal.objective.broken <= most
        if certificate is not None:
            assert check_optimal(unit, proposal, certificate, most) == ()


def test_a_search_between_corners_is_feasible_and_says_so(monkeypatch):
    unit = election(0, children=90, caregivers=80)
    monkeypatch.setattr(between, "MOST_CELLS", 0)
    monkeypatch.setattr("solver.pairs.changes._LEVELS", 1)
    free = propose_pairings(unit).objective.broken
    found = [propose_with_few_changes(unit, most) for most in range(free)]
    assert ProofStatus.FEASIBLE in {proposal.proof.status for proposal in found}
    for most, proposal in enumerate(found):
        objective = proposal.objective
        covered = objective.covered_mandatory, objective.covered_optional
        assert objective.broken <= most
        assert covered <= proposal.proof.bound[:2]


def test_a_certificate_proves_no_other_limit_than_its_own():
    unit = election(1)
    proposal, certificate = propose_few_changes_with_certificate(unit, 1)
    assert certificate is not None
    assert check_optimal(unit, proposal, certificate, 1) == ()
    assert [v.rule for v in check_optimal(unit, proposal, certificate, 0)] == ["changes"]
    assert [v.rule for v in check_optimal(unit, proposal, certificate)] == ["changes"]
    free, proof = propose_with_certificate(unit)
    assert proof is not None
    assert check_optimal(unit, free, proof, 0)


def test_no_changes_keeps_everything_that_the_rules_let_stand():
    unit = election(2)
    proposal = propose_with_few_changes(unit, 0)
    assert proposal.objective.broken == 0
    gone = {c.id for c in unit.caregivers if c.status is CaregiverStatus.ELECTION_OUT}
    assert {line.caregiver for line in proposal.ended} <= gone


def test_the_limit_is_part_of_the_fingerprint():
    unit = election(0)
    marks = {propose_with_few_changes(unit, most).fingerprint for most in (0, 1, 1_000)}
    assert len(marks | {propose_pairings(unit).fingerprint}) == 4


def test_pairs_that_cannot_all_stand_may_end_without_being_allowed():
    crowded = problem(
        [child("a"), child("b")],
        [caregiver("g", places=1)],
        current=current(("a", "g"), ("b", "g")),
    )
    proposal = propose_with_few_changes(crowded, 0)
    assert proposal.objective.broken == 1
    assert [line.reason for line in proposal.ended] == [Ending.OVER_PLACES]


@pytest.mark.parametrize("most", [-1, -(10**9)])
def test_a_limit_below_nothing_is_refused(most):
    with pytest.raises(ValueError, match="0 or more"):
        propose_with_few_changes(problem([], []), most)


def test_nobody_at_all_and_absurd_limits_have_an_answer():
    empty = problem([], [])
    assert propose_with_few_changes(empty, 10**30).pairs == ()
    assert [point.changes for point in curve(empty).points] == [0]
    assert compare(empty, propose_pairings(empty)).lines == ()


def test_the_curve_rises_and_each_point_is_what_its_limit_gives():
    unit = election(0)
    found = curve(unit, points=40)
    changes = [point.changes for point in found.points]
    covered = [(p.objective.covered_mandatory, p.objective.covered_optional) for p in found.points]
    assert changes == sorted(set(changes))
    assert covered == sorted(set(covered))
    assert found.is_whole
    for point in found.points:
        if point.status is ProofStatus.OPTIMAL:
            assert propose_with_few_changes(unit, point.changes).objective == point.objective
    last = propose_pairings(unit)
    assert found.points[-1].objective == last.objective
    assert found.forced == len(last.ended) - last.objective.broken


def test_a_short_curve_says_that_points_are_missing():
    found = curve(election(0), points=2)
    assert len(found.points) == 2
    assert not found.is_whole
    with pytest.raises(ValueError, match="two points"):
        curve(election(0), points=1)


def test_every_child_who_has_or_had_somebody_has_a_line():
    unit = election(1)
    proposal = propose_with_few_changes(unit, 2)
    diff = compare(unit, proposal)
    kept = [line for line in diff.lines if line.kind is DiffKind.KEPT]
    assert diff.count(DiffKind.KEPT) == sum(pair.kept for pair in proposal.pairs)
    assert all(line.before == line.after and line.reason is None for line in kept)
    told = {line.child for line in diff.lines}
    assert told == {p.child for p in proposal.pairs} | {e.child for e in proposal.ended}
    assert sum(line.reason is not None for line in diff.lines) == len(proposal.ended)
    moved = [line for line in diff.lines if line.kind is DiffKind.MOVED]
    assert moved
    assert all(line.before and line.after and line.reason for line in moved)


def test_a_child_with_two_on_record_has_a_line_for_each_that_ends():
    twice = problem(
        [child("a", home("T1", "V1"))],
        [caregiver("g1", home("T1", "V1")), caregiver("g2", home("T2", "V2"))],
        current=current(("a", "g1"), ("a", "g2")),
    )
    diff = compare(twice, propose_with_few_changes(twice, 0))
    assert [(line.kind, line.before, line.after) for line in diff.lines] == [
        (DiffKind.KEPT, "g1", "g1"),
        (DiffKind.ENDED, "g2", None),
    ]
