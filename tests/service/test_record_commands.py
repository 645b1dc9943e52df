"""Care of the store by command line: made, examined, backed up, restored, erased."""

import json
import os

import pytest
from typer.testing import CliRunner

from casework.actors import SYSTEM_ACTOR
from casework.errors import Conflict, NotFound, Refused, Unreadable
from ledger.record.engine import FILE
from service.cli import app
from service.on_record import open_record


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def run(data):
    def run(*words, code=0, folder=data):
        done = CliRunner().invoke(app, [*map(str, words), "--data", str(folder)])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == code, done.output
        return done.output

    return run


def test_a_store_is_made_examined_and_cared_for(run, data, tmp_path):
    assert str(tmp_path / "config" / "keys") in run("init")
    told = run("doctor", code=3)
    assert "nuantong keys copy" in told
    assert "nuantong backup" in told
    assert "✗" not in told
    run("keys", "copy", "--to", tmp_path / "elsewhere")
    run("backup", "--out", tmp_path / "backups" / "a.ntbackup")
    well = run("doctor")
    assert "在案 0 人" in well
    assert "审计日志完整" in well
    run("doctor", "--json", tmp_path / "doctor.json")
    document = json.loads((tmp_path / "doctor.json").read_text(encoding="utf-8"))
    assert {check["state"] for check in document["checks"]} == {"good"}
    run("init")  # again does no harm


@pytest.mark.parametrize(
    "words",
    [
        ("doctor",), ("migrate",), ("backup", "--out", "x"), ("audit", "verify"),
        ("keys", "rotate"), ("erase", "a", "--why", "b"),
    ],
    ids=lambda words: words[0],
)  # fmt: skip
def test_where_nothing_was_made_nothing_is_made(run, data, words, tmp_path):
    with pytest.raises(NotFound):
        run(*words)
    assert not data.exists()
    assert not (tmp_path / "config" / "keys").exists()


def test_a_backup_comes_back_elsewhere_and_over_a_store_only_when_asked(run, tmp_path):
    run("init")
    backup = tmp_path / "a.ntbackup"
    run("backup", "--out", backup)
    run("restore", backup, folder=tmp_path / "again")
    assert "1" in run("audit", "verify", folder=tmp_path / "again")
    with pytest.raises(Conflict):
        run("restore", backup)
    run("restore", backup, "--replace")
    backup.write_bytes(backup.read_bytes()[:-1])
    with pytest.raises(Unreadable):
        run("restore", backup, "--replace")


def test_the_keys_are_not_copied_beside_what_they_open(run, data, tmp_path):
    run("init")
    for place in (data / "keys", tmp_path / "config" / "keys" / "copy"):
        with pytest.raises(Refused):
            run("keys", "copy", "--to", place)


def test_a_new_master_key_opens_what_the_old_one_wrapped(run, data):
    run("init")
    store = open_record(data)
    with store.writing(SYSTEM_ACTOR, "test") as book:
        sealed = book.vault.seal("person", "name", "张三")
    store.close()
    assert "1" in run("keys", "rotate")
    store = open_record(data)
    with store.reading(SYSTEM_ACTOR, "test") as book:
        assert book.vault.unseal("person", "name", sealed) == "张三"
    store.close()


def test_an_erased_person_is_erased_and_a_stranger_is_not_found(run, data):
    run("init")
    store = open_record(data)
    with store.writing(SYSTEM_ACTOR, "test") as book:
        book.vault.seal("person", "name", "张三")
    store.close()
    assert "已删除" in run("erase", "person", "--why", "监护人要求")
    with pytest.raises(NotFound):
        run("erase", "nobody", "--why", "监护人要求")


def test_the_trail_is_put_away_after_six_months_only(run, tmp_path):
    run("init")
    with pytest.raises(Refused):
        run("audit", "archive", "--before", "2099-01-01", "--out", tmp_path / "archives")
    told = run("audit", "archive", "--before", "2020-01-01", "--out", tmp_path / "archives")
    assert "没有需要归档的记录" in told


def test_the_doctor_names_what_is_wrong_and_what_to_do(run, data, monkeypatch):
    run("init")
    os.chmod(data / FILE, 0o644)
    assert "chmod" in run("doctor", code=3)
    monkeypatch.setenv("NUANTONG_KEYS", str(data / "keys"))
    with pytest.raises(NotFound):
        run("doctor")
    store = open_record(data.parent / "other", make=True)  # whose keys are in the data folder
    store.close()
    told = run("doctor", code=7)
    assert "✗ 密钥不是这个数据库的" in told
    assert "密钥放在数据文件夹里" in told
    assert "审计日志" not in told  # by other keys no trail holds


@pytest.mark.parametrize("revision", ["0000", "9999"])
def test_the_doctor_tells_tables_of_another_program(run, data, revision):
    import sqlite3

    run("init")
    with sqlite3.connect(data / FILE) as connection:
        connection.execute("UPDATE alembic_version SET version_num=?", [revision])
    connection.close()
    assert revision in run("doctor", code=3)


def test_a_damaged_database_is_told_as_such(run, data):
    import sqlite3

    run("init")
    connection = sqlite3.connect(data / FILE, isolation_level=None)
    connection.execute("PRAGMA writable_schema=ON")
    connection.execute("DELETE FROM sqlite_master WHERE name='ix_audit_actor_seq'")
    connection.close()
    assert "✗ 数据库文件损坏" in run("doctor", code=7)


def test_what_is_no_database_is_unreadable(run, data):
    run("init")
    (data / FILE).write_bytes(b"no database at all" * 999)
    with pytest.raises(Unreadable):
        run("doctor")
