"""Sample files: a made-up unit or city as workbooks, as offices would have them (示例数据).

The same seed gives the same bytes. Everything in them is made up, and says so in
``示例数据说明.txt``, which also marks a folder that may be written anew.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casework.errors import Conflict, NotFound
from casework.records import CaregiverRecord, ChildRecord, PairRecord
from casework.sample import SampleUnit, make_city, make_unit
from casework.sample_draw import Draw
from geo.areas import Gazetteer, Township, Unit
from ledger.columns import ledger_name
from ledger.record_cells import Cells, caregiver_cells, child_cells, pair_cells
from ledger.sample_flaws import Damaged, DamagedFile, damage, with_homonyms
from ledger.sample_round_files import CLOSURES, DECLARATIONS, TEAMS, write_round
from ledger.sample_sheets import About, Sheet, make_sheet, write_csv, write_xlsx
from ledger.sample_truth import write_truth
from ledger.tables import TableKind

DEFAULT_UNIT = "500156"  # 武隆区: of middling size
DUE = date(2021, 9, 15)
README = "示例数据说明.txt"
TOWNSHIPS = "镇街"
TRUTH = "真值.json"
LEDGERS = (TableKind.CHILDREN, TableKind.CAREGIVERS, TableKind.PAIRS)
COMBINED_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class SampleBook:
    """A workbook of a sample before it is written; ``name`` is its file name."""

    name: str
    township: Township
    sheets: tuple[Sheet, ...]


def write_sample(
    out_dir: Path,
    unit: str | None = None,
    *,
    city: bool = False,
    seed: int = 1,
    flaws: bool = False,
    on: date = DUE,
) -> tuple[Path, ...]:
    """Write a made-up unit, or every unit of the city, and give the folders written.

    Parameters
    ----------
    unit
        Name or code; None takes one of middling size. Not looked at for a city.
    flaws
        Damage the township workbooks the way offices do, and tell the truth in 真值.json.

    Raises
    ------
    NotFound
        When there is no such unit on that day.
    Conflict
        When the folder holds something that is not a sample.
    """
    _make_room(out_dir, on)
    if not city:
        sample = make_unit(_find_unit(unit, on).code, seed, on)
        _write_unit(out_dir, sample, flaws=flaws)
        _write_readme(out_dir, seed, on)
        return (out_dir,)
    samples = tuple(make_city(seed, on))
    folders = tuple(out_dir / sample.unit.name for sample in samples)
    for folder, sample in zip(folders, samples, strict=True):
        _write_unit(folder, sample, flaws=flaws)
    write_round(out_dir, samples, seed, on)
    _write_readme(out_dir, seed, on)
    return folders


def township_books(sample: SampleUnit) -> Iterator[SampleBook]:
    """Lay out what each township would send: its children, caregivers and pairs."""
    draw = Draw(sample.seed, sample.unit.code, "workbooks")
    people = People(sample)
    for township in sample.townships:
        combined = draw.chance(COMBINED_SHARE) and people.stays_inside(township)
        sheets = people.combined_sheets(township) if combined else people.sheets(township)
        yield SampleBook(f"{township.name}.xlsx", township, sheets)


class People:
    """A unit's records, to be laid out as sheets; of one township or of all."""

    def __init__(self, sample: SampleUnit) -> None:
        """Index people by their numbers."""
        self._sample = sample
        self._children = {child.number: child for child in sample.children}
        self._caregivers = {caregiver.number: caregiver for caregiver in sample.caregivers}
        self._current = {p.child_key: p for p in sample.pairs if p.ended_on is None}

    def sheets(self, township: Township | None = None) -> tuple[Sheet, ...]:
        """Lay out the three ledgers."""
        children = [c for c in self._sample.children if _lives_in(c, township)]
        caregivers = [c for c in self._sample.caregivers if _lives_in(c, township)]
        numbers = {child.number for child in children}
        pairs = [pair for pair in self._sample.pairs if pair.child_key in numbers]
        return (
            make_sheet(
                TableKind.CHILDREN,
                [child_cells(child) for child in children],
                [About(child.number) for child in children],
            ),
            self._caregiver_sheet(caregivers),
            self._pair_sheet(pairs),
        )

    def stays_inside(self, township: Township) -> bool:
        """Whether the township has pairs, and nobody in them is of another township."""
        pairs = [
            (self._children[key], self._caregivers[pair.caregiver_key])
            for key, pair in self._current.items()
        ]
        touching = [
            (child, caregiver)
            for child, caregiver in pairs
            if _lives_in(child, township) or _lives_in(caregiver, township)
        ]
        return bool(touching) and all(
            child.home.township == caregiver.home.township for child, caregiver in touching
        )

    def combined_sheets(self, township: Township) -> tuple[Sheet, ...]:
        """Lay out child and caregiver in one row; caregivers without a child on a second sheet."""
        children = [c for c in self._sample.children if _lives_in(c, township)]
        beside = [self._current.get(child.number) for child in children]
        about = [
            About(child.number, pair.caregiver_key if pair else "")
            for child, pair in zip(children, beside, strict=True)
        ]
        cells = [
            self._combined_cells(child, pair) for child, pair in zip(children, beside, strict=True)
        ]
        named = {each.caregiver for each in about}
        rest = [
            c for c in self._sample.caregivers if _lives_in(c, township) and c.number not in named
        ]
        numbers = {child.number for child in children}
        ended = [p for p in self._sample.pairs if p.ended_on and p.child_key in numbers]
        sheets = (combined_sheet(cells, about), self._caregiver_sheet(rest))
        return (*sheets, self._pair_sheet(ended)) if ended else sheets

    def _combined_cells(self, child: ChildRecord, pair: PairRecord | None) -> Cells:
        if pair is None:
            return child_cells(child)
        theirs = caregiver_cells(self._caregivers[pair.caregiver_key])
        beside = {f"caregiver_{field}": value for field, value in theirs.items()}
        locked = "是" if pair.locked else "否"
        return {**child_cells(child), **beside, "started_on": pair.started_on, "locked": locked}

    def _caregiver_sheet(self, caregivers: list[CaregiverRecord]) -> Sheet:
        return make_sheet(
            TableKind.CAREGIVERS,
            [caregiver_cells(caregiver) for caregiver in caregivers],
            [About(caregiver=caregiver.number) for caregiver in caregivers],
        )

    def _pair_sheet(self, pairs: list[PairRecord]) -> Sheet:
        cells = [
            pair_cells(pair, self._children[pair.child_key], self._caregivers[pair.caregiver_key])
            for pair in pairs
        ]
        about = [About(pair.child_key, pair.caregiver_key) for pair in pairs]
        return make_sheet(TableKind.PAIRS, cells, about)


def combined_sheet(cells: list[Cells], about: list[About]) -> Sheet:
    """Lay out rows of child and caregiver under every heading either has."""
    child, caregiver = (
        make_sheet(kind, [], []) for kind in (TableKind.CHILDREN, TableKind.CAREGIVERS)
    )
    fields, headings = list(child.fields), list(child.headings)
    for field, heading in zip(caregiver.fields, caregiver.headings, strict=True):
        if field not in ("row_number", "name", "unit", "remarks"):
            fields.append(f"caregiver_{field}")
            headings.append(f"爱心妈妈{heading}")
    pair = make_sheet(TableKind.PAIRS, [], [])
    for field in ("started_on", "locked"):
        fields.append(field)
        headings.append(pair.headings[pair.fields.index(field)])
    rows = [
        [n if field == "row_number" else row.get(field) for field in fields]
        for n, row in enumerate(cells, 1)
    ]
    name = ledger_name(TableKind.COMBINED)
    return Sheet(name, TableKind.COMBINED, fields, headings, rows, about)


def _lives_in(person: ChildRecord | CaregiverRecord, township: Township | None) -> bool:
    return township is None or person.home.township == township.code


def _write_unit(folder: Path, sample: SampleUnit, *, flaws: bool) -> None:
    sample = with_homonyms(sample) if flaws else sample
    (folder / TOWNSHIPS).mkdir(parents=True, exist_ok=True)
    for sheet in People(sample).sheets():
        write_xlsx(folder / f"{sheet.name}.xlsx", [sheet])
    books = township_books(sample)
    if flaws:
        files = [DamagedFile(b.name, b.township.name, list(b.sheets)) for b in books]
        _write_damaged(folder, damage(files, sample), sample)
        return
    for book in books:
        write_xlsx(folder / TOWNSHIPS / book.name, book.sheets)


def _write_damaged(folder: Path, damaged: Damaged, sample: SampleUnit) -> None:
    for file in damaged.files:
        path = folder / TOWNSHIPS / file.name
        if file.encoding:
            write_csv(path, file.sheets[0], file.encoding)
        else:
            write_xlsx(path, file.sheets)
    write_truth(folder / TRUTH, damaged, sample, People(sample).sheets())


def _find_unit(text: str | None, on: date) -> Unit:
    areas, wanted = Gazetteer.on(on), text or DEFAULT_UNIT
    by_code = {unit.code: unit for unit in areas.units}
    unit = by_code.get(wanted) or areas.find_unit(wanted)
    if unit is None:
        raise NotFound(f"{on}没有名为“{text}”的区县 / no such unit on that day")
    return unit


def _make_room(out_dir: Path, on: date) -> None:
    """Clear a folder of an earlier sample; refuse one that holds anything else."""
    if not out_dir.exists() or not any(out_dir.iterdir()):
        return
    ours = {README, TOWNSHIPS, TRUTH, *(f"{ledger_name(kind)}.xlsx" for kind in LEDGERS)}
    ours |= {DECLARATIONS, f"{TEAMS}.xlsx", f"{CLOSURES}.xlsx"}
    ours |= {unit.name for unit in Gazetteer.on(on).units}
    found = {path.name for path in out_dir.iterdir()}
    if README not in found or found - ours:
        raise Conflict(
            f"文件夹“{out_dir.name}”不是空的，请另选一个 / "
            f"the folder {out_dir.name!r} is not empty: choose another"
        )
    shutil.rmtree(out_dir)


def _write_readme(out_dir: Path, seed: int, on: date) -> None:
    text = (
        "本文件夹内全部人员、号码、地址均为程序编造，与任何真实个人无关；"
        "请勿查询证件号码，请勿拨打电话。\n"
        f"Everybody in this folder is made up. seed={seed} on={on}\n"
        "重新生成示例时，本文件夹会被清空。 / It is emptied when a sample is written anew.\n"
    )
    (out_dir / README).write_text(text, encoding="utf-8")
