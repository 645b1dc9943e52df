"""Tables on a sheet: where they begin, whose each column is, which rows are people."""

import pytest

from casework.findings import Severity
from ledger.fence import Sheet
from ledger.finding_tables import find_tables, list_numbers
from ledger.limits import Refusal
from ledger.tables import TableKind

HEADINGS = ["序号", "镇街", "姓名", "身份证号", "困境类别"]


def row(number, name="张三", township="太安镇"):
    return [float(number), township, name, f"5001012015010100{number:02d}", "散居孤儿"]


def sheet_of(*rows, **about):
    numbered = [(n, list(r)) for n, r in enumerate(rows, 1) if any(v != "" for v in r)]
    return Sheet("名单", rows=numbered, **about)


def found(*rows, kinds=None, file="太安镇.xlsx", **about):
    return find_tables(file, sheet_of(*rows, **about), kinds)


def fields(table):
    return {column.heading: column.field for column in table.columns}


def rules(result):
    return [finding.rule for finding in result.findings]


def test_title_and_note_rows_above_the_heading_are_the_title():
    (table,) = found(
        ["2021年困境儿童台账", "", "", "", ""],
        ["填报单位：太安镇妇联", "", "", "填报日期：2021年9月13日", ""],
        HEADINGS,
        row(1),
    ).tables
    assert table.title == "2021年困境儿童台账\n填报单位：太安镇妇联 填报日期：2021年9月13日"
    assert [r.number for r in table.rows] == [4]


def test_a_column_beside_a_merged_group_is_not_of_the_group():
    (table,) = found(
        ["姓名", "身份证号", "监护人", "", "", "困境类别"],
        ["", "", "姓名", "联系电话", "坐标系", ""],
        ["张三", "500101201501010011", "张大", "13800000000", "WGS-84", "散居孤儿"],
        merges=((1, 3, 1, 4), (1, 1, 2, 1), (1, 2, 2, 2), (1, 6, 2, 6)),
    ).tables
    assert fields(table)["监护人联系电话"] == "guardian_phone"
    assert fields(table)["坐标系"] == "datum"


@pytest.mark.parametrize(
    "line",
    [
        ["区县", "万州区", "镇街", "太安镇", ""],
        ["填报单位：", "太安镇妇联", "", "联系电话", "13800000000"],
        ["区县：", "", "", "填报日期", ""],
        ["镇街", "太安镇", "", "编号", "3"],
    ],
)
def test_a_line_with_the_unit_over_several_cells_is_part_of_the_title(line):
    (table,) = found(["2021年困境儿童台账"], line, HEADINGS, row(1), row(2)).tables
    assert fields(table) == {
        "序号": "row_number",
        "镇街": "township",
        "姓名": "name",
        "身份证号": "resident_id",
        "困境类别": "category",
    }
    assert [r.number for r in table.rows] == [4, 5]


def test_headings_over_two_rows_are_read_together():
    (table,) = found(
        ["序号", "儿童", "", "监护人", "", "爱心妈妈", "", "备注"],
        ["", "姓名", "身份证号", "姓名", "联系电话", "姓名", "联系电话", ""],
        [1.0, "张三", "500101201501010011", "张大", "13800000000", "王五", "13900000000", ""],
    ).tables
    assert fields(table) == {
        "序号": "row_number",
        "儿童姓名": "name",
        "儿童身份证号": "resident_id",
        "监护人姓名": "guardian_name",
        "监护人联系电话": "guardian_phone",
        "爱心妈妈姓名": "caregiver_name",
        "爱心妈妈联系电话": "caregiver_phone",
        "备注": "remarks",
    }
    assert table.kind is TableKind.COMBINED
    assert len(table.rows) == 1


def test_merged_groups_say_how_far_they_reach():
    (table,) = found(
        ["姓名", "困境类别", "监护人", "", "年级"],
        ["", "", "姓名", "电话", ""],
        ["张三", "散居孤儿", "张大", "13800000000", "三"],
        merges=((1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 1, 4), (1, 5, 2, 5)),
    ).tables
    assert list(fields(table).values()) == [
        "name",
        "category",
        "guardian_name",
        "guardian_phone",
        None,
    ]


def test_a_group_of_people_we_keep_nothing_of_is_not_mixed_up_with_the_child():
    (table,) = found(
        ["儿童", "", "", "父亲", "", "班主任", ""],
        ["姓名", "身份证号", "类别", "姓名", "身份证号", "姓名", "电话"],
        ["张三", "500101201501010011", "散居孤儿", "张大", "5001011980", "刘老师", "138"],
    ).tables
    assert [column.field for column in table.columns] == [
        "name",
        "resident_id",
        "category",
        None,
        None,
        None,
        None,
    ]


def test_blank_total_and_footer_rows_are_not_people_and_are_told():
    result = found(
        HEADINGS,
        row(1),
        ["", "", "", "", ""],
        row(2),
        [3.0, "", "", "", ""],
        [4.0, "太安镇", "", "", ""],
        ["小计", "", "2人", "", ""],
        ["合  计", "", 2.0, "", ""],
        ["共2人", "", "", "", ""],
        ["填表人：李某", "", "", "审核人：王某", ""],
        ["注：身份证号请以文本填写。", "", "", "", ""],
    )
    assert [r.number for r in result.tables[0].rows] == [2, 4]
    (told,) = [f for f in result.findings if f.rule == "rows_not_data"]
    assert "6-11" in told.message_zh


def test_a_person_is_a_person_whatever_the_row_looks_like():
    result = found(
        HEADINGS,
        ["合计", "太安镇", "张三", "500101201501010011", "散居孤儿"],
        ["", "", "李四", "", ""],
        ["", "", "", "500101201501010038", ""],
        ["", "太安镇", "共和", "", "散居孤儿"],
    )
    assert len(result.tables[0].rows) == 4
    assert rules(result) == []


def test_example_and_numbering_rows_are_not_people():
    result = found(
        HEADINGS,
        ["1", "2", "3", "4", "5"],
        ["示例", "太安镇", "张某某", "500101201501010011", "散居孤儿"],
        row(1),
    )
    assert [r.number for r in result.tables[0].rows] == [4]


def test_a_heading_repeated_on_every_page_does_not_begin_a_new_table():
    (table,) = found(HEADINGS, row(1), HEADINGS, row(2), HEADINGS, row(3)).tables
    assert [r.number for r in table.rows] == [2, 4, 6]


def test_two_tables_below_each_other_are_two():
    children, caregivers = found(
        ["困境儿童名单", "", "", "", ""],
        HEADINGS,
        row(1),
        ["", "", "", "", ""],
        ["爱心妈妈名单", "", "", "", ""],
        ["序号", "镇街", "姓名", "职务", "联系电话"],
        [1.0, "太安镇", "王五", "妇联主席", "13800000000"],
    ).tables
    assert (children.kind, caregivers.kind) == (TableKind.CHILDREN, TableKind.CAREGIVERS)
    assert caregivers.title == "爱心妈妈名单"
    assert [len(children.rows), len(caregivers.rows)] == [1, 1]


def test_two_tables_side_by_side_are_two():
    left, right = found(
        [*HEADINGS, "", "序号", "姓名", "职务", "可结对人数"],
        [*row(1), "", 1.0, "王五", "妇联主席", 2.0],
        ["", "", "", "", "", "", 2.0, "赵六", "执委", 1.0],
    ).tables
    assert (left.kind, right.kind) == (TableKind.CHILDREN, TableKind.CAREGIVERS)
    assert [len(left.rows), len(right.rows)] == [1, 2]
    assert right.columns[0].number == 7


def test_unknown_columns_are_listed_once_and_kept_without_a_field():
    result = found([*HEADINGS, "鞋码", "微心愿"], [*row(1), "36", "书包"])
    assert "鞋码、微心愿" in result.findings[0].message_zh
    assert result.findings[0].severity is Severity.INFO
    assert fields(result.tables[0])["鞋码"] is None


def test_a_column_with_content_and_no_heading_is_told():
    rows = [[*row(n), "要紧的话"] for n in range(1, 6)]
    assert "column_without_heading" in rules(found(HEADINGS, *rows))


def test_the_same_heading_twice_uses_the_first_and_says_so():
    result = found([*HEADINGS, "困境类别"], [*row(1), "其他"])
    assert [c.field for c in result.tables[0].columns][-2:] == ["category", None]
    assert "第 E 列" in result.findings[0].message_zh


def test_a_merged_township_holds_for_every_row_it_covers():
    result = found(HEADINGS, row(1), row(2, township=""), row(3), merges=((2, 2, 3, 2),))
    assert [r.values[1] for r in result.tables[0].rows] == ["太安镇"] * 3
    assert rules(result) == ["merged_filled"]


def test_a_merged_name_is_not_two_people():
    result = found(HEADINGS, row(1), row(2, name=""), merges=((2, 3, 3, 3),))
    assert [r.values[2] for r in result.tables[0].rows] == ["张三", None]
    (told,) = result.findings
    assert (told.rule, told.severity) == ("merged_identity", Severity.WARNING)


def test_one_caregiver_merged_over_siblings_is_theirs_together():
    (table,) = found(
        ["儿童姓名", "困境类别", "爱心妈妈姓名", "爱心妈妈电话"],
        ["张三", "散居孤儿", "王五", "13800000000"],
        ["张四", "散居孤儿", "", ""],
        merges=((2, 3, 3, 3), (2, 4, 3, 4)),
    ).tables
    assert [r.values[2:] for r in table.rows] == [("王五", "13800000000")] * 2


def test_a_merge_over_empty_lines_makes_no_people():
    (table,) = found(HEADINGS, row(1), [2.0, "", "", "", ""], merges=((2, 2, 3, 2),)).tables
    assert len(table.rows) == 1


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        ("姓名 性别 身份证号 困境类别", TableKind.CHILDREN),
        ("姓名 性别 身份证号 监护人 爱心妈妈姓名", TableKind.CHILDREN),
        ("姓名 类别 爱心妈妈姓名 爱心妈妈电话", TableKind.COMBINED),
        ("姓名 性别 身份证号 职务 可结对人数", TableKind.CAREGIVERS),
        ("爱心妈妈姓名 性别 职务 结对儿童姓名", TableKind.CAREGIVERS),
        ("儿童姓名 儿童身份证号 爱心妈妈姓名 爱心妈妈身份证号 结对日期", TableKind.PAIRS),
        ("困境儿童 爱心妈妈", TableKind.PAIRS),
        ("区县名称 困境儿童总数 6岁以上困境儿童人数 参训困境儿童人数", TableKind.DECLARATIONS),
    ],
)
def test_the_headings_say_what_a_table_is_a_ledger_of(headings, kind):
    names = headings.split()
    (table,) = found(names, [f"甲{n}" for n in range(len(names))], file="x.xlsx").tables
    assert table.kind is kind


def test_words_around_decide_where_headings_do_not():
    headings, person = ["姓名", "身份证号", "镇街"], ["王五", "500101198001010025", "太安镇"]
    (table,) = found(["爱心妈妈名单", "", ""], headings, person).tables
    assert table.kind is TableKind.CAREGIVERS
    (table,) = found(headings, person, file="太安镇困境儿童.xlsx").tables
    assert table.kind is TableKind.CHILDREN
    (table,) = found(headings, person, kinds=frozenset({TableKind.CHILDREN})).tables
    assert table.kind is TableKind.CHILDREN


def test_a_table_that_could_be_either_is_not_guessed():
    result = found(["姓名", "身份证号", "镇街"], ["王五", "500101198001010025", "太安镇"])
    assert result.tables == ()
    assert result.findings[0].severity is Severity.ERROR


def test_whose_an_id_is_when_only_its_place_says_so_is_told():
    result = found(
        ["姓名", "困境类别", "监护人", "身份证号"], ["张三", "散居孤儿", "张大", "5001012015"]
    )
    assert [c.field for c in result.tables[0].columns][-1] == "resident_id"
    assert rules(result) == ["column_guessed"]


def test_a_combined_table_answers_to_the_kinds_it_is_made_of():
    rows = (
        ["儿童姓名", "困境类别", "爱心妈妈姓名", "爱心妈妈电话"],
        ["张三", "孤儿", "王五", "1"],
    )
    assert found(*rows, kinds=frozenset({TableKind.CAREGIVERS})).tables
    assert not found(*rows, kinds=frozenset({TableKind.DECLARATIONS})).tables


def test_a_sheet_made_of_headings_is_refused():
    rows = [["姓名", "身份证号", f"列{n % 99}"] for n in range(12_000)]
    with pytest.raises(Refusal):
        found(*rows)


def test_a_title_above_a_lower_table_is_nobody():
    upper, _ = found(
        ["姓名", "身份证号", "困境类别"],
        ["张三", "500101201501010011", "散居孤儿"],
        ["爱心妈妈名单", "", ""],
        ["姓名", "联系电话", "可结对人数"],
        ["王五", "13800000000", 1.0],
    ).tables
    assert [r.number for r in upper.rows] == [2]


def test_row_numbers_are_written_shortly():
    assert list_numbers([3, 5, 6, 7, 12]) == "3、5-7、12"
