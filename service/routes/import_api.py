"""The API of imports: a ledger in, what it would change, decided, confirmed, undone (导入接口)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from casework import tasks as wording
from casework.access import Action
from casework.errors import NotFound, Unreadable
from casework.import_decisions import Choice, Decision
from casework.import_diff import Line, OnRecord
from ledger.record.import_list import list_imports
from ledger.record.imports import Decisions, Difference, withdraw
from ledger.record.scope import NOT_THERE
from ledger.record.undo import look_at_undo
from service.access import NamedUnit, authorize
from service.describing import FILE_BODY
from service.routes.on_record import TheRecord
from service.uploads import lay_down
from service.workflows.import_words import field_told, undone
from service.workflows.import_writing import STATUSES, confirm_kept, undo_kept
from service.workflows.imports_on_record import all_but, preview_of, receive
from service.workflows.outcomes import worst_first
from service.workflows.unit_on_record import Desk
from service.workroom import scratch

api = APIRouter(prefix="/units/{unit}/imports", tags=["imports"])
IMPORT = [authorize(Action.LEDGER_IMPORT)]
CONFIRM = [authorize(Action.ROWS_CONFIRM)]
FINDINGS_TOLD = 1_000


class ImportOut(BaseModel):
    """One import: numbers only, nobody's name."""

    id: str
    kind: str
    township: str
    state: str
    made_at: datetime
    counts: dict[str, int]


class PreviewOut(BaseModel):
    """What an import would do: lines of each class (new, changed, same, gone, doubtful, held)."""

    id: str
    kind: Literal["child", "caregiver"]
    on: date
    counts: dict[str, int]
    uncovered: list[str]
    was_confirmed: bool


class ReceivedOut(BaseModel):
    """A file that was read: the previews kept of it, and what is wrong with it, worst first."""

    previews: list[PreviewOut]
    findings: list[dict[str, Any]]
    finding_count: int


class ChangeOut(BaseModel):
    """One field: what stands on record, and what the file says; ID numbers masked."""

    field: str
    before: str
    after: str


class CandidateOut(BaseModel):
    """Somebody on record whom a doubtful row may speak of."""

    id: str
    name: str
    township: str
    born: date | None


class LineOut(BaseModel):
    """One line; ``n`` names it in a decision."""

    n: int
    fate: str
    name: str
    township: str
    file: str
    row: int | None
    person: str | None
    doubts: list[str]
    changes: list[ChangeOut]
    candidates: list[CandidateOut]


class DifferenceOut(PreviewOut):
    """The whole difference, line by line; those that stay the same are left out."""

    lines: list[LineOut]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DecisionIn(_In):
    """What is decided of one line: whom a doubtful row speaks of, or as what somebody left."""

    choice: Choice
    person: str = Field(default="", max_length=64)
    left_as: str = Field(default="", max_length=64)


class ConfirmIn(_In):
    """Decisions by line number; whoever is gone and not decided becomes a task."""

    decisions: dict[int, DecisionIn] = Field(default_factory=dict)
    skip: list[int] = Field(default_factory=list, max_length=100_000)


class ConfirmedOut(BaseModel):
    """How many people were written."""

    added: int
    changed: int
    held: int


class UndoneLineOut(BaseModel):
    """Somebody whom an undo takes off the record, or brings back to what stood before."""

    name: str
    township: str
    is_gone: bool
    changes: list[ChangeOut]


class UndoOut(BaseModel):
    """What an undo would do; with anybody in the way it is refused."""

    lines: list[UndoneLineOut]
    in_the_way: list[str]


class UndoneOut(BaseModel):
    """How many people an undo wrote."""

    people: int


@api.get("", dependencies=IMPORT)
def list_all(unit: NamedUnit, desk: TheRecord) -> list[ImportOut]:
    """List a unit's imports, those that wait first, then the newest."""
    with desk.store.reading(desk.actor, "list imports") as book:
        found = list_imports(book, unit)
    return [ImportOut.model_validate(line, from_attributes=True) for line in found]


@api.post("", status_code=201, dependencies=IMPORT, openapi_extra=FILE_BODY)
async def take_in(
    request: Request,
    unit: NamedUnit,
    desk: TheRecord,
    name: Annotated[str, Query(min_length=1, max_length=400)],
    whole: bool = False,
) -> ReceivedOut:
    """Read a workbook, the request's body, and keep what it would change; nothing is written yet.

    ``whole`` says that it lists everybody, so that whoever is missing in it is gone.
    """
    content = await request.body()
    return await run_in_threadpool(_received, desk, unit, (name, content), whole)


def _received(desk: Desk, unit: str, file: tuple[str, bytes], whole: bool) -> ReceivedOut:
    name, content = file
    with scratch() as folder:
        received = receive(desk, unit, [lay_down(name, content, folder / "0")], whole=whole)
    findings = worst_first(received.read.findings)
    return ReceivedOut(
        previews=[PreviewOut(**_preview(found)) for found in received.previews],
        findings=[finding.as_json() for finding in findings[:FINDINGS_TOLD]],
        finding_count=len(findings),
    )


def _preview(found: Difference) -> dict[str, Any]:
    return {
        "id": found.import_id,
        "kind": found.batch.kind,
        "on": found.batch.incoming.on,
        "counts": found.counts,
        "uncovered": list(found.uncovered),
        "was_confirmed": found.was_confirmed,
    }


@api.get("/{preview}", dependencies=IMPORT)
def difference(unit: NamedUnit, preview: str, desk: TheRecord) -> DifferenceOut:
    """Give what a kept preview would change, field by field."""
    found = _seen(desk, unit, preview)
    lines = [_line(n, line) for n, line in enumerate(found.lines) if line.fate != "same"]
    return DifferenceOut(**_preview(found) | {"id": preview}, lines=lines)


def _seen(desk: Desk, unit: str, preview: str) -> Difference:
    return _of(preview_of(desk, preview), unit)


def _of(found: Difference, unit: str) -> Difference:
    if found.batch.unit != unit:
        raise NotFound(NOT_THERE)
    return found


def _line(n: int, line: Line[Any]) -> LineOut:
    record: Any = line.incoming or (line.on_record and line.on_record.record)
    where = line.incoming.where if line.incoming else None
    return LineOut(
        n=n,
        fate=str(line.fate),
        name=record.name,
        township=record.township_name,
        file=where.file if where else "",
        row=where.row if where else None,
        person=line.on_record.record.id if line.on_record else None,
        doubts=[wording.doubt_names([doubt]) for doubt in line.doubts],
        changes=_changes(field_told(c.name, c.before, c.after, "zh") for c in line.changes),
        candidates=[_candidate(known) for known in line.candidates],
    )


def _changes(told: Iterable[tuple[str, str, str]]) -> list[ChangeOut]:
    return [ChangeOut(field=field, before=before, after=after) for field, before, after in told]


def _candidate(known: OnRecord[Any]) -> CandidateOut:
    record = known.record
    return CandidateOut(
        id=record.id, name=record.name, township=record.township_name, born=record.birth_date
    )


@api.post("/{preview}/confirm", dependencies=CONFIRM)
def confirm(unit: NamedUnit, preview: str, given: ConfirmIn, desk: TheRecord) -> ConfirmedOut:
    """Write an import as decided; refused when the people on record changed since it was read."""

    def decide(found: Difference) -> Decisions:
        by_line = {n: _decision(found, n, one) for n, one in given.decisions.items()}
        return Decisions(by_line, None, all_but(_of(found, unit), given.skip))

    done = confirm_kept(desk, preview, decide)
    return ConfirmedOut(added=done.added, changed=done.changed, held=done.held)


def _decision(found: Difference, n: int, given: DecisionIn) -> Decision:
    statuses: Mapping[str, Any] = {str(s): s for s in STATUSES[found.batch.kind]}
    if n not in range(len(found.lines)):
        raise Unreadable(f"没有第 {n} 行 / there is no line {n}")
    if given.left_as and given.left_as not in statuses:
        known = "、".join(statuses)
        raise Unreadable(
            f"第 {n} 行的 left_as 只能是 {known} / left_as of line {n} is one of these"
        )
    return Decision(given.choice, given.person, statuses.get(given.left_as))


@api.post("/{preview}/withdraw", status_code=204, dependencies=IMPORT)
def let_go(unit: NamedUnit, preview: str, desk: TheRecord) -> None:
    """Let go of a preview that is not to be confirmed."""
    _seen(desk, unit, preview)
    with desk.store.writing(desk.actor, "withdraw an import") as book:
        withdraw(book, preview)


@api.get("/{preview}/undo", dependencies=IMPORT)
def undo_told(unit: NamedUnit, preview: str, desk: TheRecord) -> UndoOut:
    """Give what taking a confirmed import back would do."""
    with desk.store.reading(desk.actor, "look at an undo") as book:
        found = look_at_undo(book, preview)
    lines = [undone(change, "zh") for change in found.changes]
    return UndoOut(
        lines=[UndoneLineOut(**line | {"changes": _changes(line["changes"])}) for line in lines],
        in_the_way=sorted(found.in_the_way),
    )


@api.post("/{preview}/undo", dependencies=IMPORT)
def undo(unit: NamedUnit, preview: str, desk: TheRecord) -> UndoneOut:
    """Take a confirmed import back, whole; refused when somebody in it was touched since."""
    return UndoneOut(people=undo_kept(desk, preview))
