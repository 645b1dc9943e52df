"""Contingents: who comes from each township, from counts alone (各镇街参训人数).

A hand-in says how many children of which age each township has, and the form how many take
part in all; the participants are shared out to the townships in proportion, so that whole
townships can be packed into sessions before anybody's name is known.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from casework.hand_in import HandInChild
from casework.rounds import Contingent
from casework.session_rules import SessionRules
from geo.areas import Gazetteer
from geo.distance import metres_between
from geo.place import Place

MINUTES_AN_HOUR = 60
COUNTRY_KMH, COUNTRY_DETOUR = 30.0, 1.45
"""County roads in the hills: PROGRAMME's guess, as good as a fifth."""
UNNAMED = "未注明镇街"


class Participants(NamedTuple):
    """How many take part in all; None where nobody has said: then everybody of age."""

    children: int | None
    caregivers: int | None


def contingents_of(
    children: Iterable[HandInChild],
    coming: Participants,
    gazetteer: Gazetteer,
    seat: Place | None,
    rules: SessionRules,
) -> tuple[Contingent, ...]:
    """Return each township's share of the participants, by code.

    Parameters
    ----------
    seat
        Where the sessions are held, for the minutes on the road; None where unknown.
    """
    first, last = rules.bands[0].first, rules.bands[-1].last
    ages: dict[str, Counter[int]] = defaultdict(Counter)
    for child in children:
        if child.age_years is not None and first <= child.age_years <= last:
            ages[child.township][child.age_years] += 1
    codes = sorted(ages)
    every = [ages[code].total() for code in codes]
    wanted = sum(every) if coming.children is None else min(coming.children, sum(every))
    shares = share_out(every, wanted)
    beside = share_out(shares, coming.caregivers or 0)
    return tuple(
        _contingent(code, share, caregivers, ages[code], (gazetteer, seat, rules))
        for code, share, caregivers in zip(codes, shares, beside, strict=True)
        if share
    )


def _contingent(
    code: str,
    children: int,
    caregivers: int,
    ages: Mapping[int, int],
    known: tuple[Gazetteer, Place | None, SessionRules],
) -> Contingent:
    gazetteer, seat, rules = known
    years = sorted(ages)
    by_age = share_out([ages[year] for year in years], children)
    area = gazetteer.township(code) if gazetteer.has_township(code) else None
    minutes = None
    if seat and area and area.place:
        km = metres_between(seat, area.place) / 1000
        minutes = round(km * COUNTRY_DETOUR / COUNTRY_KMH * MINUTES_AN_HOUR)
    return Contingent(
        code,
        area.name if area else UNNAMED,
        {year: n for year, n in zip(years, by_age, strict=True) if n},
        caregivers,
        rules.escorts,
        travel_minutes=minutes,
    )


def share_out(weights: Sequence[int], total: int) -> list[int]:
    """Share a whole number out in proportion, the largest remainders first, then by place.

    Examples
    --------
    >>> share_out([3, 1, 2], 3)
    [2, 0, 1]
    """
    whole = sum(weights)
    if not whole:
        return [0 for _ in weights]
    exact = [divmod(weight * total, whole) for weight in weights]
    shares = [share for share, _ in exact]
    order = sorted(range(len(weights)), key=lambda n: (-exact[n][1], n))
    for n in order[: total - sum(shares)]:
        shares[n] += 1
    return shares
