"""A token in every field of every row: in no log, error, JSON or plain column."""

import json
import logging
from dataclasses import fields, replace

import pytest

from casework.import_decisions import Choice
from casework.records import CaregiverRecord, ChildRecord
from ledger.record.imports import Decisions, StalePreview
from ledger.record.people import PageAsk, page_of
from ledger.record.people_tables import person_versions
from ledger.record.schema import load_tables
from service.workflows.on_record import Imported
from service.workflows.on_record_json import import_json, roster_json
from tests.ledger.record.test_people import OFFICER, UNIT, accept, batch, preview, take
from tests.ledger.record.test_rosters import compare, open_tasks
from tests.people_on_record import OCTOBER, caregiver, child, held
from tests.tables import resident_id

_AREAS = ("unit_name", "township_name", "village_name")


def with_tokens(record, mark):
    """Fill every free text of a record with a token of its own."""
    texts = [
        f.name
        for f in fields(record)
        if f.type is str and f.name not in (*_AREAS, "id", "resident_id")
    ]
    return replace(record, **{name: f"CANARY-{mark}-{name}" for name in texts})


def test_the_tokens_are_in_every_text():
    for made, kind in ((child(), ChildRecord), (caregiver(), CaregiverRecord)):
        text = str(with_tokens(made, "A"))
        assert text.count("CANARY") > 4
        assert isinstance(made, kind)


def test_no_token_is_in_plain_in_a_table_a_log_an_error_or_the_json(store, caplog):
    caplog.set_level(logging.DEBUG)
    first, second = with_tokens(child(), "A"), with_tokens(child("x", 4), "B")
    waiting = held("CANARY-HELD", given_id="1")
    take(store, batch(first, waiting=(waiting,)))
    take(store, batch(with_tokens(caregiver(), "M"), kind="caregiver"))
    kept = preview(store, batch(replace(first, health="CANARY-NEW"), second, on=OCTOBER))
    take(store, batch(replace(first, remarks="CANARY-LATER"), on=OCTOBER))
    with pytest.raises(StalePreview) as refused:
        accept(store, kept.import_id)
    take(store, batch(second, on=OCTOBER), Decisions(standing=Choice.KEEP))
    found = compare(store, replace(first, name="CANARY-OTHER"), with_tokens(child("y", 6), "C"))
    said = [str(refused.value), caplog.text]
    said.append(json.dumps(import_json("万州区", Imported((kept,)))))
    said.append(
        json.dumps(roster_json("万州区", OCTOBER, found, [t.task for t in open_tasks(store)]))
    )
    with store.reading(OFFICER, "look") as book:
        assert page_of(book, PageAsk("child", UNIT)).people[0].record.name.startswith("CANARY")
        for table in load_tables().sorted_tables:
            rows = book.connection.exec_driver_sql(f'SELECT * FROM "{table.name}"')
            said += [str([plain(cell) for cell in row]) for row in rows]
    assert len(said) > 20
    assert person_versions.name in load_tables().tables
    leaks = [text for text in said if "CANARY-" in text or resident_id() in text]
    assert not leaks


def plain(cell):
    return bytes(cell) if isinstance(cell, memoryview) else cell
