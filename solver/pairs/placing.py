"""Placing: the best caregiver for every group of a setting, and the proof (求解)."""

from dataclasses import dataclass

from casework.proposals import ProofStatus
from solver.limits import Limits
from solver.pairs.certificate import Certificate
from solver.pairs.landscape import Landscape
from solver.pairs.relaxed import Relaxed
from solver.pairs.together import place_whole


@dataclass(frozen=True, slots=True)
class Placed:
    """Where each group goes.

    Attributes
    ----------
    holder
        Caregiver of each child who got one.
    relaxed
        The same when rules that no flow can state are left out: it bounds every level.
    certificate
        None where households had to be placed by a search without duals.
    bound
        Of the first levels, where it is not what ``relaxed`` says.
    """

    holder: dict[int, int]
    relaxed: dict[int, int]
    certificate: Certificate | None
    status: ProofStatus = ProofStatus.OPTIMAL
    bound: tuple[int, ...] = ()


def place(landscape: Landscape, settled_m: int, limits: Limits) -> Placed:
    """Place all groups.

    Parameters
    ----------
    settled_m
        Worst distance among the pairs settled before.
    """
    if not landscape.groups or not landscape.places.any():
        return _nobody(landscape)
    relaxed = Relaxed(landscape)
    whole = place_whole(landscape, relaxed, settled_m, limits)
    return Placed(
        holder=whole.holder,
        relaxed=relaxed.holder(),
        certificate=relaxed.certificate if whole.is_relaxed else None,
        status=ProofStatus.OPTIMAL if whole.is_proven else ProofStatus.FEASIBLE,
    )


def _nobody(landscape: Landscape) -> Placed:
    """Leave everybody out, which needs no search where there is no place at all."""
    setting = landscape.setting
    certificate = Certificate(
        groups=tuple(tuple(setting.children[i].id for i in group) for group in setting.groups),
        u=tuple((a, b, c) for a, b, c in landscape.out_levels().T.tolist()),
        caregivers=tuple(caregiver.id for caregiver in setting.caregivers),
        v=((0, 0, 0),) * landscape.caregivers,
        price=landscape.price,
    )
    return Placed({}, {}, certificate)
