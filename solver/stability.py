"""Stability: as few changes as possible, and what more of them would buy (少调整).

A change is a current pair that the rules would let stand and that a proposal gives up; pairs
that end whatever is decided are none. The order of the levels stays what it is, and a limit on
changes is one rule more: most children covered, mandatory scope first; then the fewest changes;
then the nearest rungs and the fewest metres. Where the pairs on record cannot all stand beside
each other, the fewest changes that there can be are always allowed.

At the corners of the curve the answer is exact by flow, with a price on changes, and its
certificate says so. Between corners the line through them often leaves no room for one child
more, and the corner is proven there too; else a mixed-integer search answers, and says whether
it was carried to its proof. ``docs/explanation/pairing.md`` has the mathematics.
"""

from collections import defaultdict
from collections.abc import Iterator

from casework.people import ChildId
from casework.plan_answers import Curve, CurvePoint, Diff, DiffKind, DiffLine
from casework.proposals import Ended, Proposal
from solver.limits import Limits
from solver.pairing import assert_consistent
from solver.pairs.certificate import Certificate
from solver.pairs.changes import Corner, Prices, Stretch
from solver.pairs.writing import write_proposal
from solver.problem import PairingProblem


def propose_with_few_changes(
    problem: PairingProblem, most_changes: int, limits: Limits | None = None
) -> Proposal:
    """Return the best pairing that gives up at most so many permitted current pairs.

    Parameters
    ----------
    most_changes
        0 keeps every current pair that the rules let stand beside the others.

    Raises
    ------
    ValueError
        When the limit is negative, or two children or two caregivers share an id.
    ArithmeticError
        When the problem is so large that an exact answer cannot be vouched for.
    """
    return propose_few_changes_with_certificate(problem, most_changes, limits)[0]


def propose_few_changes_with_certificate(
    problem: PairingProblem, most_changes: int, limits: Limits | None = None
) -> tuple[Proposal, Certificate | None]:
    """Return that pairing and the duals that prove it at a price on changes, where there are any.

    Raises as ``propose_with_few_changes``.
    """
    if most_changes < 0:
        raise ValueError("a limit on changes is 0 or more")
    found = Prices(problem, limits).within(most_changes)
    proposal = write_proposal(found.landscape, found.placed, most_changes)
    assert_consistent(problem, proposal)
    return proposal, found.placed.certificate


def curve(problem: PairingProblem, points: int = 12, limits: Limits | None = None) -> Curve:
    """Return what more changes would buy, from the fewest changes to as many as help.

    Parameters
    ----------
    points
        Show at most so many: corners first, then points between them.
    """
    if points < 2:
        raise ValueError("a curve has two points or more")
    prices = Prices(problem, limits)
    corners, edges, is_whole = _corners(prices, points)
    found = {corner.changes: _point(corner, is_on_hull=True) for corner in corners}
    for corner in _between(prices, edges, points - len(found)):
        found.setdefault(corner.changes, _point(corner, is_on_hull=False))
    return Curve(
        points=tuple(_rising([found[changes] for changes in sorted(found)])),
        forced=len(prices.setting.ended),
        is_whole=is_whole,
    )


def compare(problem: PairingProblem, proposal: Proposal) -> Diff:
    """Lay a proposal beside the current pairs of its problem, child by child.

    A child who had several caregivers has a line for each that ends.
    """
    ended: dict[ChildId, list[Ended]] = defaultdict(list)
    for line in proposal.ended:
        ended[line.child].append(line)
    lines = []
    for pair in proposal.pairs:
        before = ended[pair.child]
        if pair.kept:
            kind, had, reason = DiffKind.KEPT, pair.caregiver, None
        elif before:
            kind, had, reason = DiffKind.MOVED, before[0].caregiver, before[0].reason
            del before[0]
        else:
            kind, had, reason = DiffKind.NEW, None, None
        lines.append(DiffLine(pair.child, kind, had, pair.caregiver, reason, pair.locked))
    lines += [
        DiffLine(line.child, DiffKind.ENDED, line.caregiver, None, line.reason)
        for rest in ended.values()
        for line in rest
    ]
    return Diff(tuple(sorted(lines, key=_by_child)))


def _corners(prices: Prices, most: int) -> tuple[list[Corner], list[Stretch], bool]:
    """Find corners, the longest stretch without one first, and the edges between them.

    Corners of children covered come before those that differ in rungs or metres alone.
    """
    firm, free = prices.firm, prices.free
    if firm.changes == free.changes:
        return [free], [], True
    corners, open_, edges = [firm, free], [Stretch(firm, free)], []
    while open_ and len(corners) < most:
        stretch = min(open_, key=lambda one: (one.level, -one.length))
        open_.remove(stretch)
        middle, stretch = prices.explored(stretch)
        if middle is not None:
            corners.append(middle)
        for part in stretch.halves(middle) if middle else (stretch,):
            if part.is_edge:
                edges.append(part)
            elif not prices.is_best_within(part, part.high.changes - 1):
                open_.append(part)
    return corners, edges, not open_


def _between(prices: Prices, edges: list[Stretch], most: int) -> Iterator[Corner]:
    """Give points where an edge leaves room for one child more, spread over all such places."""
    rooms = [
        (edge, changes)
        for edge in sorted(edges, key=lambda edge: edge.low.changes)
        if edge.low.is_proven and edge.slopes
        for changes in range(edge.low.changes + 1, edge.high.changes)
        if edge.least_left_out(changes) < edge.least_left_out(changes - 1)
    ]
    shown = min(max(0, most), len(rooms))
    for n in range(shown):
        edge, changes = rooms[n * len(rooms) // shown]
        yield prices.on_edge(edge, changes)


def _point(corner: Corner, *, is_on_hull: bool) -> CurvePoint:
    return CurvePoint(corner.changes, corner.objective, is_on_hull, corner.placed.status)


def _rising(points: list[CurvePoint]) -> Iterator[CurvePoint]:
    """Leave out points that cover no more than one with fewer changes."""
    best = (-1, -1)
    for point in points:
        covered = point.objective.covered_mandatory, point.objective.covered_optional
        if covered > best:
            best = covered
            yield point


def _by_child(line: DiffLine) -> tuple[str, bool, str]:
    return line.child, line.after is None, line.before or ""
