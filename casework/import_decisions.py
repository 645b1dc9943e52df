"""Import decisions: what the staff decide about the lines of a difference (导入取舍).

New and changed rows count unless somebody leaves them out. A doubtful row counts only by a
decision, and somebody who is gone stays on record until somebody says why she left.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Generic

from casework.errors import Conflict
from casework.import_diff import Fate, Line, OnRecord, R, changed, changes_between
from casework.people import CaregiverStatus, ChildStatus
from casework.people_matching import Doubt
from casework.records import HeldRow


class Choice(StrEnum):
    """What becomes of a doubtful row: the record follows it, stays, or it is somebody else's."""

    TAKE = "take"
    KEEP = "keep"
    SEPARATE = "separate"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the staff decide about one line.

    Attributes
    ----------
    person
        Whom the row speaks of, where several may be meant.
    left_as
        For somebody who is gone: as what she leaves (迁出, 被收养 …).
    """

    choice: Choice
    person: str = ""
    left_as: ChildStatus | CaregiverStatus | None = None


@dataclass(frozen=True, slots=True)
class Act(Generic[R]):
    """What is written for a line: somebody new, or a new version of somebody on record."""

    record: R
    on_record: OnRecord[R] | None = None
    fields: tuple[str, ...] = ()


def settle(
    lines: Iterable[Line[R]],
    decisions: Mapping[int, Decision],
    chosen: frozenset[int] | None = None,
    standing: Choice | None = None,
) -> tuple[Act[R], ...]:
    """Give what is to be written for the lines of a difference.

    Parameters
    ----------
    decisions
        By the line's place in the difference, from 0.
    chosen
        The lines that count; None: all.
    standing
        What holds for doubtful lines nobody has decided about.

    Raises
    ------
    Conflict
        When a doubtful line is not decided, or two lines write to one person.
    """
    lines = tuple(lines)
    wanted = [n for n in range(len(lines)) if chosen is None or n in chosen]
    open_lines = [n for n in wanted if _is_open(lines[n], decisions.get(n), standing)]
    if open_lines:
        raise undecided(len(open_lines))
    acts = [act for n in wanted if (act := _act(lines[n], _decision(decisions.get(n), standing)))]
    people = [act.on_record.record.id for act in acts if act.on_record]
    if len(people) != len(set(people)):
        raise Conflict("有两行同时要改同一个人，请只采用一行 / two rows change one person")
    return tuple(acts)


def undecided(count: int) -> Conflict:
    """Say that doubtful rows are still to be decided."""
    return Conflict(
        f"还有 {count} 行存疑没有决定（采用、保留原记录或另立新人）"
        f" / {count} doubtful rows are not decided yet"
    )


def _is_open(line: Line[R], decision: Decision | None, standing: Choice | None) -> bool:
    return line.fate is Fate.DOUBTFUL and decision is None and standing is None


def _decision(given: Decision | None, standing: Choice | None) -> Decision | None:
    return given or (Decision(standing) if standing else None)


def _act(line: Line[R], decision: Decision | None) -> Act[R] | None:
    row = line.incoming
    if line.fate is Fate.GONE:
        return _leaving(line, decision)
    if row is None or isinstance(row, HeldRow):
        return None
    if line.fate is Fate.NEW:
        return Act(row)
    if line.fate is Fate.CHANGED and line.on_record:
        return _change(line, line.on_record)
    return _doubtful(line, row, decision) if line.fate is Fate.DOUBTFUL and decision else None


def _leaving(line: Line[R], decision: Decision | None) -> Act[R] | None:
    """Let somebody leave only by a word that says as what."""
    if line.on_record is None or decision is None or decision.left_as is None:
        return None
    status: Any = decision.left_as
    return Act(replace(line.on_record.record, status=status), line.on_record, ("status",))


def _change(line: Line[R], person: OnRecord[R]) -> Act[R]:
    names = tuple(change.name for change in line.changes)
    return Act(changed(person.record, line.changes), person, names)


def _doubtful(line: Line[R], row: R, decision: Decision) -> Act[R] | None:
    if decision.choice is Choice.KEEP:
        return None
    if decision.choice is Choice.SEPARATE:
        if any(c.record.resident_id == row.resident_id != "" for c in line.candidates):
            raise Conflict(
                "同一身份证号只能有一个人，不能另立新人 / one resident ID is one person"
            )
        return Act(row)
    person = _meant(line, decision)
    changes = changes_between(person.record, row)
    if person is line.on_record:
        changes = line.changes
    if not changes:
        return None
    return Act(changed(person.record, changes), person, tuple(c.name for c in changes))


def _meant(line: Line[R], decision: Decision) -> OnRecord[R]:
    """Give whom a doubtful row is taken for."""
    named = [c for c in line.candidates if c.record.id == decision.person]
    if named:
        return named[0]
    if decision.person or len(line.candidates) != 1 or Doubt.SAME_PERSON_TWICE in line.doubts:
        raise Conflict("请指明这一行是在案的哪一位 / say who on record the row speaks of")
    return line.candidates[0]
