"""A year of a unit on record, with the power cut in between: nothing half done, nothing lost."""

from datetime import date
from itertools import count

import pytest

from casework.import_diff import Incoming
from casework.pairings import EndReason, PairingState
from casework.people import CaregiverStatus
from casework.tasks import TaskKind, TaskState
from ledger.record.audit import verify
from ledger.record.pairings import history, list_pairings, owing
from ledger.record.people import whole
from ledger.record.rosters import RosterAsk, take_roster
from ledger.record.tasks import tasks_of
from ledger.sample_files import write_sample
from service.workflows import pairings_on_record as pairings
from service.workflows.pairing_papers import approval_sheet, write_notices
from tests.a_year import (
    LI,
    NAME,
    UNIT,
    WANG,
    approve_by,
    change,
    desk,
    homes_of,
    in_force,
    places_of,
    propose_by,
    take_ledgers,
)
from tests.killed import kill_during
from tests.tables import reader

SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (date(2021, month, 15) for month in (9, 10, 11, 12))
NEXT_AUTUMN = date(2022, 9, 20)
_S = PairingState


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, NAME, city=False, seed=3, flaws=False, on=SEPTEMBER)
    return folder


@pytest.fixture
def year(store, where, keys_folder, sample, tmp_path):
    numbers = count(1)
    store.make_id = lambda: f"{next(numbers):016x}"  # the same year every time
    return Year(store, where, keys_folder, sample, tmp_path)


class Year:
    """The unit's year, month by month; each month leaves what the next finds."""

    def __init__(self, store, where, keys_folder, sample, folder):
        self.store, self.where, self.keys = store, where, keys_folder
        self.sample, self.folder = sample, folder

    def kill(self, act, *given):
        kill_during(self.where, self.keys, act, *given)

    def people(self, kind):
        with self.store.reading(WANG, "list") as book:
            return [p.record for p in whole(book, kind, UNIT)]

    def tasks(self, kind):
        with self.store.reading(WANG, "tasks") as book:
            return tasks_of(book, UNIT, TaskState.OPEN, kind)

    def locked(self):
        """Give the caregivers of pairs that the staff have fixed: those stay at their word."""
        with self.store.reading(WANG, "list") as book:
            return {r.pairing.caregiver for r in list_pairings(book) if r.pairing.locked}

    def whoever_is_ready_begins(self, on):
        """After each month the pairs whose facts are known begin, as officers let them."""
        begun, _ = pairings.activate_known(desk(self.store, LI, on), UNIT)
        assert all(r.pairing.counts for r in begun)

    def nobody_has_too_many(self):
        homes, places = homes_of(self.store), places_of(self.store)
        assert not {who for who, n in homes.items() if n > places[who]}

    def the_ledgers_come_in(self):
        """The import dies with every row written and none kept; then it is run again."""
        self.kill("import_ledgers", self.sample, SEPTEMBER)
        assert self.people("child") == []
        done = take_ledgers(self.store, self.sample, SEPTEMBER)
        again = take_ledgers(self.store, self.sample, SEPTEMBER)
        assert [d.added for d in done] == [
            len(self.people("child")),
            len(self.people("caregiver")),
        ]
        assert [d.added + d.changed for d in again] == [0, 0]

    def the_first_proposal_takes_the_old_register_over(self):
        """The approval dies between two pairings: none stands. Then it is sent again."""
        self.first = propose_by(self.store, WANG, SEPTEMBER, self.sample / "结对台账.xlsx")
        assert approval_sheet(desk(self.store, WANG, SEPTEMBER), self.first).startswith(b"%PDF")
        self.kill("approve_half", self.first, "first", SEPTEMBER)
        assert in_force(self.store) == {}
        self.kill("approve_unheard", self.first, "first", SEPTEMBER)
        stands = in_force(self.store)
        answer = approve_by(self.store, LI, self.first, "first", SEPTEMBER)
        assert len(answer.made) == len(stands) > 35
        assert in_force(self.store) == stands
        begun, waiting = pairings.activate_known(desk(self.store, LI, SEPTEMBER), UNIT)
        assert len(begun) + len(waiting) == len(stands)
        assert all(r.pairing.unknown for r in waiting)
        papers = write_notices(desk(self.store, LI, SEPTEMBER), UNIT, (), self.folder / "通知")
        assert len(papers) == 2

    def the_monthly_roster_makes_tasks(self):
        """A child who is no longer listed is somebody's task, once."""
        children = self.people("child")
        ask = RosterAsk(
            UNIT, Incoming(tuple(children[1:]), (), OCTOBER), reader().programme, OCTOBER
        )
        for new in (True, False):
            with self.store.writing(WANG, "roster") as book:
                assert (take_roster(book, ask).new_tasks > 0) is new
        assert any(t.person == children[0].id for t in self.tasks(TaskKind.GONE_UNKNOWN))

    def a_caregiver_leaves(self):
        """Her children go to others, are handed over, and the old pairing is history."""
        child, leaving = next(iter(in_force(self.store, _S.ACTIVE).items()))
        change(self.store, "caregiver", OCTOBER, {leaving: {"status": CaregiverStatus.LEFT}})
        second = propose_by(self.store, WANG, OCTOBER)
        done = approve_by(self.store, LI, second, "second", OCTOBER)
        assert done.ended
        assert in_force(self.store)[child] != leaving
        owed = {t.task.subject for t in self.tasks(TaskKind.HAND_OVER)}
        assert child in owed
        for pairing in done.ended:
            pairings.record_hand_over(desk(self.store, LI, OCTOBER), pairing, "镇妇联主席")
            pairings.record_farewell(desk(self.store, LI, OCTOBER), pairing, "一起吃了饭")
        assert self.tasks(TaskKind.HAND_OVER) == self.tasks(TaskKind.FAREWELL) == ()

    def somebody_is_stopped(self):
        """Nothing of hers goes on, her children get others, she gets nobody again."""
        child, stopped = next(iter(in_force(self.store, _S.ACTIVE).items()))
        at = desk(self.store, WANG, NOVEMBER)
        found = pairings.suspend_caregiver(at, stopped, "邻居来电")
        assert self.tasks(TaskKind.MANDATORY_REPORT)
        for record in found.pairings:
            pairings.record_report(at, record.pairing.id, "区公安分局")
        third = propose_by(self.store, WANG, NOVEMBER)
        approve_by(self.store, LI, third, "third", NOVEMBER)
        assert stopped not in in_force(self.store, _S.APPROVED, _S.CONDITIONAL, _S.ACTIVE).values()
        for record in found.pairings:
            pairings.close_one(at, record.pairing.id, EndReason.SAFEGUARDING)
        assert child in in_force(self.store)

    def the_villages_elect(self):
        """A third of those who have children leave office in one month; the power fails too."""
        before = in_force(self.store)
        out = sorted(set(before.values()) - self.locked())[::3]
        change(
            self.store,
            "caregiver",
            DECEMBER,
            {who: {"status": CaregiverStatus.ELECTION_OUT} for who in out},
        )
        fourth = propose_by(self.store, WANG, DECEMBER)
        self.kill("approve_half", fourth, "fourth", DECEMBER)
        assert in_force(self.store) == before
        done = approve_by(self.store, LI, fourth, "fourth", DECEMBER)
        now = in_force(self.store)
        assert not set(out) & set(now.values())
        kept = {child for child, who in before.items() if who not in out}
        assert all(now[child] == before[child] for child in kept if child in now)
        with self.store.reading(LI, "list") as book:
            ended = {r.pairing.id: r.pairing for r in list_pairings(book, in_force=False)}
        reasons = {ended[p].child: ended[p].closure.reason for p in done.ended}
        grown = {child for child, why in reasons.items() if why is EndReason.AGED_OUT}
        assert not grown & now.keys()  # whose birthday came meanwhile
        assert {reasons[child] for child in reasons.keys() - grown} == {EndReason.ELECTION}
        assert len(reasons) - len(grown) >= len(out) - len(grown)

    def checks_run_out_and_children_come_of_age(self):
        """A year on: lapsed checks rest, and who is grown up is taken leave of, not just gone."""
        autumn = desk(self.store, LI, NEXT_AUTUMN)
        lapsed = pairings.review_facts(autumn, UNIT)
        assert lapsed
        assert in_force(self.store, _S.ACTIVE) == {}
        renewed = {"check_on": NEXT_AUTUMN, "check_expires_on": date(2023, 9, 19)}
        hers = dict.fromkeys(in_force(self.store).values(), renewed)
        change(self.store, "caregiver", NEXT_AUTUMN, hers)
        fifth = propose_by(self.store, WANG, NEXT_AUTUMN)
        done = approve_by(self.store, LI, fifth, "fifth", NEXT_AUTUMN)
        with self.store.reading(LI, "owing") as book:
            owed = {r.pairing.id: r.pairing for r in owing(book, UNIT)}
        begun = [p for p in done.ended if p in owed]
        grown = [p for p in begun if owed[p].closure.reason is EndReason.AGED_OUT]
        assert grown
        assert all(owed[p].owes_farewell and not owed[p].owes_hand_over for p in grown)
        pairings.record_farewell(autumn, grown[0], "送了一本相册")
        with self.store.reading(LI, "owing") as book:
            assert grown[0] not in {r.pairing.id for r in owing(book, UNIT)}

    def everything_is_accounted_for(self):
        """Every pairing's history leads to where it stands, and the audit trail holds."""
        with self.store.reading(LI, "history") as book:
            everything = list_pairings(book, in_force=False)
            for record in everything:
                events = history(book, record.pairing.id)
                assert events[-1].state is record.pairing.state
                assert len(events) == record.version
        held = [r.pairing.child for r in everything if r.pairing.holds_child]
        assert len(held) == len(set(held))
        with self.store.engine.connect() as connection:
            assert verify(connection, self.store.keys.roots.audit).broken_at is None


def test_a_year_of_a_unit_with_the_power_cut_in_between(year):
    for month, day in (
        (year.the_ledgers_come_in, SEPTEMBER),
        (year.the_first_proposal_takes_the_old_register_over, SEPTEMBER),
        (year.the_monthly_roster_makes_tasks, OCTOBER),
        (year.a_caregiver_leaves, OCTOBER),
        (year.somebody_is_stopped, NOVEMBER),
        (year.the_villages_elect, DECEMBER),
        (year.checks_run_out_and_children_come_of_age, NEXT_AUTUMN),
    ):
        month()
        year.whoever_is_ready_begins(day)
        year.nobody_has_too_many()
    year.everything_is_accounted_for()
