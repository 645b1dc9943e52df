"""English pages are English: Chinese stands only where it is a name or an official word."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from casework.access import SYSTEM_ACTOR
from casework.declaration import FIELDS_ZH
from casework.round_rules import AllowedDays, Consecutive, Round
from casework.rounds import EVERYWHERE, Closure, Pin
from geo.areas import Gazetteer
from ledger.record.accounts import list_accounts
from ledger.record.people import PageAsk, page_of
from maps.rounds import round_map
from service.chinese_parts import mark_chinese
from service.round_english import tell_round
from service.words import Words
from service.workflows.ledgers import today
from solver.rounds.requirements import requirements_of
from solver.timetable_problem import RoundProblem
from tests.installation import UNIT
from tests.maps.test_rounds import report
from tests.solver.rounds_made import START, rules, team, wish
from tests.walk import Reading, walk

DAY = timedelta(days=1)
HAN = re.compile("[\u3400-\u9fff]")
BRACKETED = re.compile(r"[（(][^()（）]*[)）]|“[^”]*”")
OFFICIAL = (
    "6—8岁, 9—12岁, 13—17岁",
    *("姓名和电话", "儿童编号", "爱心妈妈编号", "意见", "锁定", "禁止", "希望", "姓名", "电话"),
    *("待定", "全市", "空", "中文", "村居妇联主席", "妇联主席", "10月1-7日"),
    "10月16-17日",
    "年困境儿童团辅项目申报表",
    *sorted(FIELDS_ZH.values(), key=len, reverse=True),
)
"""Words of official forms that one reads or types as they are, and the other language's name."""


def known_to(client):
    """Give all Chinese that is data: of areas, of people on record, of accounts."""
    known: set[str] = set()
    for places in (Gazetteer.on(today()), Gazetteer.on(date(2021, 9, 15))):
        known |= {
            place.name for unit in places.units for place in (unit, *places.townships(unit.code))
        }
    with client.app.state.store.reading(SYSTEM_ACTOR, "test") as book:
        for kind in ("child", "caregiver"):
            for one in page_of(book, PageAsk(kind, UNIT, "", None, None, 2_000)).people:
                texts = (getattr(one.record, name) for name in one.record.__slots__)
                known |= {text for text in texts if type(text) is str and HAN.search(text)}
        known |= {account.name for account in list_accounts(book)}
    return re.compile("|".join(map(re.escape, sorted(known, key=len, reverse=True))))


def sentences(html, known):
    """Give what a page says in Chinese though it is neither data nor an official word."""
    for text in Reading(html).said:
        rest = BRACKETED.sub("", known.sub("", text))
        for word in OFFICIAL:
            rest = rest.replace(word, "")
        if HAN.search(rest):
            yield text


def pages_of(stocked, client, who):
    beside = stocked.beside(client, who)
    beside.cookies.set("lang", "en")
    return walk(beside)


@pytest.mark.parametrize("who", ["unit", "town", "city", "team", "auditor", "caregiver"])
def test_every_english_page_is_english_but_for_names_and_official_words(
    stocked, unit, approved, who
):
    known = known_to(unit)
    pages = pages_of(stocked, unit, who)
    assert len(pages) >= {"unit": 25, "town": 12, "city": 12}.get(who, 2)
    faults = {
        (address, text) for address, html in pages.items() for text in sentences(html, known)
    }
    assert faults == set()
    unmarked = {
        (address, text)
        for address, html in pages.items()
        for text in Reading(html).unmarked
        if HAN.search(text)
    }
    assert unmarked == set()


def test_what_goes_wrong_is_told_in_the_language_of_the_page(stocked, unit):
    beside = stocked.beside(unit, "unit")
    asked = {"Accept": "application/json"}
    both = beside.get("/api/v1/jobs/none", headers=asked).json()["detail"]
    beside.cookies.set("lang", "en")
    english = beside.get("/api/v1/jobs/none", headers=asked).json()["detail"]
    assert HAN.search(both)
    assert both.endswith(f" / {english}")
    assert not HAN.search(english)
    page = beside.get("/children/none", headers={"Accept": "text/html"})
    assert [text for text in Reading(page.text).unmarked if HAN.search(text)] == []


def test_several_sentences_told_at_once_are_all_cut_to_english():
    assert Words("en").one("甲；乙 / one；丙 / two") == "one; two"
    assert Words("zh").one("甲 / one") == "甲 / one"
    assert Words("en").one("only one") == "only one"


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("10月16日（六）、17日（日）", "16 Oct (Sat), 17 (Sun)"),
        ("9月15日（三）上午、下午；16日（四）", "15 Sep (Wed) am and pm; 16 (Thu)"),
        ("申报10月1日，10月1日本轮不开展", "declared 1 Oct; no sessions on 1 Oct in this round"),
        ("推后3天", "3 days later"),
        ("2小时30分", "2 h 30 min"),
        ("上午", "am"),
        ("单独看也无法安排：停办", "cannot be placed even alone: closed"),
        ("单独看也无法安排：暴雨", "cannot be placed even alone: 暴雨"),
        ("应为2场，排了1场", "2 sessions needed, 1 planned"),
        (
            "从武隆区过来约3.5小时，中间须空一天",
            "about 3.5 h from 武隆区: a day between is needed",
        ),
        ("王小明", "王小明"),
        ("王小明队（3个区县）", "王小明队 (3 units)"),
        ("2场：10月16日（六）、17日（日）", "2 sessions: 16 Oct (Sat), 17 (Sun)"),
        ("2021年9月15日排定", "planned on 15 Sep 2021"),
        (
            "2021年困境儿童心理团辅（第五轮全覆盖轮训）行程图",
            "Trips: 2021 group counselling of children in difficulty (fifth full round)",
        ),
    ],
)
def test_a_rounds_words_are_told_in_english_and_names_stay(chinese, english):
    assert tell_round(chinese) == english


@pytest.mark.parametrize(
    "ruled",
    [
        rules(allowed_days=AllowedDays.REST),
        rules(allowed_days=AllowedDays.VACATION, consecutive_in=Consecutive.CALENDAR_DAYS),
        Round.from_toml(),
    ],
)
def test_what_stands_in_the_way_of_a_round_is_told_in_english(ruled):
    shut = (Closure(EVERYWHERE, START, START, ""), Closure("A", START, START + DAY, "暴雨"))
    asks = (replace(wish("A", 2, (0, 1)), name="甲区"),)
    teams = (replace(team("T", off=[1]), name="乙队"),)
    pins = (Pin("A", (START,), "T"),)
    problem = RoundProblem(ruled, asks, teams, closures=shut, pins=pins)
    for requirement in requirements_of(problem, keep=("A",)):
        told = tell_round(requirement.words_zh)
        assert not HAN.search(re.sub("甲区|乙队|暴雨", "", told)), (requirement.words_zh, told)


def test_the_map_of_trips_is_told_in_english_and_names_stay():
    drawn = round_map(report(), tell_round, "en")
    assert '<html lang="en">' in drawn
    told = re.sub("武隆区|彭水县|黔江区|甲队|团队和日期不够", "", drawn)
    assert not HAN.search(told)
    assert "on the declared dates" in told


def test_marking_chinese_changes_no_text_and_no_attribute_or_script():
    html = '<p title="甲">a 王小明（男） b<script>"乙"</script><option value="丙">丁</option></p>'
    assert mark_chinese(html) == (
        '<p title="甲">a <span lang="zh">王小明（男）</span> b<script>"乙"</script>'
        '<option lang="zh" value="丙">丁</option></p>'
    )
