"""Tables as a PDF ready to print, A4 across (打印件).

Set by typst in the font that ships with the product, so the same tables give the same bytes
on every machine.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import pylopdf_fonts_zh_cn
import typst

from ledger.print_table import PrintTable
from ledger.safe_text import cell_text


@dataclass(frozen=True, slots=True)
class Part:
    """One table on pages of its own.

    Attributes
    ----------
    colours
        A colour for each row, such as ``#F7DDB3``; empty for none.
    inset_pt
        Room above and below what a cell says, in points: more where people sign.
    closing
        What stands below the table, such as the place for the seal.
    """

    table: PrintTable
    colours: Sequence[str] = ()
    inset_pt: float = 4
    closing: str = ""


def tables_pdf(title: str, note: str, parts: Sequence[Part]) -> bytes:
    """Set tables as a PDF; ``note`` stands at the foot of each page.

    Raises
    ------
    RuntimeError
        When the font is missing: a paper with gaps in it must not be handed out.
    """
    said = {
        "title": cell_text(title),
        "note": cell_text(note),
        "parts": [_part(part) for part in parts],
    }
    # Its stub wants one type for the source and for the paths.
    pdf, warnings = typst.compile_with_warnings(  # type: ignore[call-overload]
        files("ledger").joinpath("print_tables.typ").read_bytes(),
        format="pdf",
        font_paths=[str(pylopdf_fonts_zh_cn.sans_path().parent)],
        ignore_system_fonts=True,
        sys_inputs={"said": json.dumps(said, ensure_ascii=False)},
        timestamp=0,
    )
    if warnings:
        raise RuntimeError(f"typst: {warnings[0].message}")
    return bytes(pdf)


def _part(part: Part) -> dict[str, object]:
    table = part.table
    rows = [[cell_text(cell) for cell in row] for row in table.rows]
    if not rows:
        rows = [[table.when_empty, *("" for _ in table.columns[1:])]]
    colours = [*part.colours, *("" for _ in rows)][: len(rows)]
    return {
        "title": cell_text(table.title),
        "lead": cell_text(table.lead),
        "headings": [column.heading for column in table.columns],
        "widths": [column.width for column in table.columns],
        "centred": [column.centred for column in table.columns],
        "rows": rows,
        "colours": colours,
        "inset": part.inset_pt,
        "closing": cell_text(part.closing),
    }
