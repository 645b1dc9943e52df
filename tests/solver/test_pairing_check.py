"""The checker: every rule broken by exactly so much is found."""

from dataclasses import replace

import pytest

from casework.proposals import Ending, Left, Rung, Unknown
from solver.check import TEXTS, check_proposal
from solver.check_optimal import check_optimal
from solver.pairing import propose_pairings, propose_with_certificate
from tests.builders import caregiver, child, current, forbidden, home, problem

SIBLINGS = [child(name, household="H") for name in ("s1", "s2")]
GIVEN = problem(
    [child("a", home("T1", "V1", 0)), *SIBLINGS, child("locked"), child("x", home("T4"))],
    [
        caregiver("g1", home("T1", "V1", 500)),
        caregiver("g2", places=1),
        caregiver("g3"),
        caregiver("kin", home("T4")),
    ],
    current=current(("a", "g1")) + current(("locked", "g3"), locked=True) + current(("x", "kin")),
    forbidden=forbidden(("x", "kin")),
    needs_data=("waits",),
)
PROPOSAL = propose_pairings(GIVEN)


def broken(proposal, given=GIVEN):
    return {violation.rule for violation in check_proposal(given, proposal)}


def with_pair(name, **changes):
    pairs = tuple(replace(p, **changes) if p.child == name else p for p in PROPOSAL.pairs)
    return replace(PROPOSAL, pairs=pairs)


def test_our_own_proposal_keeps_every_rule():
    assert broken(PROPOSAL) == set()


@pytest.mark.parametrize(
    ("proposal", "rule"),
    [
        (replace(PROPOSAL, pairs=PROPOSAL.pairs[1:]), "each_child_once"),
        (replace(PROPOSAL, pairs=PROPOSAL.pairs + PROPOSAL.pairs[:1]), "each_child_once"),
        (with_pair("a", caregiver="nobody"), "known_caregiver"),
        (with_pair("a", caregiver="g2"), "places"),
        (with_pair("s1", caregiver="g1"), "together"),
        (with_pair("a", rung=Rung.SAME_TOWNSHIP), "nearness"),
        (with_pair("a", metres=504), "nearness"),
        (with_pair("s1", metres=0), "nearness"),
        (with_pair("a", kept=False), "kept"),
        (with_pair("s1", household="other"), "kept"),
        (with_pair("locked", locked=False), "locked"),
        (with_pair("a", locked=True), "locked"),
        (with_pair("a", conditional=(Unknown.TRAINING,)), "conditional"),
        (replace(PROPOSAL, pairs=PROPOSAL.pairs[::-1]), "order"),
        (replace(PROPOSAL, ended=()), "ended"),
        (
            replace(
                PROPOSAL,
                ended=tuple(replace(e, reason=Ending.COVERS_MORE) for e in PROPOSAL.ended),
            ),
            "ended",
        ),
        (
            replace(
                PROPOSAL,
                unpaired=tuple(replace(u, reason=Left.ALL_FULL) for u in PROPOSAL.unpaired),
            ),
            "left_over",
        ),
        (
            replace(
                PROPOSAL,
                objective=replace(PROPOSAL.objective, rungs=PROPOSAL.objective.rungs - 1),
            ),
            "objective",
        ),
        (replace(PROPOSAL, proof=replace(PROPOSAL.proof, bound=(9, 0, 0, 0, 0))), "proof"),
    ],
)
def test_a_rule_broken_is_named(proposal, rule):
    assert rule in broken(proposal)


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        (replace(GIVEN, forbidden=forbidden(("a", "g1"), ("x", "kin"))), "forbidden"),
        (
            replace(
                GIVEN,
                caregivers=tuple(
                    replace(c, commitment_signed=False) if c.id == "g1" else c
                    for c in GIVEN.caregivers
                ),
            ),
            "eligible",
        ),
        (
            replace(
                GIVEN,
                reach_m=100,
                current=GIVEN.current[1:],
                programme=replace(GIVEN.programme, beyond_reach_allowed=False),
            ),
            "beyond_reach",
        ),
        (replace(GIVEN, programme=replace(GIVEN.programme, max_children=1)), "most_children"),
    ],
)
def test_a_rule_that_becomes_stricter_is_found_broken(given, rule):
    assert rule in broken(PROPOSAL, given)


def test_every_rule_has_a_text_for_the_officer():
    for violation in check_proposal(GIVEN, replace(PROPOSAL, pairs=())):
        assert violation.text_zh == TEXTS[violation.rule]
        assert violation.children


def test_a_certificate_of_other_people_proves_nothing():
    proposal, certificate = propose_with_certificate(GIVEN)
    assert certificate is not None
    assert check_optimal(GIVEN, proposal, certificate) == ()
    for forged in (
        replace(certificate, groups=certificate.groups[1:], u=certificate.u[1:]),
        replace(certificate, u=certificate.u[1:]),
        replace(certificate, v=certificate.v[1:]),
        replace(certificate, caregivers=certificate.caregivers[::-1], v=certificate.v[::-1]),
        replace(certificate, u=tuple((a + 1, b, c) for a, b, c in certificate.u)),
        replace(certificate, v=tuple((a, b, c + 1) for a, b, c in certificate.v)),
    ):
        assert [v.rule for v in check_optimal(GIVEN, proposal, forged)] == ["certificate"]
