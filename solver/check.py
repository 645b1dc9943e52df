"""Check: whether a proposal keeps every rule, ours or anybody's (独立核验).

Shares no code with the model: rules are read again from the problem in plain Python, distances
come from geopy. ``solver.check_optimal`` adds the proof that nothing is better.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from casework.eligibility import Exclusion, SexRule, sex_rule
from casework.people import CaregiverId, CaregiverStatus, ChildId
from casework.proposals import Ended, Ending, Left, Pair, ProofStatus, Proposal, Rung, Unknown
from solver.check_facts import Facts, Together
from solver.problem import PairingProblem

_ROUNDING_M = 1e-6
_GONE = (CaregiverStatus.LEFT, CaregiverStatus.ELECTION_OUT)


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a proposal breaks, and the children it concerns."""

    rule: str
    text_zh: str
    children: tuple[ChildId, ...] = ()


TEXTS = {
    "each_child_once": "每名儿童须且只能出现一次",
    "known_caregiver": "结对的爱心妈妈不在台账中",
    "order": "各行须按儿童编号排列",
    "eligible": "该儿童与该爱心妈妈不符合结对条件",
    "forbidden": "须回避的结对",
    "locked": "锁定的结对须保留，且只有锁定的结对可标为锁定",
    "places": "超出爱心妈妈可结对户数",
    "most_children": "超出一位爱心妈妈的儿童人数上限",
    "together": "同户兄弟姐妹须由同一位爱心妈妈结对",
    "nearness": "就近等级或距离有误",
    "beyond_reach": "规则不允许超出就近范围的新结对",
    "kept": "是否沿用原结对标注有误",
    "conditional": "待核实事项有误",
    "ended": "终止的原结对或其原因有误",
    "left_over": "未结对原因有误",
    "objective": "汇总数与各行不符",
    "proof": "最优性说明与结果不符",
}


def check_proposal(problem: PairingProblem, proposal: Proposal) -> tuple[Violation, ...]:
    """Return every rule the proposal breaks; none when it may go to the officer."""
    ids = {c.id for c in problem.caregivers}
    wanted = {child.id for child in problem.children} | set(problem.needs_data)
    counted = Counter(p.child for p in proposal.pairs) + Counter(
        line.child for line in proposal.unpaired
    )
    wrong = tuple(sorted(c for c in wanted | set(counted) if counted[c] != 1 or c not in wanted))
    strange = tuple(pair.child for pair in proposal.pairs if pair.caregiver not in ids)
    found = [("each_child_once", wrong)] if wrong else []
    found += [("known_caregiver", strange)] if strange else []
    if not found:
        found = list(_Check(problem, proposal).broken())
    return tuple(Violation(rule, TEXTS[rule], children) for rule, children in found)


Broken = Iterator[tuple[str, tuple[ChildId, ...]]]


class _Check:
    """One proposal against one problem."""

    def __init__(self, problem: PairingProblem, proposal: Proposal) -> None:
        self.problem = problem
        self.rules = problem.programme
        self.proposal = proposal
        self.holder = {pair.child: pair.caregiver for pair in proposal.pairs}
        self.facts = Facts(problem)

    def broken(self) -> Broken:
        """Give each broken rule with the children it concerns."""
        for pair in self.proposal.pairs:
            for rule, holds in self._pair_rules(pair):
                if not holds:
                    yield rule, (pair.child,)
        locks = {pair.child: pair.caregiver for pair in self.proposal.pairs if pair.locked}
        for rule, holds in (
            ("order", self._is_in_order()),
            ("locked", locks == self.facts.locked),
            ("ended", self._ended_is_right()),
            ("objective", self._objective_is_right()),
            ("proof", self._proof_is_right()),
        ):
            if not holds:
                yield rule, ()
        yield from self._together()
        yield from self._places()
        yield from self._left_over()

    def _is_in_order(self) -> bool:
        lists: tuple[list[tuple[str, ...]], ...] = (
            [(pair.child,) for pair in self.proposal.pairs],
            [(line.child,) for line in self.proposal.unpaired],
            [(line.child, line.caregiver) for line in self.proposal.ended],
        )
        return all(ids == sorted(ids) for ids in lists)

    def _pair_rules(self, pair: Pair) -> Iterator[tuple[str, bool]]:
        facts, line = self.facts, (pair.child, pair.caregiver)
        child, caregiver = facts.children.get(pair.child), facts.caregivers[pair.caregiver]
        if child is None:
            yield "eligible", False
            return
        yield "forbidden", pair.locked or line not in self.problem.forbidden
        yield "eligible", pair.locked or facts.may_pair(*line) or line in self.problem.forbidden
        yield "kept", pair.kept == (line in facts.current) and pair.household == child.household
        rung, metres = facts.nearness(child.home, caregiver.home)
        beside = pair.neighbours_approximate == (
            rung is Rung.NEIGHBOURING_TOWNSHIP and self.problem.neighbours_approximate
        )
        yield "nearness", pair.rung is rung and _is_rounded(pair.metres, metres) and beside
        beyond = rung is Rung.BEYOND_REACH and not self.rules.beyond_reach_allowed
        yield "beyond_reach", not beyond or self._stands(pair)
        yield "conditional", pair.conditional == self._conditional(pair)

    def _stands(self, pair: Pair) -> bool:
        """Say whether a pair beyond reach belongs to a household that has this caregiver now."""
        group = self.facts.group_of[pair.child]
        had = any((child, pair.caregiver) in self.facts.standing for child in group.children)
        return had or group.lock == pair.caregiver

    def _conditional(self, pair: Pair) -> tuple[Unknown, ...]:
        """List what must be established; a refusal that a lock overrides counts as open."""
        child, caregiver = self.facts.children[pair.child], self.facts.caregivers[pair.caregiver]
        needed, on = self.rules.needed, self.problem.on
        check, expires_on = caregiver.check_result, caregiver.check_expires_on
        sexes = sex_rule(child.sex, caregiver.sex, self.rules)
        expired = check is not None and expires_on is not None and expires_on < on
        unsigned = caregiver.commitment_signed is None and Unknown.COMMITMENT in needed
        unasked = child.consent_given is None and Unknown.GUARDIAN_CONSENT in needed
        missing = check is None or expires_on is None
        facts = {
            Unknown.BACKGROUND_CHECK: missing and Unknown.BACKGROUND_CHECK in needed,
            Unknown.BACKGROUND_CHECK_EXPIRED: expired and Unknown.BACKGROUND_CHECK in needed,
            Unknown.GUARDIAN_CONSENT: unasked or child.consent_given is False,
            Unknown.COMMITMENT: unsigned or caregiver.commitment_signed is False,
            Unknown.TRAINING: not caregiver.trained and Unknown.TRAINING in needed,
            Unknown.SECOND_ADULT: sexes is not SexRule.ALLOWED,
            Unknown.KIN_UNCLEAR: caregiver.kin_unclear,
        }
        return tuple(fact for fact in Unknown if facts[fact])

    def _together(self) -> Broken:
        for group in self.facts.together:
            holders = {self.holder.get(child) for child in group.children}
            if len(holders) > 1 or (group.lock is not None and holders != {group.lock}):
                yield "together", group.children

    def _places(self) -> Broken:
        places, most = self.facts.limits()
        taken, housed = Counter[CaregiverId](), Counter[CaregiverId]()
        for group in self.facts.together:
            for caregiver in {self.holder[c] for c in group.children if c in self.holder}:
                taken[caregiver] += self.facts.takes(group)
        for caregiver in self.holder.values():
            housed[caregiver] += 1
        for rule, counts, limit in (("places", taken, places), ("most_children", housed, most)):
            over = {caregiver for caregiver, count in counts.items() if count > limit[caregiver]}
            if over:
                yield rule, tuple(c for c, caregiver in self.holder.items() if caregiver in over)

    def _ended_is_right(self) -> bool:
        """Say whether exactly the current pairs that do not stand are listed, and rightly why."""
        kept = set(self.holder.items())
        ended = {(line.child, line.caregiver): line for line in self.proposal.ended}
        if len(ended) < len(self.proposal.ended) or set(ended) != self.facts.current - kept:
            return False
        return all(self._ending(line) for line in ended.values())

    def _ending(self, line: Ended) -> bool:
        facts, pair = self.facts, (line.child, line.caregiver)
        caregiver = facts.caregivers.get(line.caregiver)
        if line.child in facts.waiting or line.child not in facts.children:
            waits = line.child in facts.waiting
            return line.reason is (Ending.NEEDS_DATA if waits else Ending.CHILD_LEFT)
        if caregiver is None or caregiver.status in _GONE:
            return line.reason is Ending.CAREGIVER_LEFT
        if pair not in facts.standing:
            none = facts.states[caregiver.id].excluded is Exclusion.NO_PLACES
            return line.reason is (Ending.OVER_PLACES if none else Ending.NOT_PERMITTED)
        return line.reason is self._given_up(line)

    def _given_up(self, line: Ended) -> Ending:
        """Say why a pair that might have stood does not."""
        facts = self.facts
        group, instead = facts.group_of[line.child], self.holder.get(line.child)
        if line.child in facts.locked or (line.child, instead) in facts.standing:
            return Ending.NOT_PERMITTED
        theirs = {g for c in group.children for g in (*facts.standing_of(c), facts.locked.get(c))}
        barred = any(not facts.may_pair(c, line.caregiver) for c in group.children)
        if len(group.children) > 1 and (barred or (instead is not None and instead in theirs)):
            return Ending.SIBLINGS_TOGETHER
        claims = sum(
            line.caregiver in {g for c in other.children for g in facts.standing_of(c)}
            for other in facts.together
        )
        claims += sum(facts.takes(g) for g in facts.together if g.lock == line.caregiver)
        over = claims > facts.caregivers[line.caregiver].places
        return Ending.OVER_PLACES if over else Ending.COVERS_MORE

    def _left_over(self) -> Broken:
        """Judge the reason of every child without a caregiver."""
        known: dict[Together, Left] = {}
        wrong = []
        for line in self.proposal.unpaired:
            group = self.facts.group_of.get(line.child)
            if group is not None and group not in known:
                known[group] = self._left(group)
            expected = known[group] if group is not None else Left.EXCLUDED
            if line.child in self.facts.waiting:
                expected = Left.NEEDS_DATA
            if line.reason is not expected:
                wrong.append(line.child)
        if wrong:
            yield "left_over", tuple(wrong)

    def _left(self, group: Together) -> Left:
        """Look at every caregiver who serves near these children, until one is only full."""
        facts, near, permitted = self.facts, False, False
        unit = facts.children[group.children[0]].home.unit
        for caregiver in facts.caregivers.values():
            serves = facts.states[caregiver.id].excluded is None and caregiver.home.unit == unit
            if serves and self._is_near(group, caregiver.id):
                near = True
                if not any(facts.is_barred(child, caregiver.id) for child in group.children):
                    permitted = True
                    if caregiver.places >= facts.takes(group):
                        return Left.ALL_FULL
        return Left.EXCLUDED if near and not permitted else Left.NO_CAREGIVER

    def _is_near(self, group: Together, caregiver: CaregiverId) -> bool:
        """Say whether the rules on distance leave the caregiver to the group."""
        if self.rules.beyond_reach_allowed:
            return True
        if any((child, caregiver) in self.facts.standing for child in group.children):
            return True
        home = self.facts.caregivers[caregiver].home
        return not any(
            self.facts.nearness(self.facts.children[child].home, home)[0] is Rung.BEYOND_REACH
            for child in group.children
        )

    def _objective_is_right(self) -> bool:
        given, facts = self.proposal.objective, self.facts
        scope = [facts.children[c].in_mandatory_scope for c in self.holder if c in facts.children]
        rungs = Counter(pair.rung for pair in self.proposal.pairs)
        known = [pair.metres for pair in self.proposal.pairs if pair.metres is not None]
        unknown = len(self.holder) - len(known)
        return (
            given.covered_mandatory == sum(scope)
            and given.covered_optional == len(scope) - sum(scope)
            and given.broken == len(facts.standing - set(self.holder.items()))
            and given.rung_counts == tuple(rungs[rung] for rung in Rung)
            and given.rungs == sum(rung * count for rung, count in rungs.items())
            and given.metres == sum(known)
            and given.metres_charged == sum(known) + unknown * self.problem.reach_m
        )

    def _proof_is_right(self) -> bool:
        """Say whether an answer called optimal meets its own bound."""
        proof, given = self.proposal.proof, self.proposal.objective
        levels = (
            given.covered_mandatory,
            given.covered_optional,
            given.broken,
            given.rungs,
            given.metres_charged,
        )
        optimal = proof.status is ProofStatus.OPTIMAL
        return not optimal or (proof.bound == levels and proof.gap == 0)


def _is_rounded(given: int | None, metres: float | None) -> bool:
    if given is None or metres is None:
        return given is None and metres is None
    return abs(given - metres) <= 0.5 + _ROUNDING_M
