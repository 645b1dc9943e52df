"""A round from forms to calendars: 41 hand-ins, a plan, the closures of November 2021, replanned.

On 2 and 3 November 2021 there were cases in Jiulongpo, Changshou, Banan, Liangjiang and
Shapingba, gatherings stopped in Jiangjin, and venues closed in the whole city for days.
"""

import json
from datetime import date

import openpyxl
import pytest
from icalendar import Calendar

from geo.areas import Gazetteer
from ledger.hand_in_file import SUFFIX
from service import cli
from service.workflows.declarations import count_ledgers, open_terms
from service.workflows.ledgers import Terms
from service.workflows.packing import Packing, made, pack
from tests.rounds_files import write_table

pytestmark = pytest.mark.slow
PLANNED, BROKEN_OUT = date(2021, 9, 15), date(2021, 11, 3)
CLOSED = ("九龙坡区", "长寿区", "巴南区", "两江新区", "沙坪坝区", "江津区")
HEAD = ("区县名称", "开始日期", "结束日期", "原因")


@pytest.fixture
def run(monkeypatch, capsysbinary, tmp_path):
    monkeypatch.setenv("NUANTONG_CONFIG", str(tmp_path / "config"))

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["nuantong", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capsysbinary.readouterr()
        return left.value.code or 0, out.decode(), err.decode()

    return run


@pytest.fixture(scope="module")
def handed_in(city, tmp_path_factory):
    """Give a folder: five units hand in with their ledgers, the others just their forms."""
    folder = tmp_path_factory.mktemp("in")
    terms = open_terms(Terms(b"a key of sixteen bytes", PLANNED))
    for n, unit in enumerate(terms.units.units):
        form = city / "申报表" / f"{unit.name}申报表.xlsx"
        if n % 8 == 3:
            ledgers = [city / unit.name / name for name in ("困境儿童台账.xlsx", "结对台账.xlsx")]
            packing = Packing(folder / f"{unit.name}{SUFFIX}", "家儿部", "先报，后补")
            made(pack(form, count_ledgers(ledgers, terms), packing, terms))
        else:
            (folder / form.name).write_bytes(form.read_bytes())
    return folder


def events(folder, audience):
    """Give (UID, start, SEQUENCE, method) of every event in the calendars of an audience."""
    return {
        (str(e["uid"]), e.decoded("dtstart").date(), int(e["sequence"]), str(c["method"]))
        for path in folder.glob(f"{audience}_*.ics")
        for c in [Calendar.from_ical(path.read_bytes())]
        for e in c.walk("VEVENT")
    }


def test_a_round_is_planned_published_struck_by_closures_and_planned_again(
    run, city, handed_in, tmp_path
):
    plan, ics = tmp_path / "排期.json", tmp_path / "日历"
    book = tmp_path / "排期.xlsx"
    teams = city / "团辅团队.xlsx"
    code, _, err = run(
        "round", "plan", handed_in, "--teams", teams, "--on", PLANNED,
        "--json", plan, "--ics", ics, "--out", book,
    )  # fmt: skip
    doc = json.loads(plan.read_text("utf-8"))
    assert code == 3  # one form in ten is wrong on purpose: somebody must look
    assert len(doc["units"]) == 41
    assert doc["unplaced"] == doc["violations"] == []
    assert doc["proof"]["status"] == "optimal"
    assert "下限" in err
    with_wish = [line for line in doc["units"] if line["declared"]]
    moved = {line["name"] for line in with_wish if not line["kept"]}
    assert {offer["name"] for offer in doc["counter_offers"]} == moved

    # Whole townships come to the sessions of the units that handed in with their ledgers.
    composed = {each["unit"] for each in doc["composition"]}
    assert len(composed) == 5
    for line in (line for line in doc["units"] if line["unit"] in composed):
        codes = [code for session in line["sessions"] for code in session["townships"]]
        assert codes
        assert len(codes) == len(set(codes))
    # How many come from one township stays with the office: it may be one child.
    assert "contingents" not in doc["problem"]
    told = {key for each in doc["composition"] for t in each["townships"] for key in t}
    assert told == {"township", "name", "travel_minutes"}

    # Nobody who is named in a form or a ledger is named in what goes round.
    forms = [openpyxl.load_workbook(p).active["G4"].value for p in (city / "申报表").iterdir()]
    phones = {"".join(filter(str.isdigit, text)) for text in forms}
    text = plan.read_text("utf-8") + "".join(p.read_text("utf-8") for p in ics.iterdir())
    assert not any(phone in text for phone in phones if len(phone) > 7)

    # Calendars of units and of teams hold the same sessions.
    units, of_teams = events(ics, "区县"), events(ics, "团队")
    sessions = sum(len(line["sessions"]) for line in doc["units"])
    assert len(units) == len(of_teams) == sessions
    assert sorted(start for _, start, *_ in units) == sorted(start for _, start, *_ in of_teams)
    assert {n for _, _, n, _ in units | of_teams} == {0}

    # Our own workbook is judged sound.
    assert run("round", "check", book, "--published", plan)[0] == 0

    _close_and_replan(run, doc, plan, ics, tmp_path)


def _close_and_replan(run, doc, plan, ics, tmp_path):
    everywhere = ("全市", date(2021, 11, 3), date(2021, 11, 7), "疫情防控")
    rows = [(name, date(2021, 11, 2), date(2021, 11, 16), "疫情防控") for name in CLOSED]
    shut = write_table(tmp_path / "停办.xlsx", [HEAD, everywhere, *rows])
    args = ("round", "replan", plan, "--closures", shut, "--on", BROKEN_OUT)
    code, out, _ = run(*args, "--json", "-")
    frontier = json.loads(out)
    assert code == 0
    first, *rest = frontier["points"]
    struck = {
        line["unit"]
        for line in doc["units"]
        for session in line["sessions"]
        if session["date"] >= "2021-11-03"
        and (
            session["date"] <= "2021-11-07"
            or (line["name"] in CLOSED and session["date"] <= "2021-11-16")
        )
    }
    assert struck
    assert struck <= set(first["changed"])
    assert first["proof"]["status"] == "optimal"
    assert first["objective"][1]["level"] == "changed_units"
    assert all(len(point["changed"]) > len(first["changed"]) for point in rest)

    again, new_ics = tmp_path / "排期2.json", tmp_path / "日历2"
    code, *_ = run(*args, "--choose", "1", "--json", again, "--ics", new_ics)
    new = json.loads(again.read_text("utf-8"))
    assert (code, new["violations"], new["revision"]) == (0, [], 1)
    assert set(new["changed"]) == set(first["changed"])
    assert new["composition"] == doc["composition"]
    before = {line["unit"]: line for line in doc["units"]}
    shut_codes = {Gazetteer.on(PLANNED).find_unit(name).code for name in CLOSED}
    for line in new["units"]:
        days = {session["date"] for session in line["sessions"]}
        if line["unit"] not in new["changed"]:
            assert line["sessions"] == before[line["unit"]]["sessions"]
        else:
            assert min(days) >= "2021-11-08"
            old = [session["townships"] for session in before[line["unit"]]["sessions"]]
            assert [session["townships"] for session in line["sessions"]] == old
        if line["unit"] in shut_codes and min(days) >= "2021-11-03":
            assert min(days) > "2021-11-16"

    # Calendars: the same UIDs; what changed has a new SEQUENCE, what a team lost is cancelled.
    old, now = events(ics, "区县"), events(new_ics, "区县")
    assert {uid for uid, *_ in old} == {uid for uid, *_ in now}
    risen = {uid.split("/")[3] for uid, _, n, _ in now if n}
    assert risen == set(new["changed"])
    cancelled = {uid for uid, _, _, method in events(new_ics, "团队") if method == "CANCEL"}
    lost = {uid for uid, *_ in events(ics, "团队")} - {
        uid for uid, _, _, method in events(new_ics, "团队") if method == "PUBLISH"
    }
    assert cancelled == lost
