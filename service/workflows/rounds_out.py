"""What a planned round leaves: workbook, calendars, map, paper, JSON (排期的产出)."""

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from casework.declaration_cells import Contact
from casework.errors import Conflict
from casework.findings import Finding
from casework.round_calendar import events_of
from casework.round_document import report_json
from casework.round_report import Calendar, RoundReport
from geo.areas import Gazetteer
from service.outputs import whole_file, write_whole
from service.progress import Progress, Stage, silent


@dataclass(frozen=True, slots=True)
class RoundOutputs:
    """What to write; ``calendars`` is a folder."""

    workbook: Path | None = None
    calendars: Path | None = None
    map: Path | None = None
    pdf: Path | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """The files and the folder that are asked for."""
        every = (self.workbook, self.calendars, self.map, self.pdf)
        return tuple(path for path in every if path)


def write_round_outputs(
    report: RoundReport,
    outputs: RoundOutputs,
    contacts: Mapping[str, Contact] | None = None,
    before: Calendar | None = None,
    progress: Progress = silent,
) -> None:
    """Write all that is asked for, each whole or not at all.

    Parameters
    ----------
    before
        What calendars were told before this timetable.
    """
    progress(Stage.WRITE, 0, len(outputs.files))
    if outputs.workbook:
        from ledger.rounds_workbook import write_round_workbook

        with whole_file(outputs.workbook) as draft:
            write_round_workbook(draft, report, contacts)
    if outputs.calendars:
        write_calendars(report, outputs.calendars, before)
    if outputs.map:
        from maps.rounds import round_map  # folium is slow to load

        write_whole(outputs.map, round_map(report).encode("utf-8"))
    if outputs.pdf:
        from ledger.rounds_pdf import round_pdf  # typst is slow to load

        write_whole(outputs.pdf, round_pdf(report))


def write_calendars(report: RoundReport, folder: Path, before: Calendar | None) -> None:
    """Write a calendar a team and a unit into a folder, in place of those that lie there.

    Raises
    ------
    Conflict
        When the folder holds anything but calendars.
    """
    from ledger.rounds_calendar import calendar_files

    if folder.exists() and any(path.suffix != ".ics" for path in folder.iterdir()):
        raise Conflict(
            f"{folder.name} 里有别的文件，请另给空文件夹 / holds other files: name an empty folder"
        )
    events, _ = events_of(report.frame, report.timetable.units, before)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as room:
        draft = Path(room) / "calendars"
        draft.mkdir()
        for name, content in calendar_files(report.frame, events, township_names(report)):
            (draft / name).write_bytes(content)
        if folder.exists():
            shutil.rmtree(folder)
        draft.rename(folder)


def township_names(report: RoundReport) -> dict[str, str]:
    """Give the names of all townships that come to a session, by code."""
    gazetteer = Gazetteer.on(report.frame.rules.window_start)
    codes = {t for p in report.timetable.units for s in p.sessions for t in s.townships}
    return {code: gazetteer.township(code).name for code in codes if gazetteer.has_township(code)}


def report_bytes(report: RoundReport, findings: Iterable[Finding] = ()) -> bytes:
    """Give the document as UTF-8; the same round gives the same bytes."""
    found = sorted(findings, key=lambda finding: (finding.where, finding.rule))
    document = report_json(report) | {"findings": [finding.as_json() for finding in found]}
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return (text + "\n").encode("utf-8")
