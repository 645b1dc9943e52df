"""Areas by what people write: every near miss is a candidate and never a guess."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.areas import Gazetteer, UnknownArea
from geo.names import How, is_close, plain

THE_LIST = Gazetteer.on(date(2021, 9, 15))
AFTER = Gazetteer.on(date(2026, 1, 1))


def found(text, unit=None, gazetteer=THE_LIST):
    match = gazetteer.find_township(text, unit)
    return (match.township.name if match.township else None), match.how


def candidates(text, unit=None):
    match = THE_LIST.find_township(text, unit)
    assert match.township is None
    assert match.how is How.NONE
    return [township.name for township in match.candidates]


def test_every_township_is_found_by_its_own_name_in_every_way_of_naming_its_unit():
    for unit in THE_LIST.units:
        for township in THE_LIST.townships(unit.code):
            for text in (
                township.name,
                unit.name + township.name,
                f"重庆市{unit.name} {township.name}",
            ):
                match = THE_LIST.find_township(text, unit.code)
                assert (match.township, match.how) == (township, How.EXACT), text


def test_every_stem_finds_its_township_or_names_it_as_a_candidate():
    for unit in THE_LIST.units:
        for township in THE_LIST.townships(unit.code):
            stem = re.sub("(街道|镇|乡)$", "", township.name)
            match = THE_LIST.find_township(stem, unit.code)
            assert township in (match.township, *match.candidates)


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("太安镇", How.EXACT),
        (" 太 安　镇\n", How.EXACT),
        ("太安", How.SHORT),
        ("太安镇人民政府", How.SHORT),
        ("太安乡", How.OLD),
        ("太安街道", How.OLD),
        ("重庆市万州区太安镇", How.EXACT),
        ("万州太安", How.SHORT),
        ("万县市太安乡", How.OLD),
        ("“太安镇”", How.EXACT),
        ("太安镇（原太安乡）", How.SHORT),
    ],
)
def test_a_name_is_found_with_endings_missing_wrong_or_old(text, how):
    assert found(text, "500101") == ("太安镇", how)


@pytest.mark.parametrize("text", ["地宝", "地宝乡", "地宝民族乡", "地宝土家乡", "地宝土家族"])
def test_a_nationality_may_be_left_out_of_a_township_name(text):
    assert found(text, "500101") == ("地宝土家族乡", How.SHORT)


@pytest.mark.parametrize(
    "text", ["高笋塘", "高笋塘街道办事处", "高笋塘办事处", "高笋塘街办", "高笋塘街"]
)
def test_a_sub_district_has_many_short_forms(text):
    assert found(text, "500101") == ("高笋塘街道", How.SHORT)


def test_a_township_that_begins_with_a_units_name_is_itself():
    assert found("江北城", "500105") == ("江北城街道", How.SHORT)
    assert found("万盛街道", "500193") == ("万盛街道", How.EXACT)
    assert found("万盛万盛街道", "500193") == ("万盛街道", How.EXACT)


def test_a_stem_that_ends_like_an_ending_is_found():
    assert found("华新街", "500105") == ("华新街街道", How.SHORT)


def test_codes_of_9_and_12_digits_are_names_too():
    assert found("500101017", "500101") == ("太白街道", How.CODE)
    assert found("５００１０１０１７０００") == ("太白街道", How.CODE)
    assert found("500101999") == (None, How.NONE)


def test_a_stem_shared_by_two_townships_names_neither():
    assert candidates("南坪", "500108") == ["南坪街道", "南坪镇"]
    assert candidates("南坪乡", "500108") == ["南坪街道", "南坪镇"]
    assert found("南坪镇", "500108") == ("南坪镇", How.EXACT)
    assert found("南坪街道办", "500108") == ("南坪街道", How.SHORT)


def test_a_name_in_two_units_needs_the_unit():
    assert candidates("走马镇") == ["走马镇", "走马镇"]
    assert THE_LIST.find_township("走马镇", "500101").township.unit_code == "500101"
    assert THE_LIST.find_township("重庆高新区走马镇").township.unit_code == "500192"


@pytest.mark.parametrize("text", ["太安阵", "大安镇", "太安安镇", "安太镇"])
def test_one_typing_error_gives_a_candidate_only(text):
    assert "太安镇" in candidates(text, "500101")


def test_two_typing_errors_give_nothing():
    assert "太安镇" not in candidates("大案镇", "500101")


def test_a_whole_address_is_not_a_township_but_says_which_it_may_be():
    assert candidates("万州区太安镇凤山村3组", "500101")[0] == "太安镇"


def test_a_township_of_another_unit_is_only_a_candidate():
    assert candidates("涪陵区白涛街道", "500101")[0] == "白涛街道"
    assert "白涛街道" in candidates("白涛街道", "500101")
    assert candidates("500102017", "500101") == []


@pytest.mark.parametrize(
    "text", ["龙溪街道", "两江新区龙溪", "渝北区龙溪街道", "重庆两江新区龙溪街道"]
)
def test_a_zone_roster_may_name_townships_of_its_districts(text):
    assert found(text, "500191") == ("龙溪街道", How.MOVED)


def test_a_district_roster_that_still_names_a_zone_township_is_told_so():
    assert found("万东镇", "500110") == ("万东镇", How.MOVED)
    assert found("綦江区万东镇", "500193") == ("万东镇", How.EXACT)


def test_after_the_merger_old_and_new_unit_names_lead_to_the_same_township():
    assert found("大湾镇", "500109", AFTER) == ("大湾镇", How.EXACT)
    assert found("渝北区大湾镇", "500109", AFTER) == ("大湾镇", How.EXACT)
    assert found("大湾镇", "500157", AFTER) == ("大湾镇", How.MOVED)
    with pytest.raises(UnknownArea):
        AFTER.find_township("大湾镇", "500112")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "镇",
        "乡",
        "街道",
        "重庆市",
        "万州区",
        "x" * 50_000,
        "苗" * 30_000,
        "(" * 9_000,
        "太(安)" * 9_000,
    ],
)
def test_what_is_no_name_finds_nothing(text):
    assert found(text, "500101") == (None, How.NONE)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("万州区", "500101"),
        ("万州", "500101"),
        ("重庆市万州区", "500101"),
        ("万州区妇联", "500101"),
        ("万州区妇女联合会", "500101"),
        ("500101", "500101"),
        ("wanzhou", "500101"),
        ("梁平县", "500155"),
        ("武隆县", "500156"),
        ("开县", "500154"),
        ("开州", "500154"),
        ("秀山", "500241"),
        ("秀山县", "500241"),
        ("秀山土家族苗族自治县", "500241"),
        ("高新区", "500192"),
        ("重庆高新区", "500192"),
        ("万盛", "500193"),
        ("万盛经开区", "500193"),
        ("两江", "500191"),
        ("两江新区妇联", "500191"),
        ("忠县", "500233"),
    ],
)
def test_a_unit_is_found_by_the_names_offices_use(text, code):
    assert THE_LIST.find_unit(text).code == code


@pytest.mark.parametrize("old", ["綦江县", "大足县", "璧山县", "铜梁县", "潼南县", "荣昌县"])
def test_an_old_county_name_is_told_to_be_old(old):
    match = THE_LIST.match_unit(old)
    assert match.how is How.OLD
    assert match.unit.name == old.replace("县", "区")


def test_the_name_liangjiang_means_the_zone_before_and_the_district_after():
    for text in ("两江新区", "两江", "重庆两江新区", "Liangjiang"):
        assert THE_LIST.find_unit(text).code == "500191"
        assert AFTER.find_unit(text).code == "500157"


def test_an_abolished_unit_is_not_found_and_its_successors_are_candidates():
    match = AFTER.match_unit("渝北区")
    assert (match.unit, match.how) == (None, How.MOVED)
    assert [unit.code for unit in match.candidates] == ["500109", "500157"]


@pytest.mark.parametrize("text", ["", "重庆", "重庆市", "成都市", "区", "县"])
def test_what_is_no_unit_finds_none(text):
    assert THE_LIST.find_unit(text) is None


def test_a_mistyped_unit_is_a_candidate():
    match = THE_LIST.match_unit("万洲区")
    assert match.unit is None
    assert [unit.name for unit in match.candidates] == ["万州区"]


@pytest.mark.parametrize(
    ("a", "b", "close"),
    [
        ("太安", "太安", True),
        ("太安", "大安", True),
        ("太安", "太", True),
        ("太安", "太安阵", True),
        ("太安", "安太", True),
        ("太安", "平安里", False),
        ("太安", "白石", False),
        ("ab", "abcd", False),
        ("abc", "acd", False),
    ],
)
def test_one_wrong_missing_added_or_swapped_character_is_close(a, b, close):
    assert is_close(a, b) is close
    assert is_close(b, a) is close


def test_plain_text_has_no_spaces_marks_or_full_width_forms():
    assert plain("\ufeff　太安镇２ \u200b。") == "太安镇2"


PIECES = st.sampled_from(
    [
        "重庆市",
        "万州区",
        "两江新区",
        "綦江县",
        "高新",
        "太安",
        "万盛",
        "南坪",
        "华新",
        "街",
        "镇",
        "乡",
        "街道",
        "土家族",
        "苗",
        "(",
        ")",
        "（",
        "1",
        "500101",
        "\u3000",
    ]
)


@given(
    st.lists(PIECES | st.text(max_size=2), max_size=6).map("".join),
    st.sampled_from(["500101", "500191", None]),
)
@settings(max_examples=300, deadline=None)
def test_any_text_finds_one_township_or_none_and_never_both_one_and_candidates(text, unit):
    match = THE_LIST.find_township(text, unit)
    assert (match.township is None) == (match.how is How.NONE)
    assert match.township is None or match.candidates == ()
    if match.township and unit:
        assert match.township in THE_LIST.roster_townships(unit)
    assert THE_LIST.match_unit(text).how in How


@pytest.mark.parametrize("text", ["凤山街阵", "凤山街道道", "凤街道"])
def test_an_error_in_the_ending_still_names_the_township_meant(text):
    assert "凤山街道" in candidates(text, "500156")
