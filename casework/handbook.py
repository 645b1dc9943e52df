"""Handbook: one line of a child's growth handbook (成长手册), and what it counts for.

A caregiver writes what she did and when; one visit may meet several of the six ones. Where there
was good reason not to, she writes that instead, and the window is excused. A guardian who cannot
be reached is no excuse: somebody must go there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LONGEST_MINUTES = 24 * 60


class CareKind(StrEnum):
    """The six ones (六个一), notice 三(一)3."""

    WEEKLY_MEETING = "weekly_meeting"
    HALF_MONTHLY_TALK = "half_monthly_talk"
    MONTHLY_GUARDIAN_CONTACT = "monthly_guardian_contact"
    QUARTERLY_TEACHER_CONTACT = "quarterly_teacher_contact"
    TERMLY_ACTIVITY = "termly_activity"
    YEARLY_FESTIVAL = "yearly_festival"


class CarePlace(StrEnum):
    """Where it was (地点)."""

    HOME = "home"
    SCHOOL = "school"
    PHONE = "phone"
    OTHER = "other"


class Excuse(StrEnum):
    """Why it could not be done (未能进行的原因)."""

    CHILD_AWAY = "child_away"
    NOT_IN_SCHOOL = "not_in_school"
    NO_EVENT = "no_event"


class Fault(StrEnum):
    """What is wrong with a line."""

    NO_KIND = "no_kind"
    LATER_THAN_TODAY = "later_than_today"
    BEFORE_THE_PAIRING = "before_the_pairing"
    NOT_IN_PERSON = "not_in_person"
    EXCUSE_DOES_NOT_FIT = "excuse_does_not_fit"
    NO_WORDS = "no_words"
    TOO_LONG = "too_long"


_EXCUSED_BY: Mapping[Excuse, frozenset[CareKind]] = {
    Excuse.CHILD_AWAY: frozenset({CareKind.WEEKLY_MEETING, CareKind.HALF_MONTHLY_TALK}),
    Excuse.NOT_IN_SCHOOL: frozenset({CareKind.QUARTERLY_TEACHER_CONTACT}),
    Excuse.NO_EVENT: frozenset({CareKind.TERMLY_ACTIVITY}),
}
_IN_PERSON = frozenset(
    {CareKind.WEEKLY_MEETING, CareKind.TERMLY_ACTIVITY, CareKind.YEARLY_FESTIVAL}
)


@dataclass(frozen=True, slots=True)
class CareEntry:
    """One line of the handbook (关爱记录).

    Attributes
    ----------
    kinds
        What it counts for; one visit may count for several.
    minutes
        How long it took; 0 where that was not written.
    summary
        In the caregiver's own words: personal, so sealed wherever it is stored.
    is_boarding
        The child boards or is away, so that a call stands for the weekly meeting.
    has_concern
        Somebody should look at this child.
    excuse
        It was not done, and why; None where it was.
    """

    kinds: frozenset[CareKind]
    on: date
    place: CarePlace
    minutes: int
    summary: str
    is_boarding: bool = False
    has_concern: bool = False
    excuse: Excuse | None = None


def faults(entry: CareEntry, started_on: date, today: date) -> tuple[Fault, ...]:
    """Give everything that is wrong with a line, all at once."""
    return tuple(_faults(entry, started_on, today))


def _faults(entry: CareEntry, started_on: date, today: date) -> Iterator[Fault]:
    if not entry.kinds:
        yield Fault.NO_KIND
    if entry.on > today:
        yield Fault.LATER_THAN_TODAY
    if entry.on < started_on:
        yield Fault.BEFORE_THE_PAIRING
    if not 0 <= entry.minutes <= LONGEST_MINUTES:
        yield Fault.TOO_LONG
    if not entry.summary.strip():
        yield Fault.NO_WORDS
    if entry.excuse is not None:
        if not entry.kinds <= _EXCUSED_BY[entry.excuse]:
            yield Fault.EXCUSE_DOES_NOT_FIT
    elif entry.place is CarePlace.PHONE and entry.kinds & _must_meet(entry):
        yield Fault.NOT_IN_PERSON


def _must_meet(entry: CareEntry) -> frozenset[CareKind]:
    """Give the kinds for which a call is not enough."""
    return _IN_PERSON - {CareKind.WEEKLY_MEETING} if entry.is_boarding else _IN_PERSON
