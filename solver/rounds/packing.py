"""Pack a unit's townships whole into its sessions (镇街整体编入场次).

The township chair brings her children and caregivers together, in one vehicle, so a township
is split only when it alone is larger than the room. In order: everybody has a seat, the
fullest session is as small as can be, far townships come together on as few sessions as can
be (so that the others may start early). CP-SAT proves each step; sessions are numbered by the
first of their townships' codes.
"""

from dataclasses import dataclass, replace
from math import ceil

from ortools.sat.python import cp_model

from casework.rounds import Contingent, UnitPlan
from casework.session_rules import SessionNeeds, SessionRules, needs_of
from solver.rounds.columns_choice import one_worker

FAR_MINUTES = 90
PROOF_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class PackedSession:
    """Who comes to one session, and what it takes."""

    contingents: tuple[Contingent, ...]
    needs: SessionNeeds

    @property
    def townships(self) -> tuple[str, ...]:
        """The townships that come."""
        return tuple(contingent.township for contingent in self.contingents)


@dataclass(frozen=True, slots=True)
class Packing:
    """A unit's sessions in order.

    Attributes
    ----------
    seats_short
        People without a seat in the fullest session; 0 where the room holds all.
    sessions_needed
        Sessions with which the room would hold all, townships whole.
    is_proven
        Whether no other packing is better by the order of the module.
    """

    sessions: tuple[PackedSession, ...]
    split: tuple[str, ...]
    seats_short: int
    sessions_needed: int
    is_proven: bool


def pack_sessions(
    contingents: tuple[Contingent, ...],
    sessions: int,
    room: int | None = None,
    rules: SessionRules | None = None,
) -> Packing:
    """Return the townships of a unit packed into so many sessions.

    Parameters
    ----------
    room
        Seats for children and all adults; None where unknown: then only evenness counts.
    """
    if sessions < 1:
        raise ValueError("sessions: 1 or more")
    rules = rules or SessionRules()
    seats = room - rules.supervisors if room is not None else None
    whole = sorted(contingents, key=lambda c: c.township)
    pieces = [piece for contingent in whole for piece in _pieces(contingent, seats, sessions)]
    placed, proven = _place(pieces, sessions)
    packed = []
    for k in range(sessions):
        members = _joined([p for p, at in zip(pieces, placed, strict=True) if at == k])
        packed.append(PackedSession(members, needs_of(members, rules)))
    fullest = max(session.needs.people for session in packed)
    split = [c.township for c in whole if sum(p.township == c.township for p in pieces) > 1]
    return Packing(
        tuple(packed),
        tuple(split),
        max(0, fullest - room) if room is not None else 0,
        _sessions_needed(pieces, seats) if seats is not None else sessions,
        proven,
    )


def with_townships(plan: UnitPlan, packing: Packing) -> UnitPlan:
    """Write the townships into a unit's sessions, in the order of their dates."""
    if len(plan.sessions) != len(packing.sessions):
        raise ValueError(f"{plan.unit}: {len(plan.sessions)} sessions are planned")
    both = zip(plan.sessions, packing.sessions, strict=True)
    return replace(
        plan,
        sessions=tuple(replace(at, townships=packed.townships) for at, packed in both),
    )


def _pieces(contingent: Contingent, seats: int | None, sessions: int) -> list[Contingent]:
    """Split a township that is larger than the room into as few even pieces as can be."""
    if seats is None or seats < 1 or contingent.people <= seats or sessions == 1:
        return [contingent]
    count = min(sessions, ceil(contingent.people / seats))
    return [_share(contingent, n, count) for n in range(count)]


def _share(contingent: Contingent, n: int, count: int) -> Contingent:
    """Give the n-th of so many shares: children dealt out age by age, each with an escort."""
    dealt = dict.fromkeys(contingent.children, 0)
    turn = 0
    for age in sorted(contingent.children):
        for _ in range(contingent.children[age]):
            dealt[age] += turn % count == n
            turn += 1
    return replace(
        contingent,
        children={age: children for age, children in dealt.items() if children},
        caregivers=_nth(contingent.caregivers, n, count),
        escorts=max(1, _nth(contingent.escorts, n, count)),
        wheelchairs=_nth(contingent.wheelchairs, n, count),
    )


def _nth(total: int, n: int, count: int) -> int:
    return total // count + (n < total % count)


def _joined(pieces: list[Contingent]) -> tuple[Contingent, ...]:
    return tuple(sorted(pieces, key=lambda piece: piece.township))


def _place(pieces: list[Contingent], sessions: int) -> tuple[list[int], bool]:
    """Choose a session for every piece, level by level."""
    model = cp_model.CpModel()
    at = [[model.new_bool_var("") for _ in range(sessions)] for _ in pieces]
    for row in at:
        model.add_exactly_one(row)
    loads = [
        sum(piece.people * row[k] for piece, row in zip(pieces, at, strict=True))
        for k in range(sessions)
    ]
    total = sum(piece.people for piece in pieces)
    fullest = model.new_int_var(ceil(total / sessions), total, "")
    for load in loads:
        model.add(load <= fullest)
    _keep_shares_apart(model, pieces, at)
    remote = [model.new_bool_var("") for _ in range(sessions)]
    for piece, row in zip(pieces, at, strict=True):
        if (piece.travel_minutes or 0) > FAR_MINUTES:
            for k in range(sessions):
                model.add_implication(row[k], remote[k])
    for k in range(1, sessions):
        model.add_implication(remote[k], remote[k - 1])
    proven = True
    for level in (fullest, sum(remote)):
        solver = one_worker(PROOF_SECONDS)
        model.minimize(level)
        status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return [n % sessions for n in range(len(pieces))], False
        proven &= status == cp_model.OPTIMAL
        model.add(level <= round(solver.objective_value))
    placed = [next(k for k in range(sessions) if solver.value(row[k])) for row in at]
    order = list(dict.fromkeys(placed))
    return [order.index(k) for k in placed], proven


def _keep_shares_apart(
    model: cp_model.CpModel, pieces: list[Contingent], at: list[list[cp_model.IntVar]]
) -> None:
    """Hold that the shares of a split township go to sessions of their own."""
    for n, piece in enumerate(pieces):
        for m in range(n):
            if pieces[m].township == piece.township:
                for mine, theirs in zip(at[n], at[m], strict=True):
                    model.add_at_most_one([mine, theirs])


def _sessions_needed(pieces: list[Contingent], seats: int) -> int:
    """Count the sessions with which every piece has a seat; 0 where one alone is too large."""
    if not pieces:
        return 1
    if seats < max(piece.people for piece in pieces):
        return 0
    fewest = max(1, ceil(sum(piece.people for piece in pieces) / seats))
    for sessions in range(fewest, len(pieces) + 1):
        model = cp_model.CpModel()
        at = [[model.new_bool_var("") for _ in range(sessions)] for _ in pieces]
        for row in at:
            model.add_exactly_one(row)
        for k in range(sessions):
            model.add(sum(p.people * row[k] for p, row in zip(pieces, at, strict=True)) <= seats)
        _keep_shares_apart(model, pieces, at)
        if one_worker(PROOF_SECONDS).solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return sessions
    return len(pieces)
