from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from casework.access import (
    SYSTEM_ACTOR,
    Action,
    Actor,
    BasisKind,
    LawfulBasis,
    Role,
    SignedPaper,
    Target,
    area,
    decide,
)
from casework.errors import Conflict, NotFound, Refused
from ledger.record.accounts import (
    Account,
    add_account,
    change_password,
    change_role,
    list_accounts,
    named_account,
    set_active,
)
from ledger.record.accounts_tables import account_sessions, accounts
from ledger.record.audit_tables import audit
from ledger.record.engine import read_transaction
from ledger.record.grants import approve_grant, ask_grant, end_grant, list_grants
from ledger.record.pairing_tables import pairings
from ledger.record.people_tables import people
from ledger.record.sessions import (
    actor_of,
    find_signed_in,
    sign_in,
    sign_out,
    touch,
    wait_after,
)

PASSWORD = "五个 词 连写 的 句子"
UNIT = area("500104")
BASIS = LawfulBasis(BasisKind.STATUTORY_DUTY, "大渡口区妇联", date(2021, 9, 1))
PAPER = SignedPaper("李主席", date(2021, 9, 15), "2021-7")


def add(store, name, role=Role.UNIT, scope=UNIT, by=SYSTEM_ACTOR, **given):
    with store.writing(by, "user add") as book:
        return add_account(book, Account("", name, role, scope, **given), PASSWORD)


def who(store, token):
    with read_transaction(store.engine) as connection:
        return find_signed_in(connection, token, store.clock())


def actor(store, account):
    with read_transaction(store.engine) as connection:
        return actor_of(connection, account, store.clock())


def try_in(store, name, password):
    with pytest.raises(Refused) as refused:
        sign_in(store, name, password)
    return str(refused.value)


def test_whoever_gives_the_right_password_is_signed_in_as_her_account(store):
    made = add(store, "Zhang.wei")
    signed = who(store, sign_in(store, " zhang.WEI", PASSWORD))
    assert signed.account == made
    assert (signed.actor.role, signed.actor.scope, signed.actor.is_only_officer) == (
        Role.UNIT,
        UNIT,
        True,
    )


def test_each_sign_in_is_a_new_session_and_ends_the_one_the_browser_came_with(store):
    add(store, "zhang")
    first = sign_in(store, "zhang", PASSWORD)
    second = sign_in(store, "zhang", PASSWORD, ending=first)
    assert first != second
    assert who(store, first) is None
    assert who(store, second)


def test_neither_password_nor_token_stands_in_the_database(store):
    add(store, "zhang")
    token = sign_in(store, "zhang", PASSWORD)
    with read_transaction(store.engine) as connection:
        kept = repr(connection.execute(select(accounts)).all())
        kept += repr(connection.execute(select(account_sessions)).all())
        kept += repr(connection.execute(select(audit)).all())
    assert token not in kept
    assert PASSWORD not in kept


def test_six_wrong_passwords_and_the_seventh_try_is_refused_even_if_right(store, clock):
    add(store, "zhang")
    for _ in range(6):
        assert "账号或密码不对" in try_in(store, "zhang", "wrong")
    assert "15 分钟后" in try_in(store, "zhang", PASSWORD)
    clock.move(minutes=15)
    assert who(store, sign_in(store, "zhang", PASSWORD))


def test_what_a_database_cannot_keep_is_refused_in_words(store):
    made = add(store, "zhang")
    assert try_in(store, "zh\0ang", PASSWORD)
    with pytest.raises(Conflict), store.writing(SYSTEM_ACTOR, "test") as book:
        book.update(accounts, made.id, 10**20, is_active=False)


def test_five_wrong_passwords_are_forgiven_by_a_right_one(store):
    add(store, "zhang")
    for _ in range(2):
        for _ in range(5):
            try_in(store, "zhang", "wrong")
        assert who(store, sign_in(store, "zhang", PASSWORD))


def test_the_wait_grows_with_each_wrong_password_and_ends_within_a_day():
    waits = [wait_after(wrong) for wrong in range(5, 16)]
    assert waits[:4] == [timedelta(0), *(timedelta(minutes=m) for m in (15, 30, 60))]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=24)


def test_a_name_that_nobody_bears_is_told_and_made_to_wait_in_the_same_words(store):
    add(store, "zhang")
    told = {name: [try_in(store, name, "wrong") for _ in range(7)] for name in ("zhang", "li")}
    assert told["zhang"] == told["li"]


def test_a_session_ends_when_unused_for_an_hour_and_after_twelve_in_any_case(store, clock):
    add(store, "zhang")
    token = sign_in(store, "zhang", PASSWORD)
    clock.move(minutes=59)
    touch(store, who(store, token))
    clock.move(minutes=59)
    assert who(store, token)
    clock.move(minutes=1)
    assert who(store, token) is None

    token = sign_in(store, "zhang", PASSWORD)
    for _ in range(13):
        clock.move(minutes=55)
        touch(store, who(store, token))
    clock.move(minutes=5)
    assert who(store, token) is None


def test_signing_out_ends_the_session_for_whoever_holds_its_token(store):
    add(store, "zhang")
    token = sign_in(store, "zhang", PASSWORD)
    sign_out(store, who(store, token))
    assert who(store, token) is None


def test_a_disabled_account_is_out_at_once_and_cannot_come_in(store):
    made = add(store, "zhang")
    token = sign_in(store, "zhang", PASSWORD)
    with store.writing(SYSTEM_ACTOR, "user disable") as book:
        set_active(book, made, is_active=False)
    with pytest.raises(Refused, match="停用"):
        who(store, token)
    try_in(store, "zhang", PASSWORD)


@pytest.mark.parametrize("change", ["role", "password"])
def test_another_role_or_password_ends_all_sessions_at_once(store, change):
    made = add(store, "zhang")
    token = sign_in(store, "zhang", PASSWORD)
    with store.writing(SYSTEM_ACTOR, "user") as book:
        if change == "role":
            change_role(book, made, Role.TOWNSHIP, area("500104", "500104001"))
        else:
            change_password(book, made, "另外 五个 词 的 句子", must_change=True)
    assert who(store, token) is None


def test_an_account_that_somebody_changed_meanwhile_is_not_changed_over(store):
    made = add(store, "zhang")
    with store.writing(SYSTEM_ACTOR, "user") as book:
        set_active(book, made, is_active=False)
    with pytest.raises(Conflict), store.writing(SYSTEM_ACTOR, "user") as book:
        set_active(book, made, is_active=True)


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaa", "xx-zhang-1234", "x" * 201])
def test_a_weak_password_is_refused(store, password):
    with pytest.raises(Refused, match="密码"), store.writing(SYSTEM_ACTOR, "user add") as book:
        add_account(book, Account("", "zhang", Role.UNIT, UNIT), password)


def test_a_name_is_there_once_however_it_is_written(store):
    add(store, "Zhang")
    with pytest.raises(Conflict):
        add(store, "zhang")


@pytest.mark.parametrize("name", ["", " ", "a b", "张<三", "x" * 41])
def test_a_name_that_could_mislead_is_refused(store, name):
    with pytest.raises(Refused):
        add(store, name)


def test_a_unit_manages_the_accounts_of_its_own_area_and_sees_no_others(store):
    officer = actor(store, add(store, "unit"))
    add(store, "unit2", scope=area("500105"))
    add(store, "city", Role.CITY, area())
    add(store, "township", Role.TOWNSHIP, area("500104", "500104001"), by=officer)
    with store.reading(officer, "user list") as book:
        assert [a.name for a in list_accounts(book)] == ["township", "unit"]
        with pytest.raises(NotFound):
            named_account(book, "unit2")
    with pytest.raises(NotFound):
        add(store, "x", Role.TOWNSHIP, area("500105", "500105001"), by=officer)
    with pytest.raises(Refused):
        add(store, "x", Role.AUDITOR, UNIT, by=officer)


def test_a_township_makes_no_accounts(store):
    chair = actor(store, add(store, "t", Role.TOWNSHIP, area("500104", "500104001")))
    with pytest.raises(Refused):
        add(store, "x", Role.CAREGIVER, area("500104", "500104001"), by=chair)
    with pytest.raises(Refused), store.reading(chair, "user list") as book:
        list_accounts(book)


def test_every_sign_in_and_every_refusal_stands_in_the_audit(store):
    made = add(store, "zhang")
    sign_in(store, "zhang", PASSWORD)
    try_in(store, "zhang", "wrong")
    with read_transaction(store.engine) as connection:
        rows = connection.execute(select(audit).where(audit.c.action == "sign_in"))
        told = [(row.outcome, made.id in row.ids) for row in rows]
    assert told == [("done", True), ("refused", True)]


# --- grants --------------------------------------------------------------------------------


def asked(store, officer, action=Action.ID_NUMBER_READ, where=UNIT):
    with store.writing(officer, "grant") as book:
        return ask_grant(book, action, Target("child", where, "c1"), "核对户籍", BASIS)


def may_read_id(store, account, record="c1"):
    target = Target("child", area("500104", "500104001"), record, basis=BASIS)
    return decide(actor(store, account), Action.ID_NUMBER_READ, target).allow


def test_an_id_number_shows_for_the_hours_another_officer_grants_and_no_longer(store, clock):
    mine, other = add(store, "a"), add(store, "b")
    grant = asked(store, actor(store, mine))
    assert not may_read_id(store, mine)
    with store.writing(actor(store, other), "grant") as book:
        approve_grant(book, grant.id, 2)
    assert may_read_id(store, mine)
    assert not may_read_id(store, mine, "c2")
    assert not may_read_id(store, other)
    clock.move(hours=2)
    assert not may_read_id(store, mine)


def test_a_grant_that_is_closed_early_shows_nothing_more(store):
    mine, other = add(store, "a"), add(store, "b")
    grant = asked(store, actor(store, mine))
    with store.writing(actor(store, other), "grant") as book:
        approve_grant(book, grant.id, 2)
    with store.writing(actor(store, other), "grant") as book:
        end_grant(book, grant.id)
    assert not may_read_id(store, mine)


def test_nobody_approves_her_own_grant_while_there_is_another_officer(store):
    mine, other = add(store, "a"), add(store, "b")
    grant = asked(store, actor(store, mine))
    for paper in (None, PAPER):
        with pytest.raises(Refused), store.writing(actor(store, mine), "grant") as book:
            approve_grant(book, grant.id, 2, paper)
    with store.writing(SYSTEM_ACTOR, "user") as book:
        set_active(book, other, is_active=False)
    with store.writing(actor(store, mine), "grant") as book:
        approve_grant(book, grant.id, 2, PAPER)
    assert may_read_id(store, mine)


def test_a_grant_is_approved_once_and_within_its_hours(store):
    mine, other = add(store, "a"), actor(store, add(store, "b"))
    grant = asked(store, actor(store, mine))
    with pytest.raises(Refused), store.writing(other, "grant") as book:
        approve_grant(book, grant.id, 9)
    with store.writing(other, "grant") as book:
        approve_grant(book, grant.id, 8)
    with pytest.raises(Conflict), store.writing(other, "grant") as book:
        approve_grant(book, grant.id, 8)


def test_a_grant_of_another_unit_is_not_there(store):
    mine = actor(store, add(store, "a"))
    foreign = actor(store, add(store, "x", scope=area("500105")))
    grant = asked(store, mine)
    with pytest.raises(NotFound), store.writing(foreign, "grant") as book:
        approve_grant(book, grant.id, 1)
    with store.reading(foreign, "grants") as book:
        assert list_grants(book) == ()
    with pytest.raises(NotFound):
        asked(store, mine, where=area("500105"))


def test_why_a_grant_is_asked_is_sealed_and_read_by_the_office(store):
    mine = actor(store, add(store, "a"))
    grant = asked(store, mine)
    with store.reading(mine, "grants") as book:
        assert [each.reason for each in list_grants(book)] == [grant.reason]
    with store.looking() as connection:
        (kept,) = connection.exec_driver_sql("SELECT reason FROM grants").scalars()
    assert grant.reason.encode() not in bytes(kept)


def test_only_id_numbers_and_exports_are_granted(store):
    with pytest.raises(Refused):
        asked(store, actor(store, add(store, "a")), Action.CHILD_READ)


def test_an_account_over_a_whole_unit_does_not_make_a_townships_officer_alone(store):
    add(store, "a")
    second = add(store, "b")
    assert not actor(store, second).is_only_officer
    with store.writing(SYSTEM_ACTOR, "user") as book:
        book.connection.execute(
            update(accounts).where(accounts.c.name == "a").values(is_active=False)
        )
    assert actor(store, second).is_only_officer


def test_a_book_opened_by_somebody_the_policy_does_not_know_lists_nothing(store):
    class Anybody:
        id, role, scope = "x", "city", ()

    with pytest.raises(TypeError), store.reading(Anybody(), "user list") as book:
        list_accounts(book)


def test_an_actor_without_the_role_gets_no_list(store):
    city = Actor("c", Role.CITY, area())
    with pytest.raises(Refused), store.reading(city, "grants") as book:
        list_grants(book)


# --- a caregiver's own pairs ---------------------------------------------------------------


def test_a_caregiver_sees_only_the_pairs_she_works_in(store):
    place = area("500104", "500104004")
    put_caregiver(store, "g1", place)
    mine = add(store, "mother", Role.CAREGIVER, place, person="g1")
    with store.writing(SYSTEM_ACTOR, "test") as book:
        for number, (caregiver, state) in enumerate(
            [
                ("g1", "active"), ("g1", "on_hold"), ("g1", "conditional"), ("g1", "suspended"),
                ("g1", "closed"), ("g2", "active"),
            ]
        ):  # fmt: skip
            row = {"id": f"p{number}", "child_id": f"c{number}", "caregiver_id": caregiver}
            row |= {"state": state, "unit": place[1], "township": place[2], "village": ""}
            row |= {"caregiver_township": place[2], "household": "h", "proposal_id": "x"}
            book.connection.execute(pairings.insert().values(row | {"facts": "{}", "version": 1}))
    assert actor(store, mine).own_pairs == {"p0", "p1"}
    assert actor(store, add(store, "nobody", Role.CAREGIVER, place)).own_pairs == frozenset()


def put_caregiver(store, person, place):
    """Put the plain columns of a caregiver on record: an account needs no more of her."""
    row = {"id": person, "kind": "caregiver", "unit": place[1], "township": place[2]}
    row |= {"status": "active", "in_mandatory_scope": False, "version": 1, "places": 1}
    row |= {"as_of": store.clock().date(), "is_on_record": True}
    with store.writing(SYSTEM_ACTOR, "test") as book:
        book.connection.execute(people.insert().values(row))


def test_an_account_is_of_a_caregiver_on_record_in_its_area(store):
    place = area("500104", "500104004")
    put_caregiver(store, "g1", place)
    assert add(store, "wide", Role.CAREGIVER, area("500104"), person="g1").person == "g1"
    for person, where in (("g2", place), ("g1", area("500104", "500104001"))):
        with pytest.raises(NotFound):
            add(store, "mother", Role.CAREGIVER, where, person=person)
