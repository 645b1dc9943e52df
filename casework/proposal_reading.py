"""Reading a proposal back from its JSON (读取结对建议): the lines an approval is about."""

from collections.abc import Mapping
from typing import Any

from casework.approvals import Proposed
from casework.people import CaregiverId, ChildId, HouseholdId
from casework.proposals import Ended, Ending, Pair, Rung, Unknown


def read_proposed(answer: Mapping[str, Any]) -> Proposed:
    """Give the pairs and endings of a ``nuantong/proposal/1``."""
    return Proposed(tuple(map(_pair, answer["pairs"])), tuple(map(_ended, answer["ended"])))


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
