"""Basis cells: what a row says of the lawful basis of its record (合法性基础四栏).

The four columns are one statement: which basis, by whom, on which day, by which paper. What is
half written, or cannot be one, is told and counts as not written; nothing is assumed.
"""

from datetime import date
from enum import StrEnum

from casework.actors import BasisKind, ChildBasis
from casework.fields import read_choice
from casework.lawful_bases import LONGEST, may_consent
from ledger.columns import canonical_heading
from ledger.person_cells import read_past_day
from ledger.rows import RowReader
from ledger.tables import TableKind

_COLUMNS = ("basis", "basis_by", "basis_on", "basis_paper")


class _Written(StrEnum):
    GUARDIAN = "guardian"
    OWN = "own"
    DUTY = "duty"


def read_basis(
    row: RowReader, on: date, birth_date: date | None, *, consent: bool | None
) -> ChildBasis | None:
    """Read the lawful basis; None where the row says none, or none that can be one.

    Parameters
    ----------
    on
        The day of judgement: nothing was given after it.
    consent
        What the row's own column of the guardian's consent says.
    """
    if not any(row.text(name) for name in _COLUMNS):
        return None
    written = row.read("basis", lambda value: read_choice("basis", _Written, value))
    if (row.text("basis") and written is None) or not _is_whole(row):
        return None
    day = read_past_day(row, "basis_on", on)
    if day is None:
        return None
    kind = BasisKind.STATUTORY_DUTY if written is _Written.DUTY else BasisKind.CONSENT
    if written is _Written.OWN and not may_consent(birth_date, day):
        row.tell("basis_too_young", "basis")
        return None
    if kind is BasisKind.CONSENT and consent is False:
        row.tell("basis_refused", "basis")
        return None
    is_own = written is _Written.OWN
    return ChildBasis(kind, row.text("basis_by"), day, row.text("basis_paper"), is_own)


def _is_whole(row: RowReader) -> bool:
    """Tell the first of the four cells that is empty, and a text too long to be a reference."""
    for name in _COLUMNS:
        if not row.text(name):
            heading = canonical_heading(TableKind.CHILDREN, name)
            row.tell("basis_half", name, missing=heading)
            return False
        if len(row.text(name)) > LONGEST:
            row.tell("basis_long", name, most=LONGEST)
            return False
    return True
