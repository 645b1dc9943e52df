"""Matching: which person on record a row speaks of (认人).

By the resident ID, then by the 编号 (or the stored id that an export puts in its place), then
by name and birth date. Names repeat and numbers are
mistyped: whatever is not certain is a doubt for a person to settle, never a guess.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from casework.people import Home


class Person(Protocol):
    """What a child's and a caregiver's record have alike for telling who it is."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def home(self) -> Home: ...  # noqa: D102
    @property
    def resident_id(self) -> str: ...  # noqa: D102
    @property
    def number(self) -> str: ...  # noqa: D102
    @property
    def birth_date(self) -> date | None: ...  # noqa: D102


P = TypeVar("P", bound=Person)


class Doubt(StrEnum):
    """Why a person must look at a row before it counts (存疑)."""

    OTHER_NAME = "other_name"
    OTHER_ID = "other_id"
    MAYBE_SAME_PERSON = "maybe_same_person"
    SAME_PERSON_TWICE = "same_person_twice"
    OLDER_FILE = "older_file"
    BACK_AGAIN = "back_again"


@dataclass(frozen=True, slots=True)
class Match(Generic[P]):
    """Whom a row may speak of: nobody, one person, or several who could be meant.

    Attributes
    ----------
    doubt
        None where the one person is certain, or there is nobody.
    """

    people: tuple[P, ...] = ()
    doubt: Doubt | None = None

    @property
    def is_certain(self) -> bool:
        """Whether the row is known to speak of just this person."""
        return len(self.people) == 1 and self.doubt is None


class Register(Generic[P]):
    """People on record, by each thing a row may know them by."""

    def __init__(self, people: Iterable[P]) -> None:
        """Index the people; each is there once."""
        self._by_resident_id: dict[str, P] = {}
        self._by_number: dict[str, list[P]] = defaultdict(list)
        self._by_name: dict[str, list[P]] = defaultdict(list)
        for person in people:
            if person.resident_id:
                self._by_resident_id[person.resident_id] = person
            for number in {person.number, number_on_paper(person.id)} - {""}:
                self._by_number[number].append(person)
            self._by_name[person.name].append(person)

    def match(self, row: Person) -> Match[P]:
        """Find whom a row speaks of."""
        known = self._by_resident_id.get(row.resident_id) if row.resident_id else None
        if known:
            doubt = None if known.name == row.name else Doubt.OTHER_NAME
            return Match((known,), doubt)
        numbered = self._by_number.get(row.number, []) if row.number else []
        if len(numbered) == 1 and (match := _by_number(row, numbered[0])):
            return match
        return self._by_likeness(row)

    def named(self, name: str) -> Sequence[P]:
        """Give everybody of this name."""
        return self._by_name.get(name, ())

    def of_resident_id(self, resident_id: str) -> P | None:
        """Give the person with this resident ID."""
        return self._by_resident_id.get(resident_id) if resident_id else None

    def of_number(self, number: str) -> Sequence[P]:
        """Give everybody with this 编号."""
        return self._by_number.get(number, ()) if number else ()

    def _by_likeness(self, row: Person) -> Match[P]:
        namesakes = self._by_name.get(row.name)
        if not namesakes:
            return Match()
        likely = tuple(other for other in namesakes if _are_alike(row, other))
        if len(likely) == 1 and _has_no_number(row) and _has_no_number(likely[0]):
            return Match(likely, None if _in_one_village(row, likely[0]) else _MAYBE)
        if not likely:
            return Match()
        both_numbered = row.resident_id and all(other.resident_id for other in likely)
        return Match(likely, Doubt.OTHER_ID if both_numbered else _MAYBE)


def number_on_paper(stored_id: str) -> str:
    """Give what stands in the place of the 编号 in an export: it finds the person again."""
    return f"ZA-{stored_id}"


_MAYBE = Doubt.MAYBE_SAME_PERSON


def is_nearly_same_id(one: str, other: str) -> bool:
    """Say whether two numbers differ as a slip of the hand makes them: a digit, or two swapped.

    The check digit follows from the others, so it does not count.
    """
    if len(one) != len(other) or len(one) != 18:
        return False
    apart = [i for i in range(17) if one[i] != other[i]]
    if len(apart) <= 1:
        return True
    swapped = len(apart) == 2 and apart[1] == apart[0] + 1
    i = apart[0]
    return swapped and one[i] == other[i + 1] and one[i + 1] == other[i]


def _by_number(row: Person, person: P) -> Match[P] | None:
    """Judge a shared 编号; two townships that count 1, 2, 3 have different people under it."""
    if row.resident_id and person.resident_id:
        return Match((person,), Doubt.OTHER_ID) if row.name == person.name else None
    return Match((person,), None if row.name == person.name else Doubt.OTHER_NAME)


def _are_alike(row: Person, other: Person) -> bool:
    """Say whether two of one name may be one person: one birth date, or nearly one number."""
    if row.birth_date and row.birth_date == other.birth_date:
        return True
    if row.resident_id and other.resident_id:
        return is_nearly_same_id(row.resident_id, other.resident_id)
    unknown = row.birth_date is None or other.birth_date is None
    return unknown and _in_one_village(row, other)


def _has_no_number(person: Person) -> bool:
    return not person.resident_id and not person.number


def _in_one_village(row: Person, other: Person) -> bool:
    return (
        row.home.township == other.home.township
        and row.home.village == other.home.village
        and row.birth_date == other.birth_date
    )
