"""Merge: one unit's ledger from what the townships sent back (汇总).

Every file is read, also copies such as 名单(1).xlsx and 名单 - 副本.xlsx: what they say alike
is joined, what they contradict each other in waits. Nobody can tell by its name or its time
which version is right, so the program does not guess.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from casework.errors import NotFound, Unreadable
from casework.findings import Finding, Where
from ledger.ledger_rows import UNKNOWN_TOWNSHIP
from ledger.pairings import current_pairs, forbidden_pairs
from ledger.people import Ledgers, read_ledgers
from ledger.reader import Reader
from ledger.tables import Table, TableKind
from ledger.workbook import read_many

SUFFIXES = frozenset((".xlsx", ".xlsm", ".xls", ".et", ".csv", ".tsv", ".txt"))
Progress = Callable[[str, int, int], None]
"""Called with the file's name, how many are done, and how many there are."""

_LEDGERS = (TableKind.CHILDREN, TableKind.CAREGIVERS, TableKind.PAIRS)
NOT_BACK = "township_not_back"
_VERSION_MARKS = re.compile(
    r"[(（]\d+[)）]|副本|最终|终稿|定稿|修改|更新|新版?|第?[一二三\d]+[版稿]|版|[vV]?\d+|[\s._\-—]+"
)


@dataclass(frozen=True, slots=True)
class FromTownship:
    """What one township sent back.

    Attributes
    ----------
    files
        Empty where nothing came.
    """

    name: str
    files: tuple[str, ...] = ()
    children: int = 0
    caregivers: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class Merged:
    """One unit's ledgers from many files.

    Attributes
    ----------
    returns
        A line for each township of the unit, and one for the rows that name none (镇街不明).
    findings
        Everything that was said: files, layout, rows, pairs.
    """

    ledgers: Ledgers
    files: tuple[str, ...]
    returns: tuple[FromTownship, ...]
    findings: tuple[Finding, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Townships of the unit that sent nothing."""
        return tuple(line.name for line in self.returns if not line.files)


def merge_folder(folder: Path, reader: Reader, progress: Progress | None = None) -> Merged:
    """Merge every workbook and list in a folder and the folders in it.

    Raises
    ------
    NotFound
        When there is no file to read.
    """
    paths = sorted(path for path in folder.rglob("*") if _is_ours_to_read(path))
    if not paths:
        raise NotFound(
            f"文件夹 {folder.name} 里没有可读的表格文件 / no workbook or list in the folder"
        )
    return merge_files(paths, reader, progress)


def merge_files(
    paths: Iterable[Path],
    reader: Reader,
    progress: Progress | None = None,
    *,
    tolerant: bool = True,
) -> Merged:
    """Merge files; one that cannot be read is a finding and does not stop the others.

    Raises
    ------
    Unreadable
        When not ``tolerant`` and a file cannot be read.
    """
    paths = tuple(paths)
    tables: list[Table] = []
    findings: list[Finding] = []
    for done, (path, reading) in enumerate(read_many(paths, kinds=_LEDGERS), 1):
        if isinstance(reading, Unreadable):
            if not tolerant:
                raise reading
            where = Where(path.name)
            findings.append(Finding("file_unreadable", where, values={"reason": str(reading)}))
        else:
            tables += reading.tables
            findings += reading.findings
        if progress:
            progress(path.name, done, len(paths))
    ledgers = read_ledgers(tables, reader)
    findings += ledgers.findings
    findings += current_pairs(ledgers, reader.on)[1]
    findings += forbidden_pairs(ledgers, reader.programme)[1]
    returns = tuple(_returns(ledgers, reader))
    findings += _tell_files(returns)
    findings.sort(key=lambda finding: (finding.where, finding.rule))
    names = tuple(path.name for path in paths)
    return Merged(ledgers, names, returns, tuple(findings))


def _is_ours_to_read(path: Path) -> bool:
    """Say whether a file is worth a look: no lock files of Excel, nothing hidden."""
    hidden = path.name.startswith(("~", "."))
    return path.is_file() and path.suffix.lower() in SUFFIXES and not hidden


def _returns(ledgers: Ledgers, reader: Reader) -> Iterator[FromTownship]:
    """Give a line for each township, in the order of the gazetteer, then for the others."""
    files: dict[str, list[str]] = defaultdict(list)
    for township, file in ledgers.returned:
        files[township or UNKNOWN_TOWNSHIP].append(file)
    children = Counter(child.township_name for child in ledgers.children)
    caregivers = Counter(caregiver.township_name for caregiver in ledgers.caregivers)
    held = Counter(
        row.township_name or UNKNOWN_TOWNSHIP
        for row in (*ledgers.held_children, *ledgers.held_caregivers)
    )
    area = ledgers.unit.area
    expected = [t.name for t in reader.gazetteer.townships(area.code)] if area else []
    for name in dict.fromkeys((*expected, *sorted(files))):
        sent = tuple(files.get(name, ()))
        yield FromTownship(name, sent, children[name], caregivers[name], held[name])


def _tell_files(returns: Iterable[FromTownship]) -> Iterator[Finding]:
    """Tell who is missing, and which files of a township look like versions of one."""
    for line in returns:
        if not line.files:
            yield Finding(NOT_BACK, values={"township": line.name})
        versions: dict[str, list[str]] = defaultdict(list)
        for file in line.files:
            versions[_VERSION_MARKS.sub("", Path(file).stem)].append(file)
        for files in versions.values():
            if len(files) > 1:
                names = "、".join(files)
                yield Finding("file_versions", Where(files[0]), values={"files": names})
