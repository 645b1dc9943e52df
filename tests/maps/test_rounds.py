"""The map of a round's trips in Chromium, with the network cut off."""

from datetime import date

import pytest

from casework.proposals import Proof, ProofStatus
from casework.round_report import Leg, RoundFrame, RoundReport
from casework.round_rules import Round
from casework.rounds import (
    Session,
    Slot,
    Team,
    Timetable,
    UnitPlan,
    Unplaced,
    WhyUnplaced,
    Wish,
)
from casework.session_rules import SessionRules
from geo.place import Place
from maps.rounds import round_map

EVIL = "<img src=x onerror=\"document.title='x'\">${document.title='x'}`\\</script>"
DAY = date(2021, 10, 16)


def report(name="武隆区", team="甲队"):
    wishes = (
        Wish("500156", name, Place(107.7, 29.3), "NEW", 1, (DAY,)),
        Wish("500243", "彭水县", Place(108.2, 29.3), "SE", 1, (DAY,)),
        Wish("500114", "黔江区", Place(108.7, 29.5), "SE", 1),
    )
    frame = RoundFrame(
        Round.from_toml(),
        SessionRules(),
        date(2021, 9, 15),
        wishes,
        (Team("T1", team, Place(106.5, 29.6)),),
    )
    plans = (
        UnitPlan("500114", "黔江区", (Session(date(2021, 10, 20), Slot.DAY, "T1"),)),
        UnitPlan("500156", name, (Session(DAY, Slot.DAY, "T1"),), (DAY,), True, 0, "按申报"),
    )
    left = Unplaced("500243", "彭水县", 1, WhyUnplaced.ROUND_FULL, "团队和日期不够")
    proof = Proof(ProofStatus.OPTIMAL, certificate_verified=False)
    table = Timetable("r", plans, (left,), (), {}, proof)
    legs = (
        Leg("T1", DAY, "", "500156", 100),
        Leg("T1", DAY, "500156", "", 100),
        Leg("T1", date(2021, 10, 20), "", "500114", 200),
        Leg("T1", date(2021, 10, 20), "500114", "", 200),
    )
    return RoundReport(frame, table, legs=legs)


@pytest.fixture
def opened(page, tmp_path):
    """Open a map offline; hold it to asking and complaining of nothing."""
    asked, complaints = [], []
    page.context.set_offline(True)
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def open_map(of):
        path = tmp_path / "map.html"
        path.write_text(round_map(of), "utf-8")
        page.goto(path.as_uri())
        page.wait_for_selector(".leaflet-container")
        return page

    yield open_map
    assert [url for url in asked if not url.startswith("file:")] == []
    assert complaints == []


@pytest.mark.browser
def test_every_unit_and_every_home_has_a_point_and_every_stretch_one_line(opened):
    page = opened(report())
    assert page.locator("path.nt-shape").count() == 4
    assert page.locator("path.nt-line").count() == 2
    assert page.locator("#rest tbody tr").count() == 4
    page.get_by_label("甲队（2个区县）").uncheck()
    assert page.locator("path.nt-line").count() == 0


@pytest.mark.browser
def test_a_name_is_never_anything_but_text(opened):
    page = opened(report(name=EVIL, team=EVIL))
    page.locator("path.nt-shape").first.hover()
    assert page.title() != "x"
    assert EVIL[:20] in page.locator("#rest").inner_text()


def test_the_same_round_gives_the_same_bytes_and_a_unit_left_over_is_told():
    assert round_map(report()) == round_map(report())
    assert "团队和日期不够" in round_map(report())
    assert "<td>未安排</td>" in round_map(report())
