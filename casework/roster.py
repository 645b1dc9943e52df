"""Roster: civil affairs' monthly list (民政名册) against our ledger, by resident ID (名册比对).

The roster is the source of truth for who is in and who is out; the ledger is ours. A child who
is on one and not on the other, differently on both, of age, or in two units' ledgers is a line
here and a task in ``casework.tasks``. Nothing is written by a comparison.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from casework.eligibility import NEARLY_AGED_OUT_MONTHS, age_years, aged_out_on, months_later
from casework.import_diff import Fate, FieldChange, Incoming, Line, OnRecord, compare
from casework.people import Category, ChildStatus
from casework.people_matching import is_nearly_same_id
from casework.programme import Programme
from casework.records import ChildRecord, HeldRow

ChildOnRecord = OnRecord[ChildRecord]

ROSTER_FIELDS = frozenset(
    (
        *("name", "resident_id", "birth_date", "sex", "category", "township_name"),
        *("village_name", "address", "guardian_name", "guardian_phone", "guardian_relation"),
        *("guardian_resident_id",),
    )
)
"""What the roster and the ledger have in common; the rest is not civil affairs' to say."""


class RosterFate(StrEnum):
    """What the comparison says of a roster row, or of a child on record."""

    SAME = "same"
    NEW = "new"
    CHANGED = "changed"
    LISTED_AGAIN = "listed_again"
    ADOPTED = "adopted"
    MOVED_OUT = "moved_out"
    RECOVERED = "recovered"
    INSTITUTION = "institution"
    DECEASED = "deceased"
    AGED_OUT = "aged_out"
    GONE_UNKNOWN = "gone_unknown"
    AGE_OUT_SOON = "age_out_soon"
    OF_AGE_LISTED = "of_age_listed"
    TWO_UNITS = "two_units"
    SUSPECTED = "suspected"
    UNREADABLE = "unreadable"


NOTES = (RosterFate.AGE_OUT_SOON, RosterFate.OF_AGE_LISTED, RosterFate.TWO_UNITS)
"""What is said of a child beside what became of the row."""


class Slip(StrEnum):
    """Why a row may be a child on record under another number or name."""

    ONE_DIGIT = "one_digit"
    CHECK_DIGIT = "check_digit"
    SAME_NAME_AND_BIRTH = "same_name_and_birth"
    OTHER_NAME = "other_name"


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One line of the comparison.

    Attributes
    ----------
    row
        The roster's row; None for a child on record who is not on it.
    child
        The child on record; None for somebody new.
    elsewhere
        Other units whose ledger has the child.
    leaves_on
        The first day on which the child is too old.
    """

    fate: RosterFate
    row: ChildRecord | HeldRow | None = None
    child: ChildOnRecord | None = None
    changes: tuple[FieldChange, ...] = ()
    slip: Slip | None = None
    elsewhere: tuple[str, ...] = ()
    leaves_on: date | None = None


@dataclass(frozen=True, slots=True)
class RosterTerms:
    """What a comparison is judged by.

    Attributes
    ----------
    warn_months
        How long before a child is too old the notice is given.
    elsewhere
        Resident ID to the names of other units that have the child in their ledger.
    """

    programme: Programme
    on: date
    warn_months: int = NEARLY_AGED_OUT_MONTHS
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def reconcile(
    roster: Incoming[ChildRecord], ledger: Iterable[ChildOnRecord], terms: RosterTerms
) -> tuple[RosterLine, ...]:
    """Compare a roster with the ledger.

    Returns
    -------
    A line for each row of the roster, then one for each child who should be on it and is not,
    then the notes: who will be of age, who is and is still listed, who is in two units.
    """
    children = tuple(ledger)
    ageless = [replace(child, as_of=date.min) for child in children]
    slips = _Slips(children)
    lines = [
        _line(line, terms, slips)
        for line in compare(roster, ageless)
        if line.fate is not Fate.GONE or _is_for_the_roster(line.on_record, terms)
    ]
    meant: set[str] = {line.child.record.id for line in lines if line.child and line.row}
    lines = [x for x in lines if x.row or not x.child or x.child.record.id not in meant]
    return (*lines, *_notes(children, meant, lines, terms))


def counts(lines: Iterable[RosterLine]) -> dict[RosterFate, int]:
    """Count the lines of each kind, kinds without lines included."""
    found = dict.fromkeys(RosterFate, 0)
    for line in lines:
        found[line.fate] += 1
    return found


def _line(line: Line[ChildRecord], terms: RosterTerms, slips: "_Slips") -> RosterLine:
    row, child = line.incoming, line.on_record
    if line.fate is Fate.GONE and child:
        return _gone(child, terms)
    if isinstance(row, HeldRow):
        return slips.judge_held(row, line)
    assert row is not None
    if line.fate is Fate.DOUBTFUL and not _is_only_back_again(line):
        return RosterLine(RosterFate.SUSPECTED, row, child, line.changes, _slip_of(row, child))
    if child is None:
        left = row.status is not ChildStatus.ACTIVE
        return RosterLine(RosterFate.SAME if left else RosterFate.NEW, row)
    if row.status is not ChildStatus.ACTIVE and child.is_in_force:
        return RosterLine(_LEFT_AS[row.status], row, child)
    changes = tuple(c for c in line.changes if c.name in ROSTER_FIELDS)
    if not child.is_in_force and row.status is ChildStatus.ACTIVE:
        return RosterLine(RosterFate.LISTED_AGAIN, row, child, changes)
    return RosterLine(RosterFate.CHANGED if changes else RosterFate.SAME, row, child, changes)


_LEFT_AS = {
    ChildStatus.AGED_OUT: RosterFate.AGED_OUT,
    ChildStatus.ADOPTED: RosterFate.ADOPTED,
    ChildStatus.MOVED_OUT: RosterFate.MOVED_OUT,
    ChildStatus.INSTITUTION: RosterFate.INSTITUTION,
    ChildStatus.DECEASED: RosterFate.DECEASED,
    ChildStatus.RECOVERED: RosterFate.RECOVERED,
}


def _gone(child: ChildOnRecord, terms: RosterTerms) -> RosterLine:
    """Say why a child is no longer listed, as far as our own records tell."""
    record = child.record
    leaves_on = _leaves_on(record, terms)
    if leaves_on and leaves_on <= terms.on:
        return RosterLine(RosterFate.AGED_OUT, None, child, leaves_on=leaves_on)
    elsewhere = terms.elsewhere.get(record.resident_id, ()) if record.resident_id else ()
    fate = RosterFate.MOVED_OUT if elsewhere else RosterFate.GONE_UNKNOWN
    return RosterLine(fate, None, child, elsewhere=elsewhere)


def _is_for_the_roster(child: ChildOnRecord | None, terms: RosterTerms) -> bool:
    """Say whether civil affairs should list the child: it keeps no roster of those left behind."""
    category = child.record.category if child else Category.OTHER
    return category in terms.programme.mandatory or category is Category.UNSPECIFIED


def _is_only_back_again(line: Line[ChildRecord]) -> bool:
    """Say whether the only doubt is that somebody who left is listed again."""
    return [str(doubt) for doubt in line.doubts] == ["back_again"]


def _slip_of(row: ChildRecord, child: ChildOnRecord | None) -> Slip:
    if child is None:
        return Slip.SAME_NAME_AND_BIRTH
    if row.resident_id and row.resident_id == child.record.resident_id:
        return Slip.OTHER_NAME
    nearly = is_nearly_same_id(row.resident_id, child.record.resident_id)
    return Slip.ONE_DIGIT if nearly else Slip.SAME_NAME_AND_BIRTH


def _notes(
    children: Sequence[ChildOnRecord],
    listed: set[str],
    lines: Sequence[RosterLine],
    terms: RosterTerms,
) -> Iterator[RosterLine]:
    of_age = {x.child.record.id for x in lines if x.child and x.fate is RosterFate.AGED_OUT}
    for child in sorted(children, key=lambda child: child.record.id):
        if not child.is_in_force or child.record.id in of_age:
            continue
        leaves_on = _leaves_on(child.record, terms)
        if leaves_on and leaves_on <= terms.on and child.record.id in listed:
            yield RosterLine(RosterFate.OF_AGE_LISTED, None, child, leaves_on=leaves_on)
        elif leaves_on and terms.on < leaves_on <= months_later(terms.on, terms.warn_months):
            yield RosterLine(RosterFate.AGE_OUT_SOON, None, child, leaves_on=leaves_on)
    for line in lines:
        row = line.row
        elsewhere = terms.elsewhere.get(getattr(row, "resident_id", "")) if row else None
        if elsewhere:
            yield RosterLine(RosterFate.TWO_UNITS, row, line.child, elsewhere=elsewhere)


def _leaves_on(record: ChildRecord, terms: RosterTerms) -> date | None:
    """Give the first day the child is too old; None where that is years away or unknown."""
    born = record.birth_date
    if born is None or age_years(born, terms.on) < terms.programme.under_age_years - 2:
        return None
    return aged_out_on(born, terms.programme)


class _Slips:
    """Finds whose number a row that waits may have mistyped."""

    def __init__(self, children: Sequence[ChildOnRecord]) -> None:
        self._children = children
        self._index: dict[tuple[int, str], list[ChildOnRecord]] = defaultdict(list)

    def judge_held(self, row: HeldRow, line: Line[ChildRecord]) -> RosterLine:
        """Say whom a row that cannot be read as it stands may mean."""
        for number in _written_numbers(row):
            for child in self._near(number):
                same = number[:17] == child.record.resident_id[:17]
                slip = Slip.CHECK_DIGIT if same else Slip.ONE_DIGIT
                return RosterLine(RosterFate.SUSPECTED, row, child, slip=slip)
        if line.on_record:
            slip = Slip.SAME_NAME_AND_BIRTH
            return RosterLine(RosterFate.SUSPECTED, row, line.on_record, slip=slip)
        return RosterLine(RosterFate.UNREADABLE, row)

    def _near(self, number: str) -> list[ChildOnRecord]:
        if not self._index:
            for child in self._children:
                for key in _with_a_gap(child.record.resident_id):
                    self._index[key].append(child)
        near = {c.record.id: c for key in _with_a_gap(number) for c in self._index.get(key, ())}
        return [near[key] for key in sorted(near)]


def _with_a_gap(number: str) -> Iterator[tuple[int, str]]:
    """Yield the number without each of its digits: two that share one differ in one digit."""
    for i in range(17 if len(number) == 18 else 0):
        yield i, number[:i] + number[i + 1 : 17]


def _written_numbers(row: HeldRow) -> Iterator[str]:
    """Yield what is written like a resident ID in a row, whether it can be one or not."""
    for _, value in row.cells:
        text = str(value).strip().upper() if isinstance(value, str) else ""
        if len(text) == 18 and text[:17].isdecimal():
            yield text
