"""The row of points: a unit's seat is no secret where a round is held there, and nowhere else."""

import json

import pytest

from benchmarks.accept.points import ROUND, fine_places

SEATS = {"107.39027533681406": "涪陵区", "107.39028": "涪陵区"}
PLAN, MAP = "/api/v1/rounds/{round_id}/plan", "/round/map"
SEAT = '"seat":[107.39027533681406,29.70613103298652]'


def marker(tip, lon="107.39028"):
    return f"[[29.70613, {lon}, 8.0, null, {json.dumps(tip)}]].forEach(function (c) {{"


def test_a_round_may_say_where_it_is_held_and_where_a_team_sets_out_from():
    assert fine_places(PLAN, f"{{{SEAT}}}", SEATS) == []
    assert fine_places(PLAN, SEAT.replace("seat", "home"), SEATS) == []
    assert fine_places(MAP, marker("<b>涪陵区</b><br>3 场"), SEATS) == []
    assert fine_places(MAP, marker("第1团辅队驻地"), SEATS) == []
    assert fine_places(MAP, "[[29.57814, 106.52], [29.70613, 107.39028]]", SEATS) == []


@pytest.mark.parametrize("path", ["/children", "/supervision/map", "/api/v1/maps/{layer}"])
def test_a_home_at_a_seat_is_found_on_every_other_page(path):
    assert path not in ROUND
    for said in (f"{{{SEAT}}}", marker("涪陵区"), "107.39028"):
        assert fine_places(path, said, SEATS), said


def test_a_home_at_a_seat_is_found_in_a_round_as_well():
    assert fine_places(PLAN, SEAT.replace("seat", "place"), SEATS) == ["107.39027533681406"]
    assert fine_places(MAP, marker("张小花"), SEATS) == ["107.39028"]


def test_any_other_place_is_found_whatever_it_is_called():
    assert fine_places(PLAN, '"seat":[107.5123456,29.7]', SEATS) == ["107.5123456"]
    assert fine_places(MAP, marker("<b>涪陵区</b>", "107.51234"), SEATS) == ["107.51234"]
