"""Whose ledger it is: the caller's word, the column 区县, the title, the townships."""

import pytest

from casework.errors import NotFound
from ledger.people import read_ledgers
from ledger.tables import TableKind
from tests.tables import child_row, reader, table


def unit_of(rows, title="", unit=None):
    ledgers = read_ledgers([table(TableKind.CHILDREN, *rows, title=title)], reader(unit=unit))
    return ledgers.unit, {f.rule: f for f in ledgers.findings if f.rule.startswith("areas_")}


def test_a_name_nobody_knows_is_not_found():
    with pytest.raises(NotFound, match="不存在县"):
        unit_of([child_row()], unit="不存在县")
    with pytest.raises(NotFound, match="正安县"):
        unit_of([child_row(unit="道真县")], unit="正安县")


def test_a_county_we_have_no_list_of_is_taken_where_the_ledger_says_it_too():
    here, told = unit_of([child_row(unit="贵州省正安县", township="瑞溪镇")], unit="正安县")
    assert (here.name, here.area) == ("正安县", None)
    assert "正安县" in told["areas_as_written"].message_zh
    assert "列写明" not in told["areas_as_written"].remedy_zh
    assert unit_of([child_row()], title="正安县困境儿童台账", unit="正安县")[0].name == "正安县"


@pytest.mark.parametrize(
    "title",
    [
        "贵州省正安县困境儿童台账",
        "2021年正安县困境儿童台账",
        "贵州省遵义市正安县困境儿童",
        "填报单位：正安县妇联",
    ],
)
def test_the_title_names_a_county_we_have_no_list_of(title):
    assert unit_of([child_row(township="瑞溪镇")], title=title)[0].name == "正安县"


@pytest.mark.parametrize("title", ["各区县困境儿童台账", "全县困境儿童台账", "县级困境儿童台账"])
def test_a_title_that_only_says_county_names_none(title):
    here, told = unit_of([child_row(township="没有这个镇")], title=title)
    assert here.name == ""
    assert "列写明区县" in told["areas_of_no_unit"].remedy_zh


def test_a_unit_of_the_city_is_found_in_the_title_as_before():
    assert unit_of([child_row()], title="重庆市城口县困境儿童台账")[0].code == "500229"
    assert unit_of([child_row()], unit="城口县")[0].code == "500229"
