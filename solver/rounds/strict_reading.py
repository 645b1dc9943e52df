"""What finishing by the strict reading of the notice would cost (从严口径的代价)."""

from dataclasses import dataclass, replace

from casework.round_rules import Term
from casework.rounds import Timetable
from solver.timetable import plan_round
from solver.timetable_problem import RoundLimits, RoundProblem


@dataclass(frozen=True, slots=True)
class StrictReading:
    """The same round with the window ending at ``strict_end``, beside the round as it is.

    Attributes
    ----------
    sessions_lost
        Sessions that the shorter window has no room for.
    more
        How much more of each term it would take; less is negative.
    """

    timetable: Timetable
    sessions_lost: int
    more: dict[Term, int]


def strict_reading(
    problem: RoundProblem, timetable: Timetable, limits: RoundLimits | None = None
) -> StrictReading | None:
    """Return what the strict window would cost; None where the round knows no strict end."""
    end = problem.round.strict_end
    if end is None or not problem.round.window_start <= end < problem.round.window_end:
        return None
    strict = plan_round(replace(problem, round=replace(problem.round, window_end=end)), limits)
    lost = sum(u.sessions for u in strict.unplaced) - sum(u.sessions for u in timetable.unplaced)
    more = {term: strict.amounts[term] - timetable.amounts[term] for term in Term}
    return StrictReading(strict, lost, more)
