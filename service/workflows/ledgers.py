"""Ledgers: samples, checking, splitting and merging, from files to files (台账)."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from casework.errors import NotFound
from casework.findings import Finding
from casework.office_time import OFFICE_ZONE
from casework.programme import Programme
from geo.areas import Gazetteer
from geo.datum import Datum
from ledger.checking import CheckReport, check_files
from ledger.merge import SUFFIXES, FromTownship, Merged, merge_folder
from ledger.reader import Reader
from ledger.tables import TableKind
from service.outputs import whole_file
from service.progress import Progress, Stage, silent
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run is judged by.

    Attributes
    ----------
    on
        None takes the rules' own day, else today.
    rules
        A rules file; None is the preset that ships.
    unit
        Name or code; None finds it in the files.
    datum
        What coordinates are in where no column says: wgs84, gcj02 or bd09.
    """

    key: bytes
    on: date | None = None
    rules: Path | None = None
    unit: str | None = None
    datum: str = "wgs84"


def open_reader(terms: Terms) -> Reader:
    """Settle the day, the areas of that day and the rules."""
    programme = Programme.from_toml(terms.rules)
    on = terms.on or programme.reference_date or today()
    return Reader(on, terms.key, Gazetteer.on(on), programme, terms.unit, Datum(terms.datum))


def today() -> date:
    """Read the office's clock, unless another day is given: a server's own may run on UTC."""
    return Settings.from_environment().today or datetime.now(OFFICE_ZONE).date()


def make_sample(
    out: Path, unit: str | None, *, city: bool, seed: int, flaws: bool, on: date | None
) -> tuple[Path, ...]:
    """Write made-up ledgers; give the folders written, one a unit."""
    from ledger.sample_files import DUE, write_sample

    return write_sample(out, unit, city=city, seed=seed, flaws=flaws, on=on or DUE)


def workbooks_in(folder: Path) -> list[Path]:
    """List the files a merge of the folder reads."""
    return [path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES]


def merge(folder: Path, out: Path, reader: Reader, progress: Progress = silent) -> Merged:
    """Merge a folder of returned workbooks into one ledger.

    Raises
    ------
    NotFound
        When there is no folder, or nothing in it to read.
    """
    from ledger.merged_workbook import write_merged

    if not folder.is_dir():
        raise NotFound(f"{folder.name} 不是文件夹 / is not a folder")
    merged = merge_folder(folder, reader, lambda _, *n: progress(Stage.READ, *n))
    progress(Stage.WRITE, 0, 0)
    with whole_file(out) as draft:
        write_merged(merged, draft)
    return merged


def returns(merged: Merged, reader: Reader) -> tuple[FromTownship, ...]:
    """Tell of each township whether it came back; a mistyped name is a finding, no township."""
    area = merged.ledgers.unit.area
    known = {township.name for township in reader.gazetteer.townships(area.code)} if area else ()
    return tuple(
        line
        for line in merged.returns
        if not known or line.name in known or line.children or line.caregivers or line.held
    )


def returned_names(sources: Sequence[Path], out: Path | None) -> dict[Path, Path]:
    """Say where each file's marked copy goes: ``out``, or beside it one for each of several."""
    if out is None:
        return {}
    if len(sources) == 1:
        return {sources[0]: out}
    names: dict[Path, Path] = {}
    for source in sources:
        name = out.with_name(f"{out.stem}_{source.stem}{out.suffix}")
        while name in names.values():
            name = name.with_name(f"{name.stem}_2{name.suffix}")
        names[source] = name
    return names


def check(
    kind: TableKind, sources: Sequence[Path], reader: Reader, progress: Progress = silent
) -> CheckReport:
    """Find everything wrong in files of one kind.

    Raises
    ------
    Unreadable
        When none of the files can be read.
    """
    progress(Stage.READ, 0, len(sources))
    with _collector_at_rest():
        return check_files(sources, kind, reader)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Stop looking for cycles: rows make none, and looking takes an eighth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def write_returned_files(
    findings: Sequence[Finding], names: Mapping[Path, Path], progress: Progress = silent
) -> tuple[Path, ...]:
    """Write the marked copies of the files that could be read; give those written."""
    from ledger.returned import write_returned

    refused = {f.where.file for f in findings if f.rule == "file_unreadable"}
    wanted = {source: out for source, out in names.items() if source.name not in refused}
    for done, (source, out) in enumerate(wanted.items()):
        progress(Stage.RETURN, done, len(wanted))
        with whole_file(out) as draft, _collector_at_rest():
            write_returned(source, findings, draft)
    return tuple(wanted.values())


def split(
    ledger: Path, out: Path, reader: Reader, progress: Progress = silent
) -> tuple[Merged, tuple[Path, ...]]:
    """Write a prefilled workbook for each township of a ledger; give what was read, and them.

    Raises
    ------
    Unreadable
        When the ledger cannot be read.
    """
    from ledger.split import split_ledger

    progress(Stage.READ, 0, 1)
    return split_ledger(ledger, out, reader)
