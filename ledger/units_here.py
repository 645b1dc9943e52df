"""Whose ledger this is: the unit that its columns, titles or townships speak of (申报区县)."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

from casework.errors import NotFound
from casework.writing import said
from geo.areas import Gazetteer, Township, Unit
from geo.names import plain, stems
from ledger.reader import Reader
from ledger.rows import Sheet

_LONGEST_UNIT = 14
# The province and the prefecture before a county's name.
_ABOVE = re.compile(r"^(?:.{2,7}(?:省|自治区))?(?:.{2,4}市)?(?=.+[县区市旗]$)")
_COUNTY = re.compile(
    r"(?:^|[省市州年月日\W\d_]|自治区)((?![各全本我区该郊外省市年月日])[一-鿿]{1,3}县|[一-鿿]{2,10}自治县)(?![级城域外内区])"
)


@dataclass(frozen=True, slots=True)
class UnitHere:
    """The unit of a ledger.

    Attributes
    ----------
    code
        Its code; where the gazetteer does not know it, its name, or empty.
    area
        The unit as the gazetteer has it; None: areas are taken as they are written.
    """

    code: str
    name: str
    area: Unit | None = None


def settle_unit(sheets: Iterable[Sheet], reader: Reader) -> UnitHere:
    """Say whose ledger it is: the caller's word, the unit column, a title, the townships.

    The majority decides; a row of another unit is an error of that row.

    Raises
    ------
    NotFound
        When the caller names a unit that neither the gazetteer nor the ledger itself knows.
    """
    sheets = tuple(sheets)
    gazetteer = reader.gazetteer
    written = Counter(
        _named(gazetteer, text) for sheet in sheets for text in _texts(sheet, "unit")
    )
    if reader.unit:
        return _asked_for(reader.unit, {*written, *_elsewhere(sheets)}, gazetteer)
    titled = Counter(unit for sheet in sheets for unit in _units_in_titles(sheet, gazetteer))
    for votes in (written, titled, Counter(_elsewhere(sheets))):
        if votes:
            return min(votes, key=lambda unit: (-votes[unit], unit.area is None, unit.code))
    return _by_townships(sheets, gazetteer) or UnitHere("", "")


def township_in_titles(sheet: Sheet, townships: Iterable[Township]) -> Township | None:
    """Find the one township that the title, the sheet's or the file's name speaks of."""
    townships = tuple(townships)
    for text in _titles(sheet):
        found = [t for t in townships if t.name in text]
        found = found or [t for t in townships if _stem(t.name) in text]
        longest = [t for t in found if not any(t.name in o.name for o in found if o is not t)]
        if len(longest) == 1:
            return longest[0]
    return None


def _named(gazetteer: Gazetteer, text: str) -> UnitHere:
    area = gazetteer.find_unit(text)
    if area is None:
        name = _ABOVE.sub("", plain(text))
        return UnitHere(name, name)
    return UnitHere(area.code, area.name, area)


def _asked_for(name: str, written: Collection[UnitHere], gazetteer: Gazetteer) -> UnitHere:
    """Take the caller's word, for a unit we have no list of only where the ledger says it too."""
    here = _named(gazetteer, name)
    if here.area is None and here not in written:
        raise NotFound(
            f"找不到区县“{here.name}”；请核对名称，市外区县请在台账的“区县”列写同样的名称"
            " / no such unit; one we have no list of must stand in the ledger's column 区县"
        )
    return here


def _elsewhere(sheets: Iterable[Sheet]) -> Iterator[UnitHere]:
    """Yield the counties that titles name and the gazetteer may not know (贵州省正安县…)."""
    for sheet in sheets:
        found = next(filter(None, map(_COUNTY.search, _titles(sheet))), None)
        if found:
            yield UnitHere(found[1], found[1])


def _texts(sheet: Sheet, name: str) -> Iterator[str]:
    if name in sheet.present:
        yield from filter(None, (said(sheet.value(row, name)) for row in sheet.table.rows))


def _titles(sheet: Sheet) -> tuple[str, ...]:
    table = sheet.table
    return tuple(map(plain, (table.title, table.sheet, PurePath(table.file).stem)))


def _units_in_titles(sheet: Sheet, gazetteer: Gazetteer) -> Iterator[UnitHere]:
    """Yield the unit of the first title that names just one."""
    for title in _titles(sheet):
        text = title.removeprefix("重庆市").removeprefix("重庆")
        found = {unit for name in _unit_like(text) if (unit := gazetteer.find_unit(name))}
        if len(found) == 1:
            area = found.pop()
            yield UnitHere(area.code, area.name, area)
            return


def _unit_like(text: str) -> Iterator[str]:
    """Yield parts of a title that may be a unit's name: up to each 区 or 县, or its beginning."""
    ends = [i + 1 for i, character in enumerate(text) if character in "区县"]
    for end in ends:
        yield from (text[start:end] for start in range(max(0, end - _LONGEST_UNIT), end - 1))
    yield from (text[:length] for length in (2, 3, 4))


def _stem(name: str) -> str:
    """Give a township's name without its ending where two characters or more are left."""
    bare = stems(name)[-1][0]
    return bare if len(bare) >= 2 else name


def _by_townships(sheets: tuple[Sheet, ...], gazetteer: Gazetteer) -> UnitHere | None:
    """Take the unit that has most of the townships written, and at least half of them."""
    names = Counter(text for sheet in sheets for text in _texts(sheet, "township"))
    matches = (gazetteer.find_township(name).township for name in names)
    codes = {township.unit_code for township in matches if township}
    known = {
        code: sum(n for name, n in names.items() if gazetteer.find_township(name, code).township)
        for code in codes
    }
    best = min(known, key=lambda code: (-known[code], code), default="")
    if not best or 2 * known[best] < names.total():
        return None
    area = gazetteer.unit(best)
    return UnitHere(area.code, area.name, area)
