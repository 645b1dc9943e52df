"""Papers of pairings for signature and delivery (审批表、通知单), set as PDF.

They name people and are made at the unit only. A notice never tells of a check, a conflict, a
complaint or an inquiry: the reasons it gives are those of ``casework.safeguarding``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from casework.wording import day
from ledger.glyphs import ask_to_look
from ledger.safe_text import cell_text
from ledger.typeset import typeset

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Part:
    """A table of the sheet; ``widths`` are shares of the line."""

    title: str
    headings: Row
    widths: Sequence[float]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class ApprovalSheet:
    """What the leader signs: the head line by line, then the tables."""

    title: str
    head: Sequence[tuple[str, str]]
    parts: Sequence[Part]
    footer: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One page to one person.

    Attributes
    ----------
    receipt
        The slip that comes back signed; empty where none does.
    """

    title: str
    to: str
    body: Sequence[str]
    points: Sequence[str]
    sender: str
    on: date
    receipt: str = ""


_SIGNATURES = ("提出人：", "审批人：", "主要领导意见及签字：", "单位盖章、签批编号：")
_NOTE = (
    "注：提出人与审批人不是同一人；本单位只有一名工作人员的，由主要领导签字，扫描后登记签字人、日期和编号。"
    "本表含个人信息，仅限本单位留存。"
)


def approval_sheet_pdf(sheet: ApprovalSheet) -> bytes:
    """Set the approval sheet (审批表)."""
    said = {
        "title": cell_text(sheet.title),
        "head": [[cell_text(name), cell_text(value)] for name, value in sheet.head],
        "parts": [
            {
                "title": part.title,
                "headings": list(part.headings),
                "widths": list(part.widths),
                "rows": [[cell_text(cell) for cell in row] for row in part.rows],
            }
            for part in sheet.parts
        ],
        "footer": cell_text(sheet.footer),
        "signatures": _SIGNATURES,
        "note": _NOTE,
        "look": ask_to_look(
            "".join(cell for part in sheet.parts for r in part.rows for cell in r)
        ),
    }
    return typeset("approval_sheet.typ", "sheet", said)


def notices_pdf(title: str, notices: Iterable[Notice]) -> bytes:
    """Set notices (通知单), a page each."""
    pages = [
        {
            "title": notice.title,
            "to": cell_text(notice.to),
            "body": [cell_text(line) for line in notice.body],
            "points": [cell_text(line) for line in notice.points],
            "from": cell_text(notice.sender),
            "day": day(notice.on),
            "receipt": cell_text(notice.receipt),
            "look": ask_to_look("".join((notice.to, *notice.body))),
        }
        for notice in notices
    ]
    return typeset("pairing_notice.typ", "notices", {"title": title, "pages": pages})
