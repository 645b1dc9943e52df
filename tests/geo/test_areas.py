"""Which areas there are on a day, who holds which township, and what became of old units."""

from collections import Counter
from datetime import date

import pytest

from geo import area_tables
from geo.areas import Gazetteer, UnitKind, UnknownArea

THE_LIST = Gazetteer.on(date(2021, 9, 15))
AFTER = Gazetteer.on(date(2025, 11, 6))


def names(townships):
    return {township.name for township in townships}


def test_2021_has_41_units_and_1031_townships_each_in_one_unit():
    assert len(THE_LIST.units) == 41
    counted = Counter(t.code for unit in THE_LIST.units for t in THE_LIST.townships(unit.code))
    assert len(counted) == 1031
    assert set(counted.values()) == {1}


def test_after_the_merger_there_are_39_units_and_the_same_townships():
    assert len(AFTER.units) == 39
    assert sum(len(AFTER.townships(unit.code)) for unit in AFTER.units) == 1031


def test_a_state_begins_on_its_day_and_not_the_day_before():
    assert Gazetteer.on(date(2025, 11, 5)) is THE_LIST
    assert Gazetteer.on(date(2025, 11, 6)) is AFTER
    assert Gazetteer.on(date(2030, 1, 1)) is AFTER


def test_a_day_before_the_first_list_gets_the_first_list():
    assert Gazetteer.on(date(2010, 1, 1)) is THE_LIST


def test_867_townships_have_a_centre_and_the_others_have_none():
    townships = [t for unit in THE_LIST.units for t in THE_LIST.townships(unit.code)]
    assert sum(t.place is not None for t in townships) == 867


@pytest.mark.parametrize(
    ("zone", "hosts"), [("500192", ("500106", "500107")), ("500193", ("500110",))]
)
def test_a_zone_has_ten_townships_that_left_the_lists_of_its_districts(zone, hosts):
    zone_codes = {t.code for t in THE_LIST.townships(zone)}
    assert len(zone_codes) == 10
    assert all(code.startswith(hosts) for code in zone_codes)
    for host in hosts:
        assert zone_codes.isdisjoint(t.code for t in THE_LIST.townships(host))


def test_liangjiang_has_no_townships_of_its_own_and_may_list_those_of_three_districts():
    assert THE_LIST.townships("500191") == ()
    assert {t.unit_code for t in THE_LIST.roster_townships("500191")} == {
        "500105",
        "500109",
        "500112",
    }


def test_a_district_without_a_zone_may_list_only_its_own():
    assert THE_LIST.roster_townships("500101") == THE_LIST.townships("500101")


def test_townships_come_by_code():
    codes = [t.code for t in THE_LIST.roster_townships("500192")]
    assert codes == sorted(codes)


def test_the_merger_moves_five_towns_to_beibei_and_five_away():
    before, after = names(THE_LIST.townships("500109")), names(AFTER.townships("500109"))
    assert after - before == {"大湾镇", "统景镇", "大盛镇", "兴隆镇", "茨竹镇"}
    assert before - after == {"水土街道", "复兴街道", "蔡家岗街道", "施家梁镇", "童家溪镇"}


def test_the_new_district_has_all_of_jiangbei_and_what_is_left_of_yubei():
    held = {t.code for t in AFTER.townships("500157")}
    assert {t.code for t in THE_LIST.townships("500105")} <= held
    assert len({t.code for t in THE_LIST.townships("500112")} & held) == 25
    assert len(held) == 12 + 25 + 5


@pytest.mark.parametrize("code", ["500105", "500112", "500191"])
def test_an_abolished_unit_is_unknown_after_its_last_day(code):
    assert THE_LIST.unit(code).valid_to == date(2025, 11, 5)
    with pytest.raises(UnknownArea):
        AFTER.unit(code)
    with pytest.raises(LookupError):
        AFTER.townships(code)


def test_the_zone_and_the_district_of_one_name_are_two_units():
    zone, district = THE_LIST.unit("500191"), AFTER.unit("500157")
    assert zone.name == district.name == "两江新区"
    assert (zone.kind, district.kind) == (UnitKind.ZONE, UnitKind.DISTRICT)
    assert not THE_LIST.has_unit("500157")


def test_successors_are_told_for_units_and_for_townships():
    def codes(code):
        return [unit.code for unit in AFTER.successors(code)]

    assert codes("500112") == ["500109", "500157"]
    assert codes("500105") == ["500157"]
    assert codes("500101") == ["500101"]
    assert codes("500112135") == ["500109"]  # 大湾镇
    with pytest.raises(UnknownArea):
        AFTER.successors("510100")


def test_the_table_of_successors_is_what_the_townships_did():
    for old in ("500105", "500112"):
        moved = {AFTER.township(t.code).unit_code for t in THE_LIST.townships(old)}
        assert moved == {unit.code for unit in AFTER.successors(old)}


def test_a_unit_that_does_not_exist_yet_has_no_successor_before():
    assert THE_LIST.successors("500157") == ()


def test_seats_are_moved_from_gcj_02():
    seat = THE_LIST.unit("500101").seat
    assert seat.lon == pytest.approx(108.3757, abs=5e-4)
    assert seat.lon != pytest.approx(108.380246, abs=3e-3)
    assert AFTER.unit("500157").seat is None


def test_interwoven_units_name_each_other():
    for unit, others in area_tables.rosters().items():
        assert all(unit in area_tables.rosters()[other] for other in others)


def test_membership_gives_a_township_one_unit_a_day():
    for start in area_tables.state_starts():
        held = [
            row["township"] for row in area_tables.valid_on(area_tables.rows("membership"), start)
        ]
        assert len(held) == len(set(held)) == 1031
