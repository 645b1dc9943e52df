"""Limits: how long a solver may think, counted so that every machine gives one answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a solver may use; never wall-clock time, which no two machines share.

    Attributes
    ----------
    deterministic_seconds
        Deterministic time of one CP-SAT search, all its levels together; only households that do
        not fit a flow need it.
    seed
        Of the searches; the answer is canonical, so it changes effort, not the answer.
    """

    deterministic_seconds: float = 10.0
    seed: int = 0
