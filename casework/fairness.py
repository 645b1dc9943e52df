"""Fairness: how near and how far, for each township, sex and disability apart (公平对照).

The whole unit's average may be good while some group pays for it. Each group of children is
counted alone: who is paired, on which rungs, how far at worst, and who is left over. What the
ledger does not say is a group of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from casework.dossier import Dossier
from casework.people import ChildId, Sex
from casework.proposals import Left, Pair, Rung, Unpaired
from casework.summary import Distances, count_areas, distances_of, rung_counts_of


class Divide(StrEnum):
    """By what the children are told apart."""

    TOWNSHIP = "township"
    SEX = "sex"
    DISABILITY = "disability"


class Known(StrEnum):
    """What the ledger says of a disability."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group of children.

    Attributes
    ----------
    group
        A township's name, ``Sex`` or ``Known``; None where the ledger does not say.
    rung_counts
        Pairs on each rung, in the order of ``Rung``.
    needs_data
        Children left over whose rows wait for a correction.
    """

    divide: Divide
    group: str | Sex | Known | None
    children: int
    paired: int
    left: int
    needs_data: int
    rung_counts: tuple[int, ...]
    distances: Distances


def compare_groups(dossier: Dossier) -> tuple[GroupLine, ...]:
    """Count the proposal for each township, then for each sex, then by disability."""
    townships = (
        GroupLine(
            Divide.TOWNSHIP,
            counts.area.name,
            counts.children,
            counts.paired,
            counts.left,
            counts.needs_data,
            counts.rung_counts,
            counts.distances,
        )
        for counts in count_areas(dossier)
        if counts.children
    )
    sexes = {child.id: child.sex for child in dossier.children.values()}
    disabled = {
        child.id: None if child.has_disability is None else _known(child.has_disability)
        for child in dossier.children.values()
    }
    return (
        *townships,
        *(_line(dossier, Divide.SEX, sexes, sex) for sex in (*Sex, None)),
        *(_line(dossier, Divide.DISABILITY, disabled, known) for known in (*Known, None)),
    )


def groups_json(lines: Iterable[GroupLine]) -> list[dict[str, object]]:
    """Give the groups as JSON knows them; ``group`` is null where the ledger does not say."""
    return [
        {
            "by": str(line.divide),
            "group": None if line.group is None else str(line.group),
            "children": line.children,
            "paired": line.paired,
            "unpaired": line.left,
            "needs_data": line.needs_data,
            "rung_counts": {rung.key: line.rung_counts[rung] for rung in Rung},
            "median_metres": line.distances.median_m,
            "worst_metres": line.distances.worst_m,
            "distance_unknown": line.distances.unknown,
        }
        for line in lines
    ]


def _known(has_disability: bool) -> Known:
    return Known.YES if has_disability else Known.NO


def _line(
    dossier: Dossier,
    divide: Divide,
    said: dict[ChildId, Sex | None] | dict[ChildId, Known | None],
    group: Sex | Known | None,
) -> GroupLine:
    def is_in(line: Pair | Unpaired) -> bool:
        return said.get(line.child) == group

    pairs = [pair for pair in dossier.proposal.pairs if is_in(pair)]
    left = [line for line in dossier.proposal.unpaired if is_in(line)]
    return GroupLine(
        divide,
        group,
        len(pairs) + len(left),
        len(pairs),
        len(left),
        sum(line.reason is Left.NEEDS_DATA for line in left),
        rung_counts_of(pairs),
        distances_of(pairs),
    )
