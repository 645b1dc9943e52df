"""Judge: an officer's own list of pairs against the rules and the best there is (名单核对).

Shares no code with the model, as ``solver.check`` does not: the rules are read from the problem
in plain Python over ids. A list may be wrong in every way, so it is judged as it stands: each
rule it breaks with the children concerned, and what it comes to beside the best pairing, level
by level. What a failed check, a refusal and a conflict are called is one word.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from casework.answers import Difference
from casework.people import CaregiverId, ChildId
from casework.plan_answers import Broken, Judgement, ListRule
from casework.proposals import Objective, Rung
from solver.check_facts import Facts
from solver.limits import Limits
from solver.pairing import propose_pairings
from solver.problem import PairingProblem

Listed = tuple[ChildId, CaregiverId]
_Asked = Callable[[ChildId, CaregiverId], bool]


def judge(
    problem: PairingProblem, pairs: Iterable[Listed], limits: Limits | None = None
) -> Judgement:
    """Return every rule a list breaks, and what it comes to beside the best pairing.

    Parameters
    ----------
    pairs
        As often as the list says them, in any order; ids may be unknown.
    """
    listed = tuple(pairs)
    best = propose_pairings(problem, limits)
    looked_at = _List(problem, listed)
    mine = looked_at.objective()
    served = {pair.child for pair in best.pairs}
    return Judgement(
        broken=tuple(looked_at.broken()),
        objective=mine,
        best=best.objective,
        proof=best.proof,
        difference=_difference(mine, best.objective),
        left_out=tuple(sorted(served - {child for child, _ in listed})),
    )


class _List:
    """A list against the facts of a problem.

    Attributes
    ----------
    holder
        Caregiver of each child whose line can be read; of several lines the first counts.
    """

    def __init__(self, problem: PairingProblem, listed: tuple[Listed, ...]) -> None:
        self.facts = Facts(problem)
        self.listed = listed
        self.holder: dict[ChildId, CaregiverId] = {}
        for child, caregiver in listed:
            if child in self.facts.children and caregiver in self.facts.caregivers:
                self.holder.setdefault(child, caregiver)

    def broken(self) -> Iterator[Broken]:
        """Give each broken rule once, in the order of the rules."""
        concerned = {rule: set(found) for rule, found in self._rules()}
        for rule in ListRule:
            if concerned[rule]:
                yield Broken(rule, tuple(sorted(concerned[rule])))

    def objective(self) -> Objective:
        """Add up what can be read, level by level, whether it is permitted or not."""
        facts, reach_m = self.facts, self.facts.problem.reach_m
        scope = [facts.children[child].in_mandatory_scope for child in self.holder]
        near = [
            facts.nearness(facts.children[child].home, facts.caregivers[caregiver].home)
            for child, caregiver in self.holder.items()
        ]
        rungs = Counter(rung for rung, _ in near)
        known = [round(metres) for _, metres in near if metres is not None]
        return Objective(
            covered_mandatory=sum(scope),
            covered_optional=len(scope) - sum(scope),
            broken=len(facts.standing - set(self.holder.items())),
            rungs=sum(rung * count for rung, count in rungs.items()),
            metres=sum(known),
            metres_charged=sum(known) + reach_m * (len(near) - len(known)),
            rung_counts=(
                rungs[Rung.SAME_VILLAGE],
                rungs[Rung.SAME_TOWNSHIP],
                rungs[Rung.NEIGHBOURING_TOWNSHIP],
                rungs[Rung.UNIT],
                rungs[Rung.BEYOND_REACH],
            ),
        )

    def _rules(self) -> Iterator[tuple[ListRule, Iterable[ChildId]]]:
        facts = self.facts
        said = Counter(child for child, _ in self.listed)
        known = facts.children.keys() | facts.waiting
        yield ListRule.CHILD_TWICE, (child for child, count in said.items() if count > 1)
        yield ListRule.UNKNOWN_CHILD, said.keys() - known
        yield (
            ListRule.UNKNOWN_CAREGIVER,
            (child for child, caregiver in self.listed if caregiver not in facts.caregivers),
        )
        yield ListRule.NEEDS_DATA, said.keys() & facts.waiting
        yield ListRule.NOT_PERMITTED, self._where(self._is_refused)
        yield (
            ListRule.LOCKED,
            (c for c, caregiver in facts.locked.items() if self.holder.get(c) != caregiver),
        )
        yield ListRule.BEYOND_REACH, self._where(self._is_too_far)
        yield ListRule.TOGETHER, self._torn()
        yield from self._crowded()

    def _where(self, is_so: _Asked) -> Iterator[ChildId]:
        return (child for child, caregiver in self.holder.items() if is_so(child, caregiver))

    def _is_refused(self, child: ChildId, caregiver: CaregiverId) -> bool:
        is_locked = self.facts.locked.get(child) == caregiver
        return not is_locked and not self.facts.may_pair(child, caregiver)

    def _is_too_far(self, child: ChildId, caregiver: CaregiverId) -> bool:
        facts = self.facts
        if facts.problem.programme.beyond_reach_allowed or child in facts.excluded:
            return False
        group = facts.group_of[child]
        has_her = any((one, caregiver) in facts.standing for one in group.children)
        homes = facts.children[child].home, facts.caregivers[caregiver].home
        is_far = facts.nearness(*homes)[0] is Rung.BEYOND_REACH
        return is_far and not has_her and group.lock != caregiver

    def _serves(self, caregiver: CaregiverId) -> bool:
        """Say whether she may take anybody; whoever may not is refused, and not called full."""
        return self.facts.states[caregiver].excluded is None

    def _torn(self) -> Iterator[ChildId]:
        """Give households of whom some are with one caregiver and some elsewhere or nowhere."""
        for group in self.facts.together:
            if len({self.holder.get(child) for child in group.children}) > 1:
                yield from group.children

    def _crowded(self) -> Iterator[tuple[ListRule, Iterable[ChildId]]]:
        facts = self.facts
        places, most = facts.limits()
        taken, housed = Counter[CaregiverId](), Counter(self.holder.values())
        for group in facts.together:
            theirs = [self.holder[child] for child in group.children if child in self.holder]
            for caregiver in set(theirs):
                by_child = facts.problem.programme.places_count_children
                taken[caregiver] += theirs.count(caregiver) if by_child else 1
        for rule, counts, limit in (
            (ListRule.PLACES, taken, places),
            (ListRule.MOST_CHILDREN, housed, most),
        ):
            yield (
                rule,
                (c for c, g in self.holder.items() if counts[g] > limit[g] and self._serves(g)),
            )


def _difference(mine: Objective, best: Objective) -> Difference:
    return Difference(
        covered_mandatory=mine.covered_mandatory - best.covered_mandatory,
        covered_optional=mine.covered_optional - best.covered_optional,
        broken=mine.broken - best.broken,
        rungs=mine.rungs - best.rungs,
        metres=mine.metres_charged - best.metres_charged,
    )
