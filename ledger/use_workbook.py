"""Answers as a workbook (日常问答): one sheet a question, printed as the proposal is.

For the unit's own staff: it names people, and it holds no ID number. The same answers give the
same bytes.
"""

from collections.abc import Sequence
from pathlib import Path

from casework import wording
from casework.dossier import Dossier
from ledger.print_table import PageText, PrintBook, PrintTable
from ledger.safe_text import new_workbook


def write_answers(path: Path, dossier: Dossier, tables: Sequence[PrintTable]) -> None:
    """Write tables, a sheet each; ``path`` is overwritten."""
    unit = dossier.unit_name
    with new_workbook(path, f"{unit}{tables[0].sheet}") as workbook:
        page = PageText(
            f"{unit}妇联", wording.day(dossier.on), "内部资料　含未成年人个人信息，注意保密"
        )
        book = PrintBook(workbook, page)
        for table in tables:
            book.add(table)
