"""The supervision pages: map, table and downloads of one release, and nothing of any child."""

import csv
import io
import json
import random
import re
import time
from dataclasses import replace
from datetime import date
from html import unescape
from itertools import repeat

import openpyxl
import pytest
from markupsafe import escape
from sqlalchemy import select

from casework.access import SYSTEM_ACTOR, Role, area
from casework.disclosure import SOME, Audience, Shown
from casework.supervision import AreaFigures, Measure, ShownArea, in_words, shown_areas
from geo.areas import Gazetteer
from geo.place import Place
from ledger.figures_paper import figures_csv, figures_pdf, figures_png, figures_workbook
from ledger.record.accounts import Account, add_account
from ledger.record.audit_tables import audit
from ledger.record.figures import month_of
from ledger.record.sessions import begin_session
from service.access import COOKIE
from service.supervision_view import beside_of, lines_of, urgent_lines
from service.workflows.ledgers import today
from service.workflows.supervision import View
from service.workflows.supervision_papers import framed, geojson, map_file, paper_of
from solver.disclosure import find_narrowed
from tests.figures_on_record import pair, put
from tests.installation import ACCOUNTS, PASSWORD, SIBLING, TOWNSHIP, UNIT

M = Measure
PAGES = (
    "/supervision",
    "/supervision/map",
    "/api/v1/maps/left",
    *(f"/supervision/figures.{kind}" for kind in ("pdf", "png", "xlsx", "csv", "html")),
)
EVERYBODY = ("city", "unit", "township", "auditor")
CANARY = {
    "name": "金丝雀甲乙",
    "address": "槐花巷七弄三号",
    "guardian_phone": "13877665544",
    "place": Place(106.4876543, 29.4876543),
}


@pytest.fixture(scope="module")
def client(installation, tmp_path_factory):
    """Give a server with two units on record, full of canaries."""
    data = tmp_path_factory.mktemp("supervised") / "data"
    with installation.client(data) as client:
        store = client.app.state.store
        children = put(store, children=6, township=TOWNSHIP, unit=UNIT, as_of=today(), **CANARY)
        (mother,) = put(store, caregivers=1, township=TOWNSHIP, unit=UNIT, name="金丝雀丙丁")
        pair(store, children[0], mother, unit=UNIT, township=TOWNSHIP)
        put(store, caregivers=2, township=TOWNSHIP, unit=UNIT, name="金丝雀丙丁")
        other = Gazetteer.on(today()).townships(SIBLING)[0].code
        put(store, children=3, township=other, unit=SIBLING, as_of=today(), **CANARY)
        put(store, children=2, township="某处", unit=UNIT, as_of=today(), **CANARY)
        yield client


@pytest.fixture(scope="module")
def browsers(installation, client):
    return {who: installation.beside(client, who) for who in ACCOUNTS}


# --- one release for everything -----------------------------------------------------------------

WULONG = "500156"
TOWNS = Gazetteer.on(date(2021, 10, 1)).townships(WULONG)


def random_view(seed, audience):
    """Give a unit of random counts as an audience sees it, and the release it is told from."""
    dice = random.Random(seed)
    figures, whole = [], dict.fromkeys((M.CHILDREN, M.LEFT, M.STALE), 0)
    for town in TOWNS[: dice.randint(2, 5)]:
        children = dice.choice((0, 2, 4, 7, 12, 30))
        counts = {
            M.CHILDREN: children,
            M.LEFT: dice.randint(0, children),
            M.STALE: dice.choice((0, children)),
        }
        whole = {measure: whole[measure] + counts[measure] for measure in whole}
        figures.append(AreaFigures(town.code, town.name, WULONG, counts))
    figures.append(AreaFigures(WULONG, "武隆区", "", whole))
    shown, release = shown_areas(figures, audience, find_narrowed)
    on = date(2021, 10, 1)
    view = View(audience, on, "2021-10", ("2021-10",), WULONG, "township", shown[:-1], shown[-1])
    return view, release, figures


def everything_told(view):
    """Read back all that a page and its downloads tell, as words by area and measure."""
    table = list(
        csv.reader(io.StringIO(figures_csv(paper_of(view, M.LEFT, "en")).decode("utf-8-sig")))
    )
    names = {"children on record": M.CHILDREN, "children without a caregiver": M.LEFT}
    for row in table[1:]:
        for heading, words in zip(table[0][1:], row[1:], strict=True):
            if heading in names:
                yield row[0].removeprefix("In all "), names[heading], words
    for measure in (M.CHILDREN, M.LEFT):
        for feature in geojson(view, measure)["features"]:
            told = feature["properties"]
            yield told["name"], measure, told["words_en"]
        for line in lines_of(view, measure, "en"):
            yield line.name, measure, line.words
            yield from zip(repeat(line.name), beside_of(view, measure), line.beside, strict=False)
    for line in urgent_lines(view, "en"):
        if line.measure in names:
            yield line.name, names[line.measure], line.words


@pytest.mark.parametrize("audience", [Audience.OWN_ROWS, Audience.FEDERATION])
def test_page_table_and_api_tell_only_what_one_audited_release_tells(audience):
    for seed in range(1_000 if audience is Audience.FEDERATION else 50):
        view, release, figures = random_view(seed, audience)
        assert not find_narrowed(release)
        code_of = {one.name: one.code for one in figures}
        for name, measure, words in everything_told(view):
            assert words == in_words(release.shown[measure, code_of[name]], "en"), (seed, name)


def test_map_and_workbook_tell_the_same():
    view, _, figures = random_view(3, Audience.FEDERATION)
    told = {one.name: in_words(one.shown[M.LEFT]) for one in (*view.areas, view.whole)}
    drawn, lines = (
        json.loads(re.search(rf"{name} = (\[.*?\]);", map_file(view, "zh"))[1])
        for name in ("shapes", "lines")
    )
    said = ("<br>".join(lines[n] for n in tip) for *_, tip in drawn)
    tips = (re.match(r"<b>(.+?)</b>.*没有爱心妈妈的儿童：([^<]+)", tip) for tip in said)
    tips = [tip.groups() for tip in tips]
    assert tips
    assert set(tips) <= set(told.items())
    book = openpyxl.load_workbook(io.BytesIO(figures_workbook(paper_of(view, M.LEFT, "zh"))))
    rows = [(str(row[0]).removeprefix("合计 "), *row[1:]) for row in book.active.values]
    rows = [row for row in rows if row[0] in told]
    assert {row[0]: str(row[2]) for row in rows} == told
    assert len(figures) == len(rows)


def test_paper_and_picture_are_made_and_the_same_bytes_each_time():
    view, _, _ = random_view(3, Audience.FEDERATION)
    paper = paper_of(view, M.LEFT, "zh")
    assert figures_pdf(paper) == figures_pdf(paper)
    assert figures_pdf(paper).startswith(b"%PDF")
    assert figures_png(paper).startswith(b"\x89PNG")


def test_what_is_printed_says_its_day_its_total_and_what_is_hidden_in_the_readers_language():
    view, _, _ = random_view(3, Audience.FEDERATION)
    chinese, english = (paper_of(view, M.LEFT, lang) for lang in ("zh", "en"))
    assert (chinese.lead, chinese.rows[-1][0]) == (
        "没有爱心妈妈的儿童　2021-10-01 统计",
        "合计 武隆区",
    )
    assert "至少 1 名" in chinese.small
    said = (english.lead, english.note, english.small, *english.headings)
    assert not re.findall(r"[\u4e00-\u9fff]", "".join((*said, *(s.label for s in english.legend))))
    exact = paper_of(replace(view, audience=Audience.OWN_ROWS), M.LEFT, "zh")
    assert "至少 1 名" not in exact.small, "nothing is hidden from whoever sees the rows"
    assert {"有", "不公开"}.isdisjoint(one.label for one in exact.legend)


def test_the_frame_shows_shapes_and_asks_the_network_for_nothing():
    view, _, _ = random_view(3, Audience.FEDERATION)
    html = framed(view, M.LEFT, "zh")
    assert '"Polygon"' in html
    assert "<table" not in html, "the page has the table"
    assert not re.findall(r"(?:src|href)=[\"']?(?:https?:)?//", html)
    assert framed(view, M.LEFT, "zh") is html, "kept, not drawn again"


def test_all_townships_of_the_city_make_a_file_light_enough():
    dice, places = random.Random(3), Gazetteer.on(date(2021, 10, 1))
    tellings = (Shown(0, 0), Shown(1, 4), Shown(5, 9), Shown(10, 19), Shown(20, 49), SOME)
    every = [
        ShownArea(
            town.code,
            f"{unit.name}{town.name}",
            unit.code,
            {measure: dice.choice(tellings) for measure in M if measure is not M.SERVED},
        )
        for unit in places.units
        for town in places.townships(unit.code)
    ]
    on = date(2021, 10, 1)
    view = View(
        Audience.FEDERATION, on, "2021-10", ("2021-10",), "", "township", tuple(every), None
    )
    assert len(every) == 1_031
    for lang in ("zh", "en"):
        assert len(map_file(view, lang).encode()) < 1_500_000
        assert len(framed(view, M.LEFT, lang).encode()) < 1_500_000


# --- through the door ---------------------------------------------------------------------------


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_page_holds_a_name_an_address_or_where_anybody_lives(browsers, who):
    for address in PAGES:
        answer = browsers[who].get(address)
        assert answer.status_code == 200, (who, address)
        for token in ("金丝雀", "槐花巷", "13877665544", "106.4876", "29.4876"):
            assert token not in answer.text, (who, address, token)


def test_coordinates_are_of_outlines_and_townships_only(browsers):
    for who in ("city", "auditor"):
        answer = browsers[who].get("/api/v1/maps/left", params={"by": "township"}).json()
        kinds = {(one["geometry"] or {}).get("type") for one in answer["features"]}
        assert kinds <= {"Polygon", "MultiPolygon", None}, "no point of anybody"


def test_own_rows_are_exact_and_others_are_bands(browsers):
    def told(who):
        answer = browsers[who].get("/api/v1/maps/left", params={"unit": UNIT}).json()
        found = (one["properties"] for one in answer["features"])
        return next((one["low"], one["high"]) for one in found if one["code"] == TOWNSHIP)

    assert told("unit") == told("township") == (5, 5)
    assert told("city") == told("auditor") == (5, 9)


@pytest.mark.parametrize("address", PAGES)
def test_another_units_figures_are_answered_as_what_does_not_exist(browsers, address):
    for who in ("unit", "township"):
        foreign = browsers[who].get(address, params={"unit": SIBLING})
        nowhere = browsers[who].get(address, params={"unit": "999999"})
        assert (foreign.status_code, foreign.content) == (404, nowhere.content)


def test_a_month_without_figures_and_a_layer_that_is_none_are_refused_in_words(browsers):
    assert browsers["unit"].get("/supervision", params={"month": "1999-01"}).status_code == 404
    assert browsers["unit"].get("/supervision", params={"month": "x"}).status_code == 422
    assert browsers["unit"].get("/api/v1/maps/nonsense").status_code == 422


def test_the_page_leads_to_records_only_those_who_may_see_them(browsers):
    way = f"/children?unpaired=all&township={TOWNSHIP}"
    assert escape(way) in browsers["unit"].get("/supervision").text
    assert "共 5 人" in browsers["unit"].get(way).text, "as many as the map told"
    for who in ("city", "auditor"):
        page = browsers[who].get("/supervision", params={"unit": UNIT}).text
        assert "/children" not in page
    assert f"/supervision?unit={UNIT}" in browsers["city"].get("/supervision").text


def test_a_line_leads_to_as_many_as_it_tells(browsers):
    def leads_to(who, layer, name):
        page = browsers[who].get("/supervision", params={"layer": layer}).text
        lines = re.findall(r'<th scope="row"><a href="([^"]+)">([^<]+)</a>', page)
        address = next(address for address, of in lines if of == name)
        return browsers[who].get(unescape(address)).text

    name = Gazetteer.on(today()).township(TOWNSHIP).name
    for who in ("unit", "township"):
        assert "共 1 人" in leads_to(who, "overloaded", name)
        assert "共 2 人" in leads_to(who, "free_places", name)
        assert "共 5 人" in leads_to(who, "left", name)
    assert "共 2 人" in leads_to("unit", "left", "镇街不明"), "whatever somebody wrote for it"


def test_an_empty_store_tells_each_what_she_can_do(installation, tmp_path):
    with installation.client(tmp_path / "data") as client:
        pages = {
            who: installation.beside(client, who).get("/supervision").text for who in EVERYBODY
        }
    below = {who: pages[who].partition('class="empty"')[2] for who in EVERYBODY}
    assert 'href="/imports"' in below["unit"]
    assert 'href="/rows"' in below["township"]
    assert 'href="/accounts"' in below["city"]
    assert "不用再做什么" in below["auditor"]
    for who in ("city", "auditor"):
        assert "/imports" not in below[who], "it is not hers to import"


def test_a_unit_whose_townships_have_no_place_says_so_and_calls_nothing_approximate(browsers):
    for who, params in (("unit", {}), ("city", {"unit": UNIT})):
        page = browsers[who].get("/supervision", params=params).text
        assert "图上只有区县界线" in page
        assert "近似划分" not in page


def test_a_units_auditor_gets_the_page_without_where_to_recruit(client, installation):
    store = client.app.state.store
    with store.writing(SYSTEM_ACTOR, "test") as book:
        made = add_account(book, Account("", "auditor9", Role.AUDITOR, area(UNIT)), PASSWORD)
        token = begin_session(book, made.id)
    browser = installation.beside(client, "")
    browser.cookies.set(COOKIE, token)
    for layer in ("left", "recruits"):
        page = browser.get("/supervision", params={"layer": layer})
        assert page.status_code == 200, "she may look at the figures"
        assert "/children" not in page.text
        assert "recruits-heading" not in page.text


def test_the_month_chosen_is_the_month_shown(browsers):
    now = month_of(today())
    page = browsers["unit"].get("/supervision", params={"month": now, "layer": "stale"}).text
    assert f"<option selected>{now}</option>" in page
    assert "90天内未核实的台账行" in page


def test_where_to_recruit_is_asked_for_worked_out_and_told_exactly_to_the_unit_alone(browsers):
    unit = browsers["unit2"]
    assert "还没有算过" in unit.get("/supervision").text
    for who in ("city", "auditor", "township"):
        assert browsers[who].post("/supervision/recruits").status_code == 403
    unit.post("/supervision/recruits")
    for _ in range(600):
        page = unit.get("/supervision?layer=recruits").text
        if "在哪里招募 <span" in page and "正在计算" not in page:
            break
        time.sleep(0.05)
    assert "多结对 1 名儿童" in page
    assert "最少再招 3 名" in page
    city = browsers["city"].get("/supervision", params={"unit": SIBLING, "layer": "recruits"}).text
    assert "在哪里招募" not in city
    answer = browsers["city"].get("/api/v1/maps/recruits", params={"unit": SIBLING}).json()
    told = [f["properties"] for f in answer["features"] if f["properties"]["kind"] != "no_data"]
    assert any(one["low"] != one["high"] for one in told), "in bands"


def test_what_is_taken_away_leaves_a_row_and_looking_at_the_page_none(client, browsers):
    def rows():
        with client.app.state.store.looking() as connection:
            return connection.execute(select(audit.c.actor, audit.c.why, audit.c.facts)).all()

    browsers["city"].get("/supervision")
    before = len(rows())
    browsers["city"].get("/supervision")
    for kind in ("pdf", "png", "xlsx", "csv", "html"):
        browsers["city"].get(f"/supervision/figures.{kind}", params={"layer": "left"})
    new = rows()[before:]
    assert [row.why.rsplit(".")[-1] for row in new] == ["pdf", "png", "xlsx", "csv", "html"]
    assert all("left" in row.facts for row in new)


def test_what_leaves_the_page_is_named_in_words(browsers):
    answer = browsers["unit"].get("/supervision/figures.csv")
    assert "%E5%A4%A7%E6%B8%A1%E5%8F%A3%E5%8C%BA" in answer.headers["content-disposition"]
    assert (
        json.loads(browsers["unit"].get("/api/v1/maps/left").text)["nuantong"]["layer"] == "left"
    )
