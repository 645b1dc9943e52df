"""A record is read as its reader sees it, once; moments are read and written the quick way."""

import dataclasses
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.access import Field
from casework.people import Category
from ledger.record.person_text import record_of_text, text_of_record
from ledger.record.schema import Moment, moment_text
from ledger.record.seen import seen, seen_of_text
from tests.people_on_record import caregiver, child

ROWS = {
    "child": child(guardian_name="张大", guardian_resident_id="500101198001021234", health="好"),
    "caregiver": caregiver(phone="13812345678", kin=("张三",)),
}


@pytest.mark.parametrize("kind", ROWS)
@given(fields=st.frozensets(st.sampled_from(list(Field))))
def test_what_is_read_for_a_reader_is_the_whole_record_cut_to_her_fields(kind, fields):
    text = text_of_record(ROWS[kind])
    assert seen_of_text(kind, text, "stored", fields) == seen(
        record_of_text(kind, text, "stored"), fields
    )


@pytest.mark.parametrize("kind", ROWS)
def test_without_a_field_nothing_of_it_is_read(kind):
    shown = seen_of_text(kind, text_of_record(ROWS[kind]), "stored", frozenset())
    whole = ROWS[kind]
    assert shown.name == ""
    assert shown.birth_date is None
    assert shown.resident_id not in ("", whole.resident_id)


def test_every_field_that_says_something_is_of_a_group_or_harmless():
    """Fields that no group holds are told to whoever may read the record at all."""
    harmless = {
        "id",
        "where",
        "home",
        "unit_name",
        "township_name",
        "village_name",
        "number",
        "status",
    }
    serving = {"role", "workplace", "places", "available_from", "available_to", "trained"}
    bound = {"commitment_on", "commitment_signed", "remarks"}
    for kind, left in (("child", harmless), ("caregiver", harmless | serving | bound)):
        whole, shown = ROWS[kind], seen(ROWS[kind], frozenset())
        names = [column.name for column in dataclasses.fields(whole)]
        told = {n for n in names if getattr(whole, n) and getattr(shown, n) == getattr(whole, n)}
        assert told <= left, told - left
    assert seen(ROWS["child"], frozenset()).category is Category.UNSPECIFIED


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))])))
def test_a_moment_is_written_in_utc_at_one_length_and_read_back(moment):
    if not 1 < moment.year < 9999:
        return
    text = moment_text(moment)
    form = "%Y-%m-%dT%H:%M:%S.%fZ"
    assert len(text) == 27
    assert text == moment.astimezone(UTC).strftime(form).rjust(27, "0")
    read = Moment().process_result_value(text, None)
    assert read == moment
    assert read.utcoffset() == timedelta(0)
    assert read == datetime.strptime(text, form).replace(tzinfo=UTC)
