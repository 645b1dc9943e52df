"""Disclosure: which counts may be shown together, and to whom (信息披露).

Hiding small cells is not enough: with the totals beside them most can be worked out again. So
everything that one audience gets, map, table and download together, is one ``Release``; an
audit (``solver.disclosure``) works out what a reader can conclude from all of it and from the
releases before; what would narrow a small count is coarsened until nothing does.

Whoever may see the rows anyway gets exact figures. For others a count from 1 to k - 1 is one
band and 0 is shown as none; k is 5 inside the federation and 10 outside (limits of publication).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
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
_LITTLE = (SUPPRESSED, SOME)
MOST_TRIES = 16
"""So often a release is tried finer again: what is wanted most comes first, and it takes time."""


class Line(NamedTuple):
    """A fact that every reader knows: the weighted sum of some quantities lies in a range.

    ``low`` or ``high`` None is open. A total is the line of its parts less itself, 0 to 0.
    """

    terms: tuple[tuple[Quantity, int], ...]
    low: int | None = 0
    high: int | None = 0

    def holds(self, counts: Mapping[Quantity, int]) -> bool:
        """Say whether it is so; of a quantity that is not counted it says nothing."""
        if not all(quantity in counts for quantity, _ in self.terms):
            return False
        sum_ = sum(weight * counts[quantity] for quantity, weight in self.terms)
        return (self.low is None or self.low <= sum_) and (self.high is None or sum_ <= self.high)


def total(whole: Quantity, parts: Iterable[Quantity]) -> Line:
    """Give the line that says a whole is the sum of its parts."""
    return Line(((whole, -1), *((part, 1) for part in parts)))


def at_most(part: Quantity, whole: Quantity) -> Line:
    """Give the line that says a part is no more than its whole."""
    return Line(((whole, 1), (part, -1)), 0, None)


@dataclass(frozen=True, slots=True)
class Table:
    """Counts, and the lines between them that a reader knows.

    Attributes
    ----------
    untold
        What is never told in bands, such as what two others leave over: no range inside the
        band of small counts may follow for it.
    open
        What is protected for itself by nobody and told exactly, unless it gives others away.
    """

    counts: Mapping[Quantity, int]
    lines: tuple[Line, ...] = ()
    untold: frozenset[Quantity] = frozenset()
    open: frozenset[Quantity] = frozenset()
    dear: tuple[str, ...] = ()
    """Measures that are rather told than others, the dearest last."""


@dataclass(frozen=True, slots=True)
class Release:
    """What one audience gets together."""

    least: int
    shown: Mapping[Quantity, Shown]
    lines: tuple[Line, ...]
    small: frozenset[Quantity]
    """Quantities whose count is from 1 to ``least - 1``: what the audit protects."""
    aside: frozenset[Quantity] = frozenset()
    """Those of them that are not told at all."""

    def without(self, lost: Set[Quantity]) -> "Release":
        """Give the same with some counts given up: they are known by what cannot be taken back."""
        return replace(self, small=self.small - lost, aside=self.aside - lost)

    @property
    def informative_share(self) -> float:
        """Share of the quantities of which something is told, 0 to 1; 1 of an empty release."""
        if not self.shown:
            return 1.0
        return sum(not shown.is_suppressed for shown in self.shown.values()) / len(self.shown)


class End(NamedTuple):
    """One end of what is told of a quantity."""

    quantity: Quantity
    is_high: bool


class Narrowed(NamedTuple):
    """A small count that a reader can narrow inside its band, to ``low`` or to ``high``.

    ``by`` are all ends of tellings that lead there: while they stay, it follows.
    It is empty where the audit cannot tell.
    """

    quantity: Quantity
    low: int
    high: int | None
    by: tuple[End, ...] = ()


Audit = Callable[[Release], tuple[Narrowed, ...]]
Earlier = Sequence[tuple[Table, Release]]
"""What the same audience has got before, each with what it was made from."""


def band(count: int, least: int) -> Shown:
    """Give the band of a count: none, 1 to k - 1, then the ladder's steps."""
    if count == 0:
        return Shown(0, 0)
    steps = (1, *(step for step in LADDER if step >= least))
    low = max(step for step in steps if step <= count)
    above = next((step for step in steps if step > count), None)
    return Shown(low, None if above is None else above - 1)


def publish(table: Table, audience: Audience, audit: Audit, earlier: Earlier = ()) -> Release:
    """Give the finest release that the audit lets pass.

    Totals are told exactly where they are not small, everything else as bands; then whatever
    lets a reader narrow a small count is coarsened, totals before parts, until nothing does.

    Parameters
    ----------
    earlier
        What stays known, the oldest first: a quantity whose count stayed is known from all.
        What these alone give away cannot be taken back, and no more is hidden for it.
    """
    least = audience.least
    if least == 0:
        exact = {quantity: Shown(count, count) for quantity, count in table.counts.items()}
        return Release(0, exact, table.lines, frozenset())
    release = _first_draft(table, least)
    known = _known_before(table, release, earlier)
    while earlier and (lost := {found.quantity for found in audit(known)} & known.small):
        known = known.without(lost)
    draft, stepped, protected = release.shown, dict[Quantity, None](), known.small
    while narrowed := [n for n in audit(_joined(known, release)) if n.quantity in known.small]:
        coarser, lost = _coarser(table, known, release, narrowed)
        for quantity in (q for q, told in coarser.shown.items() if told != release.shown[q]):
            stepped.pop(quantity, None)  # the last step of it counts
            stepped[quantity] = None
        release, known = coarser, known.without(lost)

    def is_safe(finer: Release) -> bool:
        whole = replace(_joined(known, finer), small=protected)
        return not any(narrowed.quantity in protected for narrowed in audit(whole))

    release = _told_again(draft, stepped, release, is_safe)
    joined = _joined(known, release).shown
    return replace(release, shown={quantity: joined[quantity] for quantity in release.shown})


def _told_again(
    draft: Mapping[Quantity, Shown],
    stepped: Iterable[Quantity],
    release: Release,
    is_safe: Callable[[Release], bool],
) -> Release:
    """Tell again what was taken back in vain: a later step may have been enough by itself.

    What was taken back first is tried first, as it was, or else that there is some.
    """
    back = [q for q in stepped if release.shown[q] in _LITTLE]
    release = _as_finely([(q, draft[q]) for q in back], release, is_safe)
    hidden = [q for q in back if release.shown[q].is_suppressed and draft[q].low > 0]
    return _as_finely([(q, SOME) for q in hidden], release, is_safe)


def _as_finely(
    wanted: Sequence[tuple[Quantity, Shown]],
    release: Release,
    is_safe: Callable[[Release], bool],
) -> Release:
    """Tell so much of what is wanted as is safe: all of it, or else half by half."""
    waiting = [wanted] if wanted else []
    for _ in range(MOST_TRIES):
        if not waiting:
            break
        group = waiting.pop()
        finer = replace(release, shown={**release.shown, **dict(group)})
        if is_safe(finer):
            release = finer
        elif len(group) > 1:
            half = len(group) // 2
            waiting += [group[half:], group[:half]]
    return release


def _first_draft(table: Table, least: int) -> Release:
    exact = {_whole(line) for line in table.lines} - {None}
    shown = {
        quantity: Shown(count, count)
        if quantity in table.open or (quantity in exact and count >= least)
        else band(count, least)
        for quantity, count in sorted(table.counts.items())
        if quantity not in table.untold
    }
    return Release(least, shown, table.lines, *small_of(table, least))


def small_of(table: Table, least: int) -> tuple[frozenset[Quantity], frozenset[Quantity]]:
    """Give the small counts that are protected, and those of them that are not told."""
    small = {q for q, count in table.counts.items() if 0 < count < least} - table.open
    return frozenset(small), frozenset(small & table.untold)


def _whole(line: Line) -> Quantity | None:
    """Give the quantity that a line calls a total over areas."""
    if (line.low, line.high) != (0, 0) or len({q.measure for q, _ in line.terms}) > 1:
        return None
    return next((quantity for quantity, weight in line.terms if weight == -1), None)


def _known_before(table: Table, release: Release, earlier: Earlier) -> Release:
    """Give what is known without a release: what was told before, and the lines of both."""
    shown: dict[Quantity, Shown] = {}
    lines = dict.fromkeys(release.lines)
    small, aside = set(release.small), set(release.aside)
    for named, told in _named(table, earlier):
        for quantity, range_ in told.shown.items():
            then = named[quantity]
            shown[then] = _both(shown.get(then, SUPPRESSED), range_)
        for line in told.lines:
            terms = tuple((named[quantity], weight) for quantity, weight in line.terms)
            lines[Line(terms, line.low, line.high)] = None
        small |= {named[quantity] for quantity in told.small}
        aside |= {named[quantity] for quantity in told.aside}
    return Release(release.least, shown, tuple(lines), frozenset(small), frozenset(aside))


def _named(
    table: Table, earlier: Earlier
) -> Iterator[tuple[Mapping[Quantity, Quantity], Release]]:
    """Name what was told before, the last first: as it is later while its count is the same."""
    counts, later = table.counts, {quantity: quantity for quantity in table.counts}
    for number, (before, told) in sorted(enumerate(earlier), key=lambda each: -each[0]):
        later = {
            quantity: later[quantity]
            if counts.get(quantity) == count
            else Quantity(f"{quantity.measure}@{number}", quantity.area)
            for quantity, count in before.counts.items()
        }
        yield later, told
        counts = before.counts


def _joined(known: Release, release: Release) -> Release:
    """Join a release with what is known without it, as whoever knows what did not change does."""
    shown = dict(known.shown)
    for quantity, range_ in release.shown.items():
        shown[quantity] = _both(shown.get(quantity, SUPPRESSED), range_)
    return replace(known, shown=shown)


def _both(one: Shown, other: Shown) -> Shown:
    highs = [high for high in (one.high, other.high) if high is not None]
    return Shown(max(one.low, other.low), min(highs, default=None))


def _coarser(
    table: Table, known: Release, release: Release, narrowed: Iterable[Narrowed]
) -> tuple[Release, set[Quantity]]:
    """Take one step back beside each quantity that can be narrowed; give those it cannot help."""
    shown, before = dict(release.shown), known.shown
    stepped: set[Quantity] = set()
    lost: set[Quantity] = set()
    wholes = {_whole(line) for line in release.lines}
    for found in narrowed:
        by = found.by or [End(q, is_high) for q in shown for is_high in (False, True)]
        if stepped & {end.quantity for end in by}:
            continue  # that step may be enough for this one too
        leads = [end for end in by if _adds(end, shown, before)]
        order = partial(_fineness, table, release.least, wholes, shown, found.quantity)
        choice = min(leads, key=order, default=None)
        if choice is None:
            lost.add(found.quantity)
            continue
        quantity = choice.quantity
        shown[quantity] = _step_back(table, release.least, choice, shown[quantity])
        stepped.add(quantity)
    return replace(release, shown=shown), lost


def _adds(end: End, shown: Mapping[Quantity, Shown], before: Mapping[Quantity, Shown]) -> bool:
    """Whether one end of what is told now says more than was known before."""
    told, known = shown.get(end.quantity), before.get(end.quantity, SUPPRESSED)
    if told is None:
        return False
    if not end.is_high:
        return told.low > known.low
    return told.high is not None and (known.high is None or told.high < known.high)


def _fineness(
    table: Table,
    least: int,
    wholes: Set[Quantity | None],
    shown: Mapping[Quantity, Shown],
    about: Quantity,
    end: End,
) -> tuple[bool, bool, bool, int, bool, int, End]:
    """Order what to coarsen: last open ones, itself, what would be hidden; first totals, cheap."""
    candidate = end.quantity
    told, measure = shown[candidate], candidate.measure
    width = 1_000_000 if told.high is None else told.high - told.low
    dear = table.dear.index(measure) if measure in table.dear else -1
    after = _step_back(table, least, end, told)
    is_little = after == SOME and dear >= 0 and table.counts[candidate] >= least
    hides = after.is_suppressed or is_little
    is_part = candidate not in wholes
    return (candidate in table.open, candidate == about, hides, dear, is_part, width, end)


def _step_back(table: Table, least: int, end: End, before: Shown) -> Shown:
    """Give the finest telling that says less at one end."""
    told = before
    while not told.is_suppressed:
        told = _coarsened(table.counts[end.quantity], told, least)
        if told.high is None if end.is_high else told.low < before.low:
            break
        if end.is_high and before.high is not None and (told.high or 0) > before.high:
            break
    return told


def _coarsened(count: int, told: Shown, least: int) -> Shown:
    """Give the next coarser telling: the band, with its neighbour above, some at all, nothing."""
    own = band(count, least)
    if told.is_exact and told != own:
        return own
    if told.high is not None and told.low > 0:
        is_large = told == own and told.low >= least
        return Shown(told.low, band(told.high + 1, least).high) if is_large else SOME
    return SUPPRESSED
