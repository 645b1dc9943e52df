"""Cells of a ledger row: what each field of a record looks like when we write it.

The words are the choices of ``columns.toml``, so what we write is what we read.
"""

from collections.abc import Mapping
from enum import Enum

from casework.actors import BasisKind, ChildBasis
from casework.people import (
    CaregiverRole,
    CaregiverStatus,
    Category,
    CheckResult,
    ChildStatus,
    GuardianshipRating,
    Home,
    Sex,
)
from casework.records import CaregiverRecord, ChildRecord, PairRecord
from casework.wording import Language, label
from geo.place import Precision
from ledger.tables import Value

Cells = dict[str, Value]

WORDS: Mapping[type, Mapping[Enum | bool, str]] = {
    Sex: {
        Sex.FEMALE: "女",
        Sex.MALE: "男",
    },
    Category: {
        Category.SCATTERED_ORPHAN: "散居孤儿",
        Category.DE_FACTO_UNATTENDED: "事实无人抚养儿童",
        Category.LEFT_BEHIND: "留守儿童",
        Category.INSTITUTIONAL_ORPHAN: "集中供养孤儿",
        Category.OTHER: "其他",
        Category.UNSPECIFIED: "困境儿童",
    },
    GuardianshipRating: {
        GuardianshipRating.GOOD: "较好",
        GuardianshipRating.FAIR: "一般",
        GuardianshipRating.POOR: "差",
    },
    ChildStatus: {
        ChildStatus.ACTIVE: "在册",
        ChildStatus.AGED_OUT: "满龄退出",
        ChildStatus.ADOPTED: "被收养",
        ChildStatus.MOVED_OUT: "迁出",
        ChildStatus.INSTITUTION: "入住机构",
        ChildStatus.DECEASED: "死亡",
        ChildStatus.RECOVERED: "困境消除",
    },
    CaregiverRole: {
        CaregiverRole.VILLAGE_CHAIR: "村居妇联主席",
        CaregiverRole.EXECUTIVE_MEMBER: "妇联执委",
        CaregiverRole.CADRE: "妇联干部",
        CaregiverRole.TEACHER: "教师",
        CaregiverRole.VOLUNTEER: "志愿者",
        CaregiverRole.ENTREPRENEUR: "企业家",
        CaregiverRole.OTHER: "其他",
    },
    CaregiverStatus: {
        CaregiverStatus.ACTIVE: "在岗",
        CaregiverStatus.ON_LEAVE: "暂不在岗",
        CaregiverStatus.LEFT: "已离岗",
        CaregiverStatus.ELECTION_OUT: "换届离任",
        CaregiverStatus.SUSPENDED: "不可安排",
    },
    CheckResult: {
        CheckResult.PASSED: "合格",
        CheckResult.FAILED: "不合格",
    },
    Precision: {
        Precision.EXACT: "准确",
        Precision.VILLAGE: "村级",
        Precision.TOWNSHIP: "镇街级",
    },
    bool: {
        True: "是",
        False: "否",
    },
}


def word(value: Enum | bool | None) -> str | None:
    """Give the word for a choice; None for what is not known."""
    return None if value is None else WORDS[type(value)][value]


def in_words(value: Enum | bool | None, language: Language = "zh") -> str:
    """Say a choice on a page: in Chinese as the ledger's cells do."""
    if value is None:
        return ""
    if language == "zh":
        return WORDS[type(value)][value]
    return ("no", "yes")[value] if isinstance(value, bool) else label(value, language)


def basis_in_words(basis: ChildBasis, language: Language = "zh") -> str:
    """Say a lawful basis in one line: which, by whom, on which day, by which paper."""
    facts = (basis.by, basis.on.isoformat(), basis.paper)
    if language == "zh":
        return "，".join((basis_word(basis), *facts))
    own = "her own consent" if basis.is_of_child else "the guardian's consent"
    return ", ".join((own if basis.kind is BasisKind.CONSENT else "a duty by law", *facts))


def child_cells(child: ChildRecord) -> Cells:
    """Give a child's cells, by field of the child ledger."""
    return {
        "number": child.number or None,
        "unit": child.unit_name or None,
        "township": child.township_name,
        "village": child.village_name or None,
        "village_group": child.village_group or None,
        "name": child.name,
        "sex": word(child.sex),
        "ethnicity": child.ethnicity or None,
        "birth_date": child.birth_date,
        "resident_id": child.resident_id or None,
        "category": word(child.category),
        "guardianship": word(child.guardianship),
        "siblings": child.siblings or None,
        "guardian_name": child.guardian_name or None,
        "guardian_relation": child.guardian_relation or None,
        "guardian_phone": child.guardian_phone or None,
        "guardian_resident_id": child.guardian_resident_id or None,
        "consent": child.consent_on or word(child.consent_given),
        **_basis_cells(child.basis),
        "address": child.address or None,
        **_place_cells(child.home),
        "school_name": child.school_name or None,
        "school_stage": child.school_stage or None,
        "boarding": word(child.boarding),
        "has_disability": word(child.has_disability),
        "health": child.health or None,
        "status": word(child.status),
        "caregiver_name": child.caregiver_name or None,
        "remarks": child.remarks or None,
    }


def caregiver_cells(caregiver: CaregiverRecord) -> Cells:
    """Give a caregiver's cells, by field of the caregiver ledger."""
    return {
        "number": caregiver.number or None,
        "unit": caregiver.unit_name or None,
        "township": caregiver.township_name,
        "village": caregiver.village_name or None,
        "name": caregiver.name,
        "sex": word(caregiver.sex),
        "birth_date": caregiver.birth_date,
        "resident_id": caregiver.resident_id or None,
        "phone": caregiver.phone or None,
        "role": word(caregiver.role),
        "workplace": caregiver.workplace or None,
        "address": caregiver.address or None,
        **_place_cells(caregiver.home),
        "places": caregiver.places,
        "available_from": caregiver.available_from,
        "available_to": caregiver.available_to,
        "check_on": caregiver.check_on,
        "check_result": word(caregiver.check_result),
        "check_expires_on": caregiver.check_expires_on,
        "commitment": caregiver.commitment_on or _promise(signed=caregiver.commitment_signed),
        "trained": word(caregiver.trained),
        "kin": "、".join(caregiver.kin) or None,
        "status": word(caregiver.status),
        "remarks": caregiver.remarks or None,
    }


def pair_cells(pair: PairRecord, child: ChildRecord, caregiver: CaregiverRecord) -> Cells:
    """Give a pair's cells, by field of the register; both people are named in full."""
    return {
        "unit": child.unit_name or None,
        "township": child.township_name,
        "child_number": child.number or None,
        "child_name": child.name,
        "child_resident_id": child.resident_id or None,
        "caregiver_number": caregiver.number or None,
        "caregiver_name": caregiver.name,
        "caregiver_resident_id": caregiver.resident_id or None,
        "started_on": pair.started_on,
        "ended_on": pair.ended_on,
        "locked": word(pair.locked),
        "remarks": pair.remarks or None,
    }


def _promise(*, signed: bool | None) -> str | None:
    """Tell a refusal from not having signed yet, which is what 否 would say."""
    return "拒绝签订" if signed is False else word(signed)


def _basis_cells(basis: ChildBasis | None) -> Cells:
    if basis is None:
        return dict.fromkeys(("basis", "basis_by", "basis_on", "basis_paper"))
    written = {"basis": basis_word(basis), "basis_by": basis.by}
    return {**written, "basis_on": basis.on, "basis_paper": basis.paper}


def basis_word(basis: ChildBasis) -> str:
    """Give the word for a lawful basis; consent of the child herself is no guardian's."""
    if basis.kind is BasisKind.STATUTORY_DUTY:
        return "法定职责"
    return "本人同意" if basis.is_of_child else "监护人同意"


def _place_cells(home: Home) -> Cells:
    """Write a point only where it is the home's or the village's own."""
    if home.place is None or not home.precision.is_measurable:
        return {"lon": None, "lat": None, "datum": None, "location_source": None}
    return {
        "lon": home.place.lon,
        "lat": home.place.lat,
        "datum": "WGS-84",
        "location_source": word(home.precision),
    }
