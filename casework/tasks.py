"""Tasks: what somebody has to do about a child, by when, and how (待办).

A task names its kind, whom it is about, the day it is due and the post that answers for it; what
is to be done stands in ``texts/tasks.toml`` in the staff's own words. The same cause gives the
same key, so the same roster twice makes no second task.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from casework.identity import mask_name
from casework.import_diff import Fate, Line
from casework.people_matching import Doubt
from casework.programme import Programme
from casework.records import ChildRecord
from casework.roster import RosterFate, RosterLine, Slip
from casework.wording import Language, day, responsible


class TaskKind(StrEnum):
    """What a task is about."""

    ROSTER_NEW = "roster_new"
    ROSTER_CHANGED = "roster_changed"
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
    IMPORT_GONE = "import_gone"
    IMPORT_DOUBTFUL = "import_doubtful"
    HAND_OVER = "hand_over"
    FAREWELL = "farewell"
    MANDATORY_REPORT = "mandatory_report"
    FACTS_LAPSED = "facts_lapsed"
    CARE_CONCERN = "care_concern"
    BASIS_LACKING = "basis_lacking"
    CONSENT_WITHDRAWN = "consent_withdrawn"


class TaskState(StrEnum):
    """How far a task is."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do (待办事项).

    Attributes
    ----------
    subject
        The stored id of the child; for somebody not on record, the id of the row.
    occasion
        What made it: the same subject has a new task when there is a new occasion.
    values
        Fillings of the texts; personal, so sealed wherever it is stored.
    township
        Its code; empty where the row names no township we know.
    """

    kind: TaskKind
    subject: str
    due: date
    responsible: str
    township_name: str
    occasion: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    township: str = ""

    @property
    def key(self) -> str:
        """What makes it the same task."""
        return f"{self.kind}:{self.subject}:{self.occasion}"

    @property
    def masked_name(self) -> str:
        """Give the name as it may be shown in a list on paper or in JSON."""
        return mask_name(self.values.get("name", ""))


_KIND_OF: Mapping[RosterFate, TaskKind] = {
    fate: TaskKind(f"roster_{fate}" if fate in ("new", "changed") else fate.value)
    for fate in RosterFate
    if fate is not RosterFate.SAME
}


def roster_tasks(lines: Iterable[RosterLine], programme: Programme, on: date) -> tuple[Task, ...]:
    """Make a task of every line of a roster comparison that asks for something."""
    found = {
        task.key: task
        for line in lines
        if (kind := _KIND_OF.get(line.fate))
        for task in (_roster_task(kind, line, programme, on),)
    }
    return tuple(found.values())


def import_tasks(lines: Iterable[Line[Any]], programme: Programme, on: date) -> tuple[Task, ...]:
    """Make a task of everybody an import leaves open: doubtful rows, and who is in no row."""
    kinds = {Fate.GONE: TaskKind.IMPORT_GONE, Fate.DOUBTFUL: TaskKind.IMPORT_DOUBTFUL}
    return tuple(
        _import_task(kinds[line.fate], line, programme, on) for line in lines if line.fate in kinds
    )


def title(task: Task, language: Language = "zh") -> str:
    """Say in a few words what the task is."""
    return _filled(task, f"title_{language}")


def remedy(task: Task, language: Language = "zh") -> str:
    """Say what to do, as the staff say it."""
    return _filled(task, f"remedy_{language}")


def kind_name(kind: TaskKind, language: Language = "zh") -> str:
    """Name a kind of task."""
    return str(_texts()[kind][f"kind_{language}"])


def slip_name(slip: Slip, language: Language = "zh") -> str:
    """Say why two are suspected to be one person."""
    return str(_texts()["slips"][slip][language])


def doubt_names(doubts: Iterable[Doubt], language: Language = "zh") -> str:
    """Say why a row is doubtful."""
    return _COMMA[language].join(_texts()["doubts"][doubt][language] for doubt in doubts)


def field_names(names: Iterable[str], language: Language = "zh") -> str:
    """Name fields of a record, without what they say."""
    known = _texts()["fields"]
    return _COMMA[language].join(dict.fromkeys(known[name][language] for name in names))


_COMMA = {"zh": "、", "en": ", "}


class _Filled(dict[str, str]):
    """Fillings of a text; what is not known is left out."""

    def __missing__(self, key: str) -> str:
        return ""


def _filled(task: Task, text: str) -> str:
    return str(_texts()[task.kind][text]).format_map(_Filled(task.values))


def _roster_task(kind: TaskKind, line: RosterLine, programme: Programme, on: date) -> Task:
    subject, name, township = _about(line)
    due = on + timedelta(days=programme.due_days)
    if kind is TaskKind.AGE_OUT_SOON and line.leaves_on:
        due = line.leaves_on
    return Task(
        kind=kind,
        subject=subject,
        due=due,
        responsible=responsible(programme, township),
        township_name=township,
        occasion=_occasion(line),
        values={"name": name, "township": township, **dict(_values(line))},
        township=_township_code(line),
    )


def _import_task(kind: TaskKind, line: Line[Any], programme: Programme, on: date) -> Task:
    record: Any = line.on_record.record if line.on_record else line.incoming
    values = {"name": record.name, "township": record.township_name}
    if line.incoming:
        where = line.incoming.where
        values["row"] = f"{where.file} 第{where.row}行"
        values["doubts"] = doubt_names(line.doubts)
    return Task(
        kind=kind,
        subject=record.id,
        due=on + timedelta(days=programme.due_days),
        responsible=responsible(programme, record.township_name),
        township_name=record.township_name,
        occasion=",".join(line.doubts),
        values=values,
        township=record.home.township,
    )


def _about(line: RosterLine) -> tuple[str, str, str]:
    """Give id, name and township: of the child on record, else of the row."""
    if line.child:
        record = line.child.record
        return record.id, record.name, record.township_name
    assert line.row is not None
    return line.row.id, line.row.name, line.row.township_name


def _township_code(line: RosterLine) -> str:
    record = line.child.record if line.child else line.row
    return record.home.township if isinstance(record, ChildRecord) else ""


def _values(line: RosterLine) -> Iterator[tuple[str, str]]:
    if line.elsewhere:
        yield "units", "、".join(line.elsewhere)
    if line.leaves_on:
        yield "day", day(line.leaves_on)
    if line.changes:
        yield "fields", field_names(change.name for change in line.changes)
    if line.slip:
        yield "slip", slip_name(line.slip)
    if line.row and line.row.where.row:
        where = line.row.where
        yield "row", f"{where.file} 第{where.row}行"
        yield "row_name", line.row.name


def _occasion(line: RosterLine) -> str:
    """Tell apart what may happen to one child twice; by names of fields, never their values."""
    parts = [change.name for change in line.changes]
    if line.leaves_on:
        parts.append(line.leaves_on.isoformat())
    return ",".join((*parts, *line.elsewhere))


@cache
def _texts() -> Mapping[str, Mapping[str, Any]]:
    source = files("casework").joinpath("texts", "tasks.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))
