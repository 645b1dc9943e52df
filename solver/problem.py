"""PairingProblem: everything a pairing may depend on (结对问题)."""

from dataclasses import dataclass, field
from datetime import date

from casework.people import Caregiver, CaregiverId, Child, ChildId
from casework.programme import Programme
from casework.proposals import CurrentPair, Neighbours


@dataclass(frozen=True, slots=True)
class PairingProblem:
    """One unit's children and caregivers, the pairs that stand, and the rules.

    Attributes
    ----------
    reach_m
        Farthest straight metres that still count as nearby in this unit.
    current
        Pairs that stand; locked ones stay whatever the rules say but safeguarding blocks.
    forbidden
        Pairs that may not be: kin, conflict, the child's or guardian's wish.
    needs_data
        Children whose rows wait for a correction: each appears in the proposal.
    neighbours, neighbours_approximate
        Townships beside each other by code; whether they come from centres, not a table.
    """

    children: tuple[Child, ...]
    caregivers: tuple[Caregiver, ...]
    programme: Programme
    on: date
    reach_m: int
    current: tuple[CurrentPair, ...] = ()
    forbidden: frozenset[tuple[ChildId, CaregiverId]] = frozenset()
    needs_data: tuple[ChildId, ...] = ()
    neighbours: Neighbours = field(default_factory=dict)
    neighbours_approximate: bool = True
