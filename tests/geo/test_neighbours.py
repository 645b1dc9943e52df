"""Neighbouring townships: the staff's table first, centres where it is silent."""

from datetime import date

import pytest

from geo.areas import Gazetteer, Township, UnknownArea
from geo.neighbours import BadRow, RowProblem, neighbours_of, read_neighbours
from geo.place import Place

THE_LIST = Gazetteer.on(date(2021, 9, 15))


def township(code, east_km=None, north_km=0.0):
    place = None if east_km is None else Place(108 + east_km / 96.5, 30 + north_km / 110.9)
    return Township(code, code, "u", place)


def neighbours(*townships):
    return {a: "".join(sorted(others)) for a, others in neighbours_of(townships)[0].items()}


@pytest.mark.parametrize("unit", THE_LIST.units, ids=lambda unit: unit.name)
def test_neighbours_are_mutual_nobody_is_their_own_and_centres_hang_together(unit):
    table, approximate = THE_LIST.neighbours(unit.code)
    assert approximate
    listed = THE_LIST.townships(unit.code) or THE_LIST.roster_townships(unit.code)
    assert set(table) == {t.code for t in listed}
    assert all(a in table[b] and a != b for a, others in table.items() for b in others)
    placed = {t.code for t in listed if t.place}
    assert {a for a, others in table.items() if others} == (placed if len(placed) > 1 else set())
    reached = set(sorted(placed)[:1])
    while more := {b for a in reached for b in table[a]} - reached:
        reached |= more
    assert reached == placed


def test_a_township_without_a_centre_has_no_neighbours():
    assert neighbours(township("a", 0), township("b", 5), township("c")) == {
        "a": "b",
        "b": "a",
        "c": "",
    }


def test_a_town_behind_another_is_no_neighbour():
    row = [township(code, km) for code, km in (("a", 0), ("b", 5), ("c", 10), ("d", 15))]
    assert neighbours(*row) == {"a": "b", "b": "ac", "c": "bd", "d": "c"}


def test_an_edge_along_the_rim_that_is_far_too_long_is_dropped():
    arc = [
        township("a", 0, 0),
        township("b", 5, 1),
        township("c", 10, 1.5),
        township("d", 15, 1),
        township("e", 20, 0),
    ]
    assert "e" not in neighbours(*arc)["a"]
    assert "b" in neighbours(*arc)["a"]


def test_a_remote_township_keeps_its_nearest():
    close = [township("a", 0, 0), township("b", 3, 0), township("c", 0, 3), township("d", 3, 3)]
    assert neighbours(*close, township("z", 60, 3))["z"] != ""


def test_townships_in_one_spot_are_beside_each_other():
    four = [
        township("a", 0, 0),
        township("b", 0, 0),
        township("c", 9, 0),
        township("d", 0, 9),
        township("e", 9, 9),
    ]
    assert "b" in neighbours(*four)["a"]
    assert "a" in neighbours(*four)["b"]


@pytest.mark.parametrize("count", range(6))
def test_any_number_of_townships_in_one_spot_is_no_error(count):
    found = neighbours(*(township(code, 0) for code in "abcdef"[:count]))
    assert all(others or count == 1 for others in found.values())


def test_a_table_wins_where_it_speaks_and_centres_fill_the_rest():
    row = [township(code, km) for code, km in (("a", 0), ("b", 5), ("c", 10), ("d", 15))]
    told = {"a": frozenset("d"), "d": frozenset("a")}
    found, approximate = neighbours_of(tuple(row), told)
    assert found["a"] == frozenset("d")
    assert found["d"] == frozenset("a")
    assert found["b"] == frozenset("c")
    assert approximate


def test_a_table_that_names_every_township_is_not_approximate():
    row = (township("a", 0), township("b", 5))
    assert neighbours_of(row, {"a": frozenset("b"), "b": frozenset("a")})[1] is False
    assert neighbours_of(row, {})[1] is True


def test_a_table_is_read_by_names_and_codes_in_one_direction(tmp_path):
    path = tmp_path / "相邻镇街.csv"
    path.write_text("镇街,相邻镇街\n太安,白土镇\n500101017,太安镇\n\n", encoding="utf-8")
    table = read_neighbours(path, THE_LIST, "500101")
    named = {
        THE_LIST.township(a).name: {THE_LIST.township(b).name for b in others}
        for a, others in table.neighbours.items()
    }
    assert named == {
        "太安镇": {"白土镇", "太白街道"},
        "白土镇": {"太安镇"},
        "太白街道": {"太安镇"},
    }
    assert table.bad_rows == ()
    found, approximate = THE_LIST.neighbours("500101", table.neighbours)
    assert approximate
    assert {THE_LIST.township(b).name for b in found["500101017"]} == {"太安镇"}


def test_bad_rows_of_a_table_are_reported_by_line_and_the_others_are_used(tmp_path):
    path = tmp_path / "n.csv"
    path.write_text(
        "太安镇,白土镇\n太安镇\n太安镇,某某镇\n太安镇,太安\n,,\n,太安镇\n", encoding="gb18030"
    )
    table = read_neighbours(path, THE_LIST, "500101")
    assert len(table.neighbours) == 2
    assert table.bad_rows == (
        BadRow(2, RowProblem.SHORT_ROW),
        BadRow(3, RowProblem.UNKNOWN_TOWNSHIP),
        BadRow(4, RowProblem.SAME_TOWNSHIP),
        BadRow(6, RowProblem.SHORT_ROW),
    )


@pytest.mark.parametrize("first", ["太安镇,某某镇", "太安阵,白土阵"])
def test_a_heading_is_only_a_first_line_that_names_no_township(tmp_path, first):
    path = tmp_path / "n.csv"
    path.write_text(f"{first}\n某某镇,太安镇\n", encoding="utf-8-sig")
    table = read_neighbours(path, THE_LIST, "500101")
    assert [bad.line for bad in table.bad_rows] == [1, 2]


def test_a_file_that_is_no_table_gives_bad_rows_and_no_error(tmp_path):
    path = tmp_path / "n.csv"
    path.write_bytes(b"PK\x03\x04\x00\xff\xfe" * 50 + b'\n"unclosed\n\xff')
    assert read_neighbours(path, THE_LIST, "500101").neighbours == {}


def test_a_table_for_no_unit_is_refused(tmp_path):
    path = tmp_path / "n.csv"
    path.write_text("太安镇,白土镇\n", encoding="utf-8")
    with pytest.raises(UnknownArea):
        read_neighbours(path, THE_LIST, "999999")
