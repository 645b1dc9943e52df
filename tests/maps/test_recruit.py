from dataclasses import replace

import pytest

from casework.answers import Difference, Village
from casework.people import CaregiverId
from casework.plan_answers import CriticalCaregiver, Recruitment, RecruitStep, VillageWorth
from geo.areas import Gazetteer
from maps.recruit import recruit_map, shown_step, township_needs
from tests import dossiers

GAZETTEER = Gazetteer.on(dossiers.ON)
HERE, THERE = Village("500156101", "大坪村"), Village("500156102", None)


def step(k, *villages):
    return RecruitStep(k, villages, Difference(k), (), 3 - k)


RECRUITMENT = Recruitment(
    (step(1, (HERE, 1)), step(2, (HERE, 2)), step(3, (HERE, 2), (THERE, 1))),
    2,
    (VillageWorth(HERE, 3, 1, Difference(1)), VillageWorth(THERE, 1, 0, Difference(rungs=-1))),
    (CriticalCaregiver(CaregiverId("M-1"), (), Difference(-1)),),
)


@pytest.fixture
def dossier():
    return dossiers.dossier(
        (dossiers.child("C-1", name="<script>alert(1)</script>"),), (dossiers.caregiver("M-1"),)
    )


def test_the_map_shows_the_step_that_covers_everybody_else_the_longest():
    assert shown_step(RECRUITMENT).caregivers == 2
    assert shown_step(replace(RECRUITMENT, least_for_everyone=9)).caregivers == 3
    assert shown_step(Recruitment((), 0, (), ())) is None


def test_a_township_counts_recruits_useful_villages_and_critical_caregivers(dossier):
    needs = {need.name: need for need in township_needs(dossier, RECRUITMENT, GAZETTEER)}
    here = needs["白马镇"]
    assert (here.recruits, here.villages, here.critical) == (2, 1, 1)
    assert needs[THERE.township].villages == 0


def test_the_map_names_no_person_and_asks_no_network(dossier):
    html = recruit_map(dossier, RECRUITMENT, GAZETTEER, dossiers.UNIT)
    assert "冉春梅" not in html
    assert "alert(1)" not in html
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert "https://" not in html
    assert "大坪村" in html


def test_a_unit_nobody_knows_still_gets_a_map(dossier):
    html = recruit_map(dossier, RECRUITMENT, GAZETTEER, "正安县")
    assert "增加爱心妈妈" in html


def test_the_same_answer_gives_the_same_bytes(dossier):
    maps = {recruit_map(dossier, RECRUITMENT, GAZETTEER, dossiers.UNIT) for _ in range(2)}
    assert len(maps) == 1
