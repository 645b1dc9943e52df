"""A unit's ledger leaves it only for whoever asked, while another lets her, without numbers."""

from datetime import date

import pytest
from sqlalchemy import select

from casework.access import SYSTEM_ACTOR, Action, Actor, BasisKind, LawfulBasis, Role, SignedPaper
from casework.access import area as path
from casework.errors import NotFound, Refused
from ledger.record.audit_tables import audit
from ledger.record.engine import read_transaction
from ledger.record.exporting import exported
from ledger.record.grants import approve_grant, ask_grant, end_grant, ledger_target
from tests.figures_on_record import put

UNIT, TOWNSHIP = "500104", "500104001"
WANG = Actor("wang", Role.UNIT, path(UNIT))
LI = Actor("li", Role.UNIT, path(UNIT))
OTHER = Actor("zhao", Role.UNIT, path("500105"))
BASIS = LawfulBasis(BasisKind.STATUTORY_DUTY, "大渡口区妇联", date(2021, 9, 1))
ACTS = ("grant_ask", "grant_approve", "ledger_export")
PAPER = SignedPaper("李主席", date(2021, 9, 15), "2021-7")


@pytest.fixture
def filled(store):
    put(store, children=2, township=TOWNSHIP, unit=UNIT, consent_given=True)
    return store


def ask(store, actor, unit=UNIT):
    with store.writing(actor, "ask") as book:
        return ask_grant(book, Action.LEDGER_EXPORT, ledger_target(unit), "交民政局核对", BASIS).id


def let(store, actor, grant, hours=2, paper=None):
    with store.writing(actor, "approve") as book:
        approve_grant(book, grant, hours, paper)


def take(store, actor, unit=UNIT):
    with store.writing(actor, "export") as book:
        return exported(book, unit)


def test_it_leaves_while_another_officer_lets_her_and_not_before_nor_after(filled, clock):
    with pytest.raises(Refused):
        take(filled, WANG)
    grant = ask(filled, WANG)
    with pytest.raises(Refused):
        take(filled, WANG)
    with pytest.raises(Refused):
        let(filled, WANG, grant)
    let(filled, LI, grant, 24)
    ledgers = take(filled, WANG).ledgers
    assert len(ledgers.children) == 2
    assert {child.resident_id for child in ledgers.children} == {""}
    with pytest.raises(Refused):
        take(filled, LI)  # it is the asker's alone
    with pytest.raises(NotFound):
        take(filled, OTHER)
    clock.move(hours=24)
    with pytest.raises(Refused):
        take(filled, WANG)


def test_it_is_let_for_a_day_at_most_and_ends_at_once_when_closed(filled):
    grant = ask(filled, WANG)
    with pytest.raises(Refused):
        let(filled, LI, grant, 25)
    let(filled, LI, grant, 24)
    with filled.writing(LI, "end") as book:
        end_grant(book, grant)
    with pytest.raises(Refused):
        take(filled, WANG)


def test_a_grant_for_one_number_lets_no_ledger_out(filled):
    with filled.writing(WANG, "ask") as book:
        grant = ask_grant(book, Action.ID_NUMBER_READ, ledger_target(UNIT), "x", BASIS).id
    let(filled, LI, grant)
    with pytest.raises(Refused):
        take(filled, WANG)


def test_the_owner_of_the_machine_asks_too_and_an_officer_lets_or_a_paper_does(filled):
    first = ask(filled, SYSTEM_ACTOR)
    with pytest.raises(Refused):
        let(filled, SYSTEM_ACTOR, first)
    let(filled, LI, first)
    assert take(filled, SYSTEM_ACTOR).grant.approver == "li"
    with filled.writing(LI, "end") as book:
        end_grant(book, first)
    second = ask(filled, SYSTEM_ACTOR)
    let(filled, SYSTEM_ACTOR, second, paper=PAPER)
    assert take(filled, SYSTEM_ACTOR).grant.id == second


def test_nobody_asks_for_the_ledger_of_another_unit(filled):
    with pytest.raises(NotFound):
        ask(filled, OTHER)


def test_asking_letting_and_taking_stand_in_the_audit_without_the_reason(filled):
    grant = ask(filled, WANG)
    let(filled, LI, grant)
    take(filled, WANG)
    with read_transaction(filled.engine) as connection:
        rows = connection.execute(select(audit).where(audit.c.action.in_(ACTS))).all()
    assert tuple(row.action for row in rows) == ACTS
    assert grant in rows[2].facts
    assert not [row for row in rows if "民政局" in str(row)]
