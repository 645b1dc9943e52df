"""A lawful basis comes in with a ledger, is shown before, and goes with the import's undoing."""

from dataclasses import replace
from datetime import date

import pytest

from casework.access import Actor, BasisKind, Role, area
from casework.actors import ChildBasis
from casework.import_diff import Incoming
from casework.records import ChildRecord
from casework.tasks import TaskKind, TaskState
from ledger.record.bases import basis_of, keep_lacking, lacking, state_basis, withdraw_consent
from ledger.record.imports import Batch, confirm_now, look
from ledger.record.people import PageAsk, page_of
from ledger.record.person_text import record_of_text, text_of_record
from ledger.record.tasks import tasks_of
from ledger.record.undo import undo_import
from service.workflows.import_words import field_told
from tests.builders import programme
from tests.people_on_record import NOVEMBER, OCTOBER, SEPTEMBER, child

UNIT = "500101"
OFFICER = Actor("officer", Role.UNIT, area(UNIT))
DUTY = ChildBasis(BasisKind.STATUTORY_DUTY, "区民政局", SEPTEMBER, "民发〔2021〕7号")
CONSENT = ChildBasis(BasisKind.CONSENT, "奶奶钱某", SEPTEMBER, "同意书 12 号")
OWN = replace(CONSENT, by="本人", is_of_child=True)


def batch(row: ChildRecord, on: date) -> Batch:
    return Batch(UNIT, "child", Incoming((row,), (), on))


def take(store, basis, on=SEPTEMBER, **facts):
    with store.writing(OFFICER, "import") as book:
        return confirm_now(book, batch(child(basis=basis, **facts), on))[1]


def stands(store):
    with store.reading(OFFICER, "basis") as book:
        (known,) = page_of(book, PageAsk("child", UNIT)).people
        lacks = [one.id for one in lacking(book, UNIT)]
        assert lacks == ([] if basis_of(book, known.record) else [known.record.id])
        return basis_of(book, known.record)


def the_id(store):
    with store.reading(OFFICER, "who") as book:
        return page_of(book, PageAsk("child", UNIT)).people[0].record.id


@pytest.mark.parametrize("basis", [DUTY, CONSENT, OWN], ids=["duty", "guardian", "own"])
def test_a_basis_is_what_it_was_after_being_written_as_text(basis):
    row = child(basis=basis)
    assert record_of_text("child", text_of_record(row, with_place=True)) == row


def test_a_basis_in_a_ledger_is_shown_as_one_field_and_stands_once_confirmed(store):
    take(store, None)
    assert stands(store) is None
    with store.reading(OFFICER, "look") as book:
        (line,) = look(book, batch(child(basis=DUTY), OCTOBER)).lines
    (change,) = line.changes
    told = field_told(change.name, change.before, change.after, "zh")
    assert told == ("合法性基础", "", f"法定职责，区民政局，{SEPTEMBER}，民发〔2021〕7号")
    english = field_told(change.name, change.before, change.after, "en")
    assert english[2] == f"a duty by law, 区民政局, {SEPTEMBER}, 民发〔2021〕7号"
    take(store, DUTY, OCTOBER)
    assert stands(store) == DUTY


def test_undoing_the_import_takes_the_basis_back_with_it(store):
    take(store, DUTY)
    done = take(store, CONSENT, OCTOBER)
    assert stands(store) == CONSENT
    with store.writing(OFFICER, "undo") as book:
        undo_import(book, done.import_id)
    assert stands(store) == DUTY


def test_a_ledger_without_the_columns_changes_no_basis_on_record(store):
    take(store, DUTY)
    take(store, None, OCTOBER, health="哮喘")
    assert stands(store) == DUTY


def test_a_ledger_changes_nothing_that_was_stated_by_hand(store):
    take(store, None)
    person = the_id(store)
    with store.writing(OFFICER, "state") as book:
        state_basis(book, person, CONSENT)
    take(store, DUTY, OCTOBER)
    assert stands(store) == CONSENT


def test_consent_that_was_taken_back_does_not_stand_again_by_an_old_statement(store):
    take(store, CONSENT)
    person = the_id(store)
    with store.writing(OFFICER, "withdraw") as book:
        withdraw_consent(book, person, "奶奶钱某", OCTOBER, programme())
    assert stands(store) is None
    take(store, CONSENT, NOVEMBER)
    assert stands(store) is None
    take(store, DUTY, NOVEMBER, health="哮喘")
    assert stands(store) == DUTY


def test_the_task_of_a_record_that_lacked_a_basis_is_settled_by_the_import(store):
    take(store, None)
    with store.writing(OFFICER, "tasks") as book:
        assert keep_lacking(book, UNIT, programme(), SEPTEMBER) == 1
    take(store, None, OCTOBER, health="哮喘")
    waiting = lambda book: tasks_of(book, UNIT, TaskState.OPEN, TaskKind.BASIS_LACKING)  # noqa: E731
    with store.reading(OFFICER, "tasks") as book:
        assert len(waiting(book)) == 1
    take(store, DUTY, NOVEMBER)
    with store.reading(OFFICER, "tasks") as book:
        assert waiting(book) == ()
