"""Rosters of sessions on record: whom a team may see of a session it is booked for, no more."""

from dataclasses import asdict
from datetime import date

import pytest

from casework.access import SYSTEM_ACTOR, Actor, Role, area
from casework.errors import NotFound, Refused
from casework.people import ChildStatus, Sex
from casework.programme import Programme
from casework.round_frame_json import frame_json
from casework.round_report import RoundFrame
from casework.round_rules import Round
from casework.session_rules import SessionRules
from ledger.record.accounts import Account, add_account, named_account
from ledger.record.rounds import Made, What, add_revision, add_round, find_round, publish
from ledger.record.session_rosters import booked_sessions, roster_of
from ledger.record.sessions import actor_of
from tests.figures_on_record import FENSHUI, ON, TAIAN, UNIT, put

OTHER = "500102"
PROGRAMME = Programme.from_toml()


def session(team, *townships):
    return {"date": "2021-10-16", "slot": "day", "team": team, "venue": "", "townships": townships}


@pytest.fixture
def published(store):
    """Publish a round: the unit's two sessions by two teams, and another unit's."""
    frame = frame_json(RoundFrame(Round.from_toml(), SessionRules.from_toml(), ON, (), ()))
    own = [session("T1", TAIAN), session("T2", FENSHUI)]
    lines = (UNIT, "万州区", own), (OTHER, "涪陵区", [session("T2")])
    units = [{"unit": u, "name": n, "sessions": s} for u, n, s in lines]
    with store.writing(SYSTEM_ACTOR, "test") as book:
        found = add_round(book, {})
        add_revision(book, found, Made(What.PLANNED, {"units": units, "problem": frame}))
        publish(book, find_round(book, found.id), "")
    return store


def team_actor(store, team):
    with store.writing(SYSTEM_ACTOR, "test") as book:
        add_account(book, Account("", team, Role.TEAM, area(), team), "五个 词 连写 的 句子")
        return actor_of(book.connection, named_account(book, team.casefold()), book.at)


def roster(store, actor, unit=UNIT, number=1):
    with store.reading(actor, "test") as book:
        return roster_of(book, unit, number, PROGRAMME)


def test_a_team_account_acts_for_the_sessions_its_team_is_booked_for(published):
    assert team_actor(published, "T1").booked_sessions == {f"{UNIT}-1"}
    assert team_actor(published, "T2").booked_sessions == {f"{UNIT}-2", f"{OTHER}-1"}
    assert team_actor(published, "T3").booked_sessions == frozenset()
    with published.looking() as connection:
        assert booked_sessions(connection, "") == frozenset()


def test_a_team_sees_names_sex_and_age_bands_of_those_called_and_nothing_else(published):
    put(published, children=1, name="甲", sex=Sex.FEMALE, birth_date=date(2012, 3, 5))
    put(published, children=1, name="乙", birth_date=date(2018, 3, 5))  # too young
    put(published, children=1, name="丙", status=ChildStatus.MOVED_OUT)
    put(published, children=1, name="丁", township=FENSHUI)  # called to the other session
    shown = roster(published, team_actor(published, "T1"))
    assert [asdict(child) for child in shown.children] == [
        {"name": "甲", "sex": Sex.FEMALE, "age_band": "9—12岁", "township": ""}
    ]
    assert shown.is_on_record


def test_a_session_of_another_team_is_answered_as_if_there_were_none(published):
    team = team_actor(published, "T1")
    told = set()
    for unit, number in ((UNIT, 2), (OTHER, 1), (UNIT, 9), ("500999", 1)):
        with pytest.raises(NotFound) as refused:
            roster(published, team, unit, number)
        told.add(str(refused.value))
    assert len(told) == 1


def test_the_unit_sees_townships_too_and_others_see_no_roster(published):
    put(published, children=1, name="甲")
    own = roster(published, Actor("u", Role.UNIT, area(UNIT)))
    assert own.children[0].township == "太安镇"
    with pytest.raises(NotFound):
        roster(published, Actor("v", Role.UNIT, area(OTHER)))
    for role, scope in ((Role.CITY, area()), (Role.TOWNSHIP, area(UNIT, TAIAN))):
        with pytest.raises(Refused):
            roster(published, Actor("c", role, scope))


def test_a_session_that_calls_nobody_by_name_says_that_its_roster_is_not_known(published):
    put(published, children=1, unit=OTHER, township="500102001")
    assert not roster(published, team_actor(published, "T2"), OTHER).is_on_record
