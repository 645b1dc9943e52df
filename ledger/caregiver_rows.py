"""Caregiver rows: a row of the caregiver ledger becomes a record, or waits (爱心妈妈台账核查).

A row can be used when it has an identity, a name and a known township. The background check,
the commitment and the rest may be missing: then a pair with her is conditional (decision 5).
"""

from typing import Any

from casework.eligibility import age_years
from casework.fields import (
    Cell,
    Reply,
    kin_entries,
    read_choice,
    read_phone,
    read_places,
    read_reply,
    read_yes_no,
)
from casework.people import CaregiverId, CaregiverRole, CaregiverStatus, CheckResult
from casework.records import CaregiverRecord
from casework.words import find_word
from casework.writing import said, text_of
from casework.written_dates import read_date
from ledger.judged import Judged, read_identity, settle_id
from ledger.locating import Locator
from ledger.person_cells import (
    check_age,
    read_birth_date,
    read_day,
    read_name,
    read_past_day,
    read_sex,
)
from ledger.reader import Reader
from ledger.rows import RowReader

_OF_AGE_YEARS = 18


def judge_caregiver(row: RowReader, locator: Locator, reader: Reader) -> Judged:
    """Judge a row of the caregiver ledger; its findings go to the sheet's."""
    identity = read_identity(row)
    name = read_name(row)
    sex = read_sex(row, identity)
    located = locator.locate(row)
    birth_date = read_birth_date(row, identity, required=False)
    check_age(row, birth_date, reader.on)
    if birth_date and not row.errors and age_years(birth_date, reader.on) < _OF_AGE_YEARS:
        row.tell("caregiver_minor", "birth_date")
    cells = _optional_cells(row, reader)
    township = located.township_name if located else ""
    village = located.village_name if located else ""
    known_by = "\0".join((name, str(birth_date or cells["phone"]), township, village))
    judged_id = settle_id(row, identity, known_by, reader)
    judged = Judged(row, judged_id, identity, name, township, None)
    if located is None or row.errors:
        return judged
    judged.record = CaregiverRecord(
        id=CaregiverId(judged.id),
        where=row.where,
        name=name,
        home=located.home,
        unit_name=located.unit_name,
        township_name=township,
        village_name=village,
        resident_id=identity.resident_id,
        number=identity.number,
        sex=sex,
        birth_date=birth_date,
        **cells,
    )
    return judged


def _optional_cells(row: RowReader, reader: Reader) -> dict[str, Any]:
    reply = row.read("commitment", lambda value: read_reply("commitment", value)) or Reply(None)
    if reply.on is not None and reply.on > reader.on:
        row.tell("date_future", "commitment", on=reader.on)
        reply = Reply(None)
    places = row.read("places", read_places)
    if places is None and "places" in row.sheet.present and not row.text("places"):
        row.tell("places_blank", "places", places=reader.programme.default_places)
    status = row.read("status", lambda v: read_choice("caregiver_status", CaregiverStatus, v))
    role = row.read("role", lambda v: read_choice("role", CaregiverRole, v))
    return {
        "phone": row.read("phone", read_phone) or "",
        "role": role or (CaregiverRole.OTHER if row.text("role") else None),
        "workplace": row.text("workplace"),
        "address": row.text("address"),
        "places": reader.programme.default_places if places is None else places,
        "available_from": read_day(row, "available_from"),
        "available_to": read_day(row, "available_to"),
        **_check_cells(row, reader),
        "commitment_on": reply.on,
        "commitment_signed": reply.given,
        "trained": row.read("trained", read_yes_no),
        "kin": kin_entries(row.value("kin")),
        "status": status or CaregiverStatus.ACTIVE,
        "remarks": row.text("remarks"),
    }


def _check_cells(row: RowReader, reader: Reader) -> dict[str, Any]:
    """Read the background check; a day in the result's column says when, not with what result."""
    asks_for_record = "记录" in row.sheet.where(0, "check_result").column
    read = _read_record if asks_for_record else _read_check_result
    checked_on = read_past_day(row, "check_on", reader.on)
    return {
        "check_on": checked_on,
        "check_expires_on": read_day(row, "check_expires_on"),
        "check_result": row.read("check_result", read),
    }


def _read_record(value: object) -> Cell[CheckResult]:
    """Read a column that asks for a criminal record: 无 is good news, elsewhere it is unclear."""
    text = text_of(value)
    if text in ("有", "无", "没有"):
        return Cell(CheckResult.FAILED if text == "有" else CheckResult.PASSED)
    return _read_check_result(value)


def _read_check_result(value: object) -> Cell[CheckResult]:
    text = text_of(value)
    word = find_word("check_result", text) if text else None
    if word == "unknown" or (text != "无" and not said(text)):
        return Cell(None)
    if word is None or read_date(value).day:
        return Cell(None, "check_result_unclear")
    return Cell(CheckResult(word))
