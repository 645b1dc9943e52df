"""The menu: where each role's work is, the same on every page (菜单)."""

from collections.abc import Mapping
from dataclasses import dataclass

from casework.access import Role


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the address it leads to, and the key of its words."""

    address: str
    words: str


def _entries(**places: str) -> tuple[Entry, ...]:
    return tuple(Entry(address, f"menu_{name}") for name, address in places.items())


_UNIT = _entries(
    today="/",
    desk="/desk",
    imports="/imports",
    children="/children",
    caregivers="/caregivers",
    proposals="/proposals",
    pairings="/pairings",
    care="/care",
    tasks="/tasks",
    declaration="/declaration",
    supervision="/supervision",
    round="/round",
)
_TOWNSHIP = _entries(
    today="/",
    rows="/rows",
    children="/children",
    caregivers="/caregivers",
    proposals="/proposals",
    pairings="/pairings",
    care="/care",
    tasks="/tasks",
    supervision="/supervision",
    round="/round",
)
_CITY = _entries(
    today="/",
    declarations="/declarations",
    round="/round",
    supervision="/supervision",
    accounts="/accounts",
)
MENU: Mapping[Role, tuple[Entry, ...]] = {
    Role.UNIT: _UNIT,
    Role.TOWNSHIP: _TOWNSHIP,
    Role.CITY: _CITY,
    Role.CAREGIVER: _entries(children="/"),
    Role.TEAM: _entries(round="/round"),
    Role.AUDITOR: _entries(audit="/audit", round="/round", supervision="/supervision"),
}


def menu_of(role: Role | None) -> tuple[Entry, ...]:
    """Give the menu of a role; nobody has none."""
    return MENU.get(role, ()) if role else ()
