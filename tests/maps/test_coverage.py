"""The map as text; what a browser makes of it is in test_in_chromium."""

import json
import re
from dataclasses import replace

from casework.proposals import Left, Unpaired
from geo.areas import Gazetteer
from geo.place import Place, Precision
from maps.coverage import By, MapOptions, area_lines, coverage_map, map_title
from maps.people import people_on_map
from tests.dossiers import ON, UNIT, caregiver, child, dossier, held, home, pair, unit_dossier

GAZETTEER = Gazetteer.on(ON)
VILLAGE_POINT, HOME_POINT = Place(107.5, 29.4), Place(107.123456, 29.654321)


def lines(papers, **options):
    found = area_lines(papers, GAZETTEER, UNIT, MapOptions(**options))
    return {line.area.name: line for line in found}


def says(page, text):
    """Whether the file holds the text, as HTML or inside a script."""
    return text in page or json.dumps(text)[1:-1] in page


def drawn(papers, unit=UNIT, **options):
    return coverage_map(papers, GAZETTEER, unit, MapOptions(**options))


def test_every_township_of_the_unit_has_a_line():
    assert set(lines(dossier())) == {t.name for t in GAZETTEER.townships(UNIT)}


def test_no_data_and_none_are_two_things():
    only_a_caregiver = lines(dossier(caregivers=(caregiver(),)))
    assert only_a_caregiver["白马镇"].counts.children == 0
    assert only_a_caregiver["江口镇"].counts is None


def test_a_township_that_sent_only_rows_to_mend_has_data():
    papers = dossier(left=(Unpaired("C-9", Left.NEEDS_DATA),), held=(held(),))
    assert lines(papers)["白马镇"].counts.needs_data == 1


def test_a_township_without_a_point_is_listed_and_put_nowhere():
    papers = dossier((child(home=home("500156209")),), left=(Unpaired("C-1", Left.ALL_FULL),))
    assert lines(papers)["浩口苗族仡佬族乡"].place is None
    page = drawn(papers)
    assert "没有坐标（※）" in page
    assert "浩口苗族仡佬族乡 ※" in page


def test_a_village_is_put_where_the_village_point_is_and_never_at_somebodys_home():
    exact = home(place=HOME_POINT)
    exact = replace(exact, precision=Precision.EXACT)
    papers = dossier((child(home=exact),), left=(Unpaired("C-1", Left.ALL_FULL),))
    assert lines(papers, by=By.VILLAGE)["白马镇 大坪村"].place is None
    with_point = replace(papers, caregivers={"M-1": caregiver(home=home(place=VILLAGE_POINT))})
    assert lines(with_point, by=By.VILLAGE)["白马镇 大坪村"].place == VILLAGE_POINT


def test_without_being_asked_it_holds_no_home_and_no_name():
    exact = replace(home(place=HOME_POINT), precision=Precision.EXACT)
    papers = dossier((child(name="欧阳小雨", home=exact),), (caregiver(name="冉春梅"),), (pair(),))
    for by in By:
        page = drawn(papers, by=by)
        assert "107.1234" not in page
        assert "29.6543" not in page
        assert not says(page, "欧阳小雨")
        assert not says(page, "冉春梅")
        assert "M-1" not in page


def test_points_are_there_when_asked_and_the_title_says_so():
    exact = replace(home(place=HOME_POINT), precision=Precision.EXACT)
    papers = dossier((child(name="欧阳小雨", home=exact),), (caregiver(),), (pair(),))
    page = drawn(papers, with_points=True)
    assert "107.12346" in page
    assert not says(page, "欧阳小雨")
    assert re.search(r"<title>[^<]*含位置点[^<]*</title>", page)
    assert "不得外传" in page


def test_names_are_there_when_asked_and_the_title_says_so():
    papers = dossier((child(name="欧阳小雨"),), left=(Unpaired("C-1", Left.ALL_FULL),))
    page = drawn(papers, with_names=True)
    assert says(page, "欧阳小雨")
    assert re.search(r"<title>[^<]*含姓名[^<]*</title>", page)
    assert map_title(papers, MapOptions()) == "武隆区困境儿童结对分布图（按镇街）"


def test_people_at_township_points_are_counted_and_not_drawn():
    coarse = replace(home(place=HOME_POINT), precision=Precision.TOWNSHIP)
    papers = dossier(
        (child(home=coarse),),
        (caregiver(home=home(place=VILLAGE_POINT)),),
        (pair(),),
        (Unpaired("C-9", Left.NEEDS_DATA),),
        held=(held(),),
    )
    people = people_on_map(papers, with_names=False)
    assert (people.shapes, people.without_point) == (1, 2)


def test_people_at_one_point_share_a_circle():
    here = home(place=VILLAGE_POINT)
    papers = dossier(
        (child("C-1", home=here), child("C-2", home=here)),
        (caregiver(home=here),),
        (pair("C-1"), pair("C-2")),
    )
    assert people_on_map(papers, with_names=False).shapes == 2 + 2  # two circles, two lines


def test_a_unit_without_an_outline_says_so():
    assert "未画界线" in drawn(dossier(), unit="500193")
    assert "未画界线" not in drawn(dossier())


def test_a_unit_the_gazetteer_does_not_know_is_listed_whole():
    foreign = replace(home("马场镇"), unit="某县")
    papers = dossier((child(home=foreign),), left=(Unpaired("C-1", Left.ALL_FULL),))
    page = drawn(papers, unit="某县")
    assert "马场镇 ※" in page


def test_the_source_of_the_points_is_named():
    assert "GeoNames（CC BY 4.0）" in drawn(dossier())


def test_the_same_dossier_gives_the_same_bytes():
    papers = unit_dossier(50)
    other_order = replace(papers, children=dict(reversed(papers.children.items())))
    for options in ({}, {"by": By.VILLAGE, "with_points": True, "with_names": True}):
        assert drawn(papers, **options) == drawn(other_order, **options)


def test_no_outside_address_is_in_the_file():
    page = drawn(unit_dossier(), with_points=True)
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s\"')]*", page))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.findall(r"<(?:link|img|iframe)\b", page)
    assert not re.findall(r"<script[^>]+src", page)
