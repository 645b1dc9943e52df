"""What is over is forgotten when its time has passed, and nothing before."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, insert, select

from casework.access import SYSTEM_ACTOR, Action, BasisKind, LawfulBasis, Role, SignedPaper
from casework.access import area as path
from casework.errors import Conflict
from casework.import_diff import Incoming
from ledger.record.accounts import Account, add_account
from ledger.record.accounts_tables import account_sessions, grants, invitations
from ledger.record.audit_tables import audit
from ledger.record.doctor import State, examine
from ledger.record.grants import approve_grant, ask_grant, ledger_target
from ledger.record.imports import Batch, keep_preview, open_preview
from ledger.record.retention import KEEP_DAYS, count_over, forget_over
from ledger.record.sessions import begin_session
from tests.people_on_record import child

UNIT = "500104"
PASSWORD = "五个 词 连写 的 句子"
PAPER = SignedPaper("李", date(2021, 9, 1), "1")
BASIS = LawfulBasis(BasisKind.STATUTORY_DUTY, "区妇联", date(2021, 9, 1))


@pytest.fixture
def filled(store):
    """Give a store with a session, an invitation and two grants, one of which is open an hour."""
    with store.writing(SYSTEM_ACTOR, "test") as book:
        account = add_account(
            book, Account("", "a", Role.UNIT, path(UNIT)), "五个 词 连写 的 句子"
        )
        begin_session(book, account.id)
        ends = book.at + timedelta(days=1)
        row = {"token_hash": b"x", "made_at": book.at, "ends_at": ends}
        book.connection.execute(insert(invitations), row)
        for hours in (1, 0):
            target = ledger_target(UNIT)
            grant = ask_grant(book, Action.LEDGER_EXPORT, target, "x", BASIS)
            if hours:
                approve_grant(book, grant.id, hours, PAPER)
    return store


def left(store):
    tables = (account_sessions, invitations, grants)
    with store.looking() as connection:
        return [connection.scalar(select(func.count()).select_from(t)) for t in tables]


def test_nothing_is_forgotten_before_its_time(filled, clock):
    assert not any(forget_over(filled).values())
    clock.move(hours=23)
    forget_over(filled)
    assert left(filled)[1:] == [1, 2]


def test_sessions_and_invitations_go_when_over_and_grants_half_a_year_later(filled, clock):
    clock.move(hours=24 * 40)
    forget_over(filled)
    assert left(filled) == [0, 0, 2]
    clock.move(hours=24 * (KEEP_DAYS - 41))
    forget_over(filled)
    assert left(filled)[2] == 2
    clock.move(hours=24 * 2)
    assert forget_over(filled)["grants"] == 2
    assert left(filled) == [0, 0, 0]


def test_a_shorter_time_holds_where_the_office_says_so(filled, clock):
    clock.move(hours=24 * 31)
    forget_over(filled, days=30)
    assert left(filled)[2] == 0


def test_a_file_that_nobody_confirmed_is_let_go_with_its_rows(store, clock):
    batch = Batch(UNIT, "child", Incoming((child(),), (), date(2021, 9, 15), covers=None))
    with store.writing(SYSTEM_ACTOR, "test") as book:
        kept = keep_preview(book, batch)
    clock.move(hours=24 * KEEP_DAYS)
    assert forget_over(store).get("previews") == 0
    clock.move(hours=1)
    assert forget_over(store)["previews"] == 1
    with store.reading(SYSTEM_ACTOR, "look") as book, pytest.raises(Conflict):
        open_preview(book, kept.import_id)
    assert not any(forget_over(store).values())


def test_what_was_forgotten_is_counted_in_the_audit_and_nothing_leaves_no_row(filled, clock):
    def rows():
        query = select(func.count()).where(audit.c.action == "retention")
        with filled.looking() as connection:
            return connection.scalar(query)

    forget_over(filled)
    assert rows() == 0
    clock.move(hours=24 * 40)
    forget_over(filled)
    assert rows() == 1


def test_the_doctor_tells_when_nobody_forgets(filled, clock):
    def told():
        found = examine(filled.engine, filled.keys, filled.clock())
        return next(check.state for check in found if check.name == "retention")

    assert told() is State.GOOD
    clock.move(hours=24 * 40)
    assert told() is State.LOOK
    forget_over(filled)
    with filled.looking() as connection:
        assert not any(count_over(connection, filled.clock()).values())
    assert told() is State.GOOD
