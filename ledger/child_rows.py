"""Child rows: a row of the child ledger becomes a record, or waits (困境儿童台账逐行核查).

A row can be used when it has an identity, a name, a known township, a birth date and a
category; every other cell may be missing, and what is missing stays unknown.
"""

from typing import Any

from casework.eligibility import OutOfScope, is_nearly_aged_out, scope_of
from casework.fields import (
    Kind,
    Reply,
    read_category,
    read_choice,
    read_disability,
    read_phone,
    read_reply,
    read_yes_no,
)
from casework.people import Category, ChildId, ChildStatus, GuardianshipRating
from casework.records import ChildRecord
from ledger.basis_cells import read_basis
from ledger.judged import Judged, read_identity, read_other_id, settle_id
from ledger.locating import Locator
from ledger.person_cells import check_age, read_birth_date, read_name, read_sex
from ledger.reader import Reader
from ledger.rows import RowReader


def judge_child(row: RowReader, locator: Locator, reader: Reader) -> Judged:
    """Judge a row of the child ledger; its findings go to the sheet's."""
    identity = read_identity(row)
    name = read_name(row)
    sex = read_sex(row, identity)
    located = locator.locate(row)
    birth_date = read_birth_date(row, identity, required=True)
    check_age(row, birth_date, reader.on)
    kind = _read_kind(row)
    cells = _optional_cells(row, reader)
    basis = read_basis(row, reader.on, birth_date, consent=cells["consent_given"])
    township = located.township_name if located else ""
    village = located.village_name if located else ""
    known_by = "\0".join((name, str(birth_date), township, village))
    judged_id = settle_id(row, identity, known_by, reader)
    judged = Judged(row, judged_id, identity, name, township, None)
    if located is None or kind is None or row.errors:
        return judged
    judged.record = ChildRecord(
        id=ChildId(judged.id),
        where=row.where,
        name=name,
        home=located.home,
        unit_name=located.unit_name,
        township_name=township,
        village_name=village,
        village_group=located.village_group,
        category=kind.category,
        resident_id=identity.resident_id,
        number=identity.number,
        sex=sex,
        birth_date=birth_date,
        basis=basis,
        **{**cells, "guardianship": cells["guardianship"] or kind.guardianship},
    )
    _tell_scope(row, judged.record, reader)
    return judged


def _read_kind(row: RowReader) -> Kind | None:
    """Read the category; a ledger without the column says no more than 困境儿童."""
    if "category" not in row.sheet.present:
        return Kind(Category.UNSPECIFIED)
    cell = read_category(row.value("category"))
    if cell.rule:
        row.tell(cell.rule, "category")
    return cell.value


def _optional_cells(row: RowReader, reader: Reader) -> dict[str, Any]:
    reply = row.read("consent", lambda value: read_reply("consent", value)) or Reply(None)
    consent_on = reply.on
    if consent_on is not None and consent_on > reader.on:
        row.tell("date_future", "consent", on=reader.on)
        reply = Reply(None)
    status = row.read("status", lambda v: read_choice("child_status", ChildStatus, v))
    return {
        "ethnicity": row.text("ethnicity"),
        "address": row.text("address"),
        "guardian_name": row.text("guardian_name"),
        "guardian_relation": row.text("guardian_relation"),
        "guardian_phone": row.read("guardian_phone", read_phone) or "",
        "guardian_resident_id": read_other_id(row, "guardian_resident_id"),
        "guardianship": row.read(
            "guardianship", lambda v: read_choice("guardianship", GuardianshipRating, v)
        ),
        "siblings": row.text("siblings"),
        "school_name": row.text("school_name"),
        "school_stage": row.text("school_stage"),
        "boarding": row.read("boarding", read_yes_no),
        "has_disability": row.read("has_disability", read_disability),
        "health": row.text("health"),
        "consent_on": reply.on,
        "consent_given": reply.given,
        "status": status or ChildStatus.ACTIVE,
        "caregiver_name": row.text("caregiver_name"),
        "caregiver_resident_id": read_other_id(row, "caregiver_resident_id"),
        "remarks": row.text("remarks"),
    }


_SCOPE_COLUMN = {
    OutOfScope.NOT_ACTIVE: "status",
    OutOfScope.AGED_OUT: "birth_date",
    OutOfScope.LEFT_BEHIND_AGE: "birth_date",
    OutOfScope.LEFT_BEHIND_GUARDIANSHIP: "guardianship",
    OutOfScope.LEFT_BEHIND_GUARDIANSHIP_UNKNOWN: "guardianship",
}


def _tell_scope(row: RowReader, child: ChildRecord, reader: Reader) -> None:
    reason = scope_of(child, reader.programme, reader.on).reason
    if reason is not None:
        row.tell(f"scope_{reason}", _SCOPE_COLUMN.get(reason, "category"))
    elif child.birth_date and is_nearly_aged_out(child.birth_date, reader.programme, reader.on):
        row.tell("nearly_aged_out", "birth_date")
