"""Accounts by command line, as the owner of the data folder makes and ends them."""

import re

import pytest
from typer.testing import CliRunner

from casework.actors import SYSTEM_ACTOR
from casework.errors import NotFound, Refused
from ledger.record.accounts import change_password, named_account
from ledger.record.engine import read_transaction
from ledger.record.sessions import find_signed_in, sign_in
from service.cli import app
from service.on_record import open_record

UNIT = ("--role", "unit", "--unit", "大渡口区")


@pytest.fixture
def run(tmp_path):
    def run(*words):
        done = CliRunner().invoke(app, ["user", *words, "--data", str(tmp_path / "data")])
        if isinstance(done.exception, Exception):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    return run


@pytest.fixture
def store(tmp_path):
    opened = open_record(tmp_path / "data", make=True)
    yield opened
    opened.close()


def told_password(text):
    return re.search(r"：([a-z0-9-]{15})", text)[1]


def test_an_account_is_made_with_a_password_that_must_be_changed(run, store):
    password = told_password(run("add", "张伟", *UNIT))
    with read_transaction(store.engine) as connection:
        signed = find_signed_in(connection, sign_in(store, "张伟", password), store.clock())
    assert signed.account.must_change
    assert signed.actor.scope == ("500000", "500104")
    assert run("list") == "张伟\tunit\t500000/500104\t启用\n"


def test_a_new_password_ends_the_lock_and_the_old_password(run, store):
    old = told_password(run("add", "zhang", *UNIT))
    for _ in range(6):
        with pytest.raises(Refused):
            sign_in(store, "zhang", "wrong")
    new = told_password(run("password", "zhang"))
    with pytest.raises(Refused):
        sign_in(store, "zhang", old)
    assert sign_in(store, "zhang", new)


def test_an_account_nobody_is_signed_in_with_is_said_to_have_no_sessions(run, store):
    password = told_password(run("add", "zhang", *UNIT))
    assert run("sessions", "zhang") == "账号 zhang 现在没有登录\n"
    sign_in(store, "zhang", password)
    assert run("sessions", "zhang").startswith("page  20")


def test_disabling_and_another_role_and_ending_sessions_act_at_once(run, store):
    password = told_password(run("add", "zhang", *UNIT))
    for command in (
        ("disable", "zhang"),
        ("role", "zhang", "--role", "township", "--unit", "大渡口区", "--township", "茄子溪街道"),
        ("sessions", "zhang", "--end"),
    ):
        token = sign_in(store, "zhang", password)
        run(*command)
        with read_transaction(store.engine) as connection:
            try:
                assert find_signed_in(connection, token, store.clock()) is None
            except Refused:
                assert command[0] == "disable"
        if command[0] == "disable":
            run("enable", "zhang")


def test_a_token_for_a_program_holds_for_its_days(run, store):
    run("add", "zhang", *UNIT)
    with pytest.raises(Refused, match="初始密码"):  # it would open nothing, and end by the change
        run("token", "zhang")
    with store.writing(SYSTEM_ACTOR, "test") as book:
        change_password(
            book, named_account(book, "zhang"), "自己的密码有十个字以上", must_change=False
        )
    token = run("token", "zhang", "--days", "2").strip().rsplit("：", 1)[1]
    with read_transaction(store.engine) as connection:
        assert find_signed_in(connection, token, store.clock()).account.name == "zhang"


@pytest.mark.parametrize(
    "words",
    [
        ("disable", "nobody"),
        ("add", "x", "--role", "unit", "--unit", "无此区"),
        ("add", "x", "--role", "township", "--unit", "大渡口区", "--township", "无此镇"),
    ],
)
def test_who_and_where_are_not_found_are_told(run, store, words):
    with pytest.raises(NotFound):
        run(*words)


def test_a_role_needs_an_area_that_fits_it(run, store):
    with pytest.raises(Refused):
        run("add", "x", "--role", "township", "--unit", "大渡口区")


def test_the_help_offers_the_roles_of_people_alone():
    said = CliRunner().invoke(app, ["user", "add", "--help"]).output
    assert "city|unit|township|caregiver|team|auditor" in "".join(said.split())
    assert "system" not in said


def test_a_role_that_is_none_of_peoples_is_refused(tmp_path):
    for role in ("system", "boss"):
        words = ["user", "add", "x", "--role", role, "--data", str(tmp_path / "data")]
        assert CliRunner().invoke(app, words).exit_code != 0
