"""Approvals: what approving a proposal, or a part of it, does to the pairings on record (审批).

The part is named by its children. What stands is kept, what the proposal ends is ended with its
reason, the rest is new; a household goes together, and no caregiver gets more than she has
places for today. Whatever cannot be is told all at once, with what to do.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from casework.errors import Conflict, NotFound
from casework.ledger_marks import MarkDifference
from casework.pairings import EndReason, Pairing
from casework.people import CaregiverId, ChildId, HouseholdId
from casework.proposals import Ended, Ending, Pair
from casework.unit_now import UnitNow

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Effects:
    """What an approval does.

    Attributes
    ----------
    new
        Pairs that become pairings.
    kept
        Pairings that stand already.
    ended
        Pairings that end, and why.
    stopped
        Pairings whose caregiver safeguarding keeps from every child: stopped, not ended.
    """

    new: tuple[Pair, ...]
    kept: tuple[Pairing, ...]
    ended: tuple[tuple[Pairing, EndReason], ...]
    stopped: tuple[Pairing, ...]


@dataclass(frozen=True, slots=True)
class Proposed:
    """The lines of a proposal that an approval is about."""

    pairs: tuple[Pair, ...]
    ended: tuple[Ended, ...]

    @property
    def children(self) -> frozenset[ChildId]:
        """Every child that something is proposed for; one who waits for data is not."""
        ends = (e.child for e in self.ended if e.reason is not Ending.NEEDS_DATA)
        return frozenset((*(pair.child for pair in self.pairs), *ends))

    def people_of(self, part: Collection[ChildId]) -> frozenset[str]:
        """Give everybody whom a part speaks of: a moved row among these touches it."""
        lines = (line for line in self.lines if line.child in part)
        return frozenset(who for line in lines for who in (line.child, line.caregiver))

    @property
    def lines(self) -> tuple[Pair | Ended, ...]:
        """Pairs and endings alike."""
        return (*self.pairs, *self.ended)


def part_of(proposed: Proposed, wanted: Collection[ChildId] | None) -> frozenset[ChildId]:
    """Give the children an approval is about; None is all.

    Raises
    ------
    NotFound
        When the proposal says nothing of a child.
    Conflict
        When children of one household, who go to one caregiver, would be torn apart.
    """
    if wanted is None:
        return proposed.children
    part = frozenset(wanted)
    if not part or part - proposed.children:
        raise NotFound("建议中没有其中的儿童 / the proposal says nothing of one of the children")
    torn = _torn_apart(proposed, part)
    if torn:
        raise Conflict(
            f"同户的兄弟姐妹要一起审批，请加上：{_some(torn)}"
            f" / siblings of one home are approved together: add {_some(torn)}"
        )
    return part


def refuse_moved(proposed: Proposed, part: Collection[ChildId], moved: MarkDifference) -> None:
    """See that no row the part rests on has moved since the proposal was made.

    Raises
    ------
    Conflict
        When one has; the message names the children whose pairs it touches.
    """
    rows = set(moved.touching(proposed.people_of(part)))
    if not rows:
        return
    touched = {
        x.child for x in proposed.lines if x.child in part and {x.child, x.caregiver} & rows
    }
    raise Conflict(
        f"提出建议后，台账中有 {len(rows)} 行变动，涉及儿童：{_some(touched)}。请重新生成建议，"
        "或只审批未受影响的部分 / the ledger has moved under these pairs since the proposal was"
        " made: propose again, or approve the part that is untouched"
    )


def effects(
    proposed: Proposed, part: Collection[ChildId], standing: Iterable[Pairing], now: UnitNow
) -> Effects:
    """Say what approving the part does to the pairings that stand.

    Raises
    ------
    Conflict
        When a pair may not be today, or a caregiver would get more than she has places for.
    """
    standing = tuple(standing)
    held = {pairing.child: pairing for pairing in standing if pairing.holds_child}
    pairs = [pair for pair in proposed.pairs if pair.child in part]
    kept, new = [], []
    for pair in pairs:
        pairing = held.get(pair.child)
        if pairing is not None and pairing.caregiver == pair.caregiver:
            kept.append(pairing)
        else:
            new.append(pair)
    _refuse_forbidden(new, now)
    going = _going(proposed, part, {pair.child for pair in new}, held, now)
    stopped = tuple(pairing for pairing, _ in going if now.is_blocked(pairing.caregiver))
    ended = tuple((p, why) for p, why in going if not now.is_blocked(p.caregiver))
    gone = {pairing.id for pairing, _ in ended}
    staying = [p for p in standing if p.takes_place and p.id not in gone]
    _refuse_over_places(new, staying, now)
    return Effects(tuple(new), tuple(kept), ended, stopped)


def _going(
    proposed: Proposed,
    part: Collection[ChildId],
    newly: Collection[ChildId],
    held: Mapping[ChildId, Pairing],
    now: UnitNow,
) -> list[tuple[Pairing, EndReason]]:
    """Give the pairings that make way, in the order of their children, and why."""
    why = {(line.child, line.caregiver): line.reason for line in proposed.ended}
    going = []
    for child in sorted(part):
        pairing = held.get(child)
        if pairing is None:
            continue
        ending = why.get((child, pairing.caregiver))
        if child in newly:
            ending = ending or Ending.STAFF_CHOICE
        if ending is not None and ending is not Ending.NEEDS_DATA:
            going.append((pairing, now.end_reason(child, pairing.caregiver, ending)))
    return going


def _refuse_over_places(new: Collection[Pair], staying: Collection[Pairing], now: UnitNow) -> None:
    """See that nobody gets more than she has places for; what the staff locked counts as room."""
    loads = {pair.caregiver: _Load() for pair in new}
    lines: list[Pair | Pairing] = [*new, *staying]
    for line in lines:
        if line.caregiver in loads:
            loads[line.caregiver].add(line, now)
    by_child, most = now.programme.places_count_children, now.programme.max_children
    full = [
        caregiver
        for caregiver, load in sorted(loads.items())
        if load.is_over(now.caregivers[caregiver].places, by_child, most)
    ]
    if full:
        raise Conflict(
            f"爱心妈妈名额已满：{_some(full)}。请重新生成建议，或把让出名额的儿童一起审批"
            " / these caregivers are full: propose again, or approve with it the children who"
            " make way"
        )


class _Load:
    """Whom one caregiver has, and would have."""

    def __init__(self) -> None:
        self.homes: set[HouseholdId] = set()
        self.children: set[ChildId] = set()
        self.locked: set[str] = set()

    def add(self, line: Pair | Pairing, now: UnitNow) -> None:
        """Count a pair, or a pairing that stays."""
        home = now.household(line.child, line.household)
        self.homes.add(home)
        self.children.add(line.child)
        if line.locked:
            self.locked.add(line.child if now.programme.places_count_children else home)

    def is_over(self, places: int, by_child: bool, most_children: int) -> bool:
        """Say whether it is more than her places, or than anybody may have."""
        taken = len(self.children if by_child else self.homes)
        return taken > max(places, len(self.locked)) or len(self.children) > most_children


def _refuse_forbidden(new: Iterable[Pair], now: UnitNow) -> None:
    """See that each pair may be today; one the staff locked waits for them, and not for safety."""
    cannot = [
        pair.child
        for pair in new
        if not (now.may_pair(pair.child, pair.caregiver) or _is_their_word(pair, now))
    ]
    if cannot:
        raise Conflict(
            f"这些儿童的结对现在不可安排：{_some(cannot)}。请重新生成建议"
            " / these pairs cannot be arranged now: propose again"
        )


def _is_their_word(pair: Pair, now: UnitNow) -> bool:
    known = now.knows(pair.child, pair.caregiver)
    return pair.locked and known and not now.is_blocked(pair.caregiver)


def _torn_apart(proposed: Proposed, part: Collection[ChildId]) -> set[ChildId]:
    together: dict[tuple[HouseholdId, CaregiverId], set[ChildId]] = {}
    for pair in proposed.pairs:
        together.setdefault((pair.household, pair.caregiver), set()).add(pair.child)
    torn = (group - set(part) for group in together.values() if group & set(part))
    return {child for group in torn for child in group}


def _some(people: Collection[str]) -> str:
    named = "、".join(sorted(people)[:MOST_NAMED])
    more = len(people) - MOST_NAMED
    return f"{named} 等 {len(people)} 人" if more > 0 else named
