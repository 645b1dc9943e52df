"""Lists read a page by an index: the plan of each question behind a list page, on both databases.

PostgreSQL scans a small table whatever there is, so it is told not to where it can help it: what
it scans then has no index that fits.
"""

from datetime import date

import pytest
from sqlalchemy import Connection, event, text

from casework.access import Action, Actor, Role, area
from ledger.record.engine import is_sqlite
from ledger.record.pairings import list_pairings, owing, page_of_pairings
from ledger.record.people import PageAsk, find_person, page_of
from ledger.record.proposals import list_proposals, mark_of, proposals_for_township
from ledger.record.shown import beside
from ledger.record.stamps import stamp_of
from ledger.record.tasks import tasks_of
from ledger.record.today import today_of
from ledger.record.trail_pages import TrailAsk, list_trail

UNIT = "500101"
OFFICER = Actor("officer", Role.UNIT, area(UNIT))
CHAIR = Actor("chair", Role.TOWNSHIP, area(UNIT, "T1"))
AUDITOR = Actor("auditor", Role.AUDITOR, area())
DAY = date(2021, 9, 15)
OURS = ("people", "person_versions", "pairings", "pairing_events", "tasks", "proposals", "audit")
OURS += ("imports", "rosters", "held_rows", "overrides")

ASKED = {
    "children": lambda book: page_of(book, PageAsk("child", UNIT)),
    "the next page": lambda book: page_of(book, PageAsk("child", UNIT, after=("T1", "x"))),
    "unpaired": lambda book: page_of(book, PageAsk("child", UNIT, unpaired=True)),
    "stale": lambda book: page_of(book, PageAsk("child", UNIT, stale_before=DAY)),
    "caregivers": lambda book: page_of(book, PageAsk("caregiver", UNIT, "T1")),
    "by number": lambda book: find_person(book, "child", "500101201203051234"),
    "beside": lambda book: beside(book, ["a", "b"]),
    "today": lambda book: today_of(book, UNIT, DAY, DAY),
    "tasks": lambda book: tasks_of(book, UNIT),
    "pairings": lambda book: list_pairings(book, unit=UNIT),
    "a page of pairings": lambda book: page_of_pairings(book, UNIT, "", "", "x"),
    "owing": lambda book: owing(book, UNIT),
    "stamp": lambda book: stamp_of(book, UNIT),
    "mark": lambda book: mark_of(book, UNIT, (), ()),
}


def plans(store, actor, ask) -> str:
    """Give the plans of every question that a list asks, a line a step."""
    asked = []

    def keep(connection, cursor, statement, parameters, context, many):
        asked.append((statement, parameters))

    with store.reading(actor, "list") as book:
        event.listen(store.engine, "before_cursor_execute", keep)
        try:
            ask(book)
        finally:
            event.remove(store.engine, "before_cursor_execute", keep)
    assert asked
    if not is_sqlite(store.engine):
        _forget_sizes(store)
    with store.looking() as connection:
        return "\n".join(_plan(connection, *question) for question in asked)


def _forget_sizes(store) -> None:
    """Let PostgreSQL plan as for tables of unknown size: earlier tests may have had them counted.

    A table known to be empty is read whole into memory, whatever index there is.
    """
    free = store.engine.execution_options(isolation_level="AUTOCOMMIT")
    with free.connect() as connection:
        connection.execute(
            text("UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE relname = ANY(:ours)"),
            {"ours": list(OURS)},
        )


def _plan(connection: Connection, statement: str, parameters: object) -> str:
    if is_sqlite(connection):
        explain = "EXPLAIN QUERY PLAN "
    else:
        explain = "EXPLAIN "
        connection.execute(text("SET LOCAL enable_seqscan = off"))
    rows = connection.exec_driver_sql(explain + statement, parameters)
    return "\n".join(str(row[-1]) for row in rows)


def scanned(plan: str) -> list[str]:
    """Give the tables that are read from end to end."""
    steps = [step.strip(" ->") for step in plan.splitlines()]
    return [
        table
        for table in OURS
        for step in steps
        if step.startswith((f"SCAN {table}", f"Seq Scan on {table} "))
        and not (table == "audit" and "USING INDEX" in step)  # newest first, and stops at a page
    ]


@pytest.mark.parametrize("asked", ASKED)
def test_a_units_list_is_found_by_an_index(store, asked):
    assert scanned(plans(store, OFFICER, ASKED[asked])) == []


@pytest.mark.parametrize("asked", [name for name in ASKED if name != "stamp"])
def test_a_townships_list_is_found_by_an_index(store, asked):
    assert scanned(plans(store, CHAIR, ASKED[asked])) == []


def test_proposals_are_found_by_an_index(store):
    assert scanned(plans(store, OFFICER, lambda book: list_proposals(book, UNIT, most=20))) == []
    assert scanned(plans(store, CHAIR, lambda book: proposals_for_township(book, UNIT))) == []


@pytest.mark.parametrize("ask", [TrailAsk(), TrailAsk(who="wang")], ids=["newest", "who"])
def test_a_page_of_the_trail_is_found_by_an_index_and_not_sorted(store, ask):
    plan = plans(store, AUDITOR, lambda book: list_trail(book, ask=ask))
    assert scanned(plan) == []
    on_audit = [line for line in plan.splitlines() if "audit" in line or "Sort" in line]
    assert not [line for line in on_audit if "TEMP B-TREE" in line or line.strip() == "Sort"]


def test_the_search_finds_a_question_that_has_no_index(store):
    def whole(book):
        book.connection.execute(text("SELECT count(*) FROM people WHERE sex = 'female'"))
        book.note(Action.CHILD_LIST, "child")

    assert scanned(plans(store, OFFICER, whole)) == ["people"]
