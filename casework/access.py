"""Access: who may do what to which record, and see which of its fields (权限).

``decide(actor, action, target)`` is total, reads nothing and says no unless a rule says yes.
The rules in order:

1. the account is active;
2. its scope fits its role (a township's account is over one township);
3. the role is given the action (``casework.access_rules``);
4. the record lies inside the scope, else nothing is told, not even that it exists;
5. it is the caregiver's own pair, or the team's booked session, where that is asked;
6. what is approved is another hand's work, or the only officer has the leader's signed paper;
7. there is a lawful basis, and a grant that is open now, where these are asked.
"""

from dataclasses import dataclass
from enum import StrEnum

from casework.access_rules import DEPTHS, RULES, Need, Rule, lies_within_reach
from casework.actors import (
    CITY_CODE,
    SYSTEM_ACTOR,
    Action,
    Actor,
    AreaPath,
    BasisKind,
    Field,
    LawfulBasis,
    Role,
    SignedPaper,
    Target,
    area,
    lies_in,
)

__all__ = [
    "CITY_CODE",
    "SYSTEM_ACTOR",
    "UNSEEN",
    "Action",
    "Actor",
    "AreaPath",
    "BasisKind",
    "Decision",
    "Field",
    "LawfulBasis",
    "Reason",
    "Role",
    "SignedPaper",
    "Target",
    "area",
    "decide",
    "lies_in",
    "may_begin",
]


class Reason(StrEnum):
    """Why a decision is as it is."""

    ALLOWED = "allowed"
    ALLOWED_BY_PAPER = "allowed_by_paper"
    INACTIVE = "inactive"
    SCOPE_DOES_NOT_FIT = "scope_does_not_fit"
    NOT_FOR_THIS_ROLE = "not_for_this_role"
    OUTSIDE = "outside"
    NOT_OWN = "not_own"
    OWN_WORK = "own_work"
    NO_BASIS = "no_basis"
    NO_GRANT = "no_grant"


UNSEEN = frozenset({Reason.OUTSIDE, Reason.NOT_OWN})
"""Answered in the very words of "does not exist"."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether it may be done, why, and which fields go with it (none with a no)."""

    allow: bool
    reason: Reason
    fields: frozenset[Field] = frozenset()


def decide(actor: Actor, action: Action, target: Target) -> Decision:
    """Decide whether the actor may do this to that, and which fields she may see."""
    first = may_begin(actor, action, target.area)
    if not first.allow:
        return first
    reason = _judge_needs(RULES[action][actor.role], actor, action, target)
    if reason in (Reason.ALLOWED, Reason.ALLOWED_BY_PAPER):
        return Decision(True, reason, first.fields)
    return Decision(False, reason)


def may_begin(actor: Actor, action: Action, path: AreaPath) -> Decision:
    """Decide by rules 1 to 4 alone: what can be said before a record is looked up.

    A yes is no yes to any record yet: ``decide`` says that.
    """
    if not actor.is_active:
        return Decision(False, Reason.INACTIVE)
    if len(actor.scope) not in DEPTHS[actor.role]:
        return Decision(False, Reason.SCOPE_DOES_NOT_FIT)
    rule = RULES.get(action, {}).get(actor.role)
    if rule is None:
        return Decision(False, Reason.NOT_FOR_THIS_ROLE)
    if not lies_within_reach(path, actor.scope, rule.needs):
        return Decision(False, Reason.OUTSIDE)
    return Decision(True, Reason.ALLOWED, rule.fields)


def _judge_needs(rule: Rule, actor: Actor, action: Action, target: Target) -> Reason:
    """Give the first need that is not met, for a record inside the scope."""
    needs = rule.needs
    reason = Reason.ALLOWED
    if Need.OWN_PAIR in needs and not target.pairings & actor.own_pairs:
        return Reason.NOT_OWN
    if Need.BOOKED in needs and target.session not in actor.booked_sessions:
        return Reason.NOT_OWN
    if Need.OTHER_HAND in needs and target.author in ("", actor.id):
        if not (target.author and actor.is_only_officer and target.paper):
            return Reason.OWN_WORK
        reason = Reason.ALLOWED_BY_PAPER
    if Need.BASIS in needs and target.basis is None:
        return Reason.NO_BASIS
    if Need.GRANT in needs and (action, target.id) not in actor.open_grants:
        return Reason.NO_GRANT
    return reason
