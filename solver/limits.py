"""Limits: how long a pairing may be searched, counted so that every machine gives one answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a search may use; never wall-clock time, which no two machines share.

    Attributes
    ----------
    nodes
        Branches of one search by HiGHS; only households that do not fit a flow need it.
    orderings
        Searches for the least vector of caregivers in such a zone; with none left, the rest of
        it stays as found, which is one answer too.
    seed
        Of those searches.
    """

    nodes: int = 500
    orderings: int = 30
    seed: int = 0
