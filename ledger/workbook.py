"""Untrusted workbooks to tables (读表): the one door through which files come in.

Every file is opened in a child process with limits (``ledger.fence``); what comes back is
plain values, in which tables are found. A file that cannot be read safely is refused with what
to do about it; anything merely odd about its layout is a finding.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from casework.errors import Unreadable
from casework.findings import Finding, Where
from ledger.fence import Fence, Sheet, unreadable
from ledger.finding_tables import find_tables
from ledger.limits import DEFAULT_LIMITS, Limits, Refusal
from ledger.tables import Table, TableKind

__all__ = ["Limits", "Reading", "read_many", "read_tables"]

OUR_REPORTS = frozenset(("核查问题", "交回情况", "填写说明"))
"""Sheets that we put beside ledgers and that are none."""

_SUFFIXES = {
    "xlsx": (".xlsx", ".xlsm"),
    "xls": (".xls", ".et"),
    "csv": (".csv", ".tsv", ".txt"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file held: its tables, and what is doubtful about its layout."""

    tables: tuple[Table, ...]
    findings: tuple[Finding, ...]


def read_tables(
    path: Path,
    *,
    kinds: Iterable[TableKind] | None = None,
    presumed: TableKind | None = None,
    limits: Limits = DEFAULT_LIMITS,
    fence: Fence | None = None,
) -> Reading:
    """Read the tables of one file.

    Parameters
    ----------
    kinds
        Kinds that are wanted; None for all. COMBINED answers to CHILDREN, CAREGIVERS and PAIRS.
    presumed
        What the file was given as, where nothing in it tells.
    fence
        One that stands for many files; None for one of this file's own.

    Raises
    ------
    Unreadable
        Damaged, locked, hostile, or not a table at all.
    """
    wanted = frozenset(kinds) if kinds is not None else None
    with nullcontext(fence) if fence else Fence() as standing:
        return _read(standing, path, wanted, limits, presumed)


def read_many(
    paths: Iterable[Path],
    *,
    kinds: Iterable[TableKind] | None = None,
    presumed: Mapping[Path, TableKind] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[tuple[Path, Reading | Unreadable]]:
    """Read files one after another; one that is refused does not stop the others.

    ``presumed`` says what a file was given as, where nothing in it tells.
    """
    wanted = frozenset(kinds) if kinds is not None else None
    with Fence() as fence:
        for path in paths:
            try:
                yield path, _read(fence, path, wanted, limits, (presumed or {}).get(path))
            except Unreadable as refused:
                yield path, refused


def _read(
    fence: Fence,
    path: Path,
    kinds: frozenset[TableKind] | None,
    limits: Limits,
    presumed: TableKind | None = None,
) -> Reading:
    found_format, sheets = fence.read(path, limits)
    tables: list[Table] = []
    findings: list[Finding] = []
    if path.suffix.lower() not in _SUFFIXES[found_format]:
        findings.append(_of_file(path, "file_not_as_named", format=found_format))
    empty = []
    while sheets:
        sheet = sheets.pop(0)
        if sheet.name in OUR_REPORTS:
            continue
        try:
            found = find_tables(path.name, sheet, kinds, presumed)
        except Refusal as refusal:
            raise unreadable(path, refusal) from None
        tables.extend(found.tables)
        findings.extend(found.findings)
        if not found.tables and not found.findings and sheet.rows and not sheet.hidden:
            empty.append(sheet)
    findings.extend(_tell_empty(path, empty, bool(tables or findings)))
    return Reading(tuple(tables), tuple(findings))


def _tell_empty(path: Path, sheets: list[Sheet], found_any: bool) -> Iterator[Finding]:
    if not found_any:
        yield _of_file(path, "no_table")
        return
    for sheet in sheets:
        where = Where(path.name, sheet.name)
        yield Finding("sheet_without_table", where, values={"sheet": sheet.name})


def _of_file(path: Path, rule: str, **values: object) -> Finding:
    return Finding(rule, Where(path.name), values=values)
