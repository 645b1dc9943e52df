"""Import difference: rows of an incoming ledger against the people on record (导入比对).

Every row and everybody the file should speak of ends in just one class: new, changed field by
field, same, gone, doubtful, or held because the row itself must be mended first. An empty cell
says nothing, so it never empties what is on record (空白不覆盖). A file older than what is on
record changes nothing by itself.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any, Generic, TypeVar

from casework.people import CaregiverStatus, Category, ChildStatus, Home
from casework.people_matching import Doubt, Match, Register, number_on_paper
from casework.records import CaregiverRecord, ChildRecord, HeldRow

R = TypeVar("R", bound=ChildRecord | CaregiverRecord)

_AREA_NAMES = ("unit_name", "township_name", "village_name")
_COMPARED: Mapping[type, tuple[str, ...]] = {
    kind: tuple(
        field.name
        for field in fields(kind)
        if field.name not in ("id", "where", "home", *_AREA_NAMES)
    )
    for kind in (ChildRecord, CaregiverRecord)
}
_SAYS_NOTHING = (None, "", (), Category.UNSPECIFIED)
# What is told in one breath: a new answer takes its day along, even where none is given.
_COMPANIONS = {
    "consent_given": "consent_on",
    "commitment_signed": "commitment_on",
    "check_on": "check_expires_on",
}
# What a table without the column would change by what is assumed in its place.
_ASSUMED = frozenset(("status", "places"))
COVERS_NOBODY = frozenset(("",))
"""What a ledger covers of which a part is missing: nobody is gone for being in no row of it."""
_IN_FORCE = (ChildStatus.ACTIVE, CaregiverStatus.ACTIVE)


class Fate(StrEnum):
    """What an import makes of a row, or of a person no row speaks of."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    GONE = "gone"
    DOUBTFUL = "doubtful"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class OnRecord(Generic[R]):
    """Somebody on record (在案人员).

    Attributes
    ----------
    record
        What stands; its id is the stored, random one.
    version
        Which version of the record this is.
    as_of
        The day of the newest source that spoke of the person.
    """

    record: R
    version: int
    as_of: date

    @property
    def is_in_force(self) -> bool:
        """Whether the person is in the programme now (在册, 在岗)."""
        return self.record.status in _IN_FORCE


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a record: what stands and what the file says."""

    name: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Line(Generic[R]):
    """One line of the difference.

    Attributes
    ----------
    incoming
        The file's row; None for somebody who is gone.
    on_record
        Whom it speaks of; where several may be meant, the first of ``candidates``.
    changes
        What the row would change, field by field.
    blanks
        Fields that stand on record and are empty in the file: they stay.
    """

    fate: Fate
    incoming: R | HeldRow | None = None
    on_record: OnRecord[R] | None = None
    changes: tuple[FieldChange, ...] = ()
    blanks: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    candidates: tuple[OnRecord[R], ...] = ()


@dataclass(frozen=True, slots=True)
class Incoming(Generic[R]):
    """An incoming ledger, read and judged.

    Attributes
    ----------
    on
        The day the ledger speaks for.
    spoken
        Fields every table of it has a column for; None: all.
    covers
        Codes of the townships it is complete for; None: the whole unit. Nobody of another
        township is gone.
    is_repeated
        This very ledger was confirmed before: whoever differs now was changed after it.
    """

    rows: tuple[R, ...]
    held: tuple[HeldRow, ...]
    on: date
    spoken: frozenset[str] | None = None
    covers: frozenset[str] | None = None
    is_repeated: bool = False


def compare(incoming: Incoming[R], on_record: Iterable[OnRecord[R]]) -> tuple[Line[R], ...]:
    """Lay an incoming ledger beside the people on record.

    Returns
    -------
    Lines in the order of the file, then those who are gone, by id; the order of rows decides
    nothing.
    """
    people: dict[str, OnRecord[R]] = {person.record.id: person for person in on_record}
    register = Register(person.record for person in people.values())
    matches = [register.match(row) for row in incoming.rows]
    spoken_of: Counter[str] = Counter(match.people[0].id for match in matches if match.is_certain)
    rows = [
        _judge(row, match, people, spoken_of, incoming)
        for row, match in zip(incoming.rows, matches, strict=True)
    ]
    held = [_held(row, register, people) for row in incoming.held]
    mentioned: set[str] = {c.record.id for line in (*rows, *held) for c in line.candidates}
    lines = sorted((*rows, *held), key=_place)
    return (*lines, *_gone(people, mentioned, incoming))


def changed(record: R, changes: Iterable[FieldChange]) -> R:
    """Give the record with changes made."""
    values: dict[str, Any] = {change.name: change.after for change in changes}
    return replace(record, **values)


def changes_between(
    before: R, after: R, spoken: frozenset[str] | None = None
) -> tuple[FieldChange, ...]:
    """Give what a row changes in a record, a change a field; empty cells change nothing."""
    found = {change.name: change for change in _moves(before, after)}
    for name in _COMPARED[type(before)]:
        old, new = getattr(before, name), getattr(after, name)
        if old == new or new in _SAYS_NOTHING or not _speaks(name, spoken):
            continue
        found[name] = FieldChange(name, old, new)
        beside = _COMPANIONS.get(name, name)
        old, new = getattr(before, beside), getattr(after, beside)
        if old != new:
            found[beside] = FieldChange(beside, old, new)
    return tuple(found.values())


def _judge(
    row: R,
    match: Match[R],
    people: dict[str, OnRecord[R]],
    spoken_of: Counter[str],
    incoming: Incoming[R],
) -> Line[R]:
    if not match.people or _has_anothers_number(row, match, spoken_of):
        return Line(Fate.NEW, row)
    candidates = tuple(sorted((people[p.id] for p in match.people), key=lambda c: c.record.id))
    known = candidates[0]
    changes = changes_between(known.record, _with_own_number(row, known.record), incoming.spoken)
    doubts = [match.doubt] if match.doubt else []
    if match.is_certain and spoken_of[known.record.id] > 1:
        doubts.append(Doubt.SAME_PERSON_TWICE)
    if changes and (incoming.is_repeated or incoming.on < known.as_of):
        doubts.append(Doubt.OLDER_FILE)
    if not known.is_in_force and any(c.name == "status" and c.after in _IN_FORCE for c in changes):
        doubts.append(Doubt.BACK_AGAIN)
    fate = Fate.DOUBTFUL if doubts else Fate.CHANGED if changes else Fate.SAME
    blanks = tuple(_blanks(known.record, row, incoming.spoken))
    return Line(fate, row, known, changes, blanks, tuple(doubts), candidates)


def _with_own_number(row: R, known: R) -> R:
    """Take a stored id in the place of the 编号 for what it is: it changes no 编号."""
    is_on_paper = row.number == number_on_paper(known.id)
    return replace(row, number=known.number) if is_on_paper else row


def _has_anothers_number(row: R, match: Match[R], spoken_of: Counter[str]) -> bool:
    """Say whether the 编号 was somebody's who has a row of her own in this very file."""
    known = match.people[0]
    by_resident_id = row.resident_id and row.resident_id == known.resident_id
    by_number = match.doubt is Doubt.OTHER_NAME and not by_resident_id
    return by_number and spoken_of[known.id] > 0


def _held(row: HeldRow, register: Register[R], people: dict[str, OnRecord[R]]) -> Line[R]:
    """Keep a row that waits, and whom it may speak of: they are not gone."""
    known = register.of_resident_id(row.resident_id)
    found = (
        (known,) if known else tuple(register.of_number(row.number) or register.named(row.name))
    )
    candidates = tuple(sorted((people[p.id] for p in found), key=lambda c: c.record.id))
    only = candidates[0] if len(candidates) == 1 else None
    return Line(Fate.HELD, row, only, candidates=candidates)


def _gone(
    people: dict[str, OnRecord[R]], mentioned: set[str], incoming: Incoming[R]
) -> Iterator[Line[R]]:
    """Yield who is in force, in a township the file is complete for, and in no row of it."""
    for person_id, person in sorted(people.items()):
        if person_id in mentioned or not person.is_in_force or incoming.on < person.as_of:
            continue
        if incoming.covers is None or person.record.home.township in incoming.covers:
            yield Line(Fate.GONE, None, person, candidates=(person,))


def _moves(before: R, after: R) -> Iterator[FieldChange]:
    """Yield a change of home: the areas with their names, then a better point."""
    home = _new_home(before.home, after.home)
    if home != before.home:
        yield FieldChange("home", before.home, home)
    moved = home.township != before.home.township
    for name in _AREA_NAMES:
        old, new = getattr(before, name), getattr(after, name)
        if old != new and (new or (moved and name == "village_name")):
            yield FieldChange(name, old, new)


def _new_home(before: Home, after: Home) -> Home:
    """Give where somebody lives now; in one township what is not said stays."""
    if (before.unit, before.township) != (after.unit, after.township):
        return after
    village = after.village or before.village
    if after.precision.is_measurable:
        return replace(after, village=village)
    if village != before.village or not before.precision.is_measurable:
        return replace(after, village=village)
    return before


def _blanks(before: R, after: R, spoken: frozenset[str] | None) -> Iterator[str]:
    for name in _COMPARED[type(before)]:
        said = getattr(before, name) not in _SAYS_NOTHING
        if said and getattr(after, name) in _SAYS_NOTHING and _speaks(name, spoken):
            yield name


def _speaks(name: str, spoken: frozenset[str] | None) -> bool:
    """Say whether a value is the file's own word and not what we assume without a column."""
    return spoken is None or name not in _ASSUMED or name in spoken


def _place(line: Line[R]) -> tuple[object, ...]:
    assert line.incoming is not None
    return (line.incoming.where, line.incoming.id)
