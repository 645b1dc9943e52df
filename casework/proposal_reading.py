"""Reading a proposal back from its JSON (读取结对建议): the lines an approval is about."""

from collections.abc import Mapping
from typing import Any

from casework.approvals import Proposed
from casework.people import CaregiverId, ChildId, HouseholdId
from casework.proposals import (
    Ended,
    Ending,
    Left,
    Objective,
    Pair,
    Proof,
    ProofStatus,
    Proposal,
    Rung,
    Unknown,
    Unpaired,
)


def read_proposed(answer: Mapping[str, Any]) -> Proposed:
    """Give the pairs and endings of a ``nuantong/proposal/1``."""
    return Proposed(tuple(map(_pair, answer["pairs"])), tuple(map(_ended, answer["ended"])))


def read_proposal(answer: Mapping[str, Any]) -> Proposal:
    """Give a ``nuantong/proposal/1`` as the proposal it was."""
    lines, goal, proof = read_proposed(answer), answer["objective"], answer["proof"]
    return Proposal(
        pairs=lines.pairs,
        unpaired=tuple(
            Unpaired(ChildId(line["child"]), Left(line["reason"])) for line in answer["unpaired"]
        ),
        ended=lines.ended,
        objective=Objective(
            **{name: goal[name] for name in _LEVELS},
            rung_counts=tuple(goal["rung_counts"][rung.key] for rung in Rung),
        ),
        proof=Proof(
            ProofStatus(proof["status"]),
            proof["certificate"] == "verified",
            tuple(proof["bound"]),
            proof["gap"],
        ),
        fingerprint=answer["fingerprint"],
    )


_LEVELS = (
    *("covered_mandatory", "covered_optional"),
    *("broken", "rungs", "metres", "metres_charged"),
)


def _pair(line: Mapping[str, Any]) -> Pair:
    return Pair(
        child=ChildId(line["child"]),
        caregiver=CaregiverId(line["caregiver"]),
        household=HouseholdId(line["household"]),
        rung=Rung[line["rung"].upper()],
        metres=line["metres"],
        kept=line["kept"],
        locked=line["locked"],
        conditional=tuple(map(Unknown, line["conditional"])),
        neighbours_approximate=line["neighbours_approximate"],
    )


def _ended(line: Mapping[str, Any]) -> Ended:
    return Ended(ChildId(line["child"]), CaregiverId(line["caregiver"]), Ending(line["reason"]))
