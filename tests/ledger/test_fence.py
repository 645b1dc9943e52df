"""Hostile and damaged files: refused with a clear word, the parent alive, the next file read."""

import io
import os
import random
import zipfile

import openpyxl
import pytest

from casework.errors import Unreadable
from ledger.fence import Fence
from ledger.limits import DEFAULT_LIMITS, Limits
from ledger.workbook import read_many, read_tables

HEADINGS = ("姓名", "身份证号", "镇街", "困境类别")
SHEET_XML = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>{rows}</sheetData></worksheet>"
)


def workbook(path, rows=(HEADINGS, ("张三", "500101201501010011", "太安镇", "散居孤儿"))):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def with_parts(path, parts, source=None):
    """Rewrite parts of an honest workbook: {name: bytes}."""
    honest = io.BytesIO()
    workbook(source or honest)
    with (
        zipfile.ZipFile(source or honest) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name])
    return path


def cell(reference, value="1"):
    return f'<c r="{reference}"><v>{value}</v></c>'


def far_cell(path):
    rows = f'<row r="1">{cell("A1")}</row><row r="1048576">{cell("XFD1048576")}</row>'
    sheet = SHEET_XML.format(rows=rows).encode()
    return with_parts(path, {"xl/worksheets/sheet1.xml": sheet})


def many_rows(path):
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 400_000))
    sheet = SHEET_XML.format(rows=rows).encode()
    return with_parts(path, {"xl/worksheets/sheet1.xml": sheet})


def zip_bomb(path):
    padding = b" " * (DEFAULT_LIMITS.unpacked_bytes // 20)
    sheet = SHEET_XML.format(rows="").encode().replace(b"<sheetData>", b"<sheetData>" + padding)
    return with_parts(path, {"xl/worksheets/sheet1.xml": sheet})


def billion_laughs(path):
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>&i;</t></is></c></row>'
    sheet = SHEET_XML.format(rows=row).replace("?><w", f"?><!DOCTYPE w [{entities}]><w").encode()
    return with_parts(path, {"xl/worksheets/sheet1.xml": sheet})


def outside_entity(path):
    shared = (
        '<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>&x;</t></si></sst>"
    )
    return with_parts(path, {"xl/sharedStrings.xml": shared.encode()})


def entity_in_workbook(path):
    return with_parts(path, {"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY y "z">]><workbook/>'})


def one_text_many_times(path):
    """A megabyte of text that every cell of a sheet shows again."""
    shared = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<si><t>{'x' * 1_000_000}</t></si></sst>"
    )
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 20_000))
    parts = {
        "xl/worksheets/sheet1.xml": SHEET_XML.format(rows=rows).encode(),
        "xl/sharedStrings.xml": shared.encode(),
    }
    return with_parts(path, parts)


def locked(path):
    """What Excel writes with a password: an OLE file with the stream EncryptedPackage."""
    stream = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1_000) + stream + bytes(1_000))
    return path


def locked_zip(path):
    workbook(path)
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + at] |= 1
            place = content.find(mark, place + 4)
    path.write_bytes(content)
    return path


def truncated(path):
    content = workbook(path).read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


def flipped(path):
    content = bytearray(workbook(path).read_bytes())
    middle = len(content) // 3
    content[middle : middle + 40] = bytes(40)
    path.write_bytes(content)
    return path


def random_bytes(path):
    path.write_bytes(random.Random(7).randbytes(50_000))
    return path


def deep_nesting(path):
    rows = "<row>" + "<a>" * 200_000 + "</a>" * 200_000 + "</row>"
    return with_parts(path, {"xl/worksheets/sheet1.xml": SHEET_XML.format(rows=rows).encode()})


def one_cell_many_times(path):
    """More cells in a row than a sheet has columns, all in one place."""
    rows = f'<row r="50">{cell("A50") * 40_000}</row>'
    return with_parts(path, {"xl/worksheets/sheet1.xml": SHEET_XML.format(rows=rows).encode()})


def merged_everywhere(path):
    merges = "".join(f'<mergeCell ref="A{n}:XFD{n + 49}"/>' for n in range(1, 1_000, 50))
    sheet = SHEET_XML.format(rows=f'<row r="1">{cell("A1")}</row>').replace(
        "</sheetData>", f"</sheetData><mergeCells>{merges}</mergeCells>"
    )
    return with_parts(path, {"xl/worksheets/sheet1.xml": sheet.encode()})


def named(content):
    def write(path):
        path.write_bytes(content)
        return path

    return write


def zipped(name):
    def write(path):
        with zipfile.ZipFile(path, "w") as package:
            package.writestr(name, b"<x/>")
        return path

    return write


REFUSED = [
    (far_cell, "XFD"),
    (many_rows, "内容太多"),
    (zip_bomb, "大得不正常"),
    (billion_laughs, "实体"),
    (outside_entity, "实体"),
    (entity_in_workbook, "实体"),
    (one_text_many_times, "停止"),
    (locked, "密码"),
    (locked_zip, "密码"),
    (truncated, "损坏"),
    (flipped, "损坏"),
    (random_bytes, "不是表格|编码"),
    (one_cell_many_times, "损坏"),
    (merged_everywhere, "合并单元格"),
    (named(b"MZ\x90\x00" + random.Random(7).randbytes(5_000)), "不是表格文件.*请交 Excel"),
    (named(b"a" + bytes(range(256))), "不是表格文件"),
    (named("姓名,镇街\n".encode() + b"a,b\n" * 700_000), "内容太多：行"),
    (named(",".join(f"a{n}" for n in range(20_000)).encode()), "内容太多：列"),
    (named(b""), "空的"),
    (named(b"\x00" * 5_000), "空的"),
    (named(b"%PDF-1.7 ..."), "PDF"),
    (named(b"\x89PNG\r\n"), "图片"),
    (named(b"<html><table><tr><td>1</td></tr></table></html>"), "网页"),
    (named("\ufeff<table>".encode()), "网页"),
    (named(b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'), "2003"),
    (zipped("word/document.xml"), "Word"),
    (zipped("content.xml"), "ods"),
    (zipped("xl/workbook.bin"), "xlsb"),
    (zipped("名单.txt"), "压缩包"),
]


@pytest.mark.parametrize(("make", "said"), REFUSED, ids=lambda v: getattr(v, "__name__", str(v)))
def test_a_file_that_cannot_be_read_safely_is_refused_in_words(make, said, tmp_path):
    path = make(tmp_path / "太安镇名单.xlsx")
    limits = DEFAULT_LIMITS
    if make is zip_bomb:  # a whole one takes seconds to make
        limits = limits._replace(unpacked_bytes=limits.unpacked_bytes // 30)
    with pytest.raises(Unreadable, match=said) as refused:
        read_tables(path, limits=limits)
    text = str(refused.value)
    assert "太安镇名单.xlsx" in text
    assert str(tmp_path) not in text
    assert text.endswith(".)")  # the same in English


def test_deep_nesting_neither_hangs_nor_kills(tmp_path):
    path = deep_nesting(tmp_path / "深.xlsx")
    (_, result), (_, honest) = read_many([path, workbook(tmp_path / "1.xlsx")])
    assert isinstance(result, Unreadable) or result.tables == ()
    assert len(honest.tables) == 1


def test_only_the_offending_file_is_refused_and_the_next_is_read(tmp_path):
    paths = [
        workbook(tmp_path / "1.xlsx"),
        far_cell(tmp_path / "2.xlsx"),
        one_text_many_times(tmp_path / "3.xlsx"),
        workbook(tmp_path / "4.xlsx"),
    ]
    results = dict(read_many(paths))
    assert [isinstance(results[path], Unreadable) for path in paths] == [False, True, True, False]
    assert len(results[paths[3]].tables) == 1


def test_a_child_that_died_between_two_files_is_replaced(tmp_path):
    path = workbook(tmp_path / "1.xlsx")
    with Fence() as fence:
        fence.read(path, DEFAULT_LIMITS)
        fence._child.kill()
        fence._child.wait()
        assert fence.read(path, DEFAULT_LIMITS)[0] == "xlsx"


def test_a_file_that_takes_too_long_is_given_up(tmp_path):
    path = many_rows(tmp_path / "慢.xlsx")
    with pytest.raises(Unreadable, match="时间"):
        read_tables(path, limits=Limits(look_seconds=0.01))


def test_a_missing_file_and_a_pipe_are_refused_before_anybody_waits(tmp_path):
    with pytest.raises(Unreadable, match="找不到"):
        read_tables(tmp_path / "没有.xlsx")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "管道.xlsx")
        with pytest.raises(Unreadable, match="不是表格"):
            read_tables(tmp_path / "管道.xlsx")


def test_formats_painted_to_the_end_of_the_sheet_do_no_harm(tmp_path):
    """A far cell without a value is honest: offices format whole columns."""
    book = openpyxl.Workbook()
    book.active.append(HEADINGS)
    book.active.append(("张三", "500101201501010011", "太安镇", "散居孤儿"))
    book.active["XFD1048576"].fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")
    book.save(tmp_path / "1.xlsx")
    (table,) = read_tables(tmp_path / "1.xlsx").tables
    assert len(table.rows) == 1


def test_nothing_in_an_answer_of_the_child_is_run(tmp_path):
    """Text that looks like our own messages stays text."""
    text = '{"d":"2020-01-01"}'
    path = workbook(tmp_path / "1.xlsx", [HEADINGS, (text, "500101201501010011", "镇", "孤儿")])
    (table,) = read_tables(path).tables
    assert table.rows[0].values[0] == text
