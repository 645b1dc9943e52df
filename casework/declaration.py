"""Declarations: the annex's form, one row a unit (困境儿童团辅项目申报表).

Read as people write it: every cell is kept as far as it can be understood, and what cannot be
is a finding. ``casework.declaration_checks`` says what does not fit together.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from casework.declaration_cells import Contact, Count, read_contact, read_count
from casework.declaration_rules import DeclarationRules
from casework.findings import Finding, Where
from casework.session_dates import read_session_dates
from casework.session_days import SessionDates
from casework.writing import said
from geo.areas import Gazetteer

COUNTS = (
    "children_total",
    "children_6_plus",
    "participants_children",
    "participants_caregivers",
    "sessions",
)
FIELDS_ZH = {
    "unit": "区县名称",
    "children_total": "困境儿童总数",
    "children_6_plus": "6岁以上困境儿童人数",
    "participants_children": "参训困境儿童人数",
    "participants_caregivers": "参训爱心妈妈人数",
    "sessions": "计划开展团辅场次",
    "dates": "计划开展团辅时间",
    "contact": "项目联系人及联系方式",
    "remarks": "备注",
}
LocateCell = Callable[[str], Where]
"""Gives the place of a field's cell; the empty field is the row."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """One unit's form; None where a number is missing or could not be read.

    Attributes
    ----------
    unit
        Code of the unit; empty where the name is of none.
    cells
        Where each field stands, for findings.
    submitted_on
        The day it came in; None where nobody knows.
    """

    unit: str
    unit_name: str
    children_total: int | None
    children_6_plus: int | None
    participants_children: int | None
    participants_caregivers: int | None
    sessions: int | None
    dates: SessionDates
    contact: Contact
    remarks: str
    cells: Mapping[str, Where]
    submitted_on: date | None = None

    def at(self, field: str) -> Where:
        """Give the place of a field's cell."""
        return self.cells[field]


def read_declaration(
    cells: Mapping[str, object],
    locate: LocateCell,
    rules: DeclarationRules,
    gazetteer: Gazetteer,
    submitted_on: date | None = None,
) -> tuple[Declaration, tuple[Finding, ...]]:
    """Read one row of a declaration table.

    Parameters
    ----------
    cells
        By field, as in ``FIELDS_ZH``; ``contact_name`` and ``contact_phone`` may stand instead
        of ``contact``.

    Returns
    -------
    tuple of Declaration and tuple of Finding
        What could be read, and what could not.
    """
    counts = {field: read_count(cells.get(field)) for field in COUNTS}
    window = rules.round.window_start, rules.round.window_end
    dates = read_session_dates(cells.get("dates"), *window)
    unit_name = said(cells.get("unit"))
    unit = gazetteer.find_unit(unit_name) if unit_name else None
    declaration = Declaration(
        unit=unit.code if unit else "",
        unit_name=unit.name if unit else unit_name,
        **{field: count.value for field, count in counts.items()},
        dates=dates,
        contact=_contact(cells),
        remarks=said(cells.get("remarks")),
        cells={field: locate(field) for field in FIELDS_ZH},
        submitted_on=submitted_on,
    )
    return declaration, tuple(_reading_findings(declaration, cells, counts, gazetteer))


def _contact(cells: Mapping[str, object]) -> Contact:
    """Read the contact from its one cell, or from two."""
    parts = ("contact", "contact_name", "contact_phone")
    return read_contact(" ".join(filter(None, (said(cells.get(part)) for part in parts))))


def _reading_findings(
    declaration: Declaration,
    cells: Mapping[str, object],
    counts: Mapping[str, Count],
    gazetteer: Gazetteer,
) -> Iterator[Finding]:
    """Tell what could not be read: A01, A02 and dates that were refused."""
    if not declaration.unit:
        match = gazetteer.match_unit(declaration.unit_name) if declaration.unit_name else None
        names = "、".join(unit.name for unit in match.candidates) if match else ""
        near = {"near": f"（可能是：{names}）" if names else "", "near_en": names or "none"}
        yield Finding("A01", declaration.at("unit"), "", near)
    for field, count in counts.items():
        if count.value is None or count.is_rough:
            shown = _digits_only(said(cells.get(field)))
            values = {"field": FIELDS_ZH[field], "written": shown or "空", "read": count.value}
            rule = "A02" if count.value is None else "A02_rough"
            yield Finding(rule, declaration.at(field), shown, values)
    if declaration.dates.refusal:
        piece = _date_signs_only(declaration.dates.piece)
        yield Finding(
            f"dates_{declaration.dates.refusal}", declaration.at("dates"), piece, {"piece": piece}
        )


_LONG_NUMBER = re.compile(r"\d{5,}")
_DATE_SIGNS = "年月日号周星期礼拜一二三四五六天十上下午全半场次共各每约左右前后旬底初末至起止"
_NOT_A_DATE_SIGN = re.compile(rf"[^\d{_DATE_SIGNS}.\-/、,;:() ]")


def _digits_only(text: str) -> str:
    """Show a count without letters: somebody's name may have slipped into the column."""
    return re.sub(r"[^\d\-+.~、,约余多人场次]", "*", _LONG_NUMBER.sub("*", text))[:12]


def _date_signs_only(text: str) -> str:
    """Show a date without words: a name or phone may have slipped into the column."""
    return _NOT_A_DATE_SIGN.sub("*", _LONG_NUMBER.sub("*", text))[:12]
