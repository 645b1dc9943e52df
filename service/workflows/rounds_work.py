"""A round's long work, in a process of its own: plan, plan again, take a choice (排期任务)."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from casework.errors import Conflict
from casework.findings import Severity
from casework.round_amounts import NAMES, amount_of
from casework.round_document import report_json
from casework.round_frame_json import calendar_from, composed_from, declared_from, frame_from
from casework.round_reading import timetable_from
from casework.round_rules import Round
from ledger.record.accounts import find_account
from ledger.record.key_ring import KeyRing
from ledger.record.rounds import (
    Made,
    StoredRound,
    What,
    add_revision,
    document_of,
    find_round,
    keep_choices,
    published,
)
from ledger.record.sessions import actor_of
from ledger.record.store import Store
from service.collection_desk import CollectionDesk
from service.desk import Desk
from service.worker import Reporter, Result, Task
from service.workflows.rounds import Published, RoundOutcome, Telling, plan
from service.workflows.rounds_again import News, Replanning, choose, replan
from service.workflows.rounds_given import read_wishes
from service.workflows.rounds_setup import RoundDesk, frame_of
from solver.rounds.replan import FrontierPoint

MOST_STEPS = 120


def work_on_round(task: Task, progress: Reporter) -> Result:
    """Do one piece of a round's work for the account that asked for it."""
    store = Store.open(task.store, KeyRing.load(task.keys))
    try:
        with store.looking() as connection:
            account = find_account(connection, task.account_id)
            actor = actor_of(connection, account, store.clock())
        desk = RoundDesk(store, actor)
        if task.kind == "round_plan":
            return _plan(desk, task, progress)
        if task.kind == "round_replan":
            return _replan(desk, task, progress)
        return _choose(desk, task, progress)
    finally:
        store.close()


def _plan(desk: RoundDesk, task: Task, progress: Reporter) -> Result:
    found, current, before = _as_it_stands(desk, task.arguments["round"])
    frame = frame_of(found)
    if current:  # from the first plan on, pins are set and lifted in the plan
        frame = replace(frame, pins=frame_from(current["problem"]).pins)
    if not frame.teams:
        raise Conflict("还没有团队，请先填写团队 / no teams yet: add them first")
    progress("read", 0, 0)
    collection = CollectionDesk(Desk(task.desk, desk.store.keys))
    with collection.opened() as received:
        given = read_wishes(replace(frame, pins=()), received.root)
    units = {wish.unit for wish in given.frame.wishes}
    pins = tuple(pin for pin in frame.pins if pin.unit in units)
    given = replace(given, frame=replace(given.frame, pins=pins))
    done = plan(given, before, _telling(progress, frame.rules))
    return {"revision": _keep(desk, found, Made(What.PLANNED, document_from(done)))}


def _replan(desk: RoundDesk, task: Task, progress: Reporter) -> Result:
    found, _, before = _as_it_stands(desk, task.arguments["round"])
    if before is None:
        raise Conflict("还没有公布的排期 / nothing is published yet")
    on = date.fromisoformat(task.arguments["on"])
    news = News(on, frame_of(found).closures, tuple(task.arguments["withdrawn"]))
    done = replan(before, news, _telling(progress, before.frame.rules))
    choices = done.as_json()
    for told, point in zip(
        (choices["first"], *choices["points"]), (done.first, *done.points), strict=True
    ):
        told["timetable"] = point.timetable.as_json()
    with desk.store.writing(desk.actor, "plan a round again") as book:
        keep_choices(book, find_round(book, found.id), choices)
    return {"points": len(done.points)}


def _choose(desk: RoundDesk, task: Task, progress: Reporter) -> Result:
    found, _, before = _as_it_stands(desk, task.arguments["round"])
    if before is None or not found.choices:
        raise Conflict("没有可选的方案，请先重排 / no choices: plan again first")
    telling = _telling(progress, before.frame.rules)
    number = int(task.arguments["number"])
    done = choose(replanning_of(found, before), number, telling)
    return {"revision": _keep(desk, found, Made(What.CHOSEN, document_from(done)))}


def replanning_of(found: StoredRound, before: Published) -> Replanning:
    """Read a frontier back as it was kept."""
    choices = found.choices
    on, closures = date.fromisoformat(choices["on"]), frame_of(found).closures
    frame = replace(
        before.frame,
        on=on,
        closures=tuple(dict.fromkeys((*before.frame.closures, *closures))),
    )
    points = tuple(_point(each) for each in choices["points"])
    return Replanning(
        before,
        frame,
        tuple(choices["withdrawn"]),
        _point(choices["first"]),
        points,
        tuple(choices["interrupted"]),
        (),
    )


def _point(told: Mapping[str, Any]) -> FrontierPoint:
    return FrontierPoint(told["number"], tuple(told["changed"]), timetable_from(told["timetable"]))


def document_from(done: RoundOutcome) -> dict[str, Any]:
    """Give a planned round's document with what a person should know of its forms."""
    findings = [f.as_json() for f in done.findings if f.severity is not Severity.INFO]
    return report_json(done.report) | {"findings": findings}


def published_from(document: Mapping[str, Any]) -> Published:
    """Give a published timetable as planning again takes it."""
    timetable = timetable_from(document)
    return Published(
        frame_from(document["problem"]),
        timetable.units,
        calendar_from(document),
        declared_from(document),
        composed_from(document),
    )


def _as_it_stands(
    desk: RoundDesk, round_id: str
) -> tuple[StoredRound, dict[str, Any] | None, Published | None]:
    """Give a round, its timetable at hand, and what was published of it last."""
    with desk.store.reading(desk.actor, "plan a round") as book:
        found = find_round(book, round_id)
        current = document_of(book, found.current) if found.current else None
        last = next(iter(published(book, round_id)), None)
        before = published_from(document_of(book, last.id)) if last else None
    return found, current, before


def _keep(desk: RoundDesk, found: StoredRound, made: Made) -> str:
    with desk.store.writing(desk.actor, "plan a round") as book:
        return add_revision(book, find_round(book, found.id), made)


def _telling(progress: Reporter, rules: Round) -> Telling:
    course = _Course(progress, rules)
    return Telling(progress, course.watch)


@dataclass(slots=True)
class _Course:
    """Cost and bound of each level while it is settled, as the page draws them."""

    progress: Reporter
    rules: Round
    began: float = field(default_factory=time.monotonic)
    steps: list[dict[str, Any]] = field(default_factory=list)

    def watch(self, level: str, value: int, bound: int | None) -> None:
        """Tell what a level came to so far."""
        amount = amount_of(level, value, bound, self.rules.weights)
        zh, unit, en, short = NAMES[amount.name]
        step = {
            "at": round(time.monotonic() - self.began, 2),
            "name": amount.name,
            "zh": zh,
            "unit": unit,
            "en": en,
            "short": short,
            "value": amount.value,
            "bound": amount.bound,
        }
        self.steps = [*self.steps, step][-MOST_STEPS:]
        self.progress.news({"steps": self.steps})
