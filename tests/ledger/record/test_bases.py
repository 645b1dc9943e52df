"""Each child's record has a lawful basis or is listed as lacking one; consent may be withdrawn."""

from datetime import date

import pytest

from casework.access import Action, Actor, BasisKind, LawfulBasis, Role
from casework.access import area as path
from casework.actors import ChildBasis
from casework.errors import NotFound, Refused
from casework.people import ChildStatus
from casework.tasks import TaskKind, TaskState
from ledger.record.bases import (
    basis_of,
    keep_lacking,
    lacking,
    state_basis,
    who_lack,
    withdraw_consent,
)
from ledger.record.erasure import erase_person
from ledger.record.exporting import exported
from ledger.record.grants import approve_grant, ask_grant, ledger_target
from ledger.record.people import read_person
from ledger.record.tasks import tasks_of
from tests.builders import programme
from tests.figures_on_record import ON, TAIAN, UNIT, put

WANG = Actor("wang", Role.UNIT, path(UNIT))
LI = Actor("li", Role.UNIT, path(UNIT))
TOWN = Actor("town", Role.TOWNSHIP, path(UNIT, TAIAN))
OTHER = Actor("zhao", Role.UNIT, path("500105"))
DUTY = ChildBasis(BasisKind.STATUTORY_DUTY, "大渡口区民政局", ON, "渝民发〔2021〕7号")
CONSENT = ChildBasis(BasisKind.CONSENT, "奶奶钱某", ON, "同意书 12 号")
OWN = ChildBasis(BasisKind.CONSENT, "本人", ON, "同意书 13 号", is_of_child=True)


@pytest.fixture
def child(store):
    """Give a child of nine whose row says nothing of consent."""
    return put(store, children=1)[0]


def state(store, child, basis, by=WANG):
    with store.writing(by, "basis") as book:
        state_basis(book, child, basis)


def basis(store, child):
    with store.reading(WANG, "basis") as book:
        return basis_of(book, read_person(book, child).record)


def without(store):
    with store.reading(WANG, "lacking") as book:
        return [record.id for record in lacking(book, UNIT)]


def open_tasks(store, kind):
    with store.reading(WANG, "tasks") as book:
        return [one.task.subject for one in tasks_of(book, UNIT, TaskState.OPEN, kind)]


@pytest.mark.parametrize("given", [DUTY, CONSENT], ids=lambda basis: basis.kind)
def test_a_record_lacks_a_basis_until_one_is_stated_with_whom_and_which_paper(store, child, given):
    assert (basis(store, child), without(store)) == (None, [child])
    state(store, child, given)
    assert (basis(store, child), without(store)) == (given, [])


def test_the_ledgers_own_column_of_consent_is_a_basis_and_a_refusal_is_none(store):
    (agreed,) = put(store, children=1, consent_given=True, guardian_name="钱某")
    (refused,) = put(store, children=1, consent_given=False)
    assert basis(store, agreed).by == "钱某"
    assert without(store) == [refused]


@pytest.mark.parametrize(
    "wrong",
    [
        OWN,  # nine years old
        ChildBasis(BasisKind.CONSENT, " ", ON, "1号"),
        ChildBasis(BasisKind.STATUTORY_DUTY, "民政局", ON, ""),
        ChildBasis(BasisKind.STATUTORY_DUTY, "民" * 121, ON, "1号"),
    ],
)
def test_what_is_half_stated_or_not_the_guardians_is_no_basis(store, child, wrong):
    with pytest.raises(Refused):
        state(store, child, wrong)
    assert without(store) == [child]


def test_from_fourteen_on_the_child_may_consent_herself_and_not_a_day_before(store):
    (old,) = put(store, children=1, birth_date=date(2007, 9, 15))
    (young,) = put(store, children=1, birth_date=date(2007, 9, 16))
    state(store, old, OWN)
    with pytest.raises(Refused):
        state(store, young, OWN)
    assert without(store) == [young]


@pytest.mark.parametrize(("who", "wrong"), [(OTHER, NotFound), (TOWN, Refused)])
def test_only_the_units_officers_state_one(store, child, who, wrong):
    with pytest.raises(wrong):
        state(store, child, DUTY, by=who)


def looked(store, agreed, by=WANG):
    """Give who lacks a basis as today's page counts, and how many rows were read for it."""
    with store.reading(by, "look") as book:
        found = who_lack(book, UNIT, agreed)
        return found, sum(note.facts["rows"] for note in book.notes)


def test_a_look_at_who_lacks_one_reads_only_what_changed_and_finds_the_same(store, child):
    (agreed_to,) = put(store, children=1, consent_given=True)
    put(store, children=1, status=ChildStatus.AGED_OUT)
    put(store, children=1, unit="500105", township="500105001")
    put(store, caregivers=1)
    agreed = {}
    assert looked(store, agreed) == ({child}, 2)
    assert looked(store, agreed) == ({child}, 0)
    withdraw(store, agreed_to)
    assert looked(store, agreed) == ({child, agreed_to}, 1)
    state(store, child, DUTY)
    state(store, agreed_to, DUTY)
    assert (looked(store, agreed), without(store)) == ((frozenset(), 0), [])


@pytest.mark.parametrize(("who", "wrong"), [(OTHER, NotFound), (TOWN, Refused)])
def test_only_the_units_officers_look_at_who_lacks_one(store, child, who, wrong):
    with pytest.raises(wrong):
        looked(store, {}, by=who)


def test_who_lacks_one_becomes_a_task_once_that_is_settled_by_stating_it(store, child):
    for expected in (1, 0):
        with store.writing(WANG, "keep") as book:
            assert keep_lacking(book, UNIT, programme(), ON) == expected
    assert open_tasks(store, TaskKind.BASIS_LACKING) == [child]
    state(store, child, DUTY)
    assert open_tasks(store, TaskKind.BASIS_LACKING) == []


def withdraw(store, child, by="奶奶钱某"):
    with store.writing(WANG, "withdraw") as book:
        withdraw_consent(book, child, by, ON, programme())


def taken(store, kind):
    """Give whom an export on this basis takes out."""
    with store.writing(WANG, "ask") as book:
        said = LawfulBasis(kind, "区妇联", ON)
        asked = ask_grant(book, Action.LEDGER_EXPORT, ledger_target(UNIT), "核对", said)
    with store.writing(LI, "approve") as book:
        approve_grant(book, asked.id, 1)
    with store.writing(WANG, "export") as book:
        done = exported(book, UNIT)
    return len(done.ledgers.children), done.left_out


def test_consent_withdrawn_leaves_only_what_the_law_asks_for(store, child, clock):
    state(store, child, CONSENT)
    state(store, child, DUTY)
    assert taken(store, BasisKind.CONSENT) == (1, 0)
    with pytest.raises(Refused):
        withdraw(store, child, by=" ")
    withdraw(store, child)
    assert basis(store, child) == DUTY
    assert open_tasks(store, TaskKind.CONSENT_WITHDRAWN) == [child]
    with store.reading(WANG, "read") as book:
        assert read_person(book, child).record.consent_given is False
    clock.move(hours=2)
    assert taken(store, BasisKind.CONSENT) == (0, 1)
    clock.move(hours=2)
    assert taken(store, BasisKind.STATUTORY_DUTY) == (1, 0)


def test_without_any_basis_nothing_of_a_child_leaves(store, child):
    assert taken(store, BasisKind.STATUTORY_DUTY) == (0, 1)


def test_who_consented_by_which_paper_is_sealed_and_goes_with_her(store, child):
    state(store, child, CONSENT)
    with store.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM lawful_bases").all())
    assert "钱某" not in rows
    erase_person(store, WANG, child, "监护人要求")
    with store.engine.connect() as connection:
        bodies = connection.exec_driver_sql("SELECT body FROM lawful_bases").scalars().all()
    assert bodies == [None]
