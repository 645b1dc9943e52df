import pytest

from casework.access import SYSTEM_ACTOR, Actor, Role, area
from casework.errors import Refused
from ledger.record.asked import asked_by
from ledger.record.trail_pages import ROWS_A_PAGE, TrailAsk, list_trail

CITY = Actor("auditor", Role.AUDITOR, area())


def leave(store, actor, times=1):
    for _ in range(times):
        with store.writing(actor, "test") as book:
            book.note("thing")


def read(store, actor, **asked):
    with store.reading(actor, "audit") as book:
        return list_trail(book, **asked)


def test_an_auditor_reads_her_own_area_and_over_the_city_the_system_too(store):
    leave(store, Actor("u1", Role.UNIT, area("500104")))
    leave(store, Actor("u2", Role.UNIT, area("500103")))
    leave(store, SYSTEM_ACTOR)
    assert [row.who for row in read(store, CITY)] == ["system", "u2", "u1"]
    local = Actor("a", Role.AUDITOR, area("500104"))
    assert [row.who for row in read(store, local)] == ["u1"]


def test_the_trail_is_read_a_page_at_a_time_and_by_account(store):
    leave(store, Actor("u1", Role.UNIT, area("500104")), ROWS_A_PAGE + 2)
    first = read(store, CITY)
    assert len(first) == ROWS_A_PAGE
    assert [row.seq for row in read(store, CITY, before=first[-1].seq)] == [2, 1]
    assert {row.who for row in read(store, CITY, who="U1")} == {"u1"}
    assert read(store, CITY, who="u9") == ()


def test_a_request_is_found_by_all_it_read(store):
    officer = Actor("u1", Role.UNIT, area("500104"))
    leave(store, officer)
    with asked_by(officer) as asked:
        for action in ("child_read", "task_read"):
            with store.reading(officer, "page") as book:
                book.note(action, "child", ["c"])
        store.hand_in(asked.due()).result()
    for action in ("child_read", "task_read"):
        (row,) = read(store, CITY, ask=TrailAsk(action=action))
        assert row.action == "child_read"


def test_a_count_in_the_trail_is_not_asked_for_by_what_is_searched(store):
    with store.writing(Actor("u1", Role.UNIT, area("500104")), "import") as book:
        book.note("import_confirm", "import", rows=3, unit="500104")
    for rows in range(6):
        for said in (f'rows":{rows},"unit', f'rows": {rows}, "unit'):
            assert read(store, CITY, ask=TrailAsk(action=said)) == ()


def test_reading_the_trail_leaves_a_row_in_it(store):
    read(store, CITY)
    assert [row.action for row in read(store, CITY)] == ["audit_read"]


def test_only_auditors_and_the_owner_read_the_trail(store):
    with pytest.raises(Refused):
        read(store, Actor("c", Role.CITY, area()))
    assert read(store, SYSTEM_ACTOR)
