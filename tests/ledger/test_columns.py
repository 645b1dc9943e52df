import pytest

from ledger.columns import (
    Meaning,
    accepted_fields,
    canonical_heading,
    group_owner,
    ledger_columns,
    ledger_name,
    meanings_of,
)
from ledger.tables import TableKind


@pytest.mark.parametrize("kind", TableKind)
def test_every_column_we_write_is_a_field_we_read(kind):
    columns = ledger_columns(kind)
    assert {column.field for column in columns} <= accepted_fields(kind)
    assert len({column.heading for column in columns}) == len(columns)
    assert ledger_name(kind)


@pytest.mark.parametrize(
    ("heading", "owner", "fact"),
    [
        ("姓名", "", "name"),
        ("儿童姓名", "child", "name"),
        ("姓 名", "", "name"),
        ("*公民身份\n号码（必填）", "", "resident_id"),
        ("身份证号码（18位）", "", "resident_id"),
        ("乡镇（街道）", "", "township"),
        ("镇/街", "", "township"),
        ("村（居）", "", "village"),
        ("年龄（岁）", "", "age"),
        ("３．出生年月", "", "birth_date"),
        ("监护人", "guardian", "name"),
        ("监护人电话", "guardian", "phone"),
        ("爱心妈妈的联系电话", "caregiver", "phone"),
        ("身份证号（监护人）", "guardian", "resident_id"),
        ("本人电话", "", "phone"),
        ("Longitude", "", "lon"),
        ("序号", "", "row_number"),
    ],
)
def test_a_heading_is_known_however_it_is_dressed(heading, owner, fact):
    assert meanings_of(heading)[0] == Meaning(owner, fact)


@pytest.mark.parametrize(
    "heading", ["父亲姓名", "班主任电话", "妈妈姓名", "原爱心妈妈姓名", "联系人"]
)
def test_people_we_keep_nothing_of_are_told_from_those_we_do(heading):
    assert {meaning.owner for meaning in meanings_of(heading)} == {"other"}


@pytest.mark.parametrize("heading", ["家庭人口", "孤儿", "姓名拼音", "", "！！"])
def test_a_heading_nobody_knows_means_nothing(heading):
    assert meanings_of(heading) == ()


def test_a_heading_of_two_persons_keeps_both_meanings():
    assert {meaning.owner for meaning in meanings_of("状态")} == {"child", "caregiver"}


def test_a_group_heading_says_of_whom_it_speaks():
    assert group_owner("监护人情况") == "guardian"
    assert group_owner("爱心妈妈基本信息") == "caregiver"
    assert group_owner("基本情况") == ""
    assert group_owner("父亲") == "other"
    assert group_owner("帮扶需求") is None


def test_the_annex_has_headings_of_its_own():
    assert meanings_of("计划开展团辅时间（x月X日）", declaration=True)[0].fact == "dates"
    assert canonical_heading(TableKind.DECLARATIONS, "children_6_plus") == "6岁以上困境儿童人数"


def test_a_field_that_a_ledger_does_not_have_has_no_heading():
    with pytest.raises(KeyError):
        canonical_heading(TableKind.PAIRS, "shoe_size")
