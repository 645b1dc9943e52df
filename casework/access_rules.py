"""Access rules: which role is given which action, with which fields, under which needs (权限表).

One table; ``docs/reference/access.md`` is written from it. What stands nowhere is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from casework.actors import Action, AreaPath, Field, Role, lies_in


class Need(StrEnum):
    """What must hold besides the role and the area."""

    OWN_PAIR = "own_pair"
    BOOKED = "booked"
    OTHER_HAND = "other_hand"
    BASIS = "basis"
    GRANT = "grant"
    AROUND = "around"
    """The record may also be one that the scope lies in: a round is the whole city's."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a role is given of an action."""

    fields: frozenset[Field] = frozenset()
    needs: frozenset[Need] = frozenset()


DEPTHS: Mapping[Role, tuple[int, ...]] = {
    Role.CITY: (1,),
    Role.UNIT: (2,),
    Role.TOWNSHIP: (3,),
    Role.CAREGIVER: (2, 3, 4),  # a unit, where her child lives in the next township
    Role.TEAM: (1, 2),
    Role.AUDITOR: (1, 2),
    Role.SYSTEM: (0,),
}
"""How deep the scope of a role goes: 1 a city, 2 a unit, 3 a township, 4 a village."""

_ALL = frozenset(Field)
_OFFICE = _ALL - {Field.ID_NUMBER}
_TOWNSHIP = _OFFICE - {Field.POINT, Field.CHECKS}
_CAREGIVER = frozenset(
    {Field.NAME, Field.CONTACT, Field.ADDRESS, Field.BIRTH_DATE, Field.AGE, Field.SEX}
    | {Field.CATEGORY, Field.FAMILY, Field.NEEDS, Field.AREA, Field.PAIRING}
)
_NAMELESS = frozenset({Field.AGE, Field.SEX, Field.CATEGORY, Field.AREA, Field.PAIRING})
_TOTALS = frozenset({Field.AREA, Field.COUNTS})
_CITY_VIEW = _NAMELESS | _TOTALS
_CARE = frozenset({Field.NAME, Field.AREA, Field.PAIRING, Field.NEEDS})
_SESSION = frozenset({Field.NAME, Field.AGE_BAND, Field.SEX})
_DECLARED = _TOTALS | {Field.CONTACT}
"""A declaration names the officer to call, never a child."""

_PLAIN = Rule()
_OWN_PAIR = frozenset({Need.OWN_PAIR})
_OTHER_HAND = frozenset({Need.OTHER_HAND})
_AROUND = frozenset({Need.AROUND})


def _to(fields: frozenset[Field], *roles: Role) -> dict[Role, Rule]:
    """Give the same to several roles."""
    return dict.fromkeys(roles, Rule(fields))


def _office() -> dict[Role, Rule]:
    """Give what the unit sees, and the township without points and checks."""
    return {Role.UNIT: Rule(_OFFICE), Role.TOWNSHIP: Rule(_TOWNSHIP)}


_GIVEN: Mapping[Action, Mapping[Role, Rule]] = {
    Action.OWN_ACCOUNT: dict.fromkeys((r for r in Role if r is not Role.SYSTEM), _PLAIN),
    Action.CHILD_LIST: _office(),
    Action.CHILD_READ: _office() | {Role.CAREGIVER: Rule(_CAREGIVER, _OWN_PAIR)},
    Action.CAREGIVER_LIST: _office(),
    Action.CAREGIVER_READ: _office() | {Role.CAREGIVER: Rule(_CAREGIVER, _OWN_PAIR)},
    Action.ID_NUMBER_READ: {
        Role.UNIT: Rule(frozenset({Field.ID_NUMBER}), frozenset({Need.BASIS, Need.GRANT}))
    },
    Action.PERSON_WRITE: _to(_OFFICE, Role.UNIT),
    Action.PERSON_ERASE: _to(_OFFICE, Role.UNIT),
    Action.LEDGER_IMPORT: _to(_OFFICE, Role.UNIT),
    Action.LEDGER_EXPORT: {Role.UNIT: Rule(_OFFICE, frozenset({Need.BASIS, Need.GRANT}))},
    Action.PERSON_EXPORT: {Role.UNIT: Rule(_OFFICE, frozenset({Need.BASIS}))},
    Action.ROWS_PROPOSE: _to(_TOWNSHIP, Role.TOWNSHIP),
    Action.ROWS_CONFIRM: _to(_OFFICE, Role.UNIT),
    Action.PROPOSAL_CREATE: _to(_OFFICE, Role.UNIT),
    Action.PROPOSAL_READ: _office() | _to(_CITY_VIEW, Role.CITY),
    Action.PROPOSAL_APPROVE: {Role.UNIT: Rule(_OFFICE, _OTHER_HAND)},
    Action.PAIRING_READ: _office() | {Role.CAREGIVER: Rule(_CAREGIVER, _OWN_PAIR)},
    Action.PAIRING_WRITE: _to(_OFFICE, Role.UNIT),
    Action.CAREGIVER_SUSPEND: _office(),
    Action.CARE_WRITE: {Role.CAREGIVER: Rule(_CARE, _OWN_PAIR)},
    Action.CARE_READ: _to(_CARE, Role.UNIT, Role.TOWNSHIP)
    | {Role.CAREGIVER: Rule(_CARE, _OWN_PAIR)},
    Action.TASK_READ: _office(),
    Action.TASK_WRITE: _office(),
    Action.DECLARATION_WRITE: _to(_DECLARED, Role.UNIT),
    Action.DECLARATION_READ: _to(_DECLARED, Role.CITY, Role.UNIT),
    Action.HAND_IN_WRITE: _to(_CITY_VIEW | _DECLARED, Role.UNIT),
    Action.HAND_IN_READ: _to(_CITY_VIEW | _DECLARED, Role.CITY, Role.UNIT),
    Action.HAND_IN_RECEIVE: _to(_CITY_VIEW | _DECLARED, Role.CITY),
    Action.ROUND_GENERATE: _to(_DECLARED, Role.CITY),
    Action.ROUND_READ: dict.fromkeys(
        (Role.CITY, Role.UNIT, Role.TOWNSHIP, Role.TEAM, Role.AUDITOR), Rule(_TOTALS, _AROUND)
    ),
    Action.SESSION_ROSTER: {
        Role.UNIT: Rule(_SESSION | {Field.AREA, Field.CONTACT}),
        Role.TEAM: Rule(_SESSION, frozenset({Need.BOOKED})),
    },
    Action.MAP_AGGREGATE: _to(_TOTALS, Role.CITY, Role.UNIT, Role.TOWNSHIP, Role.AUDITOR),
    Action.MAP_POINTS: _to(_TOTALS | {Field.POINT, Field.NAME}, Role.UNIT),
    Action.JOB_READ: _to(_TOTALS, Role.CITY, Role.UNIT, Role.TOWNSHIP),
    Action.AUDIT_READ: _to(frozenset(), Role.AUDITOR),
    Action.USER_MANAGE: _to(frozenset(), Role.CITY, Role.UNIT),
    Action.GRANT_ASK: _to(frozenset(), Role.UNIT),
    Action.GRANT_APPROVE: {Role.UNIT: Rule(frozenset(), _OTHER_HAND)},
    Action.MAINTAIN: {},
}


def _with_system() -> Mapping[Action, Mapping[Role, Rule]]:
    """Give the owner of the data folder what the unit and the city have, needs and all."""
    rules: dict[Action, Mapping[Role, Rule]] = {}
    for action, given in _GIVEN.items():
        if action is Action.OWN_ACCOUNT:
            rules[action] = given
            continue
        model = given.get(Role.UNIT) or given.get(Role.CITY)
        rules[action] = {**given, Role.SYSTEM: model or _PLAIN}
    return rules


RULES: Mapping[Action, Mapping[Role, Rule]] = _with_system()


def lies_within_reach(area: AreaPath, scope: AreaPath, needs: frozenset[Need]) -> bool:
    """Whether a record lies inside the scope, or around it where that is enough."""
    return lies_in(area, scope) or (Need.AROUND in needs and lies_in(scope, area))


APPOINTS: Mapping[Role, frozenset[Role]] = {
    Role.SYSTEM: frozenset(Role) - {Role.SYSTEM},
    Role.CITY: frozenset(Role) - {Role.SYSTEM},
    Role.UNIT: frozenset({Role.UNIT, Role.TOWNSHIP, Role.CAREGIVER}),
}
"""Which accounts a role may make, inside its own scope."""


def may_appoint(role: Role, scope: AreaPath, to_role: Role, to_scope: AreaPath) -> bool:
    """Whether somebody may make, change or disable an account of this role and scope."""
    return (
        to_role in APPOINTS.get(role, frozenset())
        and lies_in(to_scope, scope)
        and len(to_scope) in DEPTHS[to_role]
    )
