"""The officer's own file back, with what is wrong marked in it (核查后退回的表).

Marked cells have a colour by severity and a comment that says what is wrong and how to mend
it; the sheet 核查问题 lists everything. An xlsx keeps its look: it is opened with openpyxl,
though only after the fence has read it. Everything else, and what is too large for that, comes
back as a plain xlsx of its values. No formula of the file survives: its value stands instead.
"""

from collections.abc import Iterable
from pathlib import Path

from casework.findings import Finding
from ledger.fence import Fence
from ledger.limits import DEFAULT_LIMITS, Limits
from ledger.marks import SHEET_NAME, list_rows, marks_of
from ledger.recognise import FileFormat

_MOST_CELLS_STYLED = 150_000


def write_returned(
    source: Path, findings: Iterable[Finding], out: Path, limits: Limits = DEFAULT_LIMITS
) -> None:
    """Write a copy of a file, as xlsx, with its findings marked.

    Parameters
    ----------
    findings
        Those of other files are left out; those that name no file are kept.

    Raises
    ------
    Unreadable
        When the source cannot be read safely.
    """
    ours = [finding for finding in findings if finding.where.file in ("", source.name)]
    with Fence() as fence:
        found_format, sheets = fence.read(source, limits)
    sheets = [sheet for sheet in sheets if sheet.name != SHEET_NAME]
    marks = marks_of(ours, sheets)
    out.parent.mkdir(parents=True, exist_ok=True)
    cells = sum(len(values) for sheet in sheets for _, values in sheet.rows)
    if found_format == FileFormat.XLSX and cells <= _MOST_CELLS_STYLED:
        from ledger.styled_copy import write_styled_copy  # openpyxl is slow to load

        if write_styled_copy(source, sheets, marks, list_rows(ours), out):
            return
    from ledger.plain_copy import write_plain_copy

    write_plain_copy(source.stem, sheets, marks, list_rows(ours), out)
