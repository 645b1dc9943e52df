"""Checking declarations: forms and pasted tables, against what else is at hand (核对申报表)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from casework.declaration import COUNTS, Declaration
from casework.declaration_checks import NOTHING_KNOWN, Known, check_declaration
from casework.errors import Unreadable
from casework.findings import Finding, Severity, Where
from ledger.checking import SCHEMA, nothing_of
from ledger.declarations import FormFile, HandedIn, read_form_files
from ledger.people import Counts
from ledger.tables import TableKind
from service.progress import Progress, Stage, silent
from service.workflows.declarations import DeclarationTerms


@dataclass(frozen=True, slots=True)
class DeclarationReport:
    """Declarations counted, and every finding."""

    on: date
    counts: Counts
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, object]:
        """Give the report as ``nuantong/check/1`` writes it; values are masked."""
        return {
            "schema": SCHEMA,
            "kind": str(TableKind.DECLARATIONS),
            "on": self.on.isoformat(),
            "rows": self.counts.rows,
            "accepted": self.counts.accepted,
            "rejected": self.counts.rejected,
            "collapsed": self.counts.collapsed,
            "findings": [finding.as_json() for finding in self.findings],
        }


def check_declarations(
    paths: Sequence[Path],
    terms: DeclarationTerms,
    known: Mapping[str, Known],
    submitted_on: date | None = None,
    progress: Progress = silent,
) -> DeclarationReport:
    """Find everything that does not fit in the declarations of some files.

    Parameters
    ----------
    known
        What is known beside the forms, by unit code.
    submitted_on
        The day they came in; None where lateness is not asked about.

    Raises
    ------
    Unreadable
        When no file can be read.
    """
    progress(Stage.READ, 0, len(paths))
    files = tuple(read_form_files(paths, terms.form_reader(submitted_on)))
    refused = [file.refused for file in files if file.refused]
    if refused and len(refused) == len(files):
        raise refused[0]
    findings = [finding for file in files for finding in _of_file(file)]
    forms, collapsed = _versions([form for file in files for form in file.forms])
    rejected = 0
    for form, version in forms:
        about = known.get(form.declaration.unit, NOTHING_KNOWN)
        about = replace(about, version=version)
        found = (*form.findings, *check_declaration(form.declaration, terms.rules, about))
        rejected += any(finding.severity is Severity.ERROR for finding in found)
        findings += found
    findings.sort(key=lambda finding: (finding.where, finding.rule))
    counts = Counts(len(forms) - rejected, rejected, collapsed)
    return DeclarationReport(terms.reader.on, counts, tuple(findings))


def _of_file(file: FormFile) -> Iterable[Finding]:
    if isinstance(file.refused, Unreadable):
        reason = {"reason": str(file.refused)}
        return (Finding("file_unreadable", Where(file.path.name), values=reason),)
    if file.forms:
        return file.findings
    return (*file.findings, *nothing_of(TableKind.DECLARATIONS, file.path, file.findings))


def _versions(forms: Iterable[HandedIn]) -> tuple[list[tuple[HandedIn, int]], int]:
    """Count each unit's forms in the order given; one that says the same again is dropped."""
    said: dict[str, list[object]] = defaultdict(list)
    numbered: list[tuple[HandedIn, int]] = []
    collapsed = 0
    for form in forms:
        declared = form.declaration
        earlier = said[declared.unit or declared.unit_name]
        content = _content(declared)
        if content in earlier:
            collapsed += 1
            continue
        earlier.append(content)
        numbered.append((form, len(earlier) if declared.unit else 1))
    return numbered, collapsed


def _content(form: Declaration) -> tuple[object, ...]:
    counts = (getattr(form, field) for field in COUNTS)
    return (*counts, form.dates, form.contact, form.remarks)


def last_round(paths: Sequence[Path], terms: DeclarationTerms) -> dict[str, dict[str, int]]:
    """Read what units declared for the round before, by unit code (A16).

    Raises
    ------
    Unreadable
        When a file cannot be read, or no unit's numbers are in them.
    """
    before: dict[str, dict[str, int]] = {}
    for file in read_form_files(paths, terms.form_reader()):
        if file.refused:
            raise file.refused
        for form in file.forms:
            counts = {field: getattr(form.declaration, field) for field in COUNTS}
            if form.declaration.unit:
                before[form.declaration.unit] = {f: n for f, n in counts.items() if n is not None}
    if paths and not before:
        raise Unreadable("上一轮的表里没有读到申报数 / no declaration of the last round was found")
    return before


def with_last_round(
    known: Mapping[str, Known], before: Mapping[str, Mapping[str, int]]
) -> dict[str, Known]:
    """Add what was declared for the last round to what is known of each unit."""
    units = {*known, *before}
    return {
        unit: replace(known.get(unit, NOTHING_KNOWN), last_round=before.get(unit))
        for unit in units
    }
