"""What a checker needs to know of a problem, read from the rules once more (核验依据).

Written apart from the model on purpose: plain Python over ids, distances from geopy. When this
and ``solver.pairs.setting`` understand a rule differently, every proposal shows it.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

from casework.eligibility import SexRule, caregiver_state, child_state, may_pair, sex_rule
from casework.people import CaregiverId, CaregiverStatus, Child, ChildId, Home
from casework.proposals import Rung
from geo.place import Place
from solver.problem import PairingProblem

Line = tuple[ChildId, CaregiverId]


@dataclass(frozen=True, slots=True)
class Together:
    """Children who go to one caregiver together; with a lock, to whom."""

    children: tuple[ChildId, ...]
    lock: CaregiverId | None = None


class Facts:
    """A problem by id.

    Attributes
    ----------
    locked
        Locks that hold.
    standing
        Current pairs that the rules permit and no lock holds.
    excluded
        Children who can be in no pair.
    together
        All groups of the other children.
    """

    def __init__(self, problem: PairingProblem) -> None:
        self.problem = problem
        self.waiting = set(problem.needs_data)
        self.children = {c.id: c for c in problem.children if c.id not in self.waiting}
        self.caregivers = {c.id: c for c in problem.caregivers}
        self.current = {(pair.child, pair.caregiver) for pair in problem.current}
        self.states = {
            c.id: caregiver_state(c, problem.programme, problem.on) for c in problem.caregivers
        }
        self.locked = self._locks()
        self.standing = {
            pair
            for pair in self.current
            if self.locked.get(pair[0]) != pair[1] and self.may_pair(*pair)
        }
        self.excluded = {
            c.id
            for c in self.children.values()
            if c.id not in self.locked and child_state(c, problem.programme, problem.on).excluded
        }
        self.together = self._groups()
        self.group_of = {child: group for group in self.together for child in group.children}

    def may_pair(self, child: ChildId, caregiver: CaregiverId) -> bool:
        """Say whether the rules on people permit a pair."""
        if child not in self.children or caregiver not in self.caregivers:
            return False
        people = self.children[child], self.caregivers[caregiver]
        permitted = may_pair(*people, self.problem.programme, self.problem.on)
        return permitted and (child, caregiver) not in self.problem.forbidden

    def takes(self, group: Together) -> int:
        """Count the places of a group."""
        return len(group.children) if self.problem.programme.places_count_children else 1

    def limits(self) -> tuple[dict[CaregiverId, int], dict[CaregiverId, int]]:
        """Return for each caregiver the places she may fill, and how many children."""
        most = self.problem.programme.max_children
        locks, housed, claims = (
            Counter[CaregiverId](),
            Counter[CaregiverId](),
            Counter[CaregiverId](),
        )
        for group in self.together:
            if group.lock is not None:
                locks[group.lock] += self.takes(group)
                housed[group.lock] += len(group.children)
            else:
                for had in {g for c in group.children for g in self.standing_of(c)}:
                    claims[had] += self.takes(group)
        held = Counter(g for c, g in self.current if c in self.waiting)
        places = {}
        for g, person in self.caregivers.items():
            free = max(0, person.places - locks[g]) if not self.states[g].excluded else 0
            places[g] = locks[g] + free - max(0, min(held[g], free - claims[g]))
        return places, {g: max(most, housed[g]) for g in self.caregivers}

    def standing_of(self, child: ChildId) -> set[CaregiverId]:
        """Return the caregivers with whom a child may stay."""
        return self._standing_by_child().get(child, set())

    def nearness(self, child: Home, caregiver: Home) -> tuple[Rung, float | None]:
        """Say how near two homes are, with unrounded metres where both can be measured."""
        metres = None
        measurable = child.precision.is_measurable and caregiver.precision.is_measurable
        if measurable and child.place and caregiver.place:
            metres = geodesic_m(child.place, caregiver.place)
        if metres is not None and metres >= self.problem.reach_m + 0.5:
            return Rung.BEYOND_REACH, metres
        return self.rung_by_name(child, caregiver), metres

    def rung_by_name(self, child: Home, caregiver: Home) -> Rung:
        """Say how near two homes are by the names of their areas."""
        if child.township != caregiver.township:
            beside = self.problem.neighbours
            towns = child.township, caregiver.township
            near = towns[1] in beside.get(towns[0], ()) or towns[0] in beside.get(towns[1], ())
            return Rung.NEIGHBOURING_TOWNSHIP if near else Rung.UNIT
        if child.village and child.village == caregiver.village:
            return Rung.SAME_VILLAGE
        return Rung.SAME_TOWNSHIP

    def charged_m(self, child: ChildId, caregiver: CaregiverId) -> tuple[Rung, int]:
        """Return the rung and the whole metres charged for a pair."""
        homes = self.children[child].home, self.caregivers[caregiver].home
        rung, metres = self.nearness(*homes)
        return rung, self.problem.reach_m if metres is None else round(metres)

    def _standing_by_child(self) -> dict[ChildId, set[CaregiverId]]:
        if not hasattr(self, "_by_child"):
            self._by_child: dict[ChildId, set[CaregiverId]] = defaultdict(set)
            for child, caregiver in self.standing:
                self._by_child[child].add(caregiver)
        return self._by_child

    def _locks(self) -> dict[ChildId, CaregiverId]:
        """Let each child's least lock hold, but against safeguarding and absence."""
        held: dict[ChildId, CaregiverId] = {}
        for pair in sorted(self.problem.current, key=lambda p: p.caregiver, reverse=True):
            if not pair.locked or pair.child not in self.children:
                continue
            caregiver = self.caregivers.get(pair.caregiver)
            if caregiver is None or caregiver.status is CaregiverStatus.LEFT:
                continue
            excluded = self.states[caregiver.id].excluded
            if excluded is None or not excluded.is_safeguarding:
                held[pair.child] = pair.caregiver
        return held

    def _groups(self) -> list[Together]:
        """Split the households: whom locks hold, who follows them, and the rest in parts."""
        housed = Counter(self.locked.values())
        shared = self.problem.programme.siblings_share_caregiver
        homes: dict[tuple[str, ...], list[Child]] = defaultdict(list)
        for child in sorted(self.children.values(), key=lambda c: c.id):
            if child.id not in self.excluded:
                alone = ("child", child.id)
                homes[(child.household, child.home.unit) if shared else alone].append(child)
        groups = []
        for siblings in homes.values():
            with_lock: dict[CaregiverId, list[ChildId]] = defaultdict(list)
            for child in siblings:
                if child.id in self.locked:
                    with_lock[self.locked[child.id]].append(child.id)
            rest = []
            for child in siblings:
                if child.id in self.locked:
                    continue
                for caregiver, locked in with_lock.items():
                    if self._has_room(caregiver, housed) and self.may_pair(child.id, caregiver):
                        locked.append(child.id)
                        housed[caregiver] += 1
                        break
                else:
                    rest.append(child.id)
            groups += [Together(tuple(sorted(ids)), g) for g, ids in with_lock.items()]
            most = self.problem.programme.max_children
            groups += [Together(tuple(rest[k : k + most])) for k in range(0, len(rest), most)]
        return groups

    def _has_room(self, caregiver: CaregiverId, housed: Counter[CaregiverId]) -> bool:
        if housed[caregiver] >= self.problem.programme.max_children:
            return False
        by_child = self.problem.programme.places_count_children
        return not by_child or housed[caregiver] < self.caregivers[caregiver].places

    def is_barred(self, child: ChildId, caregiver: CaregiverId) -> bool:
        """Say whether kinship, a wish or the rule on sexes keeps two people apart."""
        sexes = self.children[child].sex, self.caregivers[caregiver].sex
        forbidden = sex_rule(*sexes, self.problem.programme) is SexRule.FORBIDDEN
        return forbidden or (child, caregiver) in self.problem.forbidden


@lru_cache(maxsize=100_000)
def geodesic_m(a: Place, b: Place) -> float:
    """Return the metres between two places by geopy, which takes a moment to load."""
    from geopy.distance import geodesic

    return float(geodesic((a.lat, a.lon), (b.lat, b.lon)).meters)
