import errno

import pytest

from casework import errors
from service.errors import ANSWERS, OUR_FAULT, answer_for, from_system, record_incident


@pytest.mark.parametrize(
    ("error", "exit_code", "status"),
    [
        (errors.NotFound, 4, 404),
        (errors.Refused, 5, 403),
        (errors.Conflict, 6, 409),
        (errors.Unreadable, 7, 422),
        (errors.Busy, 8, 503),
    ],
)
def test_each_error_has_one_exit_code_and_one_status(error, exit_code, status):
    answer = answer_for(error("x"))
    assert (answer.exit_code, answer.http_status) == (exit_code, status)


def test_every_error_we_raise_on_purpose_is_in_the_table():
    assert set(ANSWERS) == set(errors.CaseworkError.__subclasses__())


def test_a_subclass_is_told_as_its_parent():
    class Damaged(errors.Unreadable):
        pass

    assert answer_for(Damaged("x")) == ANSWERS[errors.Unreadable]
    assert answer_for(ValueError("x")) == OUR_FAULT


def test_what_the_disk_refuses_is_told_without_a_path():
    full = OSError(errno.ENOSPC, "No space left", "/home/张三/名单.xlsx")
    locked = PermissionError(errno.EACCES, "denied", "/home/张三/名单.xlsx")
    assert isinstance(from_system(full), errors.Busy)
    assert "Excel" in str(from_system(locked))
    assert "张三" not in str(from_system(full)) + str(from_system(locked))


def test_the_log_of_a_fault_names_places_and_never_data(tmp_path):
    def judge(name):
        raise KeyError(name)

    try:
        judge("张三500101201203051234")
    except KeyError as error:
        number = record_incident(error)
    log = (tmp_path / "config" / "incidents.log").read_text("utf-8")
    assert number in log
    assert "KeyError at test_errors.judge" in log
    assert "张三" not in log


def test_a_log_that_cannot_be_written_does_not_stop_the_work(tmp_path):
    (tmp_path / "config").write_text("a file where the folder should be")
    assert record_incident(KeyError("x"))
