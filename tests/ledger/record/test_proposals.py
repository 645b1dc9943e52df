from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from casework.actors import SYSTEM_ACTOR, SignedPaper
from casework.answers import Difference
from casework.errors import Conflict, NotFound, Refused
from casework.ledger_marks import Moved
from casework.pairings import EndReason, Override, PairingState
from casework.people import CaregiverStatus, CheckResult
from casework.wishes import WishKind
from ledger.record.approving import Request, approve
from ledger.record.pairing_steps import At, activate
from ledger.record.pairings import find, history, list_pairings
from ledger.record.proposals import (
    ProposalState,
    Said,
    find_proposal,
    list_proposals,
    said_of,
    submit,
    withdraw,
)
from tests.builders import ON, caregiver, child
from tests.pairings_on_record import (
    CITY,
    ELSEWHERE,
    LI,
    TOWN,
    WANG,
    here,
    key,
    people,
    proposal,
    unit_now,
)

PAPER = SignedPaper("陈主席", ON, "武妇〔2021〕12号", "a" * 64)
ONLY_OFFICER = replace(WANG, is_only_officer=True)


def approved(store, made, now_people, by=LI, part=None, paper=None, **facts):
    with store.writing(by, "approve") as book:
        now = unit_now(book, *now_people, **facts)
        return approve(book, Request(made, key(), part, paper), now)


def pairs_of(store, by=LI):
    with store.reading(by, "list") as book:
        return {
            (r.pairing.child, r.pairing.caregiver): r.pairing.state for r in list_pairings(book)
        }


def state_of(store, made, by=LI):
    with store.reading(by, "show") as book:
        return find_proposal(book, made).state


TWO = people("ab", "xy")


def test_another_account_approves_and_the_pairs_are_on_record(store):
    made = proposal(store, TWO, ("a", "x"), ("b", "y"))
    done = approved(store, made, TWO)
    assert len(done.made) == 2
    assert pairs_of(store) == {
        ("a", "x"): PairingState.APPROVED,
        ("b", "y"): PairingState.APPROVED,
    }
    assert state_of(store, made) is ProposalState.APPROVED


def test_the_author_does_not_approve_and_that_is_in_the_audit(store):
    made = proposal(store, TWO, ("a", "x"))
    with pytest.raises(Refused, match="另一人"):
        approved(store, made, TWO, by=WANG)
    assert pairs_of(store) == {}


def test_the_only_officer_records_the_leaders_signed_paper(store):
    made = proposal(store, TWO, ("a", "x"), by=ONLY_OFFICER)
    with pytest.raises(Refused):
        approved(store, made, TWO, by=ONLY_OFFICER)
    done = approved(store, made, TWO, by=ONLY_OFFICER, paper=PAPER)
    with store.reading(LI, "show") as book:
        pairing = find(book, done.made[0]).pairing
    assert pairing.approval.paper == PAPER


def test_the_command_line_needs_the_paper_too(store):
    made = proposal(store, TWO, ("a", "x"), by=SYSTEM_ACTOR)
    with pytest.raises(Refused):
        approved(store, made, TWO, by=SYSTEM_ACTOR)
    assert approved(store, made, TWO, by=SYSTEM_ACTOR, paper=PAPER).made


def test_who_signed_stands_sealed_and_its_number_in_the_audit(store):
    made = proposal(store, TWO, ("a", "x"), by=ONLY_OFFICER)
    approved(store, made, TWO, by=ONLY_OFFICER, paper=PAPER)
    with store.engine.connect() as connection:
        audit = connection.exec_driver_sql("SELECT action, facts FROM audit").all()
        rows = connection.exec_driver_sql("SELECT facts, words FROM pairings").all()
    assert any(
        "武妇〔2021〕12号" in facts for action, facts in audit if action.endswith("approve")
    )
    assert "陈主席" not in str(audit) + str(rows)
    assert "陈主席".encode() not in b"".join(bytes(words) for _, words in rows)


def test_a_draft_is_submitted_before_it_is_approved(store):
    made = proposal(store, TWO, ("a", "x"))
    with store.writing(WANG, "withdraw") as book:
        withdraw(book, made)
    with pytest.raises(Conflict, match="重新生成"):
        approved(store, made, TWO)
    with pytest.raises(Conflict), store.writing(WANG, "submit") as book:
        submit(book, made)


def test_a_part_is_approved_and_the_rest_later(store):
    made = proposal(store, TWO, ("a", "x"), ("b", "y"))
    approved(store, made, TWO, part=frozenset("a"))
    assert state_of(store, made) is ProposalState.PARTLY
    with pytest.raises(Conflict, match="已经审批"):
        approved(store, made, TWO, part=frozenset("a"))
    approved(store, made, TWO)
    assert state_of(store, made) is ProposalState.APPROVED
    assert len(pairs_of(store)) == 2


def test_the_same_request_twice_is_done_once_and_answered_alike(store):
    made = proposal(store, TWO, ("a", "x"))
    request = Request(made, "once")
    answers = []
    for _ in range(2):
        with store.writing(LI, "approve") as book:
            answers.append(approve(book, request, unit_now(book, *TWO)))
    assert answers[0] == answers[1]
    assert len(pairs_of(store)) == 1


@pytest.mark.parametrize("other", [{"part": frozenset("b")}, {"by": WANG}])
def test_a_key_is_for_one_act(store, other):
    made = proposal(store, TWO, ("a", "x"), ("b", "y"))
    with store.writing(LI, "approve") as book:
        approve(book, Request(made, "once", frozenset("a")), unit_now(book, *TWO))
    by, part = other.get("by", LI), other.get("part", frozenset("a"))
    with pytest.raises(Conflict, match="请求编号"), store.writing(by, "again") as book:
        approve(book, Request(made, "once", part), unit_now(book, *TWO))


def test_whoever_looked_at_an_older_version_is_told(store):
    made = proposal(store, TWO, ("a", "x"), ("b", "y"))
    with store.reading(LI, "show") as book:
        seen = find_proposal(book, made).version
    approved(store, made, TWO, part=frozenset("a"))
    with pytest.raises(Conflict, match="刷新"), store.writing(LI, "approve") as book:
        approve(book, Request(made, key(), seen=seen), unit_now(book, *TWO))


def test_a_row_that_moved_under_a_pair_holds_it_back_and_tells_which(store):
    made = proposal(store, TWO, ("a", "x"), ("b", "y"))
    moved = ((replace(TWO[0][0], home=here("T2")), TWO[0][1]), TWO[1])
    with store.writing(LI, "show") as book:
        stale = find_proposal(book, made).moved(unit_now(book, *moved).mark)
    assert stale.rows == {"a": Moved.CHANGED}
    with pytest.raises(Conflict, match="涉及儿童：a"):
        approved(store, made, moved)
    approved(store, made, moved, part=frozenset("b"))
    assert list(pairs_of(store)) == [("b", "y")]


def test_somebody_new_makes_it_stale_and_holds_nothing_back(store):
    made = proposal(store, TWO, ("a", "x"))
    more = people("abc", "xy")
    with store.writing(LI, "show") as book:
        stale = find_proposal(book, made).moved(unit_now(book, *more).mark)
    assert stale.rows == {"c": Moved.ADDED}
    assert approved(store, made, more).made


def test_pairs_made_meanwhile_are_part_of_what_moved(store):
    first, second = (proposal(store, TWO, ("a", "x")), proposal(store, TWO, ("b", "y")))
    approved(store, first, TWO)
    with store.reading(LI, "show") as book:
        assert find_proposal(book, second).moved(unit_now(book, *TWO).mark).pairings_moved


def test_two_proposals_of_one_child_leave_her_with_the_later_one(store):
    first, second = (proposal(store, TWO, ("a", "x")), proposal(store, TWO, ("a", "y")))
    approved(store, first, TWO)
    done = approved(store, second, TWO)
    assert len(done.ended) == 1
    assert pairs_of(store) == {("a", "y"): PairingState.APPROVED}


def test_what_the_proposal_ends_ends_with_its_reason_in_the_same_act(store):
    approved(store, proposal(store, TWO, ("a", "x")), TWO)
    left = (TWO[0], (replace(TWO[1][0], status=CaregiverStatus.ELECTION_OUT), TWO[1][1]))
    second = proposal(store, left, ("a", "y"), ended=[("a", "x", "caregiver_left")])
    done = approved(store, second, left)
    with store.reading(LI, "show") as book:
        closure = find(book, done.ended[0]).pairing.closure
    assert closure.reason is EndReason.ELECTION
    assert pairs_of(store) == {("a", "y"): PairingState.APPROVED}


def test_a_caregiver_whose_check_failed_is_stopped_in_the_same_act(store):
    approved(store, proposal(store, TWO, ("a", "x")), TWO)
    failed = (TWO[0], (replace(TWO[1][0], check_result=CheckResult.FAILED), TWO[1][1]))
    second = proposal(store, failed, ("a", "y"), ended=[("a", "x", "not_permitted")])
    done = approved(store, second, failed)
    assert len(done.stopped) == 1
    assert pairs_of(store) == {
        ("a", "x"): PairingState.SUSPENDED,
        ("a", "y"): PairingState.APPROVED,
    }


def test_what_is_unknown_keeps_a_pair_waiting_until_the_ledger_knows(store):
    unknown = ((child("a", here(), consent_given=None),), TWO[1])
    made = proposal(store, unknown, ("a", "x"))
    (waiting,) = approved(store, made, unknown).waiting
    with pytest.raises(Conflict, match="监护人同意"), store.writing(LI, "activate") as book:
        activate(book, At(waiting, ON), unit_now(book, *unknown))
    with store.writing(LI, "activate") as book:
        done = activate(book, At(waiting, ON), unit_now(book, *TWO))
    assert done.pairing.state is PairingState.ACTIVE
    with store.reading(LI, "history") as book:
        assert [e.step for e in history(book, waiting)] == ["approve", "activate"]


def test_an_override_keeps_who_why_and_what_it_cost(store):
    cost = Difference(metres=1_200)
    said = Said("a", "x", WishKind.LOCK, Override("wang", "孩子信任她", cost))
    made = proposal(store, TWO, ("a", "x"), said=(said,))
    done = approved(store, made, TWO)
    with store.reading(LI, "show") as book:
        assert said_of(book, made) == (said,)
        assert find(book, done.made[0]).pairing.override == said.override


@pytest.mark.parametrize("who", [ELSEWHERE, TOWN, CITY], ids=lambda a: a.id)
def test_only_the_unit_approves(store, who):
    made = proposal(store, TWO, ("a", "x"))
    wrong = Refused if who is CITY else NotFound
    with pytest.raises(wrong):
        approved(store, made, TWO, by=who)


def test_a_proposal_elsewhere_is_told_as_none_at_all(store):
    made = proposal(store, TWO, ("a", "x"))
    told = []
    for wanted in (made, "0" * 16):
        with pytest.raises(NotFound) as refused, store.reading(ELSEWHERE, "show") as book:
            find_proposal(book, wanted)
        told.append(str(refused.value))
    assert told[0] == told[1]


def test_lists_hold_what_is_in_sight(store):
    approved(store, proposal(store, TWO, ("a", "x")), TWO)
    south = people("c", "z", township="T2")
    approved(store, proposal(store, south, ("c", "z")), south)
    assert len(pairs_of(store)) == 2
    assert list(pairs_of(store, TOWN)) == [("a", "x")]
    assert pairs_of(store, ELSEWHERE) == {}
    with store.reading(ELSEWHERE, "list") as book:
        assert list_proposals(book) == ()
    with store.reading(WANG, "list") as book:
        assert len(list_proposals(book)) == 2


def test_places_are_counted_with_what_is_on_record(store):
    shared = ((*TWO[0], child("c", here())), (caregiver("x", here(), places=2),))
    approved(store, proposal(store, shared, ("a", "x"), ("b", "x")), shared)
    made = proposal(store, shared, ("c", "x"))
    with pytest.raises(Conflict, match="名额已满"):
        approved(store, made, shared)


def test_what_is_proposed_before_eight_is_of_that_day_and_not_of_the_one_before(store, clock):
    clock.now = datetime(2021, 9, 14, 23, 30, tzinfo=UTC)
    unit = people("a", "x")
    (made,) = approved(store, proposal(store, unit, ("a", "x")), unit).made
    with store.reading(LI, "look") as book:
        assert find(book, made).pairing.proposed_on == date(2021, 9, 15)
