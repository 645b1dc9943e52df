"""Rows of tables become records, held rows, or part of another row."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.findings import Severity
from casework.people import Category, CheckResult, GuardianshipRating, Sex
from geo.place import Place, Precision
from ledger.people import Ledgers, read_ledgers
from ledger.record_cells import WORDS
from ledger.tables import Table, TableKind
from tests.tables import ON, caregiver_row, child_row, reader, resident_id, table

CHILDREN, CAREGIVERS = TableKind.CHILDREN, TableKind.CAREGIVERS


def judge(*tables: Table, **changes: object) -> Ledgers:
    return read_ledgers(tables, reader(**changes))


def children(*rows: dict[str, object]) -> Ledgers:
    return judge(table(CHILDREN, *rows))


def rules(ledgers: Ledgers, *severities: Severity) -> list[str]:
    wanted = severities or (Severity.ERROR, Severity.WARNING)
    return [f.rule for f in ledgers.findings if f.severity in wanted and f.where.row]


def test_a_good_row_is_a_record_with_what_it_says():
    ledgers = children(child_row(number="A1", guardianship="差", guardian_phone="13812345678"))
    (child,) = ledgers.children
    assert (child.id, child.name, child.sex) == ("A1", "张三", Sex.FEMALE)
    assert (child.birth_date, child.category) == (date(2012, 3, 5), Category.SCATTERED_ORPHAN)
    assert (child.home.unit, child.township_name, child.home.village) == (
        "500101",
        "太安镇",
        "凤山村",
    )
    assert child.guardianship is GuardianshipRating.POOR
    assert rules(ledgers) == []


def test_without_a_number_the_id_is_a_pseudonym_that_hangs_on_the_key():
    table_ = table(CHILDREN, child_row())
    (one,), (same,) = judge(table_).children, judge(table_).children
    (other,) = judge(table_, key=b"another").children
    assert one.id == same.id != other.id
    assert one.resident_id not in one.id


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"resident_id": None}, "id_missing"),
        ({"resident_id": 5.0e17}, "id_numeric"),
        ({"name": None}, "name_missing"),
        ({"township": None}, "township_missing"),
        ({"township": "太安阵"}, "township_unknown"),
        ({"unit": "武隆区"}, "row_other_unit"),
        ({"birth_date": "2012-03-06"}, "birth_date_differs"),
        ({"birth_date": "2012年4月"}, "birth_date_differs"),
        ({"sex": "男"}, "sex_differs"),
        ({"category": None}, "category_missing"),
        ({"category": "监测对象"}, "category_unknown"),
        ({"status": "不知道"}, "child_status_unknown"),
        ({"birth_date": None, "resident_id": resident_id("20220101")}, "born_later"),
    ],
)
def test_an_error_holds_the_row_and_names_its_rule(changes, rule):
    ledgers = children(child_row(**changes))
    assert ledgers.children == ()
    (held,) = ledgers.held_children
    assert held.rules == (rule,)
    assert rules(ledgers, Severity.ERROR) == [rule]


def test_a_held_row_keeps_every_cell_as_it_was_written():
    row = child_row(resident_id=5.0e17, remarks="备注")
    (held,) = children(row).held_children
    assert dict(held.cells)["身份证号码"] == 5.0e17
    assert {str(v) for v in row.values()} == {str(v) for _, v in held.cells}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"sex": "不详情况"}, "sex_unknown"),
        ({"guardian_phone": "123"}, "phone_invalid"),
        ({"guardian_resident_id": "123"}, "other_id_invalid"),
        ({"consent": "2021-12-01"}, "date_future"),
        ({"lon": 30.8, "lat": 108.4}, "coordinates_swapped"),
        ({"lon": 0, "lat": 0}, "coordinates_zero"),
        ({"lon": 116.4, "lat": 39.9}, "coordinates_outside_unit"),
        ({"lon": "x", "lat": "y"}, "coordinates_not_number"),
        ({"lon": None, "lat": None}, "coordinates_missing"),
        ({"village": None}, "village_missing"),
        ({"category": "孤儿"}, "category_bare_orphan"),
        ({"resident_id": None, "number": "A1"}, "id_missing_numbered"),
        ({"name": "张3"}, "name_odd"),
        ({"number": "13812345678"}, "number_is_private"),
        ({"birth_date": "2003-01-01", "resident_id": resident_id("20030101")}, "scope_aged_out"),
    ],
)
def test_a_warning_lets_the_row_pass(changes, rule):
    ledgers = children(child_row(**changes))
    assert len(ledgers.children) == 1
    assert rules(ledgers) == [rule]


@pytest.mark.parametrize(
    "name",
    [
        "王小明、王小红",
        "王小明,王小红",
        "王小明/王小红",
        "王小明；王红",
        "王小明和王小红",
        "王小明＋王小红",
    ],
)
def test_a_cell_with_two_names_holds_the_row(name):
    ledgers = children(child_row(name=name))
    assert [row.rules for row in ledgers.held_children] == [("name_several",)]
    (message,) = (f.message_zh for f in ledgers.findings if f.rule == "name_several")
    assert "一行只能写一名儿童" in message


@pytest.mark.parametrize(
    "name",
    ["王小明（双胞胎）", "王小明王小红", "王小明 王小红", "王*明", "王小明?", "王、明", "＃N"],
)
def test_a_name_with_more_than_a_name_in_it_is_to_be_looked_at(name):
    ledgers = children(child_row(name=name))
    assert len(ledgers.children) == 1
    assert rules(ledgers) == ["name_odd"]


@pytest.mark.parametrize("name", ["王和平", "欧阳和平", "阿依古丽·买买提", "诸葛 小明", "Anna Li"])
def test_a_plain_name_is_not_to_be_looked_at(name):
    assert rules(children(child_row(name=name))) == []


@pytest.mark.parametrize("township", ["王小明", "王小明 ", "小明他们家"])
def test_what_stands_where_the_township_should_is_never_told_or_made_an_office(township):
    ledgers = children(child_row(township=township))
    (finding,) = (f for f in ledgers.findings if f.rule == "township_unknown")
    assert "明" not in finding.value + finding.message_zh
    assert ledgers.held_children[0].township_name == ""


@pytest.mark.parametrize("township", ["太安阵镇", "不知道街道"])
def test_a_township_nobody_knows_is_told_as_written(township):
    (finding,) = (
        f for f in children(child_row(township=township)).findings if f.rule == "township_unknown"
    )
    assert finding.value[:4] == township[:4]


@pytest.mark.parametrize(
    ("township", "told"),
    [
        ("重庆市万州区太安镇", []),
        ("万州区太安镇", []),
        ("太安", ["township_short"]),
        ("太安镇人民政府", ["township_read_as"]),
    ],
)
def test_a_township_is_told_as_read_only_where_something_was_read_into_it(township, told):
    ledgers = children(child_row(township=township))
    assert [f.rule for f in ledgers.findings if f.where.row] == told


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"birth_date": "2012-03-06"}, "日"),
        ({"birth_date": "2012年4月6日"}, "月、日"),
        ({"birth_date": "12/03/05"}, ""),
        ({"birth_date": 40973.0}, ""),
        ({"birth_date": "20120399"}, ""),
    ],
)
def test_no_whole_birth_date_is_told(changes, shown):
    ledgers = children(child_row(**changes))
    told = [f for f in ledgers.findings if f.where.row]
    assert told
    for finding in told:
        text = finding.value + finding.message_zh + finding.message_en
        assert not re.search(r"03-0[56]|0305|03/05|40973|4月6|20120399", text)
        assert finding.values.get("parts", shown) == shown


def test_a_copy_is_told_of_its_own_fault_too_or_mending_one_would_leave_the_other_behind():
    row = child_row(resident_id=None)
    ledgers = children(row, row)
    assert sorted((f.where.row, f.rule) for f in ledgers.findings if f.where.row) == [
        (2, "id_missing"),
        (3, "duplicate_row"),
        (3, "id_missing"),
    ]
    counts = ledgers.counts[CHILDREN]
    assert (counts.accepted, counts.rejected, counts.collapsed) == (0, 1, 1)


@pytest.mark.parametrize(
    "status",
    ["已领养", "被领养", "收养", "已故", "死亡", "去世", "失踪找到", "满龄", "户口已迁出"],
)
def test_the_words_of_offices_for_children_who_left_are_understood(status):
    assert rules(children(child_row(status=status)), Severity.ERROR) == []


def test_a_blank_birth_date_is_taken_from_the_resident_id_and_told():
    ledgers = children(child_row(birth_date=None))
    assert ledgers.children[0].birth_date == date(2012, 3, 5)
    assert rules(ledgers, Severity.INFO) == ["birth_date_blank"]
    assert rules(children(child_row(birth_date="12/03/05")), Severity.INFO) == [
        "birth_date_from_id"
    ]


def test_without_a_resident_id_a_doubtful_birth_date_holds_the_row():
    ledgers = children(child_row(number="A1", resident_id=None, birth_date="12/03/05"))
    assert ledgers.held_children[0].rules == ("birth_date_ambiguous",)


def test_a_short_or_old_township_is_read_and_told():
    ledgers = children(child_row(township="太安"), child_row(township="太安镇 "))
    assert ledgers.children[0].township_name == "太安镇"
    assert "township_short" in rules(ledgers, Severity.INFO)


def test_bad_coordinates_fall_back_on_the_village_then_the_township():
    row = child_row(lon=0, lat=0)
    (child,) = judge(table(CHILDREN, row)).children
    assert child.home.precision is Precision.TOWNSHIP
    point = Place(108.6, 30.8)
    villages = {(child.home.township, "凤山村"): point}
    (placed,) = judge(table(CHILDREN, row), villages=villages).children
    assert (placed.home.place, placed.home.precision) == (point, Precision.VILLAGE)


def test_good_coordinates_are_exact_unless_the_row_says_village():
    (child,) = children(child_row(lon=108.4, lat=30.8)).children
    assert (child.home.place, child.home.precision) == (Place(108.4, 30.8), Precision.EXACT)
    (child,) = children(child_row(lon=108.4, lat=30.8, location_source="村级")).children
    assert child.home.precision is Precision.VILLAGE


def test_a_column_of_another_datum_moves_the_point():
    (child,) = children(child_row(lon=108.4, lat=30.8, datum="高德")).children
    assert child.home.place != Place(108.4, 30.8)
    assert abs(child.home.place.lon - 108.4) < 0.01


def many(count: int = 5, **changes: object) -> list[dict[str, object]]:
    """Rows of different children, enough for an empty column to count as absent."""
    return [
        {**child_row(name=f"名{i}甲", resident_id=resident_id(order=2 * i + 2)), **changes}
        for i in range(count)
    ]


def without(name: str, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{k: v for k, v in row.items() if k != name} for row in rows]


def test_without_the_id_column_people_are_known_by_number_or_by_name_and_it_is_told_once():
    rows = [{**row, "name": f"名{'甲乙丙丁戊'[i]}"} for i, row in enumerate(many())]
    by_name = children(*without("resident_id", rows))
    assert len(by_name.children) == 5
    assert [f.rule for f in by_name.findings].count("ids_by_name") == 1
    numbered = [{**row, "number": str(i)} for i, row in enumerate(rows)]
    by_number = children(*without("resident_id", numbered))
    assert {child.id for child in by_number.children} == set("01234")
    assert [f.rule for f in by_number.findings].count("ids_by_number") == 1


def test_an_id_column_that_is_empty_throughout_counts_as_absent_but_one_empty_cell_is_an_error():
    rows = [{**row, "name": f"名{'甲乙丙丁戊'[i]}"} for i, row in enumerate(many())]
    assert len(children(*({**row, "resident_id": None} for row in rows)).children) == 5
    rows[0]["resident_id"] = None
    assert children(*rows).held_children[0].rules == ("id_missing",)


def test_without_the_category_column_every_child_is_in_mandatory_scope():
    ledgers = children(*without("category", many()))
    assert {child.category for child in ledgers.children} == {Category.UNSPECIFIED}
    assert [f.rule for f in ledgers.findings].count("category_column_absent") == 1


def test_without_check_consent_and_commitment_columns_they_are_unknown_and_told_once():
    row = {k: v for k, v in caregiver_row().items() if not k.startswith(("check", "commit"))}
    ledgers = judge(table(CAREGIVERS, row))
    (caregiver,) = ledgers.caregivers
    assert (caregiver.check_result, caregiver.commitment_signed) == (None, None)
    (finding,) = (f for f in ledgers.findings if f.rule == "columns_absent")
    assert "从业查询结果" in finding.message_zh


def test_a_sheet_without_townships_takes_the_one_in_its_title():
    row = {k: v for k, v in child_row().items() if k != "township"}
    titled = table(CHILDREN, row, title="万州区太安镇困境儿童台账")
    assert judge(titled).children[0].township_name == "太安镇"
    by_file = table(CHILDREN, row, file="太安镇名单(1).xlsx")
    assert judge(by_file).children[0].township_name == "太安镇"
    assert judge(table(CHILDREN, row)).held_children[0].rules == ("township_missing",)


def test_the_unit_is_found_in_the_column_the_title_or_the_townships():
    unit = judge(table(CHILDREN, child_row(unit="武隆区", township="火炉镇")), unit=None).unit
    assert unit.name == "武隆区"
    titled = table(CHILDREN, child_row(township="火炉镇"), title="2021年武隆县困境儿童台账")
    assert judge(titled, unit=None).unit.name == "武隆区"
    named = table(CHILDREN, child_row(township="火炉镇"), child_row(township="仙女山街道"))
    assert judge(named, unit=None).unit.name == "武隆区"


def test_a_county_nobody_has_a_list_of_keeps_its_names_as_written():
    rows = [child_row(unit="某某县", township="城关镇")] * 2
    ledgers = judge(table(CHILDREN, *rows), unit=None)
    (child,) = ledgers.children
    assert (child.home.unit, child.home.township) == ("某某县", "城关镇")
    assert [f.rule for f in ledgers.findings].count("areas_as_written") == 1


def test_a_background_check_that_is_only_a_date_has_no_result():
    ledgers = judge(table(CAREGIVERS, caregiver_row(check_result="2021-03-01")))
    assert ledgers.caregivers[0].check_result is None
    assert "check_result_unclear" in rules(ledgers)


def test_a_column_that_asks_for_a_record_reads_none_as_good_news():
    good = table(CAREGIVERS, caregiver_row(check_result="无"))
    assert judge(good).caregivers[0].check_result is None
    column = good.columns[list(caregiver_row()).index("check_result")]
    asked = [
        type(c)(c.number, "有无违法犯罪记录" if c is column else c.heading, c.field)
        for c in good.columns
    ]
    record = Table(good.file, good.sheet, good.kind, tuple(asked), good.rows)
    assert judge(record).caregivers[0].check_result is CheckResult.PASSED


def test_a_list_with_both_people_gives_a_child_a_caregiver_and_a_pair():
    row = {**child_row(), "caregiver_name": "王芳", "caregiver_phone": "13812345678"}
    ledgers = judge(table(TableKind.COMBINED, row))
    assert [c.name for c in ledgers.children] == ["张三"]
    assert [c.name for c in ledgers.caregivers] == ["王芳"]
    assert [(p.child_key, p.caregiver_key) for p in ledgers.pairs] == [(resident_id(), "王芳")]


def test_a_caregiver_of_two_children_in_a_list_is_one_caregiver():
    mother = {"caregiver_name": "王芳", "caregiver_phone": "13812345678"}
    other = child_row(name="李四", resident_id=resident_id(order=4))
    ledgers = judge(table(TableKind.COMBINED, {**child_row(), **mother}, {**other, **mother}))
    assert len(ledgers.caregivers) == 1
    assert ledgers.counts[CAREGIVERS].collapsed == 1
    assert "duplicate_row" not in [f.rule for f in ledgers.findings]


def test_a_caregiver_known_by_name_is_the_one_of_the_ledger():
    listed = {**child_row(), "caregiver_name": "王芳", "caregiver_phone": "13812345678"}
    ledgers = judge(table(CAREGIVERS, caregiver_row()), table(TableKind.COMBINED, listed))
    (caregiver,) = ledgers.caregivers
    assert caregiver.resident_id


def test_every_word_we_write_is_read_back_as_what_it_was():
    tables = {"Category": "category", "GuardianshipRating": "guardianship", "Sex": "sex"}
    for kind, words in WORDS.items():
        name = tables.get(kind.__name__)
        for choice, word in words.items():
            if name == "category":
                (child,) = children(child_row(category=word)).children
                assert child.category is choice
            elif name == "guardianship":
                (child,) = children(child_row(guardianship=word)).children
                assert child.guardianship is choice


def test_findings_never_hold_a_number_name_address_or_phone():
    secrets = {
        "name": "诸葛隐秘",
        "resident_id": resident_id()[:17] + "#",
        "guardian_name": "司马隐秘",
        "guardian_phone": "1381234567",
        "guardian_resident_id": "500101196001011",
        "address": "隐秘路一号",
        "category": resident_id(),
        "remarks": "隐秘备注",
        "school_name": "隐秘小学",
        "number": "13812345678",
    }
    ledgers = children(child_row(**secrets))
    said = "".join(str(f.as_json()) + str(f.values) for f in ledgers.findings)
    assert not [value for value in secrets.values() if value in said]


cells = st.one_of(
    st.none(), st.text(max_size=12), st.integers(), st.floats(), st.booleans(), st.dates()
)
likely = {
    "name": st.sampled_from(["张三", "李四", None]) | cells,
    "resident_id": st.sampled_from([resident_id(), resident_id(order=4), None]) | cells,
    "number": st.sampled_from(["1", "2", None]) | cells,
    "township": st.sampled_from(["太安镇", "白羊镇", None]) | cells,
    "village": st.just("凤山村") | cells,
    "birth_date": st.sampled_from(["2012-03-05", None]) | cells,
    "category": st.sampled_from(["散居孤儿", "孤儿"]) | cells,
    "sex": cells,
    "lon": cells,
    "lat": cells,
    "status": cells,
    "siblings": cells,
    "caregiver_name": cells,
}


@settings(deadline=None, max_examples=150)
@given(st.lists(st.fixed_dictionaries(likely), max_size=8), st.sampled_from([None, "500101"]))
def test_every_data_row_is_accepted_held_or_joined(rows, unit):
    fields = dict.fromkeys(likely)
    first, second = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    tables = [
        table(CHILDREN, *({**fields, **row} for row in part), file=name)
        for part, name in ((first, "a.xlsx"), (second, "b.xlsx"))
    ]
    ledgers = judge(*tables, unit=unit)
    counts = ledgers.counts[CHILDREN]
    assert (counts.accepted, counts.rejected) == (
        len(ledgers.children),
        len(ledgers.held_children),
    )
    assert counts.rows == len(rows)
    assert len({child.id for child in ledgers.children}) == len(ledgers.children)
    for finding in ledgers.findings:
        assert finding.message_zh
        assert finding.remedy_en


@settings(deadline=None, max_examples=40)
@given(st.permutations(range(6)))
def test_the_order_of_rows_changes_nothing_but_where_they_stand(order):
    rows = [
        child_row(),
        child_row(),
        child_row(name="李四", resident_id=resident_id(order=4), number="7"),
        child_row(name="赵六", resident_id=resident_id(order=6), number="7"),
        child_row(name="错", resident_id="123"),
        child_row(name="王五", resident_id=resident_id(order=8), township="白羊镇"),
    ]
    shuffled = children(*(rows[i] for i in order))
    plain = children(*rows)
    assert {c.id for c in shuffled.children} == {c.id for c in plain.children}
    assert {h.id for h in shuffled.held_children} == {h.id for h in plain.held_children}


def test_the_day_decides_who_is_too_old():
    row = child_row(birth_date="2003-09-03", resident_id=resident_id("20030903"))
    told = {f.rule for f in judge(table(CHILDREN, row), on=ON).findings}
    assert "nearly_aged_out" in told
    told = {f.rule for f in judge(table(CHILDREN, row), on=date(2021, 10, 1)).findings}
    assert "scope_aged_out" in told
