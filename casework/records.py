"""Records: rows of the ledgers (台账) with everything the unit's own staff may see.

These never reach the solver, a map or a log. ``casework.people`` holds what may.
"""

from dataclasses import dataclass
from datetime import date

from casework.actors import ChildBasis
from casework.findings import Where
from casework.people import (
    CaregiverId,
    CaregiverRole,
    CaregiverStatus,
    Category,
    CheckResult,
    ChildId,
    ChildStatus,
    GuardianshipRating,
    Home,
    Sex,
)


@dataclass(frozen=True, slots=True)
class ChildRecord:
    """One row of the child ledger (困境儿童台账).

    Attributes
    ----------
    id
        The ledger's 编号, else the keyed hash of the resident ID (decision 2).
    siblings
        The household's mark as the office writes it (同户编号), else empty.
    basis
        What the ledger's columns of a lawful basis say (合法性基础), where it has them.
    unknown
        Fields of the table that stand empty: shown to the officer, never guessed.
    """

    id: ChildId
    where: Where
    name: str
    home: Home
    unit_name: str
    township_name: str
    village_name: str
    category: Category
    resident_id: str = ""
    number: str = ""
    sex: Sex | None = None
    birth_date: date | None = None
    ethnicity: str = ""
    village_group: str = ""
    address: str = ""
    guardian_name: str = ""
    guardian_relation: str = ""
    guardian_phone: str = ""
    guardian_resident_id: str = ""
    guardianship: GuardianshipRating | None = None
    siblings: str = ""
    school_name: str = ""
    school_stage: str = ""
    boarding: bool | None = None
    has_disability: bool | None = None
    health: str = ""
    consent_on: date | None = None
    consent_given: bool | None = None
    basis: ChildBasis | None = None
    status: ChildStatus = ChildStatus.ACTIVE
    caregiver_name: str = ""
    caregiver_resident_id: str = ""
    remarks: str = ""


@dataclass(frozen=True, slots=True)
class CaregiverRecord:
    """One row of the caregiver ledger (爱心妈妈台账).

    Attributes
    ----------
    places
        Households she can take in (可结对户数), 0 to 5.
    kin
        Children she is kin to or must not be paired with (回避儿童), an entry each as written.
    """

    id: CaregiverId
    where: Where
    name: str
    home: Home
    unit_name: str
    township_name: str
    village_name: str
    resident_id: str = ""
    number: str = ""
    sex: Sex | None = None
    birth_date: date | None = None
    phone: str = ""
    role: CaregiverRole | None = None
    workplace: str = ""
    address: str = ""
    places: int = 1
    available_from: date | None = None
    available_to: date | None = None
    check_on: date | None = None
    check_expires_on: date | None = None
    check_result: CheckResult | None = None
    commitment_on: date | None = None
    commitment_signed: bool | None = None
    trained: bool | None = None
    kin: tuple[str, ...] = ()
    status: CaregiverStatus = CaregiverStatus.ACTIVE
    remarks: str = ""


@dataclass(frozen=True, slots=True)
class PairRecord:
    """One row of the pairing register (结对台账): who is paired with whom now.

    Attributes
    ----------
    child_key, caregiver_key
        The resident ID, 编号 or name by which the row names each.
    township_name
        Where the row says which township it is: tells people of one name apart.
    ended_on
        A pairing that has ended is history, not a current pair.
    """

    where: Where
    child_key: str
    caregiver_key: str
    child_name: str = ""
    caregiver_name: str = ""
    started_on: date | None = None
    ended_on: date | None = None
    locked: bool = False
    remarks: str = ""
    township_name: str = ""


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A row that waits for a correction; a child's row appears in every proposal (decision 6).

    Attributes
    ----------
    id
        编号 if the row has one of its own, else a keyed hash of the resident ID or the row's
        cells, never of its position.
    township_name
        The township where one is known; empty where what is written names none.
    cells
        The row as written, by heading, so that nothing is lost.
    number, resident_id
        The row's 编号 and valid resident ID; empty where there is none.
    """

    id: str
    where: Where
    name: str
    township_name: str
    cells: tuple[tuple[str, object], ...]
    rules: tuple[str, ...]
    number: str = ""
    resident_id: str = ""
