"""Children and caregivers on record: imports, history, corrections, who may see what."""

from dataclasses import replace

import pytest
from sqlalchemy import event, insert

from casework.access import SYSTEM_ACTOR, Action, Actor, Role, area
from casework.errors import Busy, Conflict, NotFound, Refused
from casework.import_decisions import Choice, Decision
from casework.import_diff import Fate, Incoming
from casework.people import ChildStatus, Home
from ledger.record.audit import verify
from ledger.record.corrections import correct
from ledger.record.erasure import erase_person
from ledger.record.import_list import list_imports
from ledger.record.imports import (
    Batch,
    Decisions,
    StalePreview,
    confirm,
    confirm_now,
    keep_preview,
    look,
    open_preview,
    withdraw,
)
from ledger.record.key_files import write_keys
from ledger.record.key_ring import KeyRing
from ledger.record.pairing_tables import pairings
from ledger.record.people import (
    PageAsk,
    _questions,
    find_person,
    history_of,
    ledgers_of,
    page_of,
    read_person,
)
from ledger.record.person_text import held_of_text, record_of_text, text_of_held, text_of_record
from ledger.record.person_writing import Source, SourceKind
from ledger.record.store import Store
from ledger.record.undo import undo_import
from tests.people_on_record import (
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    TAIAN,
    caregiver,
    child,
    held,
)
from tests.tables import resident_id

UNIT = "500101"
OFFICER = Actor("officer", Role.UNIT, area(UNIT))
CHAIR = Actor("chair", Role.TOWNSHIP, area(UNIT, TAIAN))
NEIGHBOUR = Actor("neighbour", Role.UNIT, area("500102"))


def batch(*rows, on=SEPTEMBER, waiting=(), kind="child", **facts) -> Batch:
    return Batch(UNIT, kind, Incoming(rows, waiting, on, **facts))


def take(store, given, decisions=None, actor=OFFICER):
    with store.writing(actor, "import") as book:
        return confirm_now(book, given, decisions)[1]


def preview(store, given, actor=OFFICER):
    with store.writing(actor, "preview") as book:
        return keep_preview(book, given)


def accept(store, import_id, decisions=None, actor=OFFICER):
    with store.writing(actor, "confirm") as book:
        return confirm(book, import_id, decisions)


def everybody(store, kind="child"):
    with store.reading(OFFICER, "list") as book:
        return page_of(book, PageAsk(kind, UNIT, most=200))


def the_child(store):
    (known,) = everybody(store).people
    return known


def by_hand(store, values, reason="户口簿核对", actor=OFFICER, on=OCTOBER, version=None):
    known = the_child(store)
    source = Source(SourceKind.HAND, "", on, reason)
    with store.writing(actor, "correct") as book:
        return correct(book, known.record.id, version or known.version, values, source)


def history(store, person):
    with store.reading(OFFICER, "history") as book:
        return history_of(book, person)


FULL = child(
    health="哮喘",
    boarding=False,
    consent_given=True,
    consent_on=SEPTEMBER,
    siblings="H1",
    home=Home(UNIT, TAIAN, "凤山村"),
)


@pytest.mark.parametrize(
    "row",
    [FULL, caregiver(kin=("张三", "李四"), check_on=SEPTEMBER, places=0)],
    ids=["child", "caregiver"],
)
def test_a_record_is_what_it_was_after_being_written_as_text(row):
    kind = "child" if row is FULL else "caregiver"
    assert record_of_text(kind, text_of_record(row, with_place=True)) == row
    stored = record_of_text(kind, text_of_record(row), "stored")
    assert replace(stored, id=row.id, where=row.where) == row


def test_a_row_that_waits_is_what_it_was_after_being_written_as_text():
    row = held("张三", "A1", "12345")
    assert held_of_text(text_of_held(row)) == row


def test_who_is_imported_is_on_record_under_an_id_that_says_nothing(store):
    done = take(store, batch(child("张三", 2), child("李四", 4)))
    assert (done.added, done.changed) == (2, 0)
    page = everybody(store)
    assert page.total == 2
    assert {p.record.name for p in page.people} == {"张三", "李四"}
    assert not any(p.record.id.startswith("file") for p in page.people)


def test_the_same_file_twice_changes_nothing_and_leaves_no_trace(store):
    take(store, batch(child()))
    before = the_child(store)
    again = take(store, batch(child()))
    assert (again.import_id, again.added, again.changed) == ("", 0, 0)
    assert the_child(store) == before
    assert len(history(store, before.record.id)) == 1


def test_the_same_file_again_does_not_undo_a_correction(store):
    take(store, batch(child()))
    by_hand(store, {"health": "已康复", "guardian_phone": "13900000000"}, on=SEPTEMBER)
    with store.reading(OFFICER, "look") as book:
        (line,) = look(book, batch(child())).lines
    assert line.fate is Fate.DOUBTFUL
    take(store, batch(child()), Decisions(standing=Choice.KEEP))
    assert the_child(store).record.guardian_phone == "13900000000"


def test_a_change_makes_a_version_with_its_source_and_its_fields(store, clock):
    take(store, batch(child()))
    clock.move(days=30)
    done = take(store, batch(child(guardian_phone="13900000000"), on=OCTOBER))
    now, before = history(store, the_child(store).record.id)
    assert (now.version, now.fields, now.source_id) == (2, ("guardian_phone",), done.import_id)
    assert (now.actor, now.as_of, now.at) == ("officer", OCTOBER, clock.now)
    assert before.record.guardian_phone == "13812345678"


def test_an_older_file_overwrites_nothing_unless_somebody_decides_so(store):
    take(store, batch(child(), on=OCTOBER))
    older = batch(child(guardian_phone="13900000000"), on=SEPTEMBER)
    with pytest.raises(Conflict):
        take(store, older)
    take(store, older, Decisions(standing=Choice.KEEP))
    assert the_child(store).record.guardian_phone == "13812345678"
    take(store, older, Decisions({0: Decision(Choice.TAKE)}))
    assert the_child(store).record.guardian_phone == "13900000000"


def test_a_newer_file_that_agrees_makes_an_older_one_older(store):
    take(store, batch(child(), on=SEPTEMBER))
    take(store, batch(child(), child("李四", 4), on=NOVEMBER))
    between = batch(child(guardian_phone="13900000000"), on=OCTOBER)
    with pytest.raises(Conflict):
        take(store, between)


def test_a_kept_preview_is_confirmed_once_and_again_changes_nothing(store):
    found = preview(store, batch(child()))
    assert found.counts["new"] == 1
    assert everybody(store).total == 0
    assert accept(store, found.import_id).added == 1
    assert accept(store, found.import_id).added == 0
    assert everybody(store).total == 1


def test_an_import_from_a_stale_preview_is_refused_with_what_differs(store):
    take(store, batch(child("张三", 2), child("李四", 4)))
    changed = (child("张三", 2, guardian_phone="13900000000"), child("李四", 4, row=3))
    found = preview(store, batch(*changed, on=OCTOBER))
    take(store, batch(child("张三", 2, health="哮喘"), on=OCTOBER, covers=frozenset()))
    with pytest.raises(StalePreview) as refused:
        accept(store, found.import_id)
    assert refused.value.lines == (0,)
    assert "第2行" in str(refused.value)
    names = {p.record.name: p.record for p in everybody(store).people}
    assert names["张三"].guardian_phone == "13812345678"


def test_a_preview_is_not_stale_when_somebody_else_changed(store):
    take(store, batch(child("张三", 2)))
    found = preview(store, batch(child("李四", 4), on=OCTOBER, covers=frozenset(("T2",))))
    by_hand(store, {"health": "哮喘"})
    assert accept(store, found.import_id).added == 1


def test_a_withdrawn_preview_is_not_confirmed(store):
    found = preview(store, batch(child()))
    with store.writing(OFFICER, "withdraw") as book:
        withdraw(book, found.import_id)
    with pytest.raises(Conflict):
        accept(store, found.import_id)


def test_only_chosen_rows_are_written(store):
    done = take(store, batch(child("张三", 2), child("李四", 4, row=3)), Decisions(chosen={1}))
    assert done.added == 1
    assert the_child(store).record.name == "李四"


def test_who_is_gone_leaves_only_by_decision_and_stays_readable(store):
    take(store, batch(child()))
    nobody = batch(on=OCTOBER)
    take(store, nobody)
    assert the_child(store).record.status is ChildStatus.ACTIVE
    left = Decision(Choice.TAKE, left_as=ChildStatus.MOVED_OUT)
    take(store, nobody, Decisions({0: left}))
    assert the_child(store).record.status is ChildStatus.MOVED_OUT
    with store.reading(OFFICER, "list") as book:
        active = page_of(book, PageAsk("child", UNIT, status=ChildStatus.ACTIVE))
    assert active.total == 0


def test_townships_that_are_not_in_the_file_are_told_and_lose_nobody(store):
    other = child("李四", 4, home=Home(UNIT, "T2"), township_name="白羊镇")
    take(store, batch(child(), other))
    with store.reading(OFFICER, "look") as book:
        found = look(book, batch(child(), on=OCTOBER, covers=frozenset()))
    assert [line.fate for line in found.lines] == [Fate.SAME]
    assert found.uncovered == ("白羊镇",)


def test_a_township_proposes_its_own_rows_and_the_unit_confirms(store):
    found = preview(store, batch(child()), CHAIR)
    with pytest.raises(Refused):
        accept(store, found.import_id, actor=CHAIR)
    with store.reading(OFFICER, "look") as book:
        assert open_preview(book, found.import_id).counts["new"] == 1
    assert accept(store, found.import_id).added == 1


def test_a_row_that_waits_does_not_let_a_township_speak_for_another(store):
    away = {"home": Home(UNIT, "500101105", ""), "township_name": "外镇"}
    take(store, batch(child("外镇的孩子", 4, **away)))
    waits = held("谁", township_name="外镇")
    found = preview(store, batch(child("李四", 6), waiting=(waits,), covers=frozenset()), CHAIR)
    assert found.counts["gone"] == 0


def test_a_township_proposes_no_row_of_another(store):
    with pytest.raises(Refused):
        preview(store, batch(child(home=Home(UNIT, "T2"))), CHAIR)
    with pytest.raises(Refused):
        take(store, batch(child()), actor=CHAIR)


def test_what_is_another_units_is_not_there(store):
    found = preview(store, batch(child()))
    accept(store, found.import_id)
    person = the_child(store).record.id
    unknown = []
    for wanted in (person, "0" * 16):
        with store.reading(NEIGHBOUR, "read") as book:
            with pytest.raises(NotFound) as refused:
                read_person(book, wanted)
            unknown.append(str(refused.value))
    assert unknown[0] == unknown[1]
    with pytest.raises(NotFound):
        accept(store, found.import_id, actor=NEIGHBOUR)
    with store.reading(NEIGHBOUR, "list") as book:
        assert page_of(book, PageAsk("child", UNIT)).total == 0
        assert find_person(book, "child", resident_id()) == ()


def test_a_number_finds_one_person_and_shows_masked(store):
    take(store, batch(child("张三", 2), child("李四", 4)))
    with store.reading(OFFICER, "find") as book:
        (person,) = find_person(book, "child", resident_id(order=4))
        known = read_person(book, person)
    assert known.record.name == "李四"
    assert known.record.resident_id.count("*") == 12


def test_an_erasure_that_stopped_half_way_takes_nobody_else_out_of_sight(store, monkeypatch):
    take(store, batch(child("张三", 2), child("李四", 4)))
    gone = next(p.record.id for p in everybody(store).people if p.record.name == "张三")

    def full(*_):
        raise Busy("the disk is full")

    monkeypatch.setattr("ledger.record.store.append", full)
    with pytest.raises(Busy):
        erase_person(store, SYSTEM_ACTOR, gone, "asked for")
    monkeypatch.undo()
    assert [p.record.name for p in everybody(store).people] == ["李四"]
    with store.reading(OFFICER, "propose") as book:
        assert [c.name for c in ledgers_of(book, UNIT).children] == ["李四"]
    assert erase_person(store, SYSTEM_ACTOR, gone, "asked for").rows > 0


def test_whose_key_is_missing_is_told_and_not_passed_over(store, where, tmp_path):
    take(store, batch(child()))
    write_keys(tmp_path / "without", store.keys.roots)
    other = Store.open(where, KeyRing.load(tmp_path / "without"), store.clock)
    with pytest.raises(NotFound, match="没有这个人的密钥"):
        everybody(other)
    other.close()


def test_a_list_is_read_page_by_page(store):
    take(store, batch(*(child(f"童{n}", 2 * n + 2) for n in range(5))))
    with store.reading(OFFICER, "list") as book:
        first = page_of(book, PageAsk("child", UNIT, most=3))
        second = page_of(book, PageAsk("child", UNIT, most=3, after=first.next))
    names = [p.record.name for p in (*first.people, *second.people)]
    assert sorted(names) == [f"童{n}" for n in range(5)]
    assert (first.total, second.next) == (5, None)


def test_what_is_asked_of_people_named_one_by_one_is_not_kept(store):
    take(store, batch(*(child(f"童{n}", 2 * n + 2) for n in range(3))))
    some = frozenset(p.record.id for p in everybody(store).people[1:])
    kept = _questions.cache_info().currsize
    with store.reading(OFFICER, "list") as book:
        found = page_of(book, PageAsk("child", UNIT, among=some))
    assert {p.record.id for p in found.people} == some
    assert _questions.cache_info().currsize == kept


def test_a_list_that_just_fills_its_page_has_no_next_one(store):
    take(store, batch(*(child(f"童{n}", 2 * n + 2) for n in range(4))))
    with store.reading(OFFICER, "list") as book:
        pages = [page_of(book, PageAsk("child", UNIT, most=2))]
        pages.append(page_of(book, PageAsk("child", UNIT, most=2, after=pages[0].next)))
        whole = page_of(book, PageAsk("child", UNIT, most=4))
    assert [len(page.people) for page in (*pages, whole)] == [2, 2, 4]
    assert (pages[1].next, whole.next) == (None, None)


def test_the_list_of_imports_reads_no_file_that_waits(store):
    waiting = preview(store, batch(child()))
    asked = []

    def keep(connection, cursor, statement, *_):
        asked.append(statement)

    event.listen(store.engine, "before_cursor_execute", keep)
    with store.reading(OFFICER, "list") as book:
        (line,) = list_imports(book, UNIT)
    event.remove(store.engine, "before_cursor_execute", keep)
    assert (line.id, line.waits) == (waiting.import_id, True)
    assert not [text for text in asked if "imports.body" in text]


def test_a_correction_needs_a_reason_and_the_version_it_was_made_from(store):
    take(store, batch(child()))
    with pytest.raises(Refused):
        by_hand(store, {"health": "哮喘"}, reason=" ")
    by_hand(store, {"health": "哮喘"})
    with pytest.raises(Conflict):
        by_hand(store, {"health": "健康"}, version=1)
    newest = history(store, the_child(store).record.id)[0]
    assert (newest.source, newest.reason, newest.fields) == ("hand", "户口簿核对", ("health",))


def test_a_correction_is_not_the_townships(store):
    take(store, batch(child()))
    with pytest.raises(Refused):
        by_hand(store, {"health": "哮喘"}, actor=CHAIR)


def test_an_import_is_taken_back_whole(store):
    take(store, batch(child("张三", 2)))
    before = the_child(store)
    done = take(
        store,
        batch(
            child("张三", 2, health="哮喘"), child("李四", 4), on=OCTOBER, waiting=(held("王"),)
        ),
    )
    with store.writing(OFFICER, "undo") as book:
        assert undo_import(book, done.import_id) == 2
    after = the_child(store)
    assert replace(after, version=1) == before
    with store.reading(OFFICER, "ledgers") as book:
        assert ledgers_of(book, UNIT).held_children == ()
    again = take(store, batch(child("张三", 2, health="哮喘"), child("李四", 4), on=OCTOBER))
    assert (again.added, again.changed) == (1, 1)


def test_an_import_is_not_taken_back_when_something_touched_its_people(store):
    done = take(store, batch(child()))
    by_hand(store, {"health": "哮喘"})
    with store.writing(OFFICER, "undo") as book, pytest.raises(Conflict):
        undo_import(book, done.import_id)


def test_an_import_is_not_taken_back_when_one_of_its_children_is_paired(store):
    done = take(store, batch(child()))
    row = {
        **{"id": "P1", "version": 1, "unit": UNIT, "township": TAIAN, "village": ""},
        **{"caregiver_township": TAIAN, "child_id": the_child(store).record.id},
        **{"caregiver_id": "M", "household": "H", "state": "active", "proposal_id": ""},
        "facts": "{}",
    }
    with store.writing(OFFICER, "pair") as book:
        book.connection.execute(insert(pairings), row)
    with store.writing(OFFICER, "undo") as book, pytest.raises(Conflict):
        undo_import(book, done.import_id)


def test_rows_that_wait_are_kept_until_a_file_no_longer_has_them(store):
    file = batch(child(), waiting=(held("赵六", given_id="1"),))
    assert take(store, file).held == 1
    assert take(store, file).held == 0
    with store.reading(OFFICER, "ledgers") as book:
        (row,) = ledgers_of(book, UNIT).held_children
    assert (row.name, row.rules, dict(row.cells)["身份证号"]) == ("赵六", ("id_check_digit",), "1")
    take(store, batch(child(), child("赵六", 6), on=OCTOBER))
    with store.reading(OFFICER, "ledgers") as book:
        assert ledgers_of(book, UNIT).held_children == ()


def test_a_waiting_row_of_somebody_on_record_does_not_make_her_two_children(store):
    take(store, batch(child(number="A1")))
    take(store, batch(waiting=(held("张三", "A1"),), on=OCTOBER))
    with store.reading(OFFICER, "ledgers") as book:
        read = ledgers_of(book, UNIT)
    assert (len(read.children), read.held_children) == (1, ())


def test_caregivers_are_on_record_as_children_are(store):
    assert take(store, batch(caregiver(), kind="caregiver")).added == 1
    assert everybody(store, "caregiver").total == 1
    assert everybody(store).total == 0


def test_one_number_is_on_record_once_in_a_unit_whoever_writes(store):
    take(store, batch(child(), child("李四", 4)))
    second = next(p for p in everybody(store).people if p.record.name == "李四")
    source = Source(SourceKind.HAND, "", OCTOBER, "核对")
    with pytest.raises(Conflict), store.writing(OFFICER, "correct") as book:
        correct(book, second.record.id, 1, {"resident_id": resident_id()}, source)
    with store.reading(OFFICER, "find") as book:
        assert len(find_person(book, "child", resident_id())) == 1


def test_every_read_and_write_is_in_the_trail_and_names_nobody(store):
    take(store, batch(child("张三丰", 2)))
    person = the_child(store).record.id
    by_hand(store, {"health": "CANARY-HEALTH"}, reason="CANARY-REASON")
    history(store, person)
    with store.reading(SYSTEM_ACTOR, "audit") as book:
        verify(book.connection, store.keys.roots.audit)
        rows = [str(tuple(row)) for row in book.connection.exec_driver_sql("SELECT * FROM audit")]
    told = "\n".join(rows)
    for secret in ("张三丰", resident_id(), "13812345678", "CANARY"):
        assert secret not in told
    for action in ("import_confirm", str(Action.CHILD_LIST), str(Action.PERSON_WRITE), person):
        assert action in told
