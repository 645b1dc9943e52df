from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from casework import pairing_life as life
from casework.actors import SignedPaper
from casework.errors import Conflict, Refused
from casework.pairing_life import FROM, Step
from casework.pairings import (
    Approval,
    Closure,
    EndReason,
    Farewell,
    HandOver,
    Hold,
    HoldReason,
    Pairing,
    PairingState,
    Suspension,
)
from casework.people import CaregiverId, ChildId, HouseholdId
from casework.proposals import Unknown

ON = date(2021, 9, 20)
PAPER = SignedPaper("陈主席", ON, "武妇〔2021〕12号", "a" * 64)
CHECK = (Unknown.BACKGROUND_CHECK,)
_S = PairingState


def proposed(**facts):
    given = {"id": "p1", "child": ChildId("c1"), "caregiver": CaregiverId("m1")}
    rest = {"household": HouseholdId("H-c1"), "proposed_by": "wang", "proposed_on": ON}
    return Pairing(**(given | rest | facts))


def approved(unknown=()):
    return life.approve(proposed(), Approval("li", ON), unknown)


def active():
    return life.activate(approved(), (), ON)


def suspended(pairing=None):
    return life.suspend(pairing or active(), Suspension(ON, "zhao"))


def closed(reason=EndReason.ELECTION, pairing=None):
    return life.close(pairing or active(), Closure(reason, ON, "li"))


def test_another_account_approves():
    assert approved().state is _S.APPROVED


def test_nobody_approves_her_own_proposal():
    with pytest.raises(Refused, match="领导签字"):
        life.approve(proposed(), Approval("wang", ON), ())


def test_the_leaders_signed_paper_stands_in_where_an_office_has_one_officer():
    pairing = life.approve(proposed(), Approval("wang", ON, PAPER), ())
    assert pairing.state is _S.APPROVED
    assert pairing.approval.paper.number == "武妇〔2021〕12号"


@pytest.mark.parametrize(
    ("signed_by", "number", "scan"), [("", "1", "a" * 64), ("陈", " ", "a" * 64), ("陈", "1", "a")]
)
def test_a_paper_that_proves_nothing_is_none(signed_by, number, scan):
    paper = SignedPaper(signed_by, ON, number, scan)
    with pytest.raises(Conflict, match="签批件"):
        life.approve(proposed(), Approval("wang", ON, paper), ())


def test_an_approved_pair_waits_while_a_fact_is_unknown():
    pairing = approved((Unknown.COMMITMENT, Unknown.BACKGROUND_CHECK))
    assert pairing.state is _S.CONDITIONAL
    assert pairing.unknown == (Unknown.BACKGROUND_CHECK, Unknown.COMMITMENT)


def test_it_is_never_active_before_every_fact_is_known():
    waiting = approved(CHECK)
    with pytest.raises(Conflict, match="从业查询结果"):
        life.activate(waiting, CHECK, ON)
    assert life.activate(waiting, (), ON).counts


def test_a_check_that_expired_between_approval_and_the_first_day_holds_it_back():
    with pytest.raises(Conflict, match="从业查询已过期"):
        life.activate(approved(), (Unknown.BACKGROUND_CHECK_EXPIRED,), ON)


def test_an_active_pair_whose_check_expires_rests_at_once():
    resting = life.recheck(active(), (Unknown.BACKGROUND_CHECK_EXPIRED,), ON, "system")
    assert (resting.state, resting.hold.reason) == (_S.ON_HOLD, HoldReason.FACTS_LAPSED)
    with pytest.raises(Conflict, match="已过期"):
        life.resume(resting, (Unknown.BACKGROUND_CHECK_EXPIRED,))
    assert life.resume(resting, ()).state is _S.ACTIVE


def test_a_recheck_moves_a_waiting_pair_both_ways():
    waiting = life.recheck(approved(), CHECK, ON, "li")
    assert waiting.state is _S.CONDITIONAL
    assert life.recheck(waiting, (), ON, "li").state is _S.APPROVED


def test_a_pair_on_hold_keeps_child_and_place():
    resting = life.hold(active(), Hold(HoldReason.CAREGIVER_AWAY, ON, "li"))
    assert (resting.holds_child, resting.takes_place, resting.counts) == (True, True, False)


@pytest.mark.parametrize(
    "pairing", [proposed(), approved(), approved(CHECK), active()], ids=lambda p: p.state
)
def test_safeguarding_stops_a_pair_whatever_state_it_is_in(pairing):
    stopped = suspended(pairing)
    assert stopped.state is _S.SUSPENDED
    assert not stopped.holds_child  # somebody else may step in at once
    assert stopped.takes_place


def test_a_suspension_is_not_lifted_before_it_was_reported():
    with pytest.raises(Conflict, match="强制报告"):
        life.lift(suspended(), ON, "li")


def test_who_suspended_does_not_lift():
    reported = life.report(suspended(), "武隆区公安局", ON)
    with pytest.raises(Refused, match="另一位"):
        life.lift(reported, ON, "zhao")


def test_a_lifted_pair_is_never_active_by_itself():
    lifted = life.lift(life.report(suspended(), "武隆区公安局", ON), ON, "li")
    assert (lifted.state, lifted.hold.reason) == (_S.ON_HOLD, HoldReason.AFTER_REVIEW)


def test_a_pair_that_never_began_goes_back_to_waiting_when_lifted():
    stopped = life.report(suspended(approved(CHECK)), "武隆区公安局", ON)
    assert life.lift(stopped, ON, "li").state is _S.CONDITIONAL


def test_ending_for_safeguarding_needs_the_report_first():
    with pytest.raises(Conflict, match="停止"):
        closed(EndReason.SAFEGUARDING)
    reported = life.report(suspended(), "武隆区公安局", ON)
    assert closed(EndReason.SAFEGUARDING, reported).owes_hand_over


def test_a_second_report_adds_to_the_first():
    once = life.report(suspended(), "武隆区公安局", ON)
    twice = life.report(once, "武隆区民政局", ON + timedelta(1))
    assert twice.suspension.reported_to == "武隆区公安局；武隆区民政局"
    assert twice.suspension.reported_on == ON


def test_a_child_of_age_is_taken_leave_of_and_not_handed_over():
    grown = closed(EndReason.AGED_OUT)
    assert (grown.owes_farewell, grown.owes_hand_over) == (True, False)
    assert not life.take_leave(grown, Farewell(ON, "li")).owes_farewell
    with pytest.raises(Conflict, match="不需要交接"):
        life.hand_over(grown, HandOver(ON, "li"))


def test_a_child_whose_caregiver_leaves_is_handed_over():
    ended = closed(EndReason.CAREGIVER_LEFT)
    done = life.hand_over(ended, HandOver(ON, "li", "p2"))
    assert not done.owes_hand_over
    with pytest.raises(Conflict, match="已登记"):
        life.hand_over(done, HandOver(ON, "li"))


def test_a_pair_that_never_began_owes_nothing():
    ended = closed(EndReason.REARRANGED, approved())
    assert not ended.owes_farewell
    assert not ended.owes_hand_over


def test_death_asks_for_neither():
    ended = closed(EndReason.DEATH)
    assert not ended.owes_farewell
    assert not ended.owes_hand_over


def test_no_pair_ends_before_it_began():
    with pytest.raises(Conflict, match="早于"):
        life.close(active(), Closure(EndReason.MOVED, ON - timedelta(1), "li"))


def test_the_same_two_may_be_paired_again():
    first = closed(EndReason.MOVED)
    second = life.approve(proposed(id="p2"), Approval("li", ON), ())
    assert (first.child, first.caregiver) == (second.child, second.caregiver)
    assert [p.takes_place for p in (first, second)] == [False, True]


STEPS = {
    Step.APPROVE: lambda p: life.approve(p, Approval("li", ON), ()),
    Step.RECHECK: lambda p: life.recheck(p, (), ON, "li"),
    Step.ACTIVATE: lambda p: life.activate(p, (), ON),
    Step.HOLD: lambda p: life.hold(p, Hold(HoldReason.OTHER, ON, "li")),
    Step.RESUME: lambda p: life.resume(p, ()),
    Step.SUSPEND: lambda p: life.suspend(p, Suspension(ON, "li")),
    Step.REPORT: lambda p: life.report(p, "公安", ON),
    Step.LIFT: lambda p: life.lift(life.report(p, "公安", ON), ON, "li"),
    Step.CLOSE: lambda p: life.close(p, Closure(EndReason.MOVED, ON, "li")),
    Step.FAREWELL: lambda p: life.take_leave(p, Farewell(ON, "li")),
    Step.HAND_OVER: lambda p: life.hand_over(p, HandOver(ON, "li")),
}
EVERY = (
    proposed(),
    approved(),
    approved(CHECK),
    active(),
    life.hold(active(), Hold(HoldReason.OTHER, ON, "li")),
    suspended(),
    closed(),
)


@pytest.mark.parametrize("pairing", EVERY, ids=lambda p: p.state)
@pytest.mark.parametrize("step", Step)
def test_a_step_is_possible_from_its_states_and_from_no_other(step, pairing):
    if pairing.state in FROM[step]:
        STEPS[step](pairing)
        return
    with pytest.raises(Conflict) as refused:
        STEPS[step](pairing)
    assert "：" in str(refused.value)  # says what to do instead
    assert " / " in str(refused.value)


def test_every_state_has_a_case_above():
    assert {pairing.state for pairing in EVERY} == set(_S)


@pytest.mark.parametrize(
    "facts",
    [
        {"state": _S.ACTIVE, "approval": Approval("li", ON)},
        {"state": _S.ACTIVE, "approval": Approval("li", ON), "started_on": ON, "unknown": CHECK},
        {"state": _S.APPROVED},
        {"state": _S.APPROVED, "approval": Approval("li", ON), "unknown": CHECK},
        {"state": _S.CONDITIONAL, "approval": Approval("li", ON)},
        {"state": _S.CLOSED},
        {"state": _S.SUSPENDED},
        {"state": _S.ON_HOLD, "approval": Approval("li", ON)},
        {"approval": Approval("li", ON)},
    ],
    ids=lambda facts: facts.get("state", "proposed"),
)
def test_a_pairing_that_contradicts_itself_cannot_be_built(facts):
    with pytest.raises(ValueError, match="cannot be"):
        proposed(**facts)


UNKNOWN = st.lists(st.sampled_from(Unknown), max_size=2, unique=True).map(tuple)
WHO = st.sampled_from(("wang", "li", "zhao"))


class LifeOfAPairing(RuleBasedStateMachine):
    """Any steps in any order: refused ones change nothing, allowed ones keep what must hold."""

    @initialize()
    def begin(self):
        self.pairing = proposed()
        self.on = ON
        self.known = True  # whether everything was known when it last became active
        self.reported_since_stop = False

    def take(self, step, act):
        before = self.pairing
        try:
            after = act(before)
        except (Conflict, Refused):
            return
        assert before.state in FROM[step]
        assert (after.id, after.child, after.caregiver) == (
            before.id,
            before.child,
            before.caregiver,
        )
        self.pairing = after

    @rule(days=st.integers(0, 40))
    def time_passes(self, days):
        self.on += timedelta(days)

    @rule(by=WHO, paper=st.booleans(), unknown=UNKNOWN)
    def approve(self, by, paper, unknown):
        approval = Approval(by, self.on, PAPER if paper else None)
        self.take(Step.APPROVE, lambda p: life.approve(p, approval, unknown))

    @rule(unknown=UNKNOWN)
    def activate(self, unknown):
        before = self.pairing
        self.take(Step.ACTIVATE, lambda p: life.activate(p, unknown, self.on))
        if self.pairing is not before:
            assert not unknown

    @rule(unknown=UNKNOWN, by=WHO)
    def recheck(self, unknown, by):
        self.take(Step.RECHECK, lambda p: life.recheck(p, unknown, self.on, by))

    @rule(by=WHO)
    def hold(self, by):
        why = Hold(HoldReason.CHILD_AWAY, self.on, by)
        self.take(Step.HOLD, lambda p: life.hold(p, why))

    @rule(unknown=UNKNOWN)
    def resume(self, unknown):
        self.take(Step.RESUME, lambda p: life.resume(p, unknown))

    @rule(by=WHO)
    def suspend(self, by):
        was = self.pairing.state
        self.take(Step.SUSPEND, lambda p: life.suspend(p, Suspension(self.on, by)))
        if was not in (_S.SUSPENDED, _S.CLOSED):
            assert self.pairing.state is _S.SUSPENDED

    @rule()
    def report(self):
        self.take(Step.REPORT, lambda p: life.report(p, "公安", self.on))

    @rule(by=WHO)
    def lift(self, by):
        stopped = self.pairing
        self.take(Step.LIFT, lambda p: life.lift(p, self.on, by))
        if stopped.state is _S.SUSPENDED and self.pairing.state is not _S.SUSPENDED:
            assert stopped.suspension.reported_to
            assert by != stopped.suspension.by
            assert self.pairing.state is not _S.ACTIVE

    @rule(reason=st.sampled_from(EndReason), by=WHO)
    def close(self, reason, by):
        before = self.pairing
        closure = Closure(reason, self.on, by)
        self.take(Step.CLOSE, lambda p: life.close(p, closure))
        if reason is EndReason.SAFEGUARDING and self.pairing is not before:
            assert before.suspension.reported_to

    @invariant()
    def only_a_known_and_approved_pair_counts(self):
        pairing = self.pairing
        if pairing.counts:
            assert pairing.approval
            assert not pairing.unknown
            assert pairing.started_on <= self.on

    @invariant()
    def an_approval_is_another_hand_or_a_paper(self):
        approval = self.pairing.approval
        if approval:
            assert approval.by != self.pairing.proposed_by or approval.paper

    @invariant()
    def an_ended_pair_takes_nothing(self):
        if self.pairing.state is _S.CLOSED:
            assert not self.pairing.takes_place
            assert not self.pairing.holds_child
            assert not self.pairing.counts

    @invariant()
    def whoever_holds_the_child_holds_the_place(self):
        assert self.pairing.takes_place or not self.pairing.holds_child


LifeOfAPairing.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestLifeOfAPairing = LifeOfAPairing.TestCase
