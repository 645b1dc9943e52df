"""Pairing against enumeration: tiny problems whose every pairing can be looked at."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.people import CaregiverId, ChildId
from casework.proposals import ProofStatus
from solver.check_facts import Facts
from solver.check_optimal import check_optimal
from solver.pairing import propose_pairings, propose_with_certificate
from solver.pairs.certificate import Certificate
from solver.pairs.landscape import Landscape
from solver.pairs.placing import Placed
from solver.pairs.setting import settle
from solver.pairs.writing import write_proposal
from solver.problem import PairingProblem
from tests.builders import caregiver, home
from tests.enumeration import best_pairing, key, pairings, small_unit, tiny_problem

draws = st.integers(0, 10**9).map(Random)
often = settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
seldom = settings(often, max_examples=100)


def assert_best(problem: PairingProblem) -> None:
    proposal = propose_pairings(problem)
    holder = {pair.child: pair.caregiver for pair in proposal.pairs}
    levels, best = best_pairing(problem)
    assert key(Facts(problem), holder) == levels
    assert holder == best
    assert proposal.proof.status is ProofStatus.OPTIMAL


@often
@given(draws)
def test_no_other_pairing_is_better_on_any_level_or_comes_first(r):
    assert_best(tiny_problem(r))


@often
@given(draws)
def test_the_same_holds_where_the_hard_maximum_of_children_binds(r):
    assert_best(tiny_problem(r, most_children=r.choice([2, 3])))


@often
@given(draws)
def test_the_same_holds_where_each_sibling_takes_a_place(r):
    assert_best(tiny_problem(r, places_count_children=True))


@seldom
@given(draws)
def test_the_certificate_rejects_every_other_pairing(r):
    problem = tiny_problem(r)
    proposal, certificate = propose_with_certificate(problem)
    if certificate is None:
        return
    assert check_optimal(problem, proposal, certificate) == ()
    setting = settle(problem)
    landscape = Landscape(setting)
    index = {child.id: i for i, child in enumerate(setting.children)}
    whom = {person.id: j for j, person in enumerate(setting.caregivers)}
    answer = {pair.child: pair.caregiver for pair in proposal.pairs}
    facts = Facts(problem)
    for holder in pairings(facts):
        if holder == answer:
            continue
        free = {index[c]: whom[g] for c, g in holder.items() if index[c] not in setting.locked}
        other = write_proposal(landscape, Placed(free, free, certificate))
        assert check_optimal(problem, other, certificate)
        if key(facts, holder)[:5] != key(facts, answer)[:5]:
            assert check_optimal(problem, other, _forged(r, certificate))


def _forged(r: Random, certificate: Certificate) -> Certificate:
    """Change some duals by a little: whatever they are, they prove nothing that is not so."""

    def changed(dual):
        return tuple(level + r.choice([-1, 0, 0, 0, 1]) for level in dual)

    return replace(
        certificate,
        u=tuple(changed(dual) for dual in certificate.u),
        v=tuple(changed(dual) for dual in certificate.v),
    )


@seldom
@given(draws)
def test_one_more_caregiver_never_covers_fewer(r):
    problem = tiny_problem(r)
    more = (*problem.caregivers, caregiver("more", home(r.choice(["T1", "T2"]), "V1")))
    before = propose_pairings(problem).objective
    after = propose_pairings(replace(problem, caregivers=more)).objective
    assert (after.covered_mandatory, after.covered_optional) >= (
        before.covered_mandatory,
        before.covered_optional,
    )


@seldom
@given(draws)
def test_the_order_of_the_rows_changes_nothing(r):
    problem = tiny_problem(r)
    shuffled = replace(
        problem,
        children=tuple(r.sample(problem.children, len(problem.children))),
        caregivers=tuple(r.sample(problem.caregivers, len(problem.caregivers))),
        current=tuple(r.sample(problem.current, len(problem.current))),
        neighbours=dict(reversed(problem.neighbours.items())),
    )
    assert propose_pairings(shuffled) == propose_pairings(problem)


@seldom
@given(draws)
def test_other_ids_in_the_same_order_give_the_same_pairs(r):
    problem = tiny_problem(r)

    def renamed(name: str) -> str:
        return "x" + name

    other = replace(
        problem,
        children=tuple(replace(c, id=ChildId(renamed(c.id))) for c in problem.children),
        caregivers=tuple(replace(c, id=CaregiverId(renamed(c.id))) for c in problem.caregivers),
        current=tuple(
            replace(
                p, child=ChildId(renamed(p.child)), caregiver=CaregiverId(renamed(p.caregiver))
            )
            for p in problem.current
        ),
        forbidden=frozenset(
            (ChildId(renamed(a)), CaregiverId(renamed(b))) for a, b in problem.forbidden
        ),
        needs_data=tuple(ChildId(renamed(c)) for c in problem.needs_data),
    )
    before, after = propose_pairings(problem), propose_pairings(other)
    assert [(p.child, p.caregiver) for p in after.pairs] == [
        (renamed(p.child), renamed(p.caregiver)) for p in before.pairs
    ]
    assert after.objective == before.objective
    assert after.fingerprint != before.fingerprint or not (
        problem.children or problem.caregivers or problem.current or problem.needs_data
    )


@pytest.mark.parametrize("seed", range(4))
def test_wherever_the_search_starts_it_ends_in_the_same_proven_proposal(seed, monkeypatch):
    problem = small_unit(Random(seed), children=90, caregivers=80)
    proposal, certificate = propose_with_certificate(problem)
    assert certificate is not None
    assert check_optimal(problem, proposal, certificate) == ()
    monkeypatch.setattr("solver.pairs.candidates.PER_AREA", 1)
    monkeypatch.setattr("solver.pairs.candidates.NEAREST", 1)
    monkeypatch.setattr("solver.pairs.pricing._CELLS_AT_ONCE", 500)
    assert propose_pairings(problem) == proposal
