"""Flaws: what happens to township workbooks on their way to the unit, and the truth of it.

Every kind is made on purpose and written down, so that a test can show that what the
findings ask for is all that must be mended (示例的错误与真值).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from casework.sample import SampleUnit
from casework.sample_draw import Draw
from ledger.sample_cell_flaws import LOST, WRITTEN_OTHERWISE, CellFlaw
from ledger.sample_sheet_flaws import IN_ANY_FILE, IN_WORKBOOKS, PEOPLE, SheetFlaw
from ledger.sample_sheets import About, Sheet
from ledger.tables import TableKind, Value

ENCODINGS = ("gb18030", "utf-8-sig", "utf-16")
SHARE_OF_ROWS = 0.25


@dataclass(slots=True)
class DamagedFile:
    """A file as it arrives: a workbook, or a csv of one sheet where ``encoding`` says so."""

    name: str
    township: str
    sheets: list[Sheet]
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing done to a file, sheet, row or cell, and what stood there before.

    Attributes
    ----------
    row
        The very row of the sheet, wherever it comes to stand; None for the whole sheet.
    needs_person
        The truth cannot be had from the file any more.
    """

    kind: str
    file: DamagedFile
    sheet: Sheet | None = None
    row: list[Value] | None = None
    field: str = ""
    true: Value = None
    needs_person: bool = False


@dataclass(slots=True)
class Damaged:
    """What arrives of a unit: files, flaws, rows that should not be there, who is missing."""

    files: list[DamagedFile]
    flaws: list[Flaw] = field(default_factory=list)
    wrong_rows: list[list[Value]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def with_homonyms(sample: SampleUnit) -> SampleUnit:
    """Let two children who have nothing to do with each other have one name."""
    children = list(sample.children)
    first = children[0]
    for i, child in enumerate(children):
        if child.home.township != first.home.township and child.sex is first.sex:
            children[i] = replace(child, name=first.name)
            renamed = [
                replace(pair, child_name=first.name) if pair.child_key == child.number else pair
                for pair in sample.pairs
            ]
            return replace(sample, children=tuple(children), pairs=tuple(renamed))
    return sample


def damage(files: Sequence[DamagedFile], sample: SampleUnit) -> Damaged:
    """Damage a unit's files in every way there is, as far as there are rows for it."""
    draw = Draw(sample.seed, sample.unit.code, "flaws")
    damaged = Damaged(draw.several(files, len(files)))
    _lose_a_township(damaged)
    _damage_cells(damaged, sample, draw)
    _double_rows(damaged)
    _save_as_csv(damaged)
    _damage_sheets(damaged, draw)
    _rename(damaged)
    damaged.files.sort(key=lambda file: file.name)
    return damaged


def _damage_cells(damaged: Damaged, sample: SampleUnit, draw: Draw) -> None:
    """Damage one row after another, one flaw a row, each kind in turn."""
    rows = [(f, s, r) for f, s in _sheets(damaged, PEOPLE) for r in s.rows]
    rows = draw.several(rows, int(len(rows) * SHARE_OF_ROWS))
    names = {township.name for township in sample.townships}
    waiting = [*LOST, *WRITTEN_OTHERWISE]
    for file, sheet, row in rows:
        for flaw in waiting:
            changes = _changes(flaw, sheet, row, draw, names)
            if changes:
                waiting.remove(flaw)
                waiting.append(flaw)
                damaged.flaws += _write_changes(flaw, file, sheet, row, changes)
                break


def _changes(
    flaw: CellFlaw, sheet: Sheet, row: list[Value], draw: Draw, townships: set[str]
) -> dict[str, Value]:
    """Give the cells that change; none where they would name another real township."""
    cells = dict(zip(sheet.fields, row, strict=True))
    changes = flaw(cells, draw)
    return {} if changes.get("township") in townships else changes


def _write_changes(
    flaw: CellFlaw, file: DamagedFile, sheet: Sheet, row: list[Value], changes: dict[str, Value]
) -> Iterator[Flaw]:
    for name, value in changes.items():
        at = sheet.fields.index(name)
        yield Flaw(flaw.__name__, file, sheet, row, name, row[at], flaw in LOST)
        row[at] = value


def _double_rows(damaged: Damaged) -> None:
    """List children twice: alike, differently, and in a township they have left."""
    sheets = [(f, s) for f, s in _sheets(damaged, (TableKind.CHILDREN,)) if len(s.rows) > 3]
    if len(sheets) < 3:
        return
    touched = {id(flaw.row) for flaw in damaged.flaws}
    clean = [
        next((i, r) for i, r in enumerate(s.rows) if id(r) not in touched) for _, s in sheets[:3]
    ]
    (file, sheet), (i, row) = sheets[0], clean[0]
    _insert(sheet, [len(sheet.rows) + 1, *row[1:]], sheet.about[i])
    damaged.flaws.append(Flaw("double_identical", file, sheet, sheet.rows[-1]))
    for kind, source, target in (("double_conflict", 1, 1), ("two_townships", 2, 0)):
        (file, sheet), (i, row) = sheets[target], clean[source]
        copy = list(row)
        copy[sheet.fields.index("guardian_phone")] = "16200000001"
        for name in ("township", "village"):
            at = sheet.fields.index(name)
            copy[at] = clean[target][1][at]
        _insert(sheet, copy, sheets[source][1].about[i])
        damaged.wrong_rows.append(copy)
        damaged.flaws.append(Flaw(kind, file, sheet, copy, needs_person=True))


def _insert(sheet: Sheet, row: list[Value], about: About) -> None:
    sheet.rows.append(row)
    sheet.about.append(about)


def _lose_a_township(damaged: Damaged) -> None:
    """Let one township not answer: the one with fewest rows in a full file."""
    if len(damaged.files) < 4:
        return
    lost = min(damaged.files, key=lambda file: (sum(len(s.rows) for s in file.sheets), file.name))
    damaged.files.remove(lost)
    damaged.missing.append(lost.township)
    damaged.flaws.append(Flaw("missing_township", lost, needs_person=True))


def _save_as_csv(damaged: Damaged) -> None:
    """Save some townships' sheets as csv, one file each."""
    for encoding, file in zip(ENCODINGS, list(damaged.files), strict=False):
        parts = [
            DamagedFile(f"{file.township}{sheet.name}.csv", file.township, [sheet], encoding)
            for sheet in file.sheets
            if sheet.rows
        ]
        at = damaged.files.index(file)
        damaged.files[at : at + 1] = parts
        damaged.flaws = [_moved(flaw, file, parts) for flaw in damaged.flaws]
        damaged.flaws += [Flaw(f"csv_{encoding}", part) for part in parts]


def _moved(flaw: Flaw, file: DamagedFile, parts: list[DamagedFile]) -> Flaw:
    if flaw.file is not file:
        return flaw
    return replace(flaw, file=next(part for part in parts if part.sheets[0] is flaw.sheet))


def _damage_sheets(damaged: Damaged, draw: Draw) -> None:
    """Damage the sheets of each file with two flaws, each kind in turn."""
    waiting: list[SheetFlaw] = [*IN_ANY_FILE, *IN_WORKBOOKS]
    for file in damaged.files:
        possible = IN_ANY_FILE if file.encoding else (*IN_ANY_FILE, *IN_WORKBOOKS)
        chosen = [flaw for flaw in waiting if flaw in possible][:2]
        for flaw in sorted(chosen, key=possible.index):
            waiting.remove(flaw)
            waiting.append(flaw)
            for sheet in file.sheets:
                if sheet.rows and flaw(sheet, draw):
                    damaged.flaws.append(Flaw(flaw.__name__, file, sheet))


def _rename(damaged: Damaged) -> None:
    """Name files as chats and desktops do, and send one of them twice."""
    workbooks = [file for file in damaged.files if not file.encoding]
    names = ("名单(1).xlsx", "最终版2.xlsx", "{} 2021.9.13 修改.xlsx")
    for name, file in zip(names, workbooks, strict=False):
        file.name = name.format(file.township)
        damaged.flaws.append(Flaw("file_name", file))
    for file in workbooks[len(names) : len(names) + 1]:
        copy = replace(file, name=f"{file.township}名单 - 副本.xlsx")
        damaged.files.append(copy)
        damaged.flaws += [replace(f, file=copy) for f in damaged.flaws if f.file is file]
        damaged.flaws.append(Flaw("sent_twice", copy))


def _sheets(damaged: Damaged, kinds: Iterable[TableKind]) -> Iterator[tuple[DamagedFile, Sheet]]:
    wanted = tuple(kinds)
    for file in damaged.files:
        for sheet in file.sheets:
            if sheet.kind in wanted:
                yield file, sheet
