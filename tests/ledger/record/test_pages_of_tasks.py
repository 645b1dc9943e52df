"""Tasks by pages, in the order of the whole list, counted where they are kept."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import event

from casework.access import SYSTEM_ACTOR, Actor, Role, area
from casework.tasks import Task, TaskKind, TaskState
from ledger.record.tasks import add_tasks, count_tasks, page_of_tasks, settle_task, tasks_of
from tests.figures_on_record import put

UNIT, TOWNS = "500156", ("500156001", "500156002")
ON = date(2021, 9, 15)
OFFICER = Actor("li", Role.UNIT, area(UNIT))
TOWN = Actor("town", Role.TOWNSHIP, area(UNIT, TOWNS[0]))


def task(number):
    due = ON + timedelta(days=number % 5 - 2)
    town = TOWNS[number % 2]
    return Task(
        TaskKind.ROSTER_NEW, f"row{number}", due, "妇联主席", "某镇", str(number), township=town
    )


def fill(store, count):
    with store.writing(SYSTEM_ACTOR, "test") as book:
        add_tasks(book, UNIT, [task(number) for number in range(count)])


def pages(store, actor, most):
    found, after = [], ""
    with store.reading(actor, "tasks") as book:
        while page := page_of_tasks(book, UNIT, after, most):
            assert len(page) <= most
            found += page
            after = page[-1].id
        return [one.id for one in found], [one.id for one in tasks_of(book, UNIT)]


def test_pages_laid_one_after_the_other_are_the_whole_list(store):
    fill(store, 23)
    for actor in (OFFICER, TOWN):
        laid, whole = pages(store, actor, 4)
        assert laid == whole
    assert len(pages(store, TOWN, 4)[0]) == 12


def test_the_page_after_a_task_that_was_settled_meanwhile_loses_nobody(store):
    fill(store, 10)
    with store.reading(OFFICER, "tasks") as book:
        first = page_of_tasks(book, UNIT, most=3)
        whole = [one.id for one in tasks_of(book, UNIT)]
    last = first[-1]
    with store.writing(OFFICER, "settle") as book:
        settle_task(book, last.id, last.version, TaskState.DONE, "已办")
    with store.reading(OFFICER, "tasks") as book:
        assert [one.id for one in page_of_tasks(book, UNIT, last.id)] == whole[3:]


def test_of_one_person_only_her_own_tasks_are_read_and_a_new_one_asks_for_no_others(store):
    one, other = put(store, children=2, unit=UNIT, township=TOWNS[0])
    hers, theirs = (replace(task(n), subject=who) for n, who in enumerate((one, other)))
    asked = []

    def keep(connection, cursor, statement, *_):
        asked.append(statement)

    with store.writing(SYSTEM_ACTOR, "test") as book:
        assert add_tasks(book, UNIT, [theirs]) == 1
        event.listen(store.engine, "before_cursor_execute", keep)
        assert add_tasks(book, UNIT, [hers]) == 1
        event.remove(store.engine, "before_cursor_execute", keep)
        (found,) = tasks_of(book, UNIT, person=one)
        assert (found.person, book.notes[-1].ids) == (one, (found.id,))
    looked = [text for text in asked if "FROM tasks" in text]
    assert looked
    assert all("key_lookup IN" in text for text in looked)


def test_open_and_overdue_are_counted_as_far_as_the_reader_sees(store):
    fill(store, 20)
    with store.reading(OFFICER, "tasks") as book:
        assert count_tasks(book, UNIT, ON) == (20, 8)
    with store.reading(TOWN, "tasks") as book:
        assert count_tasks(book, UNIT, ON) == (10, 4)
