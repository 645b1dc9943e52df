"""A patient reader of supervision figures: what she can conclude from all she was ever told.

Shares nothing with the audit of the product: her own lines between the figures, from what the
measures mean, and another solver. ``narrowed`` gives the small counts she can say more of than
that they are from 1 to 4.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

UNIT, FAR = "unit", 10_000
TOWNS = ("a", "b", "c", "d")
ABOUT_CHILDREN = (
    "children", "left", "unreached", "served", "waiting", "not_counselled", "stale",
)  # fmt: skip

UNTOLD = "served"
"""Of this she is told nothing: it may be from 0 to 3 for her, but not from 1 to 3."""

Cell = tuple[str, str]
"""A measure and an area."""
Counts = dict[Cell, int]
Told = Mapping[Cell, tuple[int, int | None]]


@dataclass(frozen=True)
class Child:
    """One child of a made-up ledger; ``by`` is her caregiver's number, 0 none."""

    town: str
    by: int = 0
    unreached: bool = False
    waits: bool = False
    stale: bool = False
    old: bool = True


@dataclass(frozen=True)
class Mother:
    """One caregiver of a made-up ledger."""

    town: str
    places: int = 1


@dataclass(frozen=True)
class Ledger:
    """A unit at one time; ``held`` are the townships that a session has called."""

    children: tuple[Child, ...]
    mothers: tuple[Mother, ...]
    held: frozenset[str] = frozenset()

    def counts(self) -> Counts:
        """Count everything, by township and for the unit."""
        found: Counter[Cell] = Counter()
        for child in self.children:
            is_out = child.old and child.town not in self.held
            for measure, counts in (
                ("children", True), ("served", child.by), ("left", not child.by),
                ("unreached", not child.by and child.unreached),
                ("waiting", child.by and child.waits),
                ("stale", child.stale), ("not_counselled", is_out),
            ):  # fmt: skip
                found[measure, child.town] += bool(counts)
        homes = Counter(child.by for child in self.children)
        for number, mother in enumerate(self.mothers, 1):
            free = mother.places - homes[number]
            found["caregivers", mother.town] += 1
            found["free_places", mother.town] += max(free, 0)
            found["overloaded", mother.town] += free <= 0
        whole: Counter[Cell] = Counter()
        for (measure, _), count in found.items():
            whole[measure, UNIT] += count
        return {**found, **whole}


def any_ledger(dice: random.Random) -> Ledger:
    """Make a ledger, odd ones among them: one child a township, all in one, hardly any."""
    towns = TOWNS[: dice.randint(1, len(TOWNS))]
    kind = dice.choice(("one each", "all in one", "few", "some", "many"))
    if kind == "one each":
        homes = list(towns)
    elif kind == "all in one":
        homes = [towns[0]] * dice.randint(1, 12)
    else:
        most = {"few": 3, "some": 9, "many": 30}[kind]
        homes = [town for town in towns for _ in range(dice.randint(0, most))]
    mothers = tuple(
        Mother(dice.choice(towns), dice.choice((1, 1, 2, 3)))
        for _ in range(dice.randint(0, len(homes)))
    )
    free = [n for n, mother in enumerate(mothers, 1) for _ in range(mother.places)]
    dice.shuffle(free)
    share = dice.choice((0.1, 0.5, 0.9, 1.0))
    children = (_child(dice, home, free, share) for home in homes)
    held = frozenset(town for town in towns if dice.random() < 0.4)
    return Ledger(tuple(children), mothers, held)


def _child(dice: random.Random, town: str, free: list[int], share: float) -> Child:
    by = free.pop() if free and dice.random() < share else 0
    coins = [dice.random() < 0.5 for _ in range(4)]
    return Child(town, by, *coins)


def later(dice: random.Random, ledger: Ledger) -> Ledger:
    """Let a while pass: somebody moves, comes, goes, is paired, waits no longer, or nothing."""
    children = list(ledger.children)
    for _ in range(dice.choice((0, 1, 1, 2, 5))):
        if not children or dice.random() < 0.25:
            children.append(_child(dice, dice.choice(TOWNS), [], 0))
            continue
        n = dice.randrange(len(children))
        child = children[n]
        change = dice.choice(("town", "waits", "stale", "by", "gone"))
        if change == "gone":
            del children[n]
        elif change == "town":
            children[n] = replace(child, town=dice.choice(TOWNS))
        elif change == "by":
            children[n] = replace(child, by=0)
        else:
            children[n] = replace(child, **{change: not getattr(child, change)})
    return replace(ledger, children=tuple(children))


def narrowed(
    counts: Sequence[Counts], told: Sequence[Told]
) -> Iterator[tuple[int, Cell, int, int]]:
    """Give each small count of children that can be narrowed: when, which, from, to.

    She knows which figures did not change from one time to the next, and no other figure.
    """
    reading = _Reading(counts, told)
    for time, now in enumerate(counts):
        for cell, count in now.items():
            if cell[0] in ABOUT_CHILDREN and 0 < count < 5:
                low, high = reading.bounds(time, cell)
                is_inside = low >= 1 and high <= 4 and (low, high) != (1, 4)
                if is_inside or (cell[0] != UNTOLD and (low > 1 or high < 4)):
                    yield time, cell, low, high


class _Reading:
    """Every figure of every time as an unknown, with all that binds them."""

    def __init__(self, counts: Sequence[Counts], told: Sequence[Told]) -> None:
        self._number: dict[tuple[int, Cell], int] = {}
        self._known: dict[int, tuple[int, int]] = {}
        rows: list[tuple[dict[int, int], float]] = []
        size = 0
        for time, now in enumerate(counts):
            for cell in now:
                same = time > 0 and counts[time - 1].get(cell) == now[cell]
                number = self._number[time - 1, cell] if same else size
                size += number == size
                self._number[time, cell] = number
                low, high = told[time].get(cell, (0, None))
                before = self._known.get(number, (0, FAR))
                both = max(before[0], low), min(before[1], FAR if high is None else high)
                self._known[number] = both
            for weights, most in _lines(now):
                here: Counter[int] = Counter()
                for cell, weight in weights.items():
                    here[self._number[time, cell]] += weight
                rows.append((here, most))
        entries = [(r, c, w) for r, (row, _) in enumerate(rows) for c, w in row.items()]
        at, columns, weights = np.array(entries or [(0, 0, 0)]).T
        matrix = csr_matrix((weights.astype(float), (at, columns)), (max(1, len(rows)), size))
        ends = np.array([most for _, most in rows] or [0.0])
        starts = np.array([0.0 if most == 0 else -np.inf for _, most in rows] or [0.0])
        self._lines = LinearConstraint(matrix, starts, ends)
        lows, highs = zip(*(self._known[n] for n in range(size)), strict=True)
        self._ranges = Bounds(np.array(lows, float), np.array(highs, float))
        self._size = size

    def bounds(self, time: int, cell: Cell) -> tuple[int, int]:
        """Give the least and the most that a figure can be."""
        cost = np.zeros(self._size)
        cost[self._number[time, cell]] = 1.0
        return round(self._best(cost)), -round(self._best(-cost))

    def _best(self, cost: np.ndarray) -> float:
        found = milp(cost, constraints=self._lines, bounds=self._ranges, integrality=1)
        assert found.status == 0, found.message
        return float(found.fun)


def _lines(counts: Counts) -> Iterator[tuple[dict[Cell, int], float]]:
    """Say what anybody knows of such figures: sums that are 0, or at most 0 (then -0.5)."""
    areas = {area for _, area in counts}
    for measure in {measure for measure, _ in counts}:
        parts = {(m, a): 1 for m, a in counts if m == measure and a != UNIT}
        yield {(measure, UNIT): -1, **parts}, 0.0
    for area in areas:
        if ("children", area) not in counts:
            continue
        yield {(m, area): w for m, w in (("children", -1), ("left", 1), ("served", 1))}, 0.0
        for part, whole in (
            ("unreached", "left"), ("waiting", "served"), ("stale", "children"),
            ("not_counselled", "children"),
        ):  # fmt: skip
            yield {(part, area): 1, (whole, area): -1}, 0.5
    for area in areas:
        if ("caregivers", area) in counts:
            yield {("overloaded", area): 1, ("caregivers", area): -1}, 0.5
    if ("children", UNIT) in counts and ("caregivers", UNIT) in counts:
        yield {("overloaded", UNIT): 1, ("served", UNIT): -1}, 0.5
        taken = {("caregivers", UNIT): 1, ("free_places", UNIT): -1, ("served", UNIT): -1}
        yield taken, 0.5
