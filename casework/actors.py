"""Actors and targets: who asks, what is asked for, and the words of access (权限用语).

An area is a path of codes (city, unit, township, village), never the prefix of one code: three
units have no code of their own in the national list, and districts merge.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

AreaPath = tuple[str, ...]
"""City, unit, township, village: as many codes as it goes deep; () is everywhere."""

CITY_CODE = "500000"


def area(unit: str = "", township: str = "", village: str = "") -> AreaPath:
    """Give the path of an area of the city; it ends at the first code that is not known."""
    path: list[str] = [CITY_CODE]
    for code in (unit, township, village):
        if not code:
            break
        path.append(code)
    return tuple(path)


def lies_in(path: AreaPath, scope: AreaPath) -> bool:
    """Whether an area is the scope or lies inside it."""
    return path[: len(scope)] == scope


class Role(StrEnum):
    """What a person is here (角色); SYSTEM is whoever owns the data folder, by command line."""

    CITY = "city"
    UNIT = "unit"
    TOWNSHIP = "township"
    CAREGIVER = "caregiver"
    TEAM = "team"
    AUDITOR = "auditor"
    SYSTEM = "system"


class Action(StrEnum):
    """What can be done (操作)."""

    OWN_ACCOUNT = "own_account"
    CHILD_LIST = "child_list"
    CHILD_READ = "child_read"
    CAREGIVER_LIST = "caregiver_list"
    CAREGIVER_READ = "caregiver_read"
    ID_NUMBER_READ = "id_number_read"
    PERSON_WRITE = "person_write"
    PERSON_ERASE = "person_erase"
    LEDGER_IMPORT = "ledger_import"
    LEDGER_EXPORT = "ledger_export"
    PERSON_EXPORT = "person_export"
    ROWS_PROPOSE = "rows_propose"
    ROWS_CONFIRM = "rows_confirm"
    PROPOSAL_CREATE = "proposal_create"
    PROPOSAL_READ = "proposal_read"
    PROPOSAL_APPROVE = "proposal_approve"
    PAIRING_READ = "pairing_read"
    PAIRING_WRITE = "pairing_write"
    CAREGIVER_SUSPEND = "caregiver_suspend"
    CARE_WRITE = "care_write"
    CARE_READ = "care_read"
    TASK_READ = "task_read"
    TASK_WRITE = "task_write"
    DECLARATION_WRITE = "declaration_write"
    DECLARATION_READ = "declaration_read"
    HAND_IN_WRITE = "hand_in_write"
    HAND_IN_READ = "hand_in_read"
    HAND_IN_RECEIVE = "hand_in_receive"
    ROUND_GENERATE = "round_generate"
    ROUND_READ = "round_read"
    SESSION_ROSTER = "session_roster"
    MAP_AGGREGATE = "map_aggregate"
    MAP_POINTS = "map_points"
    JOB_READ = "job_read"
    AUDIT_READ = "audit_read"
    USER_MANAGE = "user_manage"
    GRANT_ASK = "grant_ask"
    GRANT_APPROVE = "grant_approve"
    MAINTAIN = "maintain"


class Field(StrEnum):
    """Groups of fields that are shown or kept back together (字段).

    An ID number always shows masked unless ID_NUMBER is given; CHECKS are background checks,
    kin and conflicts, of which others only ever learn 不可安排.
    """

    ID_NUMBER = "id_number"
    NAME = "name"
    CONTACT = "contact"
    ADDRESS = "address"
    POINT = "point"
    BIRTH_DATE = "birth_date"
    AGE = "age"
    AGE_BAND = "age_band"
    SEX = "sex"
    CATEGORY = "category"
    CAUSES = "causes"
    FAMILY = "family"
    NEEDS = "needs"
    CHECKS = "checks"
    AREA = "area"
    PAIRING = "pairing"
    COUNTS = "counts"


class BasisKind(StrEnum):
    """Why personal data may be used (PIPL 13, 31): consent of the guardian, or a duty by law."""

    CONSENT = "consent"
    STATUTORY_DUTY = "statutory_duty"


@dataclass(frozen=True, slots=True)
class LawfulBasis:
    """A lawful basis (合法性基础): which, stated or given by whom, on which day."""

    kind: BasisKind
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class ChildBasis:
    """The basis a child's record stands on.

    Attributes
    ----------
    by
        Who gave consent, or the office whose duty it is.
    paper
        Which paper says so: a number, or where the form lies.
    is_of_child
        Whether the child herself gave consent, not her guardian.
    """

    kind: BasisKind
    by: str
    on: date
    paper: str
    is_of_child: bool = False

    @property
    def lawful(self) -> LawfulBasis:
        """As the policy reads it."""
        return LawfulBasis(self.kind, self.by, self.on)


@dataclass(frozen=True, slots=True)
class SignedPaper:
    """A leader's signed paper, where an office has one officer: by whom, when, its number."""

    signed_by: str
    on: date
    number: str
    scan: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, as the account stands now.

    Attributes
    ----------
    id
        Of the account; ``system`` for the command line.
    own_pairs
        Ids of a caregiver's own pairings that are in force.
    booked_sessions
        Ids of the sessions a team is booked for.
    open_grants
        What is granted for a while and open now: ``(action, id of the record)``.
    is_only_officer
        Whether nobody else in the office could approve.
    """

    id: str
    role: Role
    scope: AreaPath
    is_active: bool = True
    own_pairs: frozenset[str] = frozenset()
    booked_sessions: frozenset[str] = frozenset()
    open_grants: frozenset[tuple[Action, str]] = frozenset()
    is_only_officer: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked for.

    Attributes
    ----------
    kind
        In words of the store: ``child``, ``caregiver``, ``proposal``; for the audit.
    area
        Where the record belongs; a list's is the area it is cut to.
    author
        Account that made it, where another hand must approve.
    pairings
        The pairings in force that it is part of.
    session
        The session of a roster.
    """

    kind: str
    area: AreaPath
    id: str = ""
    author: str = ""
    pairings: frozenset[str] = frozenset()
    session: str = ""
    basis: LawfulBasis | None = None
    paper: SignedPaper | None = None


SYSTEM_ACTOR = Actor("system", Role.SYSTEM, (), is_only_officer=True)
"""Whoever runs the command line on the data folder: the operating system let them in."""
