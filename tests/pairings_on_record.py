"""Units, officers and proposals for the tests of pairings on record."""

import json
from dataclasses import replace
from itertools import count

from casework.access import Actor, Role, area
from casework.errors import Busy, Conflict
from casework.ledger_marks import LedgerMark
from casework.unit_now import UnitNow
from ledger.record.approving import Approved, Request, approve, asked
from ledger.record.key_ring import KeyRing
from ledger.record.proposals import Draft, create, mark_of, submit
from ledger.record.store import Store
from tests.builders import ON, caregiver, child, home, programme

UNIT = "500156"
WANG = Actor("wang", Role.UNIT, area(UNIT))
LI = Actor("li", Role.UNIT, area(UNIT))
ELSEWHERE = Actor("qian", Role.UNIT, area("500101"))
TOWN = Actor("town", Role.TOWNSHIP, area(UNIT, "T1"))
OTHER_TOWN = Actor("town2", Role.TOWNSHIP, area(UNIT, "T2"))
CITY = Actor("city", Role.CITY, area())
_keys = count()


def here(township="T1"):
    return home(township, unit=UNIT)


def people(children, caregivers, township="T1", **facts):
    """Give children and caregivers of the unit by name."""
    return (
        tuple(child(name, here(township)) for name in children),
        tuple(caregiver(name, here(township), **facts) for name in caregivers),
    )


def unit_now(book, children, caregivers, **facts):
    rules = {k: facts.pop(k) for k in list(facts) if k in type(programme()).__dataclass_fields__}
    forbidden = facts.pop("forbidden", frozenset())
    mark = mark_of(book, UNIT, (*children, *caregivers), forbidden) if book else LedgerMark({})
    return UnitNow(
        children={c.id: c for c in children},
        caregivers={c.id: c for c in caregivers},
        programme=replace(programme(), **rules),
        mark=mark,
        forbidden=forbidden,
        **({"on": ON} | facts),
    )


def pair_line(one, other, household=None, **facts):
    line = {"child": one, "caregiver": other, "household": household or f"H-{one}"}
    fixed = {"rung": "same_village", "metres": 100, "kept": False, "locked": False}
    return line | fixed | {"conditional": [], "neighbours_approximate": False} | facts


def answer(*pairs, ended=()):
    lines = [pair_line(*pair) if isinstance(pair, tuple) else pair for pair in pairs]
    ends = [dict(zip(("child", "caregiver", "reason"), line, strict=True)) for line in ended]
    return json.dumps({"schema": "nuantong/proposal/1", "pairs": lines, "ended": ends})


def proposal(store, now_people, *pairs, ended=(), by=WANG, said=(), **facts):
    """Put a proposal on record and hand it in."""
    with store.writing(by, "propose") as book:
        now = unit_now(book, *now_people, **facts)
        draft = Draft(UNIT, answer(*pairs, ended=ended), {}, now.on, "f" * 64, now.mark, said)
        made = create(book, draft)
        submit(book, made)
    return made


def key():
    return f"request-{next(_keys)}"


def approve_each(where, keys_folder, officer, made, children, caregivers):
    """Approve every proposal, each twice as somebody does whose line broke; give those won.

    A thread's and a process's work alike: it opens its own store, and asks again when told that
    somebody else is writing.
    """
    store = Store.open(where, KeyRing.load(keys_folder))
    actor = Actor(officer, Role.UNIT, area(UNIT))
    won = []
    for proposal_id in made:
        request = Request(proposal_id, f"{officer}-{proposal_id}")
        answers = [_answer(store, actor, request, children, caregivers) for _ in range(2)]
        assert answers[0] == answers[1]
        won += [(officer, proposal_id)] if answers[0] else []
    store.close()
    return won


def _answer(store, actor, request, children, caregivers):
    """Give what an approval did; None where somebody else was first."""
    for _ in range(10):
        try:
            with store.writing(actor, "approve") as book:
                found = asked(book, request)
                if isinstance(found, Approved):
                    return found
                return approve(book, request, unit_now(book, children, caregivers))
        except Conflict:
            return None
        except Busy:
            continue
    raise AssertionError("never had a turn")
