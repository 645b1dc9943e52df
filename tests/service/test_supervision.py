"""Supervision: who sees which figures, by month, and that no release gives a child away."""

import json
from datetime import date

import pytest
from sqlalchemy import func, select

import service.workflows.supervision
from casework.access import SYSTEM_ACTOR, Action, Actor, Role, area
from casework.disclosure import Audience, Shown
from casework.errors import NotFound, Refused
from casework.supervision import Measure
from ledger.record.figures import count_now, keep_month
from ledger.record.figures_tables import releases
from ledger.record.key_ring import KeyRing
from ledger.record.scope import Scope
from ledger.record.store import Store
from service.workflows.supervision import Ask, Supervision
from tests.figures_on_record import FENSHUI, ON, TAIAN, UNIT, pair, put

M = Measure
OFFICE = Actor("wang", Role.UNIT, area(UNIT))
TOWN = Actor("town", Role.TOWNSHIP, area(UNIT, TAIAN))
CITY = Actor("city", Role.CITY, area())
AUDITOR = Actor("auditor", Role.AUDITOR, area())
UNIT_AUDITOR = Actor("auditor2", Role.AUDITOR, area(UNIT))
ALL = Scope.for_actor(SYSTEM_ACTOR, Action.MAP_AGGREGATE)
OCTOBER = date(2021, 10, 8)


@pytest.fixture
def store(tmp_path):
    opened = Store.create(tmp_path / "data", KeyRing.load(tmp_path / "keys"))
    yield opened
    opened.close()


@pytest.fixture
def supervision(store):
    return Supervision(store, patience_seconds=0)


def told(view, code, measure=M.CHILDREN):
    shown = next(one for one in view.areas if one.code == code).shown
    return shown and shown.get(measure)


def test_a_unit_sees_figures_of_its_townships_and_of_itself(store, supervision):
    put(store, children=3)
    put(store, children=2, township=FENSHUI)
    view = supervision.view(OFFICE, Ask(), ON)
    assert (view.audience, view.unit) == (Audience.OWN_ROWS, UNIT)
    assert (told(view, TAIAN), told(view, FENSHUI)) == (Shown(3, 3), Shown(2, 2))
    assert view.whole.shown[M.CHILDREN] == Shown(5, 5)
    of_nothing = [one for one in view.areas if one.shown is None]
    assert len(of_nothing) == len(view.areas) - 2, "no data is not none"


def test_a_township_sees_its_own_figures_and_no_neighbour(store, supervision):
    put(store, children=3)
    put(store, children=2, township=FENSHUI)
    view = supervision.view(TOWN, Ask(), ON)
    assert [(one.code, one.shown[M.CHILDREN]) for one in view.areas] == [(TAIAN, Shown(3, 3))]
    assert view.whole == view.areas[0]


@pytest.mark.parametrize("who", [CITY, AUDITOR, UNIT_AUDITOR])
def test_whoever_may_not_see_rows_gets_bands(store, supervision, who):
    put(store, children=30)
    put(store, children=2, township=FENSHUI)
    view = supervision.view(who, Ask(unit=UNIT), ON)
    assert view.audience is Audience.FEDERATION
    assert told(view, FENSHUI) == Shown(1, 4)
    assert told(view, FENSHUI, M.SERVED) is None
    assert (view.whole.shown[M.CHILDREN], told(view, TAIAN)) == (Shown(32, 32), Shown(20, 49))


def test_the_city_sees_its_units_and_may_look_at_all_townships(store, supervision):
    put(store, children=30)
    view = supervision.view(CITY, Ask(), ON)
    assert (len(view.areas), view.whole, told(view, UNIT)) == (41, None, Shown(30, 30))
    every = supervision.view(CITY, Ask(by="township"), ON)
    assert len(every.areas) >= 1_031
    assert told(every, TAIAN) == Shown(20, 49)


def test_another_units_figures_are_not_there(store, supervision):
    put(store, children=3)
    for actor in (OFFICE, TOWN, UNIT_AUDITOR):
        with pytest.raises(NotFound) as foreign:
            supervision.view(actor, Ask(unit="500102"), ON)
        with pytest.raises(NotFound) as nowhere:
            supervision.view(actor, Ask(unit="999999"), ON)
        assert str(foreign.value) == str(nowhere.value)


def test_figures_are_nothing_for_a_caregiver(supervision):
    with pytest.raises(Refused):
        supervision.view(Actor("c", Role.CAREGIVER, area(UNIT, TAIAN)), Ask(), ON)


def test_an_earlier_month_stays_as_it_was_and_as_it_was_told(store, supervision):
    put(store, children=9)
    supervision.view(CITY, Ask(unit=UNIT), ON)
    put(store, children=30)
    now = supervision.view(CITY, Ask(unit=UNIT), OCTOBER)
    then = supervision.view(CITY, Ask("2021-09", UNIT), OCTOBER)
    assert now.months == then.months == ("2021-10", "2021-09")
    assert (told(then, TAIAN), then.on) == (Shown(5, 9), ON), "the day they were counted on"
    assert told(now, TAIAN) == Shown(20, 49)
    with pytest.raises(NotFound):
        supervision.view(CITY, Ask("2021-08", UNIT), OCTOBER)


def test_what_did_not_change_is_told_again_and_not_released_anew(store, supervision):
    put(store, children=9)
    first = supervision.view(CITY, Ask(unit=UNIT), ON)
    assert supervision.view(AUDITOR, Ask(unit=UNIT), ON) == first
    assert Supervision(store, 0).view(CITY, Ask(unit=UNIT), ON) == first
    with store.looking() as connection:
        assert connection.scalar(select(func.count()).select_from(releases)) == 1


def test_a_child_more_elsewhere_does_not_narrow_what_was_told_before(store, supervision):
    put(store, children=30)
    put(store, children=4, township=FENSHUI)
    supervision.view(CITY, Ask(unit=UNIT), ON)
    put(store, children=1)
    supervision.view(CITY, Ask(unit=UNIT), ON)
    with store.looking() as connection:
        texts = connection.scalars(select(releases.c.shown).order_by(releases.c.made_at)).all()
    ranges = [json.loads(text)[FENSHUI]["children"] for text in texts]
    assert len(ranges) == 2
    assert (max(low for low, _ in ranges), min(high for _, high in ranges)) == (1, 4)


def test_what_another_process_tells_meanwhile_is_what_a_release_is_made_beside(store, monkeypatch):
    put(store, children=30)
    put(store, children=4, township=FENSHUI)
    here, elsewhere, beside = Supervision(store, 0), Supervision(store, 0), []
    make = service.workflows.supervision.shown_areas

    def made_slowly(areas, audience, audit, earlier=()):
        beside.append(len(earlier))
        if len(beside) == 1:
            put(store, children=1)
            elsewhere.view(CITY, Ask(unit=UNIT), ON)
        return make(areas, audience, audit, earlier)

    monkeypatch.setattr(service.workflows.supervision, "shown_areas", made_slowly)
    view = here.view(CITY, Ask(unit=UNIT), ON)
    assert beside[:3] == [0, 0, 1], (
        "ours was thought of first, told second, and made beside theirs"
    )
    assert told(view, FENSHUI) == Shown(1, 4)


def test_two_processes_tell_the_same_once(store, monkeypatch):
    put(store, children=9)
    here, elsewhere = Supervision(store, 0), Supervision(store, 0)
    make, begun = service.workflows.supervision.shown_areas, []

    def made_slowly(*asked):
        begun.append(asked)
        if len(begun) == 1:
            elsewhere.view(CITY, Ask(unit=UNIT), ON)
        return make(*asked)

    monkeypatch.setattr(service.workflows.supervision, "shown_areas", made_slowly)
    here.view(CITY, Ask(unit=UNIT), ON)
    with store.looking() as connection:
        assert connection.scalar(select(func.count()).select_from(releases)) == 1


def test_free_places_follow_pairs(store, supervision):
    (one,), (mother,) = put(store, children=1), put(store, caregivers=1)
    assert told(supervision.view(OFFICE, Ask(), ON), TAIAN, M.FREE_PLACES) == Shown(1, 1)
    pair(store, one, mother)
    assert told(supervision.view(OFFICE, Ask(), ON), TAIAN, M.FREE_PLACES) == Shown(0, 0)


def test_what_somebody_wrote_for_a_township_is_told_to_nobody(store, supervision):
    put(store, children=6, township="张三家<script>")
    for who in (OFFICE, CITY):
        view = supervision.view(who, Ask(unit=UNIT), ON)
        (unknown,) = [one for one in view.areas if one.shown]
        assert (unknown.code, unknown.name) == (f"{UNIT}-", "镇街不明")


def test_the_city_gets_what_it_was_told_last_at_once_and_the_new_after(store):
    put(store, children=9)
    patient = Supervision(store, patience_seconds=3600)
    first = patient.view(CITY, Ask(), ON)
    assert (told(first, UNIT), first.told_at) == (Shown(9, 9), None), "nothing was told before"
    put(store, children=30)
    again = Supervision(store, patience_seconds=3600)
    old = again.view(CITY, Ask(), ON)
    assert old.areas == first.areas
    assert old.told_at is not None
    again.make_anew(ON)
    new = again.view(CITY, Ask(), ON)
    assert (told(new, UNIT), new.told_at) == (Shown(39, 39), None)


def test_a_month_that_has_just_begun_is_counted_at_once(store):
    put(store, children=9)
    patient = Supervision(store, patience_seconds=3600)
    patient.view(CITY, Ask(), ON)
    assert told(patient.view(CITY, Ask(), OCTOBER), UNIT) == Shown(9, 9)


def test_what_a_unit_counted_since_is_not_told_before_it_is_released(store):
    put(store, children=9)
    patient = Supervision(store, patience_seconds=3600)
    patient.view(CITY, Ask(), ON)
    put(store, children=30)
    assert patient.view(OFFICE, Ask(), ON).whole.shown[M.CHILDREN] == Shown(39, 39)
    for by in ("unit", "township"):
        old = patient.view(CITY, Ask(by=by), ON)
        assert old.told_at is not None
        assert told(old, UNIT if by == "unit" else TAIAN) in (Shown(9, 9), Shown(5, 9))


def test_no_second_count_begins_beside_the_first(store, monkeypatch):
    put(store, children=9)
    patient, begun = Supervision(store), []
    keep = patient._count

    def count(unit, on):
        begun.append(unit)
        patient.make_anew(on)  # as another request's would, meanwhile
        keep(unit, on)

    monkeypatch.setattr(patient, "_count", count)
    patient.make_anew(ON)
    patient.make_anew(ON)
    assert begun == [""]


def test_months_never_told_wait_until_after_the_answer_and_are_told_in_their_order(store):
    put(store, children=9)
    for month in ("2021-07", "2021-08"):
        with store.writing(SYSTEM_ACTOR, "test") as book:
            keep_month(book, month, "", count_now(book.connection, ALL, ON), ON)
        put(store, children=1)
    patient = Supervision(store, patience_seconds=3600)
    view = patient.view(CITY, Ask(), ON)
    assert view.months == ("2021-09", "2021-08", "2021-07")
    assert patient.trend(CITY, view, ON) == [view]
    patient.tell_months(ON)
    assert [one.month for one in patient.trend(CITY, view, ON)] == [
        "2021-07",
        "2021-08",
        "2021-09",
    ]
    with store.looking() as connection:
        query = select(releases.c.month).order_by(releases.c.made_at)
        assert connection.scalars(query).all() == ["2021-09", "2021-07", "2021-08"]


def test_a_month_that_is_just_being_told_is_in_no_trend_yet(store, monkeypatch):
    put(store, children=9)
    with store.writing(SYSTEM_ACTOR, "test") as book:
        keep_month(book, "2021-08", "", count_now(book.connection, ALL, ON), ON)
    patient, seen = Supervision(store, patience_seconds=3600), []
    view, tell = patient.view(CITY, Ask(), ON), patient.tell_month

    def telling(month, on):
        tell(month, on)  # the first of several units, say: the month is told in part
        seen.append(patient.trend(CITY, view, on))

    monkeypatch.setattr(patient, "tell_month", telling)
    patient.tell_months(ON)
    assert seen == [[view]]
    assert len(patient.trend(CITY, view, ON)) == 2
