"""Whatever is done to a file, reading it gives tables or a refusal, and never anything else."""

import io
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.errors import Unreadable
from ledger.data_rows import RowKind, kind_of_row
from ledger.fence import Fence, Sheet
from ledger.finding_tables import find_tables
from ledger.limits import DEFAULT_LIMITS
from ledger.tables import TableKind
from ledger.workbook import _read

WORDS = (
    "姓名",
    "身份证号",
    "镇街",
    "监护人",
    "爱心妈妈",
    "电话",
    "类别",
    "合计",
    "序号",
    "区县名称",
    "",
)
CELLS = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=12),
    st.floats(allow_nan=False),
    st.dates(),
    st.booleans(),
)
CALM = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def fence():
    with Fence() as fence:
        yield fence


def honest_workbook():
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in (WORDS[:4], ("张三", "500101201501010011", "太安镇", "张大")):
        book.active.append(row)
    book.save(content)
    return content.getvalue()


HONEST = honest_workbook()


@CALM
@given(st.data())
def test_a_file_with_any_bytes_changed_is_read_or_refused(fence, tmp_path, data):
    content = bytearray(HONEST)
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=30)):
        content[at] = data.draw(st.integers(0, 255))
    path = tmp_path / "名单.xlsx"
    path.write_bytes(content)
    try:
        reading = _read(fence, path, None, DEFAULT_LIMITS)
    except Unreadable:
        return
    assert reading.tables or reading.findings


@CALM
@given(st.text(alphabet=st.sampled_from("<>/cvrow =\"'A1XFD!&;x\n"), max_size=300))
def test_a_sheet_with_any_markup_is_read_or_refused(fence, tmp_path, markup):
    path = tmp_path / "名单.xlsx"
    with zipfile.ZipFile(io.BytesIO(HONEST)) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b"<sheetData>", b"<sheetData>" + markup.encode())
            new.writestr(name, content)
    try:
        _read(fence, path, None, DEFAULT_LIMITS)
    except Unreadable:
        return


@CALM
@given(st.binary(max_size=400))
def test_a_text_file_of_any_bytes_is_read_or_refused(fence, tmp_path, content):
    path = tmp_path / "名单.csv"
    path.write_bytes(content)
    try:
        _read(fence, path, None, DEFAULT_LIMITS)
    except Unreadable:
        return


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=8), max_size=12),
    st.lists(st.tuples(*[st.integers(1, 14)] * 4), max_size=6),
)
def test_any_sheet_gives_tables_whose_rows_fit_their_columns(rows, corners):
    merges = tuple((min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in corners)
    numbered = [(n, row) for n, row in enumerate(rows, 1) if any(v != "" for v in row)]
    found = find_tables("名单.xlsx", Sheet("名单", rows=numbered, merges=merges))
    for table in found.tables:
        assert all(len(row.values) == len(table.columns) for row in table.rows)
        fields = [column.field for column in table.columns if column.field]
        assert len(fields) == len(set(fields))
    assert all(finding.message_zh and finding.remedy_en for finding in found.findings)


@given(st.permutations(["序号", "镇街", "姓名", "身份证号码", "困境类别", "监护人姓名", "备注"]))
def test_the_order_of_columns_does_not_matter(headings):
    person = {"序号": 1.0, "姓名": "张三", "身份证号码": "500101201501010011"}
    rows = [(1, list(headings)), (2, [person.get(heading, "某") for heading in headings])]
    (table,) = find_tables("x.xlsx", Sheet("x", rows=rows)).tables
    assert table.kind is TableKind.CHILDREN
    assert {c.heading: c.field for c in table.columns} == {
        "序号": "row_number",
        "镇街": "township",
        "姓名": "name",
        "身份证号码": "resident_id",
        "困境类别": "category",
        "监护人姓名": "guardian_name",
        "备注": "remarks",
    }
    assert len(table.rows) == 1


@given(st.sampled_from(["", "合计", "共和", "注：", "填表人：某"]) | st.text(max_size=4))
def test_a_row_with_an_id_is_always_a_person(name):
    fields = ["township", "name", "resident_id"]
    if "例" not in name:
        kind = kind_of_row(fields, ["太安镇", name, "500101201501010011"])
        assert kind is RowKind.DATA
