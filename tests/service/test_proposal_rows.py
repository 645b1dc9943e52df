from datetime import date

import pytest

from casework.dossier import Dossier
from casework.people import CaregiverId, HouseholdId
from casework.programme import Programme
from casework.proposals import (
    Ended,
    Ending,
    Left,
    Objective,
    Pair,
    Proof,
    ProofStatus,
    Proposal,
    Rung,
    Unknown,
    Unpaired,
)
from casework.sample import Size, make_unit
from service.proposal_rows import LEFT_OVER, choose, proposal_rows

ON = date(2021, 9, 15)


@pytest.fixture(scope="module")
def dossier():
    unit = make_unit("500156", 1, ON, Size(6, 8))
    children = {child.id: child for child in unit.children}
    caregivers = {caregiver.id: caregiver for caregiver in unit.caregivers}
    pairs = tuple(
        Pair(
            child,
            caregiver,
            HouseholdId(f"H-{child}"),
            Rung(n),
            None if n == 1 else 500 * n,
            kept=n < 2,
            conditional=(Unknown.GUARDIAN_CONSENT,) if n == 3 else (),
        )
        for n, (child, caregiver) in enumerate(zip(list(children)[:5], caregivers, strict=False))
    )
    left = (Unpaired(list(children)[5], Left.ALL_FULL),)
    ended = (Ended(list(children)[5], CaregiverId("gone"), Ending.CAREGIVER_LEFT),)
    proposal = Proposal(
        pairs,
        left,
        ended,
        Objective(5, 0, 0, 10, 0, 0, (1, 1, 1, 1, 1)),
        Proof(ProofStatus.OPTIMAL, certificate_verified=True),
    )
    return Dossier(proposal, children, caregivers, Programme.from_toml(), ON, "武隆区")


@pytest.fixture(scope="module")
def lines(dossier):
    return proposal_rows(dossier)["lines"]


def test_every_child_has_one_line(dossier, lines):
    assert sorted(line["id"] for line in lines) == sorted(dossier.children)


def test_a_left_over_child_comes_first_with_remedy_person_and_day(lines):
    first = choose(lines, {}, "zh")[0]
    assert first["rung"] == LEFT_OVER
    assert first["due"] == "2021-09-25"
    assert first["responsible"] == f"{first['township']}妇联主席"
    assert first["remedy"]["zh"]


def test_a_pair_that_ends_is_told_with_its_reason(dossier):
    (ended,) = proposal_rows(dossier)["ended"]
    assert ended["cause"] == {"zh": "爱心妈妈不再承担结对", "en": "the caregiver no longer serves"}
    assert ended["caregiver"] == "gone"


@pytest.mark.parametrize(
    ("asked", "rungs"),
    [
        ({"only": "left"}, {LEFT_OVER}),
        ({"only": "conditional"}, {3}),
        ({"only": "kept"}, {0, 1}),
        ({"only": "new"}, {2, 3, 4}),
        ({"rung": "2"}, {2}),
        ({"rung": "nonsense"}, set()),
        ({"only": "nonsense"}, {0, 1, 2, 3, 4, LEFT_OVER}),
    ],
)
def test_a_filter_shows_what_it_names(lines, asked, rungs):
    assert {line["rung"] for line in choose(lines, asked, "zh")} == rungs


def test_a_search_finds_a_name_anywhere_in_the_line(lines):
    sought = lines[0]["caregiver"]
    assert lines[0] in choose(lines, {"text": f" {sought} "}, "zh")
    assert choose(lines, {"text": "无此人"}, "zh") == []


def test_a_township_filter_wants_the_whole_name(lines):
    name = lines[0]["township"]
    assert {line["township"] for line in choose(lines, {"township": name}, "zh")} == {name}
    assert choose(lines, {"township": name[:1]}, "zh") == []


def test_sorting_by_nearness_puts_an_unknown_distance_after_the_known(lines):
    near = [line["rung"] for line in choose(lines, {"sort": "near"}, "zh")]
    far = [line["rung"] for line in choose(lines, {"sort": "far"}, "zh")]
    assert near == sorted(near)
    assert far == sorted(far, reverse=True)
