"""Cells that a child and a caregiver have alike: name, birth date, sex, days (人员字段核查)."""

import re
from datetime import date

from casework.eligibility import age_years
from casework.fields import read_choice
from casework.identity import birth_date_of, sex_of
from casework.people import Sex
from casework.writing import narrowed, text_of
from casework.written_dates import WrittenDate, read_date
from ledger.judged import Identity
from ledger.rows import RowReader, masked_day
from ledger.tables import TableKind

_CHINESE_GAP = re.compile(r"(?<=[\u3400-\u9fff]) +(?=[\u3400-\u9fff])")
_ODD_NAME = re.compile(r"[^\w·•・‧.'’ -]|[\d_]")
_NAMES_APART = re.compile(r"[、,，;；/／\\|&＆+＋]+")
_AND = re.compile(r"(?:[和与及]|以及)")
_WHOLE_NAME = re.compile(r"[\u3400-\u9fff]{2,4}")
_ALL_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_LONGEST_PLAIN_NAME = 4
_PERSON = {TableKind.CHILDREN: "儿童", TableKind.CAREGIVERS: "爱心妈妈"}
_SEX = {Sex.FEMALE: "女", Sex.MALE: "男"}
_AGE = re.compile(r"([0-9]{1,3})(?:\.[0-9]+)?(?:周?岁)?")


def tidy_name(text: str) -> str:
    """Close the gaps offices type to make names equally wide: 张　三 is 张三."""
    return _CHINESE_GAP.sub("", text)


def read_name(row: RowReader) -> str:
    """Read the name; 张 三 is 张三, and a name with digits in it is to be looked at."""
    text = row.text("name")
    if not text:
        row.tell("name_missing", "name")
        return ""
    name = tidy_name(text)
    if name != text:
        row.tell("name_spaces", "name")
    if _names_several(name):
        row.tell("name_several", "name", person=_PERSON[row.sheet.kind])
    elif _is_odd(name):
        row.tell("name_odd", "name")
    return name


def _names_several(name: str) -> bool:
    """Say whether a cell names two people: 王小明、王小红 or 王小明和王小红, but not 王和平."""
    return any(
        len(parts) > 1 and all(map(_WHOLE_NAME.fullmatch, parts))
        for parts in ([p for p in apart.split(name) if p] for apart in (_NAMES_APART, _AND))
    )


def _is_odd(name: str) -> bool:
    """Say whether a name holds digits or signs, or more Chinese characters than names have."""
    if name.isalpha() and len(name) <= _LONGEST_PLAIN_NAME:
        return False
    too_long = len(name) > _LONGEST_PLAIN_NAME and _ALL_CHINESE.fullmatch(name)
    return bool(too_long or _ODD_NAME.search(name))


def read_sex(row: RowReader, identity: Identity) -> Sex | None:
    """Read the sex; where it contradicts a valid resident ID neither is believed."""
    written = row.read("sex", lambda value: read_choice("sex", Sex, value))
    if not identity.resident_id:
        return written
    by_id = sex_of(identity.resident_id)
    if written is not None and written is not by_id:
        row.tell("sex_differs", "sex", id_sex=_SEX[by_id])
    return by_id


def read_birth_date(row: RowReader, identity: Identity, *, required: bool) -> date | None:
    """Read the birth date, from its column and the resident ID, which must agree."""
    value = row.value("birth_date")
    cell = read_date(value)
    by_id = birth_date_of(identity.resident_id) if identity.resident_id else None
    if cell.rule == "date_serial":
        row.tell("date_serial", "birth_date", day=cell.day and masked_day(cell.day))
    if by_id is None:
        _tell_birth_date(row, cell, required=required)
        return cell.day
    month = by_id.replace(day=1)
    if (cell.day or by_id) != by_id or (cell.month or month) != month:
        parts = _differing_parts(cell, by_id)
        row.tell("birth_date_differs", "birth_date", id_day=masked_day(by_id), parts=parts)
    elif cell.day is None and "birth_date" in row.sheet.present:
        row.tell("birth_date_from_id" if text_of(value) else "birth_date_blank", "birth_date")
    return by_id


def check_age(row: RowReader, birth_date: date | None, on: date) -> None:
    """Tell a birth date after the day, and an age that is not the full years of the day."""
    if birth_date is None:
        return
    if birth_date > on:
        row.tell("born_later", "birth_date" if row.text("birth_date") else "resident_id", on=on)
        return
    text = narrowed(row.text("age"))
    written = _AGE.fullmatch(text) if text else None
    years = age_years(birth_date, on)
    if written and int(written[1]) != years:
        row.tell("age_differs", "age", years=years, on=on)


def read_day(row: RowReader, name: str) -> date | None:
    """Read a day that may be missing; what cannot be read is told and unknown."""
    value = row.value(name)
    if value is None:
        return None
    cell = read_date(value)
    if cell.rule:
        row.tell(cell.rule, name, day=cell.day)
    return cell.day


def read_past_day(row: RowReader, name: str, on: date) -> date | None:
    """Read a day on which something was done; a later one has not happened yet."""
    day = read_day(row, name)
    if day is not None and day > on:
        row.tell("date_future", name, on=on)
        return None
    return day


def _differing_parts(cell: WrittenDate, by_id: date) -> str:
    """Name what differs, since the day itself is not shown."""
    written = cell.day or cell.month or by_id
    parts = {"年": written.year != by_id.year, "月": written.month != by_id.month}
    if cell.day:
        parts["日"] = written.day != by_id.day
    return "、".join(part for part, differs in parts.items() if differs)


def _tell_birth_date(row: RowReader, cell: WrittenDate, *, required: bool) -> None:
    if cell.day is not None:
        return
    if cell.rule:
        row.tell(f"birth_{cell.rule}" if required else cell.rule, "birth_date", day=None)
    elif required and not any(rule.startswith("id_") for rule in row.errors):
        row.tell("birth_date_missing", "birth_date")  # else the number, once mended, says it
