"""A new form agrees with its ledger, and a made-up city's forms are believable."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from casework.declaration import read_declaration
from casework.declaration_checks import Known, check_declaration
from casework.declaration_form import FormNumbers, count_children, propose_form
from casework.declaration_rules import DeclarationRules
from casework.findings import Where
from casework.people import Category, ChildStatus
from casework.programme import Programme
from casework.sample import make_city, make_unit
from casework.sample_declarations import make_round
from geo.areas import Gazetteer

RULES = DeclarationRules.from_toml()
PROGRAMME = Programme.from_toml()
DUE = date(2021, 9, 15)
AREAS = Gazetteer.on(DUE)


@pytest.fixture(scope="module")
def unit():
    return make_unit("500156", 1, DUE)


@pytest.fixture(scope="module")
def city_round():
    return make_round(tuple(make_city(1, DUE)), PROGRAMME, RULES, 1)


def read(cells):
    return read_declaration(cells, lambda _: Where(), RULES, AREAS)


def test_a_new_form_agrees_with_its_ledger(unit):
    numbers = propose_form(unit.children, PROGRAMME, RULES, caregivers=120)
    total, older = count_children(unit.children, PROGRAMME, RULES)
    assert numbers == FormNumbers(total, older, older, 120, 2)
    cells = {"unit": "武隆区", **numbers.cells(), "dates": "待定"}
    form, _ = read(cells | {"contact": "冉文静 13800000000"})
    known = Known(ledger={"children_total": total, "children_6_plus": older})
    assert [finding.rule for finding in check_declaration(form, RULES, known)] == ["A20"]


def test_six_years_and_over_includes_the_sixth_birthday(unit):
    def older_if_born(day):
        child = next(
            c
            for c in unit.children
            if c.status == ChildStatus.ACTIVE and c.category == Category.SCATTERED_ORPHAN
        )
        return count_children([replace(child, birth_date=day)], PROGRAMME, RULES)[1]

    assert older_if_born(date(2015, 9, 15)) == 1
    assert older_if_born(date(2015, 9, 16)) == 0


def test_sessions_follow_from_the_room(unit):
    older = count_children(unit.children, PROGRAMME, RULES)[1]
    assert propose_form(unit.children, PROGRAMME, RULES, room=older).sessions == 1
    assert propose_form(unit.children, PROGRAMME, RULES, room=older - 1).sessions == 2
    assert propose_form([], PROGRAMME, RULES) == FormNumbers(0, 0, 0, 0, 0)


def test_a_made_up_city_hands_in_41_forms_whose_dates_are_read_as_they_were_meant(city_round):
    assert len(city_round.declarations) == 41
    for declaration, wish in zip(city_round.declarations, city_round.wishes, strict=True):
        form, _ = read(declaration.cells)
        assert form.unit == wish.unit == declaration.unit.code
        assert form.dates.dates == wish.dates
        assert form.dates.is_open == (not wish.dates)


def test_the_forms_have_the_quirks_of_real_ones(city_round):
    told = Counter()
    for declaration in city_round.declarations:
        form, reading = read(declaration.cells)
        found = [*reading, *check_declaration(form, RULES, Known(closures=city_round.closures))]
        told.update({finding.rule for finding in found})
    assert 1 <= told["A20"] <= 10
    assert 1 <= told["A07"] <= 8
    assert 3 <= len(city_round.teams) <= 8
    assert 2 <= len(city_round.closures) <= 3
    assert all((c.last - c.first).days + 1 == 14 for c in city_round.closures)
