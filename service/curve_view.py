"""The curve of changes on the screen: where its points and its axes lie."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from casework.plan_answers import Curve
from casework.proposals import ProofStatus

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 260, 56, 24, 20, 40


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of the curve, in pixels, and what it says."""

    x: float
    y: float
    changes: int
    covered: int
    is_exact: bool


def curve_view(curve: Curve) -> dict[str, Any]:
    """Lay changes out against children covered, as a staircase: a limit between buys no more."""
    covered = [p.objective.covered_mandatory + p.objective.covered_optional for p in curve.points]
    changes = [point.changes for point in curve.points]
    first, most = min(changes, default=0), max(changes, default=0)
    low, high = min(covered, default=0), max(covered, default=0)
    wide, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    dots = [
        Dot(
            round(LEFT + wide * (point.changes - first) / ((most - first) or 1), 1),
            round(TOP + tall * (high - count) / ((high - low) or 1), 1),
            point.changes,
            count,
            point.status is ProofStatus.OPTIMAL,
        )
        for point, count in zip(curve.points, covered, strict=True)
    ]
    steps = [f"{dot.x},{dot.y}" for dot in dots[:1]]
    for before, dot in pairwise(dots):
        steps += [f"{dot.x},{before.y}", f"{dot.x},{dot.y}"]
    return {
        "dots": dots,
        "path": " ".join(steps),
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "floor": HEIGHT - BOTTOM,
        "first": first,
        "most": most,
        "low": low,
        "high": high,
    }
