"""Disclosure: which counts may be shown together, and to whom (信息披露).

Hiding small cells is not enough: with the totals beside them most can be worked out again. So
everything that one audience gets, map, table and download together, is one ``Release``; an
audit (``solver.disclosure``) works out what a reader can conclude from all of it and from the
release before; what would narrow a small count is coarsened until nothing does.

Whoever may see the rows anyway gets exact figures. For others a count from 1 to k - 1 is one
band and 0 is shown as none; k is 5 inside the federation and 10 outside (limits of publication).
"""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple


class Audience(StrEnum):
    """Who reads a release."""

    OWN_ROWS = "own_rows"
    FEDERATION = "federation"
    OUTSIDE = "outside"

    @property
    def least(self) -> int:
        """The smallest count but 0 that may be told apart from others; 0 where all may."""
        return {Audience.OWN_ROWS: 0, Audience.FEDERATION: 5, Audience.OUTSIDE: 10}[self]


LEAST_DENOMINATOR = 10
LADDER = (5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000)
"""Where bands begin."""


class Quantity(NamedTuple):
    """Something counted: what, and where."""

    measure: str
    area: str


class Shown(NamedTuple):
    """What is told of a quantity: it is from ``low`` to ``high``; None is open at the top."""

    low: int
    high: int | None

    @property
    def is_exact(self) -> bool:
        """Whether the figure itself is told."""
        return self.low == self.high

    @property
    def is_suppressed(self) -> bool:
        """Whether nothing at all is told."""
        return self == SUPPRESSED

    def holds(self, count: int) -> bool:
        """Say whether a count is inside."""
        return self.low <= count and (self.high is None or count <= self.high)


SUPPRESSED = Shown(0, None)
SOME = Shown(1, None)


class Line(NamedTuple):
    """A fact that every reader knows: the weighted sum of some quantities lies in a range.

    ``low`` or ``high`` None is open. A total is the line of its parts less itself, 0 to 0.
    """

    terms: tuple[tuple[Quantity, int], ...]
    low: int | None = 0
    high: int | None = 0


def total(whole: Quantity, parts: Iterable[Quantity]) -> Line:
    """Give the line that says a whole is the sum of its parts."""
    return Line(((whole, -1), *((part, 1) for part in parts)))


def at_most(part: Quantity, whole: Quantity) -> Line:
    """Give the line that says a part is no more than its whole."""
    return Line(((whole, 1), (part, -1)), 0, None)


@dataclass(frozen=True, slots=True)
class Table:
    """Counts, and the lines between them that a reader knows."""

    counts: Mapping[Quantity, int]
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """What one audience gets together."""

    least: int
    shown: Mapping[Quantity, Shown]
    lines: tuple[Line, ...]
    small: frozenset[Quantity]
    """Quantities whose count is from 1 to ``least - 1``: what the audit protects."""

    @property
    def informative_share(self) -> float:
        """Share of the quantities of which something is told, 0 to 1; 1 of an empty release."""
        if not self.shown:
            return 1.0
        return sum(not shown.is_suppressed for shown in self.shown.values()) / len(self.shown)


class Narrowed(NamedTuple):
    """A small count that a reader can narrow inside its band, to ``low`` or to ``high``.

    ``by`` are the quantities it was last narrowed by, where the audit can tell.
    """

    quantity: Quantity
    low: int
    high: int | None
    by: tuple[Quantity, ...] = ()


Audit = Callable[[Release], tuple[Narrowed, ...]]


def band(count: int, least: int) -> Shown:
    """Give the band of a count: none, 1 to k - 1, then the ladder's steps."""
    if count == 0:
        return Shown(0, 0)
    steps = (1, *(step for step in LADDER if step >= least))
    low = max(step for step in steps if step <= count)
    above = next((step for step in steps if step > count), None)
    return Shown(low, None if above is None else above - 1)


def publish(
    table: Table, audience: Audience, audit: Audit, earlier: tuple[Table, Release] | None = None
) -> Release:
    """Give the finest release that the audit lets pass.

    Totals are told exactly where they are not small, everything else as bands; then whatever
    lets a reader narrow a small count is coarsened, totals before parts, until nothing does.

    Parameters
    ----------
    earlier
        What the same audience has got before, which stays known: a quantity that did not
        change is then known from both.
    """
    least = audience.least
    if least == 0:
        exact = {quantity: Shown(count, count) for quantity, count in table.counts.items()}
        return Release(0, exact, table.lines, frozenset())
    release = _first_draft(table, least)
    while narrowed := audit(_known_together(table, release, earlier)):
        if all(shown.is_suppressed for shown in release.shown.values()):
            break  # nothing is told any more, so nothing more can be taken back
        release = _coarser(table, release, narrowed)
    return release


def _first_draft(table: Table, least: int) -> Release:
    wholes = {_whole(line) for line in table.lines} - {None}
    shown = {
        quantity: Shown(count, count)
        if quantity in wholes and count >= least
        else band(count, least)
        for quantity, count in sorted(table.counts.items())
    }
    small = frozenset(q for q, count in table.counts.items() if 0 < count < least)
    return Release(least, shown, table.lines, small)


def _whole(line: Line) -> Quantity | None:
    """Give the quantity that a line calls a total."""
    if (line.low, line.high) != (0, 0):
        return None
    return next((quantity for quantity, weight in line.terms if weight == -1), None)


def _known_together(
    table: Table, release: Release, earlier: tuple[Table, Release] | None
) -> Release:
    """Join a release with the one before, as whoever knows what did not change reads them."""
    if earlier is None:
        return release
    before, told = earlier

    def then(quantity: Quantity) -> Quantity:
        same = before.counts.get(quantity) == table.counts.get(quantity)
        return quantity if same else Quantity(quantity.measure + "@before", quantity.area)

    shown = dict(release.shown)
    for quantity, range_before in told.shown.items():
        now = shown.get(then(quantity), SUPPRESSED)
        shown[then(quantity)] = _both(now, range_before)
    lines = tuple(
        replace_terms(line, [(then(quantity), weight) for quantity, weight in line.terms])
        for line in told.lines
    )
    small = release.small | {then(quantity) for quantity in told.small}
    return replace(release, shown=shown, lines=(*release.lines, *lines), small=small)


def replace_terms(line: Line, terms: Iterable[tuple[Quantity, int]]) -> Line:
    """Give the same line about other quantities."""
    return Line(tuple(terms), line.low, line.high)


def _both(one: Shown, other: Shown) -> Shown:
    highs = [high for high in (one.high, other.high) if high is not None]
    return Shown(max(one.low, other.low), min(highs, default=None))


def _coarser(table: Table, release: Release, narrowed: Iterable[Narrowed]) -> Release:
    """Take one step back beside each quantity that can be narrowed."""
    shown = dict(release.shown)
    stepped: set[Quantity] = set()
    wholes = {_whole(line) for line in release.lines}
    for found in narrowed:
        quantity = found.quantity
        by = [q for q in found.by if q in shown and not shown[q].is_suppressed]
        nearby = by or _nearby(release, quantity)
        if stepped & set(nearby):
            continue  # that step may be enough for this one too
        choice = min(nearby, key=lambda q: _fineness(wholes, shown, q, quantity), default=None)
        if choice is None or shown[choice].is_suppressed:
            choice = _anything_left(shown)
        shown[choice] = _step_back(table.counts[choice], shown[choice], release.least)
        stepped.add(choice)
    return replace(release, shown=shown)


def _nearby(release: Release, quantity: Quantity) -> list[Quantity]:
    plain = Quantity(quantity.measure.removesuffix("@before"), quantity.area)
    return [
        term
        for line in release.lines
        if any(q == plain for q, _ in line.terms)
        for term, _ in line.terms
        if term in release.shown
    ] or [q for q in release.shown if q == plain]


def _fineness(
    wholes: Set[Quantity | None],
    shown: Mapping[Quantity, Shown],
    candidate: Quantity,
    about: Quantity,
) -> tuple[bool, bool, bool, int, Quantity]:
    """Order what to coarsen: not what is hidden anyway, not itself, totals first, finest first."""
    told = shown[candidate]
    width = 1_000_000 if told.high is None else told.high - told.low
    return (told.is_suppressed, candidate == about, candidate not in wholes, width, candidate)


def _anything_left(shown: Mapping[Quantity, Shown]) -> Quantity:
    """Give the finest of all that is told; there is some, else nothing could be narrowed."""
    told = [quantity for quantity, range_ in shown.items() if not range_.is_suppressed]
    return min(told, key=lambda q: ((shown[q].high or 1_000_000) - shown[q].low, q))


def _step_back(count: int, told: Shown, least: int) -> Shown:
    """Give the next coarser telling: the band, with its neighbour above, some at all, nothing."""
    own = band(count, least)
    if told.is_exact and told != own:
        return own
    if told.high is not None and told.low > 0:
        is_large = told == own and told.low >= least
        return Shown(told.low, band(told.high + 1, least).high) if is_large else SOME
    return SUPPRESSED
