"""What is kept of a unit on record: the same page, the same audit, and nothing that has gone."""

import re

from casework.access import SYSTEM_ACTOR
from ledger.record.audit_tables import audit
from ledger.record.erasure import erase_person
from ledger.record.people import ledgers_of
from ledger.record.proposals import find_proposal
from service.routes import proposals as pages
from service.workflows.proposals_on_record import Ask, propose
from tests.installation import UNIT
from tests.unit_on_record import record_desk


def audited(client):
    """Give what is on the trail so far, without time and number."""
    columns = (audit.c.actor, audit.c.action, audit.c.kind, audit.c.ids, audit.c.facts)
    with client.app.state.store.looking() as connection:
        rows = connection.execute(audit.select().with_only_columns(*columns).order_by(audit.c.seq))
        return [tuple(row) for row in rows]


def looked_at(client, address):
    """Give a page without the key of its form, and the audit rows it left."""
    before = len(audited(client))
    page = client.get(address)
    assert page.status_code == 200
    return re.sub(r'name="key" value="\w+"', "", page.text), audited(client)[before:]


def test_a_review_looked_at_again_is_the_same_page_and_is_audited_again(unit, submitted):
    first = looked_at(unit, f"/proposals/{submitted}")
    again = looked_at(unit, f"/proposals/{submitted}")
    assert first == again
    ((_, action, _, _, facts),) = again[1]
    assert action == "ledger_read"
    assert '"also":["proposal_read"]' in facts


def test_a_township_never_gets_what_was_kept_for_its_unit(unit, town, submitted):
    whole, _ = looked_at(unit, f"/proposals/{submitted}")
    own, _ = looked_at(town, f"/proposals/{submitted}")
    assert own.count("<tr") < whole.count("<tr")
    assert town.get(f"/proposals/{submitted}/map").status_code in (403, 404)


def test_whoever_is_erased_is_on_no_page_that_was_kept(unit, submitted):
    desk = record_desk(unit)
    with desk.store.reading(desk.actor, "test") as book:
        child = find_proposal(book, submitted).proposed.pairs[0].child
        (record,) = (c for c in ledgers_of(book, UNIT).children if c.id == child)
    assert record.name in looked_at(unit, f"/proposals/{submitted}")[0]
    erase_person(desk.store, SYSTEM_ACTOR, child, "test")
    left = looked_at(unit, f"/proposals/{submitted}")[0]
    assert record.name not in re.findall(rf'href="/children/{child}">([^<]*)<', left)


def test_proposals_are_listed_a_page_at_a_time_and_each_once(unit, monkeypatch):
    desk = record_desk(unit)
    made = [propose(desk, Ask(UNIT)).id for _ in range(3)]
    monkeypatch.setattr(pages, "A_PAGE", 2)
    first = unit.get("/proposals").text
    found = re.findall(r'href="/proposals/(\w{16})"', first)
    assert found == made[:0:-1]
    after = re.search(r'href="(/proposals\?before=[^"]+)"', first)[1]
    second = unit.get(after).text
    assert re.findall(r'href="/proposals/(\w{16})"', second) == made[:1]
    assert "before=" not in second
    assert unit.get("/proposals?before=never").text.count("<tr") == first.count("<tr")


def test_a_document_is_given_as_it_was_written(unit, submitted):
    desk = unit.app.state.rooms.of(record_desk(unit).actor.scope).desk
    with desk.result("proposal") as folder:
        (folder / "proposal.json").write_text('{"schema": "nuantong/proposal/1", "pairs": []}')
    answer = unit.get("/api/v1/proposal")
    assert answer.headers["content-type"] == "application/json"
    assert answer.content == b'{"schema": "nuantong/proposal/1", "pairs": []}'
