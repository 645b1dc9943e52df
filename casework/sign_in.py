"""Sign-in: who comes to a published session, by name, at the unit alone (签到名册).

Made from the unit's own ledger for its own sessions. Townships come whole, as the published
timetable says; where it does not say, the unit packs them itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from casework.eligibility import age_years
from casework.people import Sex
from casework.records import ChildRecord
from casework.rounds import Session
from casework.session_rules import SessionRules


@dataclass(frozen=True, slots=True)
class RosterChild:
    """One child on a sign-in sheet; ``needs_access`` is counted there, never written by a name."""

    name: str
    sex: Sex | None
    age_years: int | None
    township: str
    township_name: str
    caregiver: str
    needs_access: bool = False


@dataclass(frozen=True, slots=True)
class Roster:
    """Who comes to one session.

    Attributes
    ----------
    number
        From 1, in the order of the unit's sessions.
    """

    unit_name: str
    number: int
    session: Session
    team_name: str
    children: tuple[RosterChild, ...]
    rules: SessionRules

    @property
    def townships(self) -> tuple[str, ...]:
        """Names of the townships whose chairs come as area supervisors (片区督导)."""
        return tuple(dict.fromkeys(child.township_name for child in self.children))

    @property
    def caregivers(self) -> tuple[tuple[str, str], ...]:
        """Each caregiver once, with her township."""
        found = {(c.caregiver, c.township_name): None for c in self.children if c.caregiver}
        return tuple(found)


def roster_child(child: ChildRecord, caregiver: str, on: date) -> RosterChild:
    """Give what a sign-in sheet says of a child: no ID, no address, no phone."""
    age = age_years(child.birth_date, on) if child.birth_date else None
    return RosterChild(
        child.name,
        child.sex,
        age,
        child.home.township,
        child.township_name or child.home.township,
        caregiver,
        bool(child.has_disability),
    )


def deal(
    children: Iterable[RosterChild], sessions: Sequence[tuple[str, ...]]
) -> tuple[list[list[RosterChild]], tuple[str, ...]]:
    """Send each child to its township's session; give also the townships that have none.

    Parameters
    ----------
    sessions
        Codes of the townships of each session. A township in several is dealt out in turn, by
        age and name; one in none goes to the smallest session.
    """
    dealt: list[list[RosterChild]] = [[] for _ in sessions]
    turns: dict[str, int] = {}
    strangers: list[RosterChild] = []
    for child in sorted(children, key=_order):
        places = [n for n, codes in enumerate(sessions) if child.township in codes]
        if not places:
            strangers.append(child)
            continue
        turn = turns.get(child.township, 0)
        turns[child.township] = turn + 1
        dealt[places[turn % len(places)]].append(child)
    for code in dict.fromkeys(child.township for child in strangers):
        smallest = min(dealt, key=len)
        smallest += [child for child in strangers if child.township == code]
    names = dict.fromkeys(child.township_name for child in strangers)
    return dealt, tuple(names)


def _order(child: RosterChild) -> tuple[str, int, str]:
    age = 99 if child.age_years is None else child.age_years
    return child.township, age, child.name
