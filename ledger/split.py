"""Split: a workbook for each township to check, complete and send back (分发).

Each has what the unit knows of the township, rows to add below, drop-downs, and headings and
areas that cannot be changed by mistake (sheets are protected without a password). What comes
back is merged again; nothing that was not changed comes back different.
"""

from dataclasses import replace
from pathlib import Path

from casework.findings import Finding
from ledger.ledger_book import Layout, write_ledgers
from ledger.ledger_rows import UNKNOWN_TOWNSHIP, LedgerRows, by_township, messages_of, rows_of
from ledger.merge import NOT_BACK, Merged, merge_files
from ledger.reader import Reader
from ledger.safe_text import cell_text, new_workbook

_LOCKED = frozenset(("number", "unit", "township", "child_number", "caregiver_number"))
_FREE_ROWS = 60
_NOT_IN_FILE_NAMES = frozenset('<>:"/\\|?*')
_HOW_TO_FILL = (
    "1. 请核对“困境儿童台账”“爱心妈妈台账”“结对台账”已有各行，有变化的直接改；灰色单元格不用改。",
    "2. 新增人员写在已有各行下面，不要留空行，不要合并单元格，不要增删列、改表头。",
    "3. 身份证号单元格已设为文本，请完整填写18位；日期写成 2021-09-15 的样子。",
    "4. 有下拉选项的请从选项中选。不清楚的留空，不要猜。",
    "5. 儿童退出的，不要删行，改“在册状态”；爱心妈妈离任的，改“在岗状态”。",
    "6. “待更正”表里是上次核查有问题的行，请按“要更正的内容”在该表内改好。",
    "7. 填好后原样保存为 .xlsx 交回{unit}妇联。内含个人信息，请按规定传送和保管。",
)


def split_ledger(path: Path, out_dir: Path, reader: Reader) -> tuple[Merged, tuple[Path, ...]]:
    """Write a workbook for each township of the ledger's unit.

    Returns
    -------
    merged
        The ledger as it was read, with its findings.
    paths
        The workbooks, in the gazetteer's order; rows whose township nobody knows are in one of
        their own, for the unit itself.

    Raises
    ------
    Unreadable
        When the ledger cannot be read.
    """
    merged = merge_files([path], reader, tolerant=False)
    unit = merged.ledgers.unit
    rows = by_township(rows_of(merged.ledgers), _townships(merged, reader))
    out_dir.mkdir(parents=True, exist_ok=True)
    paths = []
    for township, own in rows.items():
        out = out_dir / f"{_file_name(township)}困境儿童台账.xlsx"
        _write_township(out, unit.name, township, own, merged.findings)
        paths.append(out)
    told = tuple(finding for finding in merged.findings if finding.rule != NOT_BACK)
    return replace(merged, findings=told), tuple(paths)  # nobody was asked yet


def _townships(merged: Merged, reader: Reader) -> tuple[str, ...]:
    """Give the unit's townships, or those of its people where nobody has a list."""
    ledgers = merged.ledgers
    area = ledgers.unit.area
    listed = [t.name for t in reader.gazetteer.townships(area.code)] if area else []
    lived_in = {child.township_name for child in ledgers.children}
    lived_in |= {caregiver.township_name for caregiver in ledgers.caregivers}
    return tuple(dict.fromkeys((*listed, *sorted(lived_in))))


def _write_township(
    out: Path, unit: str, township: str, rows: LedgerRows, findings: tuple[Finding, ...]
) -> None:
    is_known = township != UNKNOWN_TOWNSHIP
    title = f"{unit}{township}" if is_known else unit
    layout = Layout(title, _LOCKED if is_known else frozenset(), _FREE_ROWS)
    with new_workbook(out, f"{title}困境儿童台账") as book:
        page = book.add_worksheet("填写说明")
        wrapped = book.add_format({"text_wrap": True, "valign": "top", "font_size": 12})
        page.set_column(0, 0, 100)
        for number, line in enumerate((f"{title}台账填写说明", *_HOW_TO_FILL)):
            page.write_string(number, 0, cell_text(line.format(unit=unit)), wrapped)
        page.protect()
        write_ledgers(book, rows, messages_of(findings), layout)


def _file_name(township: str) -> str:
    """Give a township's name as a file may bear it: hostile text stays inside the folder."""
    kept = (c for c in cell_text(township) if c not in _NOT_IN_FILE_NAMES and c.isprintable())
    return "".join(kept).strip(". ")[:40] or UNKNOWN_TOWNSHIP
