"""Two months of rosters on record, and the tasks they make."""

from datetime import date

import pytest

from casework.errors import Conflict, NotFound, Refused
from casework.people import Home
from casework.programme import Programme
from casework.tasks import TaskKind, TaskState, title
from ledger.record.imports import Batch, confirm_now
from ledger.record.rosters import RosterAsk, compare_roster, take_roster
from ledger.record.tasks import settle_task, tasks_of
from tests.ledger.record.test_people import CHAIR, NEIGHBOUR, OFFICER, UNIT, batch, take
from tests.people_on_record import OCTOBER, child, incoming
from tests.tables import resident_id

PROGRAMME = Programme.from_toml()


def compare(store, *rows, on=OCTOBER, actor=OFFICER, keep=True):
    ask = RosterAsk(UNIT, incoming(*rows, on=on), PROGRAMME, on)
    with store.writing(actor, "roster") as book:
        return (take_roster if keep else compare_roster)(book, ask)


def open_tasks(store, actor=OFFICER, **asked):
    with store.reading(actor, "tasks") as book:
        return tasks_of(book, UNIT, **asked)


def settle(store, task, actor=OFFICER, version=None):
    with store.writing(actor, "settle") as book:
        settle_task(book, task.id, version or task.version, TaskState.DONE, "已核实，迁往成都")


def test_a_roster_makes_its_tasks_once_however_often_it_is_compared(store):
    take(store, batch(child("张三", 2), child("李四", 4)))
    assert compare(store, child("李四", 4), child("王五", 6)).new_tasks == 2
    assert compare(store, child("王五", 6), child("李四", 4)).new_tasks == 0
    assert {(t.task.kind, t.task.values["name"]) for t in open_tasks(store)} == {
        (TaskKind.GONE_UNKNOWN, "张三"),
        (TaskKind.ROSTER_NEW, "王五"),
    }


def test_looking_makes_no_task(store):
    take(store, batch(child()))
    assert compare(store, keep=False).counts["gone_unknown"] == 1
    assert open_tasks(store) == ()


def test_a_settled_task_says_by_whom_and_how_and_is_settled_once(store):
    take(store, batch(child()))
    compare(store)
    (task,) = open_tasks(store)
    settle(store, task)
    assert open_tasks(store) == ()
    (done,) = open_tasks(store, state=TaskState.DONE)
    assert (done.outcome, done.settled_by) == ("已核实，迁往成都", "officer")
    with pytest.raises(Conflict):
        settle(store, task)


def test_a_task_is_opened_again_when_its_cause_is_still_there_next_month(store):
    take(store, batch(child()))
    compare(store)
    settle(store, open_tasks(store)[0])
    assert compare(store).new_tasks == 0
    assert compare(store, on=date(2021, 12, 15)).new_tasks == 1
    (task,) = open_tasks(store)
    assert (task.task.kind, task.outcome) == (TaskKind.GONE_UNKNOWN, "")


def test_a_child_in_another_units_ledger_is_told_by_the_units_name_only(store):
    there = child(home=Home("500102", "500102001"), unit_name="涪陵区")
    given = Batch("500102", "child", incoming(there))
    with store.writing(NEIGHBOUR, "import") as book:
        confirm_now(book, given)
    take(store, batch(child("李四", 4)))
    ask = RosterAsk(
        UNIT, incoming(child()), PROGRAMME, OCTOBER, unit_name={"500102": "涪陵区"}.get
    )
    with store.writing(OFFICER, "roster") as book:
        take_roster(book, ask)
    (task,) = open_tasks(store, kind=TaskKind.TWO_UNITS)
    assert title(task.task) == "张三：涪陵区的台账也有"


def test_a_township_sees_its_own_tasks_and_another_unit_none(store):
    other = child("李四", 4, home=Home(UNIT, "T2"), township_name="白羊镇")
    take(store, batch(child(), other))
    compare(store)
    assert [t.task.values["name"] for t in open_tasks(store, CHAIR)] == ["张三"]
    assert open_tasks(store, NEIGHBOUR) == ()
    others = next(t for t in open_tasks(store) if t.task.township == "T2")
    with pytest.raises(NotFound):
        settle(store, others, CHAIR)
    with pytest.raises(Refused):
        compare(store, actor=CHAIR)


def test_tasks_hold_no_name_in_plain_and_the_trail_none_at_all(store):
    take(store, batch(child("CANARY-NAME", 2)))
    compare(store, child("CANARY-NEW", 8))
    tables = ("tasks", "rosters", "audit", "people", "person_versions", "imports", "held_rows")
    with store.reading(OFFICER, "look") as book:
        told = [
            str([bytes(c) if isinstance(c, memoryview) else c for c in row])
            for table in tables
            for row in book.connection.exec_driver_sql(f"SELECT * FROM {table}")
        ]
    assert len(told) > 6
    assert not [row for row in told if "CANARY" in row or resident_id() in row]


def test_two_months_of_rosters(store):
    """The story of an autumn: who comes, who goes and who will be of age."""
    soon = child("赵六", 2, birth_date=date(2003, 12, 20), resident_id=resident_id("20031220"))
    ledger = (child("张三", 4), child("李四", 6), soon)
    take(store, batch(*ledger))
    october = compare(store, *ledger, child("王五", 8))
    assert (october.counts["new"], october.counts["age_out_soon"]) == (1, 1)
    take(store, batch(*ledger, child("王五", 8), on=date(2021, 10, 20)))
    november = compare(
        store,
        child("张三", 4, guardian_name="张大山"),
        child("王五", 8),
        soon,
        on=date(2021, 11, 15),
    )
    assert november.counts["changed"] == 1
    assert november.counts["gone_unknown"] == 1
    assert november.new_tasks == 2
    january = compare(store, child("张三", 4), child("王五", 8), on=date(2022, 1, 15))
    assert january.counts["aged_out"] == 1
    assert {t.task.responsible for t in open_tasks(store)} == {"太安镇妇联主席"}
