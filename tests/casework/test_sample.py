"""A made-up city looks like the real one in every figure we know, and holds nobody real."""

import hashlib
import subprocess
import sys
from collections import Counter
from datetime import date
from math import cos, hypot, radians

import pytest
from stdnum.cn import ric

from casework.people import CaregiverStatus, Category, CheckResult, GuardianshipRating, Sex
from casework.sample import Size, make_city, make_unit
from casework.sample_draw import years_before
from geo.areas import UnknownArea
from geo.place import Precision

DUE = date(2021, 9, 15)


@pytest.fixture(scope="module")
def city():
    return tuple(make_city(1, DUE))


@pytest.fixture(scope="module")
def children(city):
    return [child for unit in city for child in unit.children]


@pytest.fixture(scope="module")
def caregivers(city):
    return [caregiver for unit in city for caregiver in unit.caregivers]


def age(person, on=DUE):
    return next(years for years in range(100) if years_before(on, years + 1) < person.birth_date)


def share(people, test):
    return sum(map(test, people)) / len(people)


def test_the_city_has_41_units_and_as_many_people_as_published(city, children, caregivers):
    assert len(city) == 41
    assert len(children) == 9_800
    assert 10_000 < len(caregivers) < 35_000
    assert all(unit.townships for unit in city)


def test_the_same_seed_makes_the_same_people_in_another_process(city):
    line = (
        "import hashlib;from datetime import date;from casework.sample import make_unit;"
        "print(hashlib.sha256(repr(make_unit('500156',1,date(2021,9,15))).encode()).hexdigest())"
    )
    run = subprocess.run(
        [sys.executable, "-c", line],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7"},
    )
    here = next(unit for unit in city if unit.unit.code == "500156")
    assert run.stdout.strip() == hashlib.sha256(repr(here).encode()).hexdigest()


def test_another_seed_makes_other_people():
    assert make_unit("500156", 1, DUE).children != make_unit("500156", 2, DUE).children


def test_every_resident_id_is_right_in_form_and_out_of_the_sequence_of_real_ones(city):
    for unit in city:
        people = [*unit.children, *unit.caregivers]
        numbers = [p.resident_id for p in people]
        assert len(set(numbers)) == len(numbers)
        for person in people:
            number = person.resident_id
            assert ric.calc_check_digit(number) == number[-1]
            assert int(number[14:17]) >= 970
            assert number[6:14] == f"{person.birth_date:%Y%m%d}"
            assert (int(number[16]) % 2 == 1) == (person.sex is Sex.MALE)


def test_a_guardian_has_a_number_of_her_own(children):
    guardians = {c.guardian_resident_id for c in children}
    assert all(ric.calc_check_digit(number) == number[-1] for number in guardians)
    assert not guardians & {c.resident_id for c in children}


def test_a_phone_is_eleven_digits_of_a_prefix_without_an_area(city):
    for unit in city:
        phones = [c.phone for c in unit.caregivers] + [c.guardian_phone for c in unit.children]
        assert all(p.isdecimal() and len(p) == 11 and p.startswith("162000") for p in phones)
        assert len({c.phone for c in unit.caregivers}) == len(unit.caregivers)


def test_ages_sexes_and_categories_are_as_published(children):
    ages = [age(child) for child in children]
    assert 0.08 < share(ages, lambda a: a < 6) < 0.14
    assert 0.42 < share(ages, lambda a: 6 <= a < 12) < 0.48
    assert 0.14 < share(ages, lambda a: a >= 15) < 0.19
    assert max(ages) == 17
    assert 0.53 < share(children, lambda c: c.sex is Sex.MALE) < 0.56
    own = [c for c in children if c.category is not Category.LEFT_BEHIND]
    assert 0.27 < share(own, lambda c: c.category is Category.SCATTERED_ORPHAN) < 0.33
    left_behind = [c for c in children if c.category is Category.LEFT_BEHIND]
    assert 100 < len(left_behind) < 2_000
    assert all(age(c) < 16 for c in left_behind)
    assert 0.4 < share(left_behind, lambda c: c.guardianship is GuardianshipRating.POOR) < 0.8


def test_a_quarter_of_the_children_have_a_sibling_in_the_ledger(children):
    assert 0.20 < share(children, lambda c: c.siblings != "") < 0.35


def test_siblings_share_home_guardian_and_caregiver(city):
    for unit in city:
        marks = {c.siblings for c in unit.children if c.siblings}
        shared = {
            (c.siblings, c.home, c.guardian_resident_id, c.consent_given, c.caregiver_name)
            for c in unit.children
            if c.siblings
        }
        assert len(shared) == len(marks)


def test_townships_are_as_uneven_as_real_ones(city):
    counts = [
        Counter(c.home.township for c in unit.children)[township.code]
        for unit in city
        for township in unit.townships
    ]
    mean = sum(counts) / len(counts)
    variance = sum((n - mean) ** 2 for n in counts) / len(counts)
    assert variance > 3 * mean  # a Poisson count has 1
    assert max(counts) <= 60
    assert 0 in counts


def test_points_are_as_good_as_ledgers_have_them(children):
    known = Counter(c.home.precision for c in children)
    assert 0.22 < known[Precision.EXACT] / len(children) < 0.28
    assert 0.57 < known[Precision.VILLAGE] / len(children) < 0.63
    assert known[Precision.UNKNOWN] > 0
    assert all((c.home.place is None) == (c.home.precision is Precision.UNKNOWN) for c in children)


def test_most_children_have_a_caregiver_nearby_and_some_of_these_are_gone(city):
    current = gone = 0
    metres = []
    for unit in city:
        caregivers = {c.number: c for c in unit.caregivers}
        homes = {c.number: c.home for c in unit.children}
        for pair in unit.pairs:
            if pair.ended_on is not None:
                continue
            caregiver = caregivers[pair.caregiver_key]
            current += 1
            gone += caregiver.status is not CaregiverStatus.ACTIVE
            assert caregiver.check_result is not CheckResult.FAILED
            home = homes[pair.child_key]
            if {home.precision, caregiver.home.precision} == {Precision.EXACT}:
                metres.append((home.village == caregiver.home.village, walk(home, caregiver.home)))
    total = sum(len(unit.children) for unit in city)
    assert 0.75 < current / total < 0.95
    assert 0.03 < gone / current < 0.12
    near = sorted(m for same_village, m in metres if same_village)
    assert 800 < near[len(near) // 2] < 1_600
    assert near[len(near) * 9 // 10] < 3_000


def walk(a, b):
    north = (a.place.lat - b.place.lat) * 111_000
    return hypot((a.place.lon - b.place.lon) * 111_320 * cos(radians(a.place.lat)), north)


def test_nobody_has_more_households_than_places(city):
    for unit in city:
        households = {c.number: c.siblings or c.number for c in unit.children}
        taken = {
            (pair.caregiver_key, households[pair.child_key])
            for pair in unit.pairs
            if pair.ended_on is None
        }
        load = Counter(caregiver for caregiver, _ in taken)
        assert all(load[c.number] <= c.places for c in unit.caregivers)


def test_a_few_checks_are_expired_failed_or_missing(caregivers):
    def is_not_valid(caregiver):
        return caregiver.check_result is not CheckResult.PASSED or caregiver.check_expires_on < DUE

    assert 0.05 < share(caregivers, is_not_valid) < 0.13
    assert {c.check_result for c in caregivers} == {None, *CheckResult}


def test_a_size_asked_for_is_kept():
    unit = make_unit("500237", 3, DUE, Size(300, 700))
    assert (len(unit.children), len(unit.caregivers)) == (300, 700)
    county = make_unit("500235", 3, DUE, Size(6_300, 8_000))
    assert (len(county.children), len(county.caregivers)) == (6_300, 8_000)


def test_a_unit_that_is_not_there_on_the_day_is_refused():
    with pytest.raises(UnknownArea):
        make_unit("500191", 1, date(2026, 1, 1))


def test_the_city_after_the_merger_has_the_units_of_its_day():
    codes = {unit.unit.code for unit in make_city(1, date(2026, 3, 2))}
    assert "500157" in codes
    assert not codes & {"500105", "500112", "500191"}
