"""Finding areas by what people wrote: the order in which readings are tried.

A township's text may begin with the city and the unit (重庆市万州区太安镇). The whole text is
tried first, because 万盛街道 and 江北城街道 begin with a unit's name and mean none. A match
in the roster's own unit is better than one in an interwoven unit, and a name that stands for
two townships finds neither: both are candidates, as are names one typing error away.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from geo import area_tables
from geo.areas import Gazetteer, Township, TownshipMatch, UnitMatch
from geo.names import How, is_close, plain

_CITY = re.compile("^(?:中国)?重庆市?")
_OFFICE = re.compile("(?:妇女联合会|妇联|人民政府|管理委员会|管委会)$")
_CODE = re.compile(r"(\d{9})(?:000)?")
_BEST_FIRST = tuple(How)
_MOST_CANDIDATES = 8
_MOST_REMEMBERED = 4096


@lru_cache(_MOST_REMEMBERED)
def match_unit(gazetteer: Gazetteer, text: str) -> UnitMatch:
    """Find the unit a text names; see ``Gazetteer.match_unit``."""
    written = _OFFICE.sub("", plain(text)).casefold()
    for name in (written, _CITY.sub("", written)):
        meanings = dict(area_tables.spellings().get(name, ()))
        here = sorted(code for code in meanings if gazetteer.has_unit(code))
        if len(here) == 1:
            return UnitMatch(gazetteer.unit(here[0]), How(meanings[here[0]]))
        if meanings:
            how = How.NONE if here else How.MOVED
            heirs = here or sorted(_units_now(gazetteer, meanings))
            return UnitMatch(None, how, tuple(gazetteer.unit(code) for code in heirs))
    close = (u for u in gazetteer.units if len(written) > 1 and is_close(written, u.name))
    return UnitMatch(None, How.NONE, tuple(close))


@lru_cache(_MOST_REMEMBERED)
def match_township(gazetteer: Gazetteer, text: str, unit_code: str | None) -> TownshipMatch:
    """Find the township a text names; see ``Gazetteer.find_township``."""
    own = (gazetteer.unit(unit_code).code,) if unit_code else ()
    written = plain(text)
    if code := _CODE.fullmatch(written):
        return _match_code(gazetteer, code[1], own)
    elsewhere: list[Township] = []
    for name, named in _readings(gazetteer, written):
        if own and named and named.isdisjoint((*own, *_interwoven(gazetteer, own))):
            elsewhere += _look_up(gazetteer, name, sorted(named))[1]
        elif match := _match_in(gazetteer, name, own or tuple(sorted(named))):
            return match
    near = _close(gazetteer, written, own)
    same_name = _look_up(gazetteer, written, ())[1]
    candidates = tuple(dict.fromkeys((*elsewhere, *near, *same_name)))
    return TownshipMatch(None, How.NONE, candidates[:_MOST_CANDIDATES])


def _readings(gazetteer: Gazetteer, written: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the name without more and more in front, and the units that stood in front."""
    if written:
        yield written, frozenset()
    inner = plain(_CITY.sub("", written))
    if inner not in (written, ""):
        yield inner, frozenset()
    for text in dict.fromkeys((written, inner)):
        prefix = _unit_prefix().match(text)
        if prefix and (rest := plain(text[prefix.end() :])):
            meanings = area_tables.spellings()[prefix[0]]
            yield rest, _units_now(gazetteer, (code for code, _ in meanings))


@cache
def _unit_prefix() -> re.Pattern[str]:
    names = (name for name in area_tables.spellings() if not name.isascii())
    return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))


def _units_now(gazetteer: Gazetteer, codes: Iterable[str]) -> frozenset[str]:
    return frozenset(unit.code for code in codes for unit in gazetteer.successors(code))


def _interwoven(gazetteer: Gazetteer, units: tuple[str, ...]) -> tuple[str, ...]:
    others = dict.fromkeys(other for code in units for other in gazetteer.interwoven(code))
    return tuple(other for other in others if other not in units)


def _match_in(gazetteer: Gazetteer, name: str, units: tuple[str, ...]) -> TownshipMatch | None:
    """Match a name in some units, then in those interwoven with them; no units means all."""
    how, found = _look_up(gazetteer, name, units)
    if not found and (others := _interwoven(gazetteer, units)):
        how, found = How.MOVED, _look_up(gazetteer, name, others)[1]
    if len(found) == 1:
        return TownshipMatch(found[0], how)
    return TownshipMatch(None, How.NONE, found[:_MOST_CANDIDATES]) if found else None


def _look_up(
    gazetteer: Gazetteer, name: str, units: Iterable[str]
) -> tuple[How, tuple[Township, ...]]:
    """Return what the name stands for in some units, the best matches only; no units: all."""
    matches = [gazetteer.index(code).match(name) for code in tuple(units) or (None,)]
    best = min((how for how, _ in matches), key=_BEST_FIRST.index)
    codes = sorted(code for how, found in matches if how is best for code in found)
    return best, tuple(map(gazetteer.township, codes))


def _match_code(gazetteer: Gazetteer, code: str, own: tuple[str, ...]) -> TownshipMatch:
    if not gazetteer.has_township(code):
        return TownshipMatch(None, How.NONE)
    township = gazetteer.township(code)
    if not own or township.unit_code in own:
        return TownshipMatch(township, How.CODE)
    if township.unit_code in _interwoven(gazetteer, own):
        return TownshipMatch(township, How.MOVED)
    return TownshipMatch(None, How.NONE, (township,))


def _close(gazetteer: Gazetteer, written: str, own: tuple[str, ...]) -> Iterator[Township]:
    """Yield townships one typing error from any reading, those of the own unit first."""
    units = (*own, *_interwoven(gazetteer, own)) or (None,)
    for name, _ in _readings(gazetteer, written):
        for unit in units:
            yield from map(gazetteer.township, gazetteer.index(unit).close(name))
