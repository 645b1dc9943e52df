"""One spelling for one village; nothing is joined that is not the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.names import plain
from geo.villages import arabic, normalise_village, split_village_group


@pytest.mark.parametrize(
    "text",
    [
        "凤山村",
        " 凤山 村 ",
        "凤山村委会",
        "凤山村村委会",
        "凤山村民委员会",
        "凤山村村民委员会",
        "凤山行政村",
        "太安镇凤山村",
        "太安乡凤山村",
        "万州区太安镇凤山村",
        "重庆市万州区太安镇凤山村",
        "重庆市太安镇凤山村委会",
        "凤山村三组",
        "凤山村第3村民小组",
    ],
)
def test_a_village_has_one_spelling(text):
    assert normalise_village(text, "太安镇", "万州区") == "凤山村"


@pytest.mark.parametrize(
    "text", ["观音社区", "观音社区居委会", "观音居委会", "观音居民委员会", "观音社区居民委员会"]
)
def test_a_neighbourhood_committee_is_a_community(text):
    assert normalise_village(text) == "观音社区"


def test_a_village_and_a_community_of_one_name_stay_two():
    assert normalise_village("凤山村") != normalise_village("凤山社区")
    assert normalise_village("凤山") == "凤山"


def test_a_village_named_like_its_township_keeps_its_name():
    assert normalise_village("太安镇太安村", "太安镇") == "太安村"
    assert normalise_village("太安村", "太安镇") == "太安村"
    assert normalise_village("太安镇", "太安镇") == "太安镇"
    assert normalise_village("万州村", "太安镇", "万州区") == "万州村"


def test_an_autonomous_countys_full_name_is_taken_off():
    assert (
        normalise_village("秀山土家族苗族自治县清溪场镇凤山村", "清溪场镇", "秀山县") == "凤山村"
    )
    assert normalise_village("地宝乡凤山村", "地宝土家族乡") == "凤山村"


@pytest.mark.parametrize(
    ("text", "village", "group"),
    [
        ("凤山村三组", "凤山村", "3组"),
        ("凤山村３组", "凤山村", "3组"),
        ("凤山村03组", "凤山村", "3组"),
        ("凤山村第十二村民小组", "凤山村", "12组"),
        ("凤山村二十组", "凤山村", "20组"),
        ("凤山五社", "凤山", "5社"),
        ("凤山村3组15号", "凤山村", "3组15号"),
        ("观音居委会2组", "观音社区", "2组"),
        ("凤山村大院子组", "凤山村", "大院子组"),
        ("中村村3组", "中村村", "3组"),
        ("十里村十一组", "十里村", "11组"),
        ("三组", "三组", ""),
        ("凤山村", "凤山村", ""),
        ("", "", ""),
    ],
)
def test_a_group_behind_a_village_is_split_off(text, village, group):
    assert split_village_group(text) == (village, group)


def test_a_text_too_long_for_a_village_stays_whole():
    assert split_village_group("村" * 50_000) == ("村" * 50_000, "")


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("3", "3"),
        ("007", "7"),
        ("三", "3"),
        ("十", "10"),
        ("十二", "12"),
        ("二十", "20"),
        ("二十三", "23"),
        ("二三", "23"),
        ("一百", "100"),
        ("一百零三", "103"),
        ("百十十", "百十十"),
    ],
)
def test_a_number_is_read_in_digits_and_in_chinese(written, digits):
    assert arabic(written) == digits


PIECES = st.sampled_from(
    [
        "重庆",
        "万州区",
        "太安镇",
        "太安",
        "村",
        "社区",
        "居委会",
        "村委会",
        "第",
        "三",
        "十",
        "百",
        "3",
        "组",
        "社",
        "村民小组",
        "号",
    ]
)


@given(st.lists(PIECES | st.text(max_size=2), max_size=8).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_a_village_unless_it_is_empty(text):
    village, group = split_village_group(text, "太安镇", "万州区")
    assert normalise_village(text, "太安镇", "万州区") == village
    assert village or not (plain(text) or group)
