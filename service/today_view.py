"""Today's page: what waits, worst first, each line leading to where it is done (今日要办)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from casework import tasks as wording
from casework.access import Role
from casework.tasks import TaskKind
from ledger.record.book import Book
from ledger.record.figures import STALE_DAYS
from ledger.record.round_voices import answers_of
from ledger.record.rounds import all_rounds, document_of, published
from ledger.record.scope import acting
from ledger.record.tasks import StoredTask, count_tasks, page_of_tasks
from ledger.record.today import Today, today_of
from ledger.rounds_words import day_zh
from service.drawing import language_of
from service.unit_form import UnitForm
from service.words import Words
from service.workflows.no_basis import without_basis
from service.workflows.unit_on_record import Desk

ROSTER_DAYS = 45
"""A roster comes monthly; after half a month more the comparison is late."""
TASKS_SHOWN = 8
SESSION_DAYS = 14
_SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the page: how many of what, how urgent, and where it is done.

    Attributes
    ----------
    name
        The line says ``today_<name>`` and the button ``do_<name>``.
    hint
        What else there is to say, in words: which units, by when.
    """

    name: str
    count: int
    address: str
    is_urgent: bool = False
    day: str = ""
    hint: str = ""


def today_view(desk: Desk, unit: str, lang: str, form: UnitForm | None) -> dict[str, Any]:
    """Give what the page shows."""
    on = desk.reader.on
    with desk.store.reading(desk.actor, "GET /") as book:
        counts = today_of(book, unit, on, on - timedelta(days=STALE_DAYS))
        open_tasks = page_of_tasks(book, unit, most=TASKS_SHOWN)
        task_count, late = count_tasks(book, unit, on)
        held = tuple(_round(book, unit, on, Words(lang)))
        lacking = len(without_basis(desk, book, unit)) if desk.actor.role is Role.UNIT else 0
    is_town = desk.actor.role is Role.TOWNSHIP
    lines = list(_lines(counts, late, on, is_town))
    if form is not None:
        lines += _declaration(form, on)
    lines += held
    if lacking:
        lines.append(Waiting("no_basis", lacking, "/children?basis=none"))
    return {
        "counts": counts,
        "lines": sorted(lines, key=lambda line: not line.is_urgent),
        "tasks": [task_row(one, on, lang, is_town) for one in open_tasks],
        "task_count": task_count,
        "late": late,
        "on": on,
        "told_at": None,
        "is_empty": not counts.children and not counts.imports,
        "is_town": is_town,
    }


def task_row(one: StoredTask, on: date, lang: str, is_town: bool) -> dict[str, Any]:
    """Give a task as the pages show it, with the way to its record.

    Which facts a pair lacks (a check, kin) is the unit's alone to know: a township asks it.
    """
    task, language = one.task, language_of(lang)
    if is_town and "facts" in task.values:
        task = replace(task, values={**task.values, "facts": Words(lang)("task_facts_of_unit")})
    late = (on - task.due).days
    return {
        "id": one.id,
        "version": one.version,
        "title": wording.title(task, language) if task.values else wording.kind_name(task.kind),
        "remedy": wording.remedy(task, language) if task.values else "",
        "name": task.values.get("name", ""),
        "township": task.township_name,
        "responsible": task.responsible,
        "due": task.due.isoformat(),
        "late_days": max(late, 0),
        "address": _where(one),
    }


def _where(one: StoredTask) -> str:
    """Say where a task is done: farewells in their list, all else at the child's record."""
    if one.task.kind in (TaskKind.FAREWELL, TaskKind.HAND_OVER):
        return "/pairings?state=owing"
    return f"/children/{one.person}" if one.person else "/tasks"


def _lines(counts: Today, late: int, on: date, is_town: bool) -> Iterator[Waiting]:
    """Give what waits, the worst first; a proposal gives children somebody, so it comes before."""
    others = counts.to_approve - counts.own_to_approve
    to_approve = f"/proposals/{counts.next_to_approve}"
    given = (
        Waiting("stopped", counts.stopped, "/pairings?state=suspended", True),
        Waiting("late_tasks", late, "/tasks", True),
        Waiting("to_approve", others, to_approve),
        Waiting("own_to_approve", counts.own_to_approve, "/proposals" if others else to_approve),
        Waiting("drafts", counts.drafts, f"/proposals/{counts.draft}"),
        Waiting("unpaired", counts.unpaired, "/children?unpaired=1"),
        Waiting("imports", counts.imports, "/rows" if is_town else "/imports"),
        Waiting("ready", counts.ready, "/pairings?state=approved"),
        Waiting("waiting", counts.waiting, "/pairings?state=conditional"),
        Waiting("resting", counts.resting, "/pairings?state=on_hold"),
        Waiting("owing", counts.owing, "/pairings?state=owing"),
        Waiting("stale", counts.stale, "/children?stale=1"),
    )
    yield from (line for line in given if line.count > 0)
    if counts.children and not is_town:
        last = counts.last_roster
        if last is None or (on - last).days > ROSTER_DAYS:
            yield Waiting("roster", 0, "/roster", day=last.isoformat() if last else "")


def _round(book: Book, unit: str, on: date, words: Words) -> Iterator[Waiting]:
    """Say that the unit's published dates wait for its answer, and when the next session is."""
    found = next(iter(all_rounds(book)), None)
    last = next(iter(published(book, found.id)), None) if found else None
    if found is None or last is None:
        return
    lines = document_of(book, last.id)["units"]
    dates = {s["date"] for line in lines if line["unit"] == unit for s in line["sessions"]}
    coming = sorted(day for day in map(date.fromisoformat, dates) if day >= on)
    if not coming:
        return
    named = words.pick("、", ", ").join(words.round(day_zh(day)) for day in coming)
    if acting(book).role is Role.UNIT and unit not in answers_of(book, found.id):
        yield Waiting("round_answer", 0, "/round", hint=named)
    elif (coming[0] - on).days <= SESSION_DAYS:
        yield Waiting("round_soon", 0, "/round", hint=named)


def _declaration(form: UnitForm, on: date) -> Iterator[Waiting]:
    """Say that the declaration is due, while it is near and no hand-in was made."""
    due = form.terms.rules.due_on
    if due - _SOON <= on <= due + _SOON and not form.has_hand_in:
        yield Waiting("declaration", 0, "/declaration", on > due, due.isoformat())
