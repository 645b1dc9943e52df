"""Whose ledger a table is, by what stands under a heading that both ledgers have (看内容认表).

类别 heads 散居孤儿 in one office and 教师 in another: where the headings leave it open, the
words under them tell.
"""

from collections.abc import Iterable, Sequence
from itertools import islice

from casework.fields import read_category
from casework.words import find_word
from casework.writing import said
from ledger.headings import HeadingCell
from ledger.tables import TableKind, Value

_MOST_ROWS = 50


def kind_by_values(
    cells: Iterable[HeadingCell], rows: Iterable[Sequence[Value]]
) -> TableKind | None:
    """Say of whom the words under 类别, 类型 and the like are; None where they do not tell."""
    columns = [cell.number - 1 for cell in cells if _may_be_either(cell)]
    texts = [
        said(row[column])
        for row in islice(rows, _MOST_ROWS)
        for column in columns
        if column < len(row)
    ]
    children = sum(1 for text in texts if text and read_category(text).value)
    caregivers = sum(1 for text in texts if text and find_word("role", text))
    if children == caregivers:
        return None
    return TableKind.CHILDREN if children > caregivers else TableKind.CAREGIVERS


def _may_be_either(cell: HeadingCell) -> bool:
    facts = {(meaning.owner, meaning.fact) for meaning in cell.meanings()}
    return {("child", "category"), ("caregiver", "role")} <= facts
