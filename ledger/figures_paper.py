"""Figures of a month on paper, in a picture, in a workbook and as csv (督导统计的打印件与下载).

All from the same rows, which are what the reader was told: figures, bands and words.
"""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import pylopdf_fonts_zh_cn
import typst

from ledger.print_table import PageText, PrintBook, PrintColumn, PrintTable
from ledger.safe_text import cell_text, csv_text, new_workbook

MOST_IN_A_PICTURE = 45
_MORE = ("另有 {} 个地区，见表格下载。", "{} more areas are in the workbook.")
_PAGE = (("第 ", " 页，共 ", " 页"), ("Page ", " of ", ""))


@dataclass(frozen=True, slots=True)
class Legend:
    """One way an area is drawn, as a small SVG, and what it means."""

    label: str
    svg: str


@dataclass(frozen=True, slots=True)
class FiguresPaper:
    """What is handed out.

    Attributes
    ----------
    note
        Whose eyes it is for; at the foot of each page.
    small
        Where the shapes come from.
    rows
        The worst first; the first cell names the area.
    svg
        The map; empty where no area has a shape.
    """

    title: str
    lead: str
    note: str
    small: str
    headings: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    legend: tuple[Legend, ...] = ()
    svg: str = ""
    language: str = "zh"


def figures_pdf(paper: FiguresPaper) -> bytes:
    """Set the map and the table as a PDF, A4 across."""
    return _typeset(paper, is_picture=False)


def figures_png(paper: FiguresPaper) -> bytes:
    """Set the map and the worst areas as one picture."""
    return _typeset(paper, is_picture=True)


def _typeset(paper: FiguresPaper, *, is_picture: bool) -> bytes:
    english = paper.language == "en"
    rows = paper.rows[:MOST_IN_A_PICTURE] if is_picture else paper.rows
    left_out = len(paper.rows) - len(rows)
    said = {
        "title": cell_text(paper.title),
        "lead": cell_text(paper.lead),
        "note": cell_text(paper.note),
        "small": cell_text(paper.small),
        "picture": is_picture,
        "map": bool(paper.svg),
        "legend": [{"label": cell_text(one.label), "svg": one.svg} for one in paper.legend],
        "headings": list(paper.headings),
        "widths": [2, *(1 for _ in paper.headings[1:])],
        "rows": [[cell_text(cell) for cell in row] for row in rows],
        "more": _MORE[english].format(left_out) if left_out else "",
        "page": _PAGE[english],
    }
    inputs = {"said": json.dumps(said, ensure_ascii=False), "map": paper.svg}
    # Its stub wants one type for the source and for the paths.
    made, warnings = typst.compile_with_warnings(  # type: ignore[call-overload]
        files("ledger").joinpath("figures_paper.typ").read_bytes(),
        format="png" if is_picture else "pdf",
        ppi=110.0,
        font_paths=[str(pylopdf_fonts_zh_cn.sans_path().parent)],
        ignore_system_fonts=True,
        sys_inputs=inputs,
        timestamp=0,
    )
    if warnings:
        raise RuntimeError(f"typst: {warnings[0].message}")
    return bytes(made)


def figures_csv(paper: FiguresPaper) -> bytes:
    """Write the table as csv that Excel and WPS open in Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in (paper.headings, *paper.rows):
        writer.writerow([csv_text(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def figures_workbook(paper: FiguresPaper) -> bytes:
    """Write the table as a workbook."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "figures.xlsx"
        book = new_workbook(path, paper.title)
        sheets = PrintBook(book, PageText(paper.title, paper.lead, paper.note))
        columns = (
            PrintColumn(paper.headings[0], 18),
            *(PrintColumn(heading, 12, centred=True) for heading in paper.headings[1:]),
        )
        rows = [[_figure(cell) for cell in row] for row in paper.rows]
        sheets.add(PrintTable("统计", paper.title, paper.lead, columns, rows, "没有地区"))
        book.close()
        return path.read_bytes()


def _figure(cell: str) -> str | int:
    """Let a whole figure be a number; a band is text."""
    return int(cell) if cell.isascii() and cell.isdigit() else cell
