"""Checking: what is wrong with files of one kind, all at once (核查)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from casework.errors import Unreadable
from casework.findings import Finding, Severity, Where
from ledger.columns import ledger_name
from ledger.people import Counts, Ledgers, read_ledgers
from ledger.reader import Reader
from ledger.tables import Table, TableKind
from ledger.workbook import read_many

SCHEMA = "nuantong/check/1"


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The rows of one kind in some files, counted, and every finding."""

    kind: TableKind
    reader: Reader
    ledgers: Ledgers
    findings: tuple[Finding, ...]

    @property
    def counts(self) -> Counts:
        """Rows of this kind: accepted, rejected, collapsed."""
        return self.ledgers.counts[self.kind]

    def as_json(self) -> dict[str, object]:
        """Give the report as ``nuantong/check/1`` writes it; values are masked."""
        counts = self.counts
        return {
            "schema": SCHEMA,
            "kind": str(self.kind),
            "on": self.reader.on.isoformat(),
            "unit": self.ledgers.unit.name,
            "rows": counts.rows,
            "accepted": counts.accepted,
            "rejected": counts.rejected,
            "collapsed": counts.collapsed,
            "findings": [finding.as_json() for finding in self.findings],
        }


def check_files(paths: Iterable[Path], kind: TableKind, reader: Reader) -> CheckReport:
    """Check the children, caregivers or pairs in some files together.

    Raises
    ------
    Unreadable
        When no file can be read; one of several that cannot is a finding.
    """
    tables: list[Table] = []
    findings: list[Finding] = []
    refused: list[Unreadable] = []
    paths = tuple(paths)
    for path, reading in read_many(paths, kinds=(kind,)):
        if isinstance(reading, Unreadable):
            refused.append(reading)
            reason = {"reason": str(reading)}
            findings.append(Finding("file_unreadable", Where(path.name), values=reason))
        else:
            tables += reading.tables
            findings += reading.findings
            if not any(table.rows for table in reading.tables):
                findings += nothing_of(kind, path, reading.findings)
    if refused and len(refused) == len(paths):
        raise refused[0]
    return check_tables(tables, kind, reader, findings)


def nothing_of(kind: TableKind, path: Path, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Tell that a file has no row of what it was given as: most likely it is another file."""
    if any(finding.severity is Severity.ERROR for finding in findings):
        return ()
    other = next((f.values for f in findings if f.rule == "table_not_asked"), None)
    values = {
        "asked_zh": ledger_name(kind),
        "asked_en": str(kind),
        "found_zh": f"像是{other['kind_zh']}" if other else "没有数据行",
        "found_en": f"it looks like {other['kind_en']}" if other else "no row of data",
    }
    return (Finding("ledger_not_in_file", Where(path.name), values=values),)


def check_tables(
    tables: Iterable[Table], kind: TableKind, reader: Reader, before: Sequence[Finding] = ()
) -> CheckReport:
    """Check tables that are read already; ``before`` is what was found on the way."""
    ledgers = read_ledgers(tables, reader, only=kind)
    findings = sorted((*before, *ledgers.findings), key=lambda f: (f.where, f.rule))
    return CheckReport(kind, reader, ledgers, tuple(findings))
