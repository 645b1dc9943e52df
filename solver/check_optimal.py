"""Check optimal: whether a certificate proves that no pairing is better (最优性核验).

Plain Python over every arc of the complete graph, apart from the model: for a unit, not a city.
First the duals (``solver.pairs.certificate`` says what they must satisfy); then, on the arcs that
a best pairing may use, that no series of moves makes the worst distance smaller, the load evener
or the vector of caregivers less.
"""

from collections import Counter, deque
from collections.abc import Callable
from collections.abc import Set as AbstractSet

from casework.people import CaregiverId, ChildId
from casework.proposals import Proposal, Rung
from solver.check import Violation, check_proposal
from solver.check_facts import Facts, Together
from solver.pairs.certificate import Certificate
from solver.pairs.landscape import Price
from solver.problem import PairingProblem

TEXTS = {
    "changes": "解除的原结对超出允许的对数，或还可以更好",
    "certificate": "最优性证书不成立",
    "worst_distance": "最远距离还可以更短",
    "even_load": "爱心妈妈的结对户数还可以更均衡",
    "canonical": "同等最优的方案中应取编号次序最先的一个",
}

Levels = tuple[int, int, int]
_NOTHING: Levels = (0, 0, 0)
_DEAR: Levels = (1, 0, 0)


def check_optimal(
    problem: PairingProblem,
    proposal: Proposal,
    certificate: Certificate,
    most_changes: int | None = None,
) -> tuple[Violation, ...]:
    """Return every rule the proposal breaks, that of being the best among them.

    Parameters
    ----------
    most_changes
        The limit on changes it claims to be best under; None where there is none.
    """
    violations = check_proposal(problem, proposal)
    if violations:
        return violations
    graph = _Graph(problem, proposal, certificate)
    for rule, holds in (
        ("certificate", graph.is_proven),
        ("changes", lambda: graph.is_best_within(most_changes)),
        ("worst_distance", graph.has_least_worst),
        ("even_load", graph.has_even_load),
        ("canonical", graph.is_canonical),
    ):
        if not holds():
            return (Violation(rule, TEXTS[rule]),)
    return ()


class _Graph:
    """The pairs of a proposal on the complete graph, with the certificate's duals.

    ``k`` counts the certificate's groups; a caregiver of None means left out.
    """

    def __init__(
        self, problem: PairingProblem, proposal: Proposal, certificate: Certificate
    ) -> None:
        self.facts = facts = Facts(problem)
        self.certificate = certificate
        self.holder = {pair.child: pair.caregiver for pair in proposal.pairs}
        self.free = [group for group in facts.together if group.lock is None]
        self.whole = {child: group for group in self.free for child in group.children}
        children = [facts.children[child] for group in self.free for child in group.children]
        self.optional = sum(not child.in_mandatory_scope for child in children)
        broken, price = Rung.BEYOND_REACH * len(children) + 1, certificate.price
        self.weights = price.children, price.rungs or (1, broken), price.metres
        self.v = dict(zip(certificate.caregivers, certificate.v, strict=False))
        locks = Counter[CaregiverId]()
        housed = Counter(g.lock for g in facts.together for _ in g.children if g.lock is not None)
        for group in facts.together:
            if group.lock is not None:
                locks[group.lock] += facts.takes(group)
        places, most = facts.limits()
        self.room = {g: max(0, most[g] - housed[g]) for g in places}
        self.places = {g: places[g] - locks[g] for g in places}
        if problem.programme.places_count_children:
            self.places = {g: min(count, self.room[g]) for g, count in self.places.items()}
        self.load = Counter(locks)
        self.at = [self.holder.get(group[0]) for group in certificate.groups]
        self.load.update(g for g in self.at if g is not None)
        self.used = Counter(self.at)
        self.tight: list[dict[CaregiverId | None, int]] = []

    def is_proven(self) -> bool:
        """Check the duals against every arc, and find the tight ones."""
        certificate = self.certificate
        if not self._fits() or any(dual > _NOTHING for dual in certificate.v):
            return False
        for group, u in zip(certificate.groups, certificate.u, strict=True):
            left_out = self._left_out(group)
            if u > left_out:
                return False
            tight: dict[CaregiverId | None, int] = {None: 0} if u == left_out else {}
            for caregiver in certificate.caregivers:
                slack, farthest_m = self._slack(group, u, caregiver)
                if slack < _NOTHING:
                    return False
                if slack == _NOTHING:
                    tight[caregiver] = farthest_m
            self.tight.append(tight)
        used = all(at in tight for at, tight in zip(self.at, self.tight, strict=True))
        return used and all(
            self.used[caregiver] == self.places[caregiver]
            for caregiver, dual in self.v.items()
            if dual < _NOTHING
        )

    def is_best_within(self, most_changes: int | None) -> bool:
        """Say whether the price of the certificate leaves nothing better within a limit.

        A price speaks of pairings with as few changes. With fewer allowed than there can be at
        least, it must outweigh all children; with more allowed than made, those to spare must be
        worth less than one child.
        """
        price = self.certificate.price
        child, change = price.children
        if change == 0 or most_changes is None:
            return price == Price() and (most_changes is None or self._spare(most_changes) >= 0)
        spare = self._spare(most_changes)
        if spare < 0:
            everybody = sum(self._left_out(group.children)[0] for group in self.free)
            return child == 1 and change > everybody - change * self._claims()
        return change * spare < child

    def _spare(self, most_changes: int) -> int:
        return most_changes - len(self.facts.standing - set(self.holder.items()))

    def _claims(self) -> int:
        return sum(len(self.facts.standing_of(c)) for group in self.free for c in group.children)

    def _fits(self) -> bool:
        """Say whether the certificate speaks of just these children and caregivers."""
        certificate = self.certificate
        parts = [group.children for group in self.free]
        single = [(child,) for group in self.free for child in group.children]
        groups = sorted(certificate.groups)
        by_child = self.facts.problem.programme.places_count_children
        return (
            (groups == sorted(parts) or (by_child and groups == sorted(single)))
            and list(certificate.groups) == groups
            and all(own > 0 for own, _ in self.weights)
            and len(certificate.u) == len(groups)
            and list(certificate.caregivers) == sorted(self.facts.caregivers)
            and len(certificate.v) == len(certificate.caregivers)
        )

    def _left_out(self, group: tuple[ChildId, ...]) -> Levels:
        mandatory = sum(self.facts.children[c].in_mandatory_scope for c in group)
        stands = sum(len(self.facts.standing_of(c)) for c in group)
        covered = mandatory * (self.optional + 1) + len(group) - mandatory
        (child, change), (_, broken), (_, far) = self.weights
        return child * covered + change * stands, broken * stands, far * stands

    def _slack(
        self, group: tuple[ChildId, ...], u: Levels, caregiver: CaregiverId
    ) -> tuple[Levels, int]:
        """Return what an arc costs beyond its duals, and the metres of the farthest child.

        An arc that the rules forbid, or whose names alone are too dear, is dear.
        """
        facts, v = self.facts, self.v[caregiver]
        household, theirs = self.whole[group[0]], facts.caregivers[caregiver].home
        stands = [g for child in group for g in facts.standing_of(child)]
        given_up = sum(g != caregiver for g in stands)
        (_, change), (rung, broken_weight), (metre, far) = self.weights
        broken = broken_weight * given_up - u[1] - v[1]
        first = change * given_up - u[0] - v[0]
        least = sum(facts.rung_by_name(facts.children[c].home, theirs) for c in group)
        if (first, broken + rung * least) > (0, 0) or not self._is_allowed(household, caregiver):
            return _DEAR, 0
        costs = [facts.charged_m(child, caregiver) for child in group]
        rungs, metres = [rung for rung, _ in costs], [metres for _, metres in costs]
        if Rung.BEYOND_REACH in rungs and not self._may_be_far(household, caregiver):
            return _DEAR, 0
        third = metre * sum(metres) + far * given_up - u[2] - v[2]
        return (first, broken + rung * sum(rungs), third), max(metres)

    def _is_allowed(self, household: Together, caregiver: CaregiverId) -> bool:
        children = household.children
        return (
            self.places[caregiver] >= self.facts.takes(household)
            and self.room[caregiver] >= len(children)
            and all(self.facts.may_pair(child, caregiver) for child in children)
        )

    def _may_be_far(self, household: Together, caregiver: CaregiverId) -> bool:
        had = any((child, caregiver) in self.facts.standing for child in household.children)
        return had or self.facts.problem.programme.beyond_reach_allowed

    def has_least_worst(self) -> bool:
        """Try to move everybody off the worst distance; then keep only arcs up to it."""
        settled = [
            self.facts.charged_m(child, group.lock)[1]
            for group in self.facts.together
            for child in group.children
            if group.lock is not None
        ]
        worst_m = max(
            [*settled, *(tight[at] for at, tight in zip(self.at, self.tight, strict=True))],
            default=0,
        )
        if worst_m > max(settled, default=0):
            board = _Board(self, [_up_to(tight, worst_m - 1) for tight in self.tight])
            if all(
                board.move_off(k)
                for k, tight in enumerate(self.tight)
                if tight[self.at[k]] == worst_m
            ):
                return False
        self.tight = [_up_to(tight, worst_m) for tight in self.tight]
        return True

    def has_even_load(self) -> bool:
        """Look for moves from a caregiver to one with at least two households fewer."""
        board = _Board(self, self.tight)
        for g in self.places:
            most = self.load[g] - 2
            roomy: set[CaregiverId | None] = {
                h for h in self.places if self.load[h] <= most and board.has_room(h)
            }
            if roomy and not board.is_priced(g) and board.path({g}, roomy):
                return False
        return True

    def is_canonical(self) -> bool:
        """Look in turn for moves that would give a group a caregiver before hers."""
        board = _Board(self, self.tight)
        for k, at in enumerate(self.at):
            before: set[CaregiverId | None]
            before = {g for g in self.tight[k] if g is not None and (at is None or g < at)}
            if board.path(before, {at}, board.same_load):
                return False
            board.members[at].discard(k)
        return True


class _Board:
    """Moves of groups along tight arcs."""

    def __init__(self, graph: _Graph, tight: list[dict[CaregiverId | None, int]]) -> None:
        self.graph = graph
        self.tight = tight
        self.at = list(graph.at)
        self.used = Counter(graph.used)
        self.members: dict[CaregiverId | None, set[int]] = {g: set() for g in graph.places}
        self.members[None] = set()
        for k, g in enumerate(self.at):
            self.members[g].add(k)

    def is_priced(self, g: CaregiverId | None) -> bool:
        """Say whether somebody's places are all taken in every best pairing."""
        return g is None or self.graph.v[g] < _NOTHING

    def has_room(self, g: CaregiverId | None) -> bool:
        """Say whether somebody may take one more in a best pairing."""
        return g is not None and not self.is_priced(g) and self.used[g] < self.graph.places[g]

    def same_load(self, g: CaregiverId | None) -> list[CaregiverId]:
        """Give those who may lose a household when this one takes it, as evenly as before."""
        if g is None or not self.has_room(g):
            return []
        load = self.graph.load
        return [h for h in self.graph.places if load[h] == load[g] + 1 and not self.is_priced(h)]

    def anybody(self, g: CaregiverId | None) -> list[CaregiverId]:
        """Give those who may lose a household when this one takes it."""
        if not self.has_room(g):
            return []
        return [h for h in self.graph.places if not self.is_priced(h)]

    def move_off(self, k: int) -> bool:
        """Move a group off an arc that is no longer there, if its place can be filled."""
        at = self.at[k]
        if at in self.tight[k]:
            return True
        steps = self.path(set(self.tight[k]), {at}, self.anybody)
        if not steps:
            return False
        for mover, g in [(k, steps[0][1]), *((m, g) for m, g in steps[1:] if m is not None)]:
            self.members[self.at[mover]].discard(mover)
            self.used[self.at[mover]] -= 1
            self.at[mover] = g
            self.members[g].add(mover)
            self.used[g] += 1
        return True

    def path(
        self,
        start: AbstractSet[CaregiverId | None],
        goal: AbstractSet[CaregiverId | None],
        jumps: "Callable[[CaregiverId | None], list[CaregiverId]] | None" = None,
    ) -> list[tuple[int | None, CaregiverId | None]]:
        """Return moves that hand one surplus household on from the start to a goal."""
        came: dict[CaregiverId | None, tuple[int | None, CaregiverId | None] | None]
        came = dict.fromkeys(start)
        queue = deque(start)
        while queue:
            g = queue.popleft()
            if g in goal:
                return self._steps(came, g)
            moves: list[tuple[int | None, CaregiverId | None]]
            moves = [(k, h) for k in self.members[g] for h in self.tight[k]]
            moves += [(None, h) for h in (jumps(g) if jumps else ())]
            for k, h in moves:
                if h not in came:
                    came[h] = k, g
                    queue.append(h)
        return []

    def _steps(
        self,
        came: dict[CaregiverId | None, tuple[int | None, CaregiverId | None] | None],
        goal: CaregiverId | None,
    ) -> list[tuple[int | None, CaregiverId | None]]:
        steps: list[tuple[int | None, CaregiverId | None]] = []
        g: CaregiverId | None = goal
        while (step := came[g]) is not None:
            steps.append((step[0], g))
            g = step[1]
        return [(None, g), *reversed(steps)]


def _up_to(tight: dict[CaregiverId | None, int], most_m: int) -> dict[CaregiverId | None, int]:
    return {g: metres for g, metres in tight.items() if metres <= most_m}
