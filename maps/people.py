"""People on the map: points of homes, for the unit's own staff and only when asked.

Only exact and village points are drawn; who has none is counted and put nowhere. People at one
point share a circle.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from folium.map import Layer

from casework.dossier import Dossier
from casework.people import Home
from geo.place import Place
from maps import palette
from maps.layers import Circle, CircleLayer, LineLayer
from maps.text import safe

_RADIUS_PX = 5.0


@dataclass(frozen=True, slots=True)
class PeopleOnMap:
    """Layers of points, how many shapes they draw, and how many people have no point."""

    layers: tuple[Layer, ...]
    shapes: int
    without_point: int


NOBODY = PeopleOnMap((), 0, 0)


def people_on_map(dossier: Dossier, with_names: bool) -> PeopleOnMap:
    """Draw children and caregivers of the proposal where they live."""
    pairs, unpaired = dossier.proposal.pairs, dossier.proposal.unpaired
    children, caregivers = dossier.children, dossier.caregivers
    known = [p for p in pairs if p.child in children and p.caregiver in caregivers]
    paired = [(children[p.child].home, children[p.child].name) for p in known]
    mothers = {p.caregiver: caregivers[p.caregiver] for p in known}
    serving = [(mothers[key].home, mothers[key].name) for key in sorted(mothers)]
    records = [children[line.child] for line in unpaired if line.child in children]
    left = [(record.home, record.name) for record in records]
    links = [
        (start, end)
        for pair in known
        if (start := _point(children[pair.child].home))
        and (end := _point(caregivers[pair.caregiver].home))
    ]
    groups = (
        (palette.CAREGIVER, serving),
        (palette.CHILD_PAIRED, paired),
        (palette.CHILD_LEFT, left),
    )
    circles = [_circles(swatch, people, with_names) for swatch, people in groups]
    waiting = len(unpaired) - len(records)
    return PeopleOnMap(
        layers=(
            LineLayer("结对连线", links, palette.LINK),
            *(
                CircleLayer(f"{swatch.label_zh}（点）", drawn, theme=False, show=True)
                for (swatch, _), drawn in zip(groups, circles, strict=True)
            ),
        ),
        shapes=len(links) + sum(map(len, circles)),
        without_point=waiting
        + sum(_point(home) is None for _, people in groups for home, _ in people),
    )


def _circles(
    swatch: palette.Swatch, people: Iterable[tuple[Home, str]], with_names: bool
) -> list[Circle]:
    at: dict[Place, list[str]] = {}
    for home, name in people:
        point = _point(home)
        if point:
            at.setdefault(point, []).append(name)
    return [
        Circle(point, _RADIUS_PX, swatch, _tip(swatch.label_zh, sorted(names), with_names))
        for point, names in at.items()
    ]


def _tip(kind: str, names: list[str], with_names: bool) -> str:
    listed = f"：{safe('、'.join(names))}" if with_names else ""
    return f"{kind} {len(names)} 人{listed}"


def _point(home: Home) -> Place | None:
    return home.place if home.precision.is_measurable else None
