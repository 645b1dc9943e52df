"""Violators: the smallest group that proves that somebody must be left over (霍尔条件).

From a household that is left over, look at everybody it may have: their places are taken; by
whom; whom else those may have; and so on. All who are reached need one place more than there
are (Hall). The group is minimal: each of its households could pass its place along to the one
that is left over, so without any one of them all the others are served.
"""

import numpy as np

from casework.answers import Shortage
from solver.pairs.homes import Bools, int_array
from solver.pairs.resolve import villages_of
from solver.pairs.warm import WarmUnit


def shortage_around(unit: WarmUnit, g: int) -> Shortage | None:
    """Return the group that shows that a left-over group has to be; None where none does.

    None has a reason: places are free that whole households, or the hard maximum of children,
    cannot use.
    """
    allowed = np.isfinite(unit.table.arcs)
    groups, caregivers = np.zeros(len(allowed), dtype=bool), np.zeros(allowed.shape[1], dtype=bool)
    groups[g] = True
    holder, takes = int_array(unit.holder), unit.landscape.takes
    places = int_array(unit.setting.places)
    reached = groups.copy()
    while reached.any():
        caregivers |= _neighbours(allowed, reached)
        reached = np.append(caregivers, False)[holder] & ~groups
        groups |= reached
    if takes[groups].sum() <= places[caregivers].sum():
        return None
    if takes.max() > 1:
        groups = _shrunk(groups, g, allowed, unit)
    return _told(unit, groups, _neighbours(allowed, groups))


def _shrunk(groups: Bools, g: int, allowed: Bools, unit: WarmUnit) -> Bools:
    """Take out every group without which the rest still needs more places than there are."""
    takes, places = unit.landscape.takes, int_array(unit.setting.places)
    groups = groups.copy()
    for i in np.flatnonzero(groups).tolist():
        groups[i] = i == g
        if takes[groups].sum() <= places[_neighbours(allowed, groups)].sum():
            groups[i] = True
    return groups


def _neighbours(allowed: Bools, groups: Bools) -> Bools:
    """Return the caregivers whom any of some groups may have."""
    found: Bools = np.logical_or.reduce(allowed[groups], axis=0)
    return found


def _told(unit: WarmUnit, groups: Bools, caregivers: Bools) -> Shortage:
    setting = unit.setting
    chosen = np.flatnonzero(groups).tolist()
    members = sorted(i for g in chosen for i in setting.groups[g])
    children = [setting.children[i] for i in members]
    return Shortage(
        children=tuple(child.id for child in children),
        households=len(chosen),
        villages=villages_of(children),
        caregivers=tuple(setting.caregivers[j].id for j in np.flatnonzero(caregivers)),
        needed=int(unit.landscape.takes[groups].sum()),
        places=int(int_array(setting.places)[caregivers].sum()),
    )
