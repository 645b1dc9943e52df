from datetime import UTC, date, datetime

import pytest

from casework.errors import Refused
from service.settings import Settings
from service.workflows import ledgers
from service.workflows.ledgers import today


def test_a_drill_may_take_another_day_for_today(monkeypatch):
    monkeypatch.setenv("NUANTONG_TODAY", "2021-09-15")
    assert today() == date(2021, 9, 15)


def test_without_one_the_clock_is_read(monkeypatch):
    monkeypatch.delenv("NUANTONG_TODAY", raising=False)
    assert today() >= date(2026, 1, 1)


def test_a_day_that_is_none_is_told():
    with pytest.raises(Refused, match="2021-09-15"):
        Settings.from_environment({"NUANTONG_TODAY": "明天"})


def test_today_is_the_offices_day_wherever_the_server_thinks_it_is(monkeypatch):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2021, 9, 15, 16, 30, tzinfo=UTC).astimezone(tz)

    monkeypatch.delenv("NUANTONG_TODAY", raising=False)
    monkeypatch.setattr(ledgers, "datetime", Clock)
    assert ledgers.today() == date(2021, 9, 16)
