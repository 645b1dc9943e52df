import pytest

from casework.answers import Village
from casework.errors import Conflict, NotFound, Unreadable
from ledger.people import read_ledgers
from ledger.tables import TableKind
from service.workflows.scenarios import VillageFinder, read_scenarios, scenario
from tests.tables import caregiver_row, child_row, reader, resident_id, table


@pytest.fixture(scope="module")
def finder():
    rows = (
        child_row(number="C1"),
        child_row(number="C2", village="青龙村", resident_id=resident_id(order=4)),
        child_row(
            number="C3", township="白羊镇", village="青龙村", resident_id=resident_id(order=6)
        ),
    )
    ledgers = read_ledgers(
        (table(TableKind.CHILDREN, *rows), table(TableKind.CAREGIVERS, caregiver_row())), reader()
    )
    return VillageFinder(ledgers, reader())


@pytest.mark.parametrize("text", ["太安镇凤山村", "太安镇 凤山村", "太安镇/凤山村", "凤山村"])
def test_a_village_is_found_by_what_people_call_it(finder, text):
    assert finder.find(text) == Village(finder.find("太安镇").township, "凤山村")


def test_a_township_alone_is_a_village_nobody_has_named(finder):
    assert finder.find("太安镇").village is None


def test_a_village_that_several_townships_have_must_be_named_with_its_township(finder):
    with pytest.raises(Conflict):
        finder.find("青龙村")
    assert finder.find("白羊镇青龙村").township != finder.find("太安镇青龙村").township


def test_a_new_village_of_a_township_of_the_unit_may_be_named(finder):
    assert finder.find("太安镇新开村") == Village(finder.find("太安镇").township, "新开村")


def test_what_is_not_in_the_unit_is_not_found(finder):
    with pytest.raises(NotFound):
        finder.find("不存在的村")


@pytest.mark.parametrize(
    "said",
    [
        {"reach_m": -1},
        {"reach_m": "八公里"},
        {"reach_m": True},
        {"places_at_least": 6},
        {"with_optional": 1},
        {"extra": {"太安镇": 0}},
        {"extra": {"太安镇": 9_999}},
        {"extra": ["太安镇"]},
        {"reach": 8000},
    ],
)
def test_what_cannot_be_is_refused_and_named(finder, said):
    with pytest.raises(Unreadable, match=next(iter(said))):
        scenario("一", said, finder)


def test_a_file_holds_a_table_for_each_scenario(finder, tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(
        '[[scenario]]\nname = "远些"\nreach_m = 9000\n[scenario.extra]\n"太安镇凤山村" = 2\n'
        "[[scenario]]\nplaces_at_least = 2\n",
        encoding="utf-8",
    )
    far, more = read_scenarios(path, finder)
    assert (far.name, far.reach_m, far.extra[0][1]) == ("远些", 9000, 2)
    assert (more.name, more.places_at_least, more.with_optional) == ("方案2", 2, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "scenario = 3",
        "[[scenario",
        "scenario = []",
        '[[scenario]]\nname = "现状"\n',
        '[[scenario]]\nname = "一"\n[[scenario]]\nname = "一"\n',
        "[[scenario]]\n" * 21,
    ],
)
def test_a_file_that_is_none_is_refused(finder, tmp_path, text):
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Unreadable):
        read_scenarios(path, finder)
