"""Writing: a placing in the words of a proposal, with its proof (结对建议成文)."""

from collections.abc import Mapping

from casework.people import ChildId
from casework.proposals import Left, Proof, ProofStatus, Proposal, Unpaired
from solver.fingerprint import fingerprint
from solver.pairs.landscape import Landscape
from solver.pairs.lines import levels_of, objective_of, pair_lines
from solver.pairs.placing import Placed
from solver.pairs.reasons import endings, left_reason
from solver.pairs.setting import Setting


def write_proposal(
    landscape: Landscape, placed: Placed, most_changes: int | None = None
) -> Proposal:
    """Put a placing into the words of a proposal.

    Parameters
    ----------
    most_changes
        The limit on changes it was placed under, which its fingerprint tells.
    """
    setting = landscape.setting
    settled = setting.settled_holder()
    holder = settled | placed.holder
    pairs = pair_lines(setting, holder)
    objective = objective_of(setting, pairs)
    bound = levels = levels_of(objective)
    if placed.status is not ProofStatus.OPTIMAL:
        bound = placed.bound or levels_of(
            objective_of(setting, pair_lines(setting, settled | placed.relaxed))
        )
    return Proposal(
        pairs=pairs,
        unpaired=_left_over(setting, landscape, holder),
        ended=endings(setting, holder),
        objective=objective,
        proof=Proof(
            status=placed.status,
            certificate_verified=placed.certificate is not None,
            bound=bound,
            gap=_gap(levels[: len(bound)], bound),
        ),
        fingerprint=fingerprint(setting.problem, most_changes),
    )


def _left_over(
    setting: Setting, landscape: Landscape, holder: Mapping[int, int]
) -> tuple[Unpaired, ...]:
    """Give every child without a caregiver a line."""
    reasons: dict[ChildId, Left] = dict.fromkeys(setting.problem.needs_data, Left.NEEDS_DATA)
    for i in setting.excluded:
        reasons[setting.children[i].id] = Left.EXCLUDED
    for g, group in enumerate(setting.groups):
        if group[0] not in holder:
            reason = left_reason(landscape, g)
            reasons |= {setting.children[i].id: reason for i in group}
    return tuple(Unpaired(child, reason) for child, reason in sorted(reasons.items()))


def _gap(levels: tuple[int, ...], bound: tuple[int, ...]) -> float:
    """Give the share by which the first level short of its bound misses it."""
    short = ((abs(a - b), abs(b)) for a, b in zip(levels, bound, strict=True) if a != b)
    return next((missing / max(1, whole) for missing, whole in short), 0.0)
