"""What the city office gets of a child, and how a hand-in says whose it is (decision 10)."""

import json
from dataclasses import fields, replace
from datetime import date

import pytest

from casework.hand_in import HandInChild, Manifest, count_handed_in, minimise
from casework.people import Category, ChildStatus
from casework.programme import Programme
from casework.sample import make_unit
from geo.areas import Gazetteer

DUE = date(2021, 9, 15)
AREAS = Gazetteer.on(DUE)
PROGRAMME = Programme.from_toml()
MANIFEST = Manifest("500156", "武隆区", "chongqing_2021", 2, DUE, "家儿部", "", 1, {"a": "b"})


@pytest.fixture(scope="module")
def unit():
    return make_unit("500104", 1, DUE)


def minimised(children, paired=frozenset()):
    return minimise(children, paired, PROGRAMME, DUE, AREAS)


def test_a_row_has_six_things_and_no_more(unit):
    assert [field.name for field in fields(HandInChild)] == [
        "number",
        "age_years",
        "sex",
        "category",
        "township",
        "paired",
    ]
    rows = minimised(unit.children)
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))


def test_the_number_leads_back_to_nobody(unit):
    assert minimised(unit.children) == minimised(tuple(reversed(unit.children)))


def test_who_is_out_of_scope_is_not_handed_in(unit):
    gone = [replace(child, status=ChildStatus.MOVED_OUT) for child in unit.children]
    assert minimised(gone) == ()


def test_a_township_nobody_knows_is_left_out_because_it_may_be_anything(unit):
    child = unit.children[0]
    odd = replace(child, home=replace(child.home, township="张三家"))
    assert {row.township for row in minimised([odd])} <= {""}


def test_paired_is_known_or_unknown(unit):
    ids = frozenset(child.id for child in unit.children)
    assert {row.paired for row in minimised(unit.children, ids)} == {True}
    assert {row.paired for row in minimised(unit.children, None)} == {None}


def test_six_and_over_includes_six_and_not_who_has_no_age():
    rows = [
        HandInChild(n, age, None, Category.OTHER, "", None) for n, age in enumerate((5, 6, None))
    ]
    assert count_handed_in(rows, 6) == {"children_total": 3, "children_6_plus": 1}


def test_a_manifest_is_read_as_it_was_written():
    assert Manifest.from_json(json.loads(json.dumps(MANIFEST.as_json()))) == MANIFEST


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "nuantong/hand-in/2"},
        {"version": 0},
        {"version": True},
        {"version": "1"},
        {"rows_held": -1},
        {"on": "soon"},
        {"by": "x" * 301},
        {"by": "a\u0000b"},
        {"by": None},
        {"checksums": {"a": 1}},
        {"more": "张三"},
    ],
)
def test_a_manifest_that_says_anything_else_is_refused(change):
    with pytest.raises(ValueError, match=r".*"):
        Manifest.from_json({**MANIFEST.as_json(), **change})


@pytest.mark.parametrize("document", [None, [], "x", {}, {"schema": "nuantong/hand-in/1"}])
def test_what_is_no_manifest_is_refused(document):
    with pytest.raises(ValueError, match=r".*"):
        Manifest.from_json(document)
