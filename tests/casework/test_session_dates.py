"""Dates as offices write them: read whole, or refused with the reason, never misread."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.rounds import Slot
from casework.session_dates import read_session_dates
from casework.session_days import Refusal, SessionDates, SessionDay

START, END = date(2021, 9, 15), date(2021, 11, 30)
SAT, SUN = date(2021, 10, 16), date(2021, 10, 17)


def read(value):
    return read_session_dates(value, START, END)


def days(*pairs):
    return tuple(date(2021, month, day) for month, day in pairs)


WEEKEND = [
    "10月16、17日",
    "10月16日、17日",
    "10月16-17日",
    "10月16—17日",
    "10月16——17日",
    "10月16～17日",
    "10月16日至17日",
    "10月16日到17日",
    "10月16日-10月17日",
    "10月16日和17日",
    "10月16日及10月17日",
    "10月16日，10月17日",
    "10月16日;17日",
    "10月16日 17日",
    "10月16日\n10月17日",
    "10月16.17日",
    "10月16/17日",
    "10月16号17号",
    "10.16–17",
    "10.16-10.17",
    "10.16、17",
    "10.16，10.17",
    "10·16、10·17",
    "10。16、10。17",
    "10/16-17",
    "10/16、10/17",
    "2021年10月16-17日",
    "2021-10-16至2021-10-17",
    "2021.10.16-17",
    "2021/10/16、2021/10/17",
    "20211016-20211017",
    "十月十六至十七日",
    "十月十六日、十七日",
    "１０月１６日—１７日",
    " 10 月 16 日 - 17 日 ",
    "10月16日（周六）、17日（周日）",
    "10月16日（星期六）至10月17日（星期天）",
    "10月16-17日（周六、周日）",
    "10月16-17日(周六周日)",
    "10月16、17日（周末）",
    "10月16日起至17日止",
    "拟于10月16-17日开展",
    "暂定10月16日、17日",
    "定于10月16日、17日举行",
    "第一场10月16日，第二场10月17日",
    "第1场：10月16日；第2场：10月17日",
    "10月16日至17日（2天）",
    "10月16日、17日，共2场",
    "10月16日、17日（每天2场）",
    "10月16日全天、17日全天",
    "10月16日9:00-17:00、17日",
]


@pytest.mark.parametrize("text", WEEKEND)
def test_a_weekend_is_the_same_two_days_however_it_is_written(text):
    reading = read(text)
    assert reading.refusal is None
    assert reading.dates == (SAT, SUN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10月30日-11月1日", days((10, 30), (10, 31), (11, 1))),
        ("10.30-11.1", days((10, 30), (10, 31), (11, 1))),
        ("11月29、30日", days((11, 29), (11, 30))),
        ("10月16-17、23-24日", days((10, 16), (10, 17), (10, 23), (10, 24))),
        ("9月18日、10月9日", days((9, 18), (10, 9))),
        ("10.1", days((10, 1))),
        ("9月20日", days((9, 20))),
        ("1月5日", days((1, 5))),
        ("2022年1月5日", (date(2022, 1, 5),)),
    ],
)
def test_several_months_lists_of_ranges_and_other_years(text, expected):
    assert read(text).dates == expected


def test_a_window_over_new_year_gives_each_date_its_year():
    reading = read_session_dates("12月30日、1月4日", date(2021, 12, 20), date(2022, 1, 20))
    assert reading.dates == (date(2021, 12, 30), date(2022, 1, 4))


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("10月16日上午", [Slot.MORNING]),
        ("10月16日下午2点", [Slot.AFTERNOON]),
        ("10月16日下午2:30-5:00", [Slot.AFTERNOON]),
        ("10月16日上午9:00-11:30", [Slot.MORNING]),
        ("10月16日上、下午", [Slot.MORNING, Slot.AFTERNOON]),
        ("10月16日上午、下午", [Slot.MORNING, Slot.AFTERNOON]),
        ("10月16日9:00-11:30", [Slot.MORNING]),
        ("10月16日14点30分-17点", [Slot.AFTERNOON]),
        ("10月16日9:00—17:00", [Slot.DAY]),
        ("10月16日全天", [Slot.DAY]),
        ("10月16日下午-17日上午", [Slot.AFTERNOON, Slot.MORNING]),
        ("10月16日下午、17日", [Slot.AFTERNOON, Slot.DAY]),
        ("10月16日上午至17日下午", [Slot.DAY, Slot.DAY]),
    ],
)
def test_half_days_are_read_where_they_are_plain(text, slots):
    assert [each.slot for each in read(text).days] == slots


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("约30人", Refusal.INEXACT),
        ("10月16日左右", Refusal.INEXACT),
        ("国庆期间", Refusal.INEXACT),
        ("每周六", Refusal.INEXACT),
        ("周六", Refusal.INEXACT),
        ("10月16日前", Refusal.INEXACT),
        ("10月16日起", Refusal.INEXACT),
        ("10月", Refusal.DAY_MISSING),
        ("10月中旬", Refusal.DAY_MISSING),
        ("10月1617日", Refusal.DAY_MISSING),
        ("16日", Refusal.MONTH_MISSING),
        ("10-16", Refusal.MONTH_MISSING),
        ("10.16.17", Refusal.MONTH_MISSING),
        ("10/16/2021", Refusal.MONTH_MISSING),
        ("10月32日", Refusal.IMPOSSIBLE),
        ("2月30日", Refusal.IMPOSSIBLE),
        ("16.10", Refusal.IMPOSSIBLE),
        ("11月30、1日", Refusal.BACKWARDS),
        ("10月17-16日", Refusal.BACKWARDS),
        ("10月16日、16日", Refusal.TWICE),
        ("10月16日、10月16日", Refusal.TWICE),
        ("10月16日、16日上午", Refusal.TWICE),
        ("10月16日（周五）", Refusal.WEEKDAY),
        ("10月15、16日（周末）", Refusal.WEEKDAY),
        ("10月16-17日（周六、周一）", Refusal.WEEKDAY),
        ("10月16-17日上午", Refusal.HALF_DAY),
        ("10月16日、17日上午", Refusal.HALF_DAY),
        ("10月16日上午14:00", Refusal.HALF_DAY),
        ("10月16日2:00", Refusal.UNREAD),
        ("10月16日至18日（2天）", Refusal.COUNT),
        ("10月16日（2场）、17日（2场），共3场", Refusal.COUNT),
        ("10月16-17-18日", Refusal.UNREAD),
        ("除10月16日外", Refusal.UNREAD),
        ("10月16日取消", Refusal.UNREAD),
        ("改为10月16日", Refusal.UNREAD),
        ("10月16日在区党校", Refusal.UNREAD),
        ("10月16日晚上", Refusal.UNREAD),
        ("Oct 16", Refusal.UNREAD),
        ("1月1日-11月30日", Refusal.TOO_MANY),
        ("10月16日、" * 60, Refusal.TOO_MANY),
    ],
)
def test_what_cannot_be_known_is_refused_with_the_reason(text, refusal):
    reading = read(text)
    assert reading.refusal is refusal
    assert reading.days == ()


@pytest.mark.parametrize("text", ["待定", "时间待定", "待通知", "另行通知", "未定", "（待定）"])
def test_left_open_is_an_answer_not_an_error(text):
    assert read(text) == SessionDates(is_open=True)


def test_some_dates_may_be_named_and_the_rest_left_open():
    reading = read("10月16日，其余2场待定")
    assert reading.dates == (SAT,)
    assert reading.is_open


@pytest.mark.parametrize("value", [None, "", "  ", "/", "-", "无"])
def test_a_blank_cell_says_nothing(value):
    assert read(value) == SessionDates()


@pytest.mark.parametrize("value", [SAT, datetime(2021, 10, 16, tzinfo=UTC), 44485, 44485.0, 10.16])
def test_a_date_that_excel_took_for_one_is_read(value):
    assert read(value).dates == (SAT,)


@pytest.mark.parametrize(
    ("value", "refusal"),
    [
        (date(2026, 10, 16), Refusal.YEAR),
        (46311, Refusal.YEAR),
        (10.1, Refusal.NUMBER),
        (16, Refusal.NUMBER),
        (float("nan"), Refusal.NUMBER),
        (float("inf"), Refusal.NUMBER),
        (True, Refusal.UNREAD),
    ],
)
def test_a_number_that_may_be_two_dates_and_a_year_nobody_wrote_are_refused(value, refusal):
    assert read(value).refusal is refusal


def test_sessions_are_counted_where_the_cell_counts_them():
    assert read("10月16日（2场）、17日（1场）").stated_sessions == 3
    assert read("10月16-17日，每天2场").stated_sessions == 4
    assert read("10月16-17日共3场").stated_sessions == 3
    assert read("10月16日、17日").stated_sessions is None
    assert read("10月16日、17日（2场）").stated_sessions is None  # each, or in all?
    assert [each.sessions for each in read("10月16日、17日（2场）").days] == [None, None]
    assert read("10月16日半天").days == (SessionDay(SAT, sessions=1),)


def test_tentative_dates_say_so():
    assert read("拟10月16日").is_tentative
    assert not read("10月16日").is_tentative


# Thirty and more ways of writing, each with the days it must mean.
WEEKDAYS = "一二三四五六日"
WORDS = "〇一二三四五六七八九十"


def in_words(number):
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else WORDS[tens] + "十") + (
        WORDS[ones] if ones else ""
    )


def md(day):
    return f"{day.month}月{day.day}日"


ONE_DAY = [
    md,
    lambda d: f"{d.month}月{d.day}号",
    lambda d: f"{d.month}月{d.day}",
    lambda d: f"{d.month:02}月{d.day:02}日",
    lambda d: f"{d.month}.{d.day}",
    lambda d: f"{d.month}/{d.day}",
    lambda d: f"{d:%Y-%m-%d}",
    lambda d: f"{d:%Y.%m.%d}",
    lambda d: f"{d:%Y/%m/%d}",
    lambda d: f"{d:%Y%m%d}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{md(d)}（周{WEEKDAYS[d.weekday()]}）",
    lambda d: f"{md(d)}(星期{WEEKDAYS[d.weekday()]})",
    lambda d: f"{md(d)} 礼拜{WEEKDAYS[d.weekday()]}",
    lambda d: f"{in_words(d.month)}月{in_words(d.day)}日",
    lambda d: f"拟于{md(d)}开展",
    lambda d: f"{d.month} 月 {d.day} 日",
]
RANGES = [
    lambda a, b: f"{md(a)}-{md(b)}",
    lambda a, b: f"{md(a)}至{md(b)}",
    lambda a, b: f"{md(a)}—{md(b)}",
    lambda a, b: f"{a.month}.{a.day}-{b.month}.{b.day}",
    lambda a, b: f"{a.month}/{a.day}～{b.month}/{b.day}",
    lambda a, b: f"{a:%Y-%m-%d}至{b:%Y-%m-%d}",
    lambda a, b: f"{md(a)}起至{md(b)}止",
    lambda a, b: f"{md(a)}到{md(b)}，共{(b - a).days + 1}天",
    lambda a, b: (
        f"{in_words(a.month)}月{in_words(a.day)}日至{in_words(b.month)}月{in_words(b.day)}日"
    ),
]
RANGES_IN_MONTH = [
    lambda a, b: f"{a.month}月{a.day}-{b.day}日",
    lambda a, b: f"{a.month}月{a.day}日—{b.day}日",
    lambda a, b: f"{a.month}.{a.day}–{b.day}",
    lambda a, b: f"{a.month}/{a.day}-{b.day}",
    lambda a, b: f"{a.year}年{a.month}月{a.day}至{b.day}号",
]
LISTS = [
    lambda ds: "、".join(map(md, ds)),
    lambda ds: "，".join(map(md, ds)),
    lambda ds: "\n".join(map(md, ds)),
    lambda ds: "；".join(f"第{n}场{md(d)}" for n, d in enumerate(ds, 1)),
    lambda ds: "、".join(f"{d.month}.{d.day}" for d in ds),
    lambda ds: " ".join(f"{d:%Y-%m-%d}" for d in ds),
]
dates = st.dates(START, END)


@given(st.data())
def test_every_way_of_writing_means_the_days_it_was_written_for(data):
    forms = len(ONE_DAY) + len(RANGES) + len(RANGES_IN_MONTH) + len(LISTS)
    assert forms >= 30
    kind = data.draw(st.sampled_from(["one", "range", "range in month", "list"]))
    first = data.draw(dates)
    if kind == "one":
        text, expected = data.draw(st.sampled_from(ONE_DAY))(first), (first,)
    elif kind == "list":
        expected = tuple(sorted(data.draw(st.sets(dates, min_size=2, max_size=6))))
        text = data.draw(st.sampled_from(LISTS))(expected)
    else:
        last = first + timedelta(days=data.draw(st.integers(1, 9)))
        in_month = kind == "range in month" and first.month == last.month
        text = data.draw(st.sampled_from(RANGES_IN_MONTH if in_month else RANGES))(first, last)
        expected = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
    reading = read(text)
    assert (reading.refusal, reading.dates) == (None, expected)


@given(
    st.lists(
        st.sampled_from(
            [
                "10月",
                "16",
                "17日",
                "-",
                "、",
                ".",
                "/",
                "上午",
                "（",
                "周六",
                "待定",
                "2场",
                "共",
                "至",
                "1",
                "年",
                "2021",
                " ",
            ]
        ),
        max_size=10,
    ).map("".join)
)
def test_pieces_in_any_order_are_read_whole_or_refused(text):
    reading = read(text)
    if reading.refusal:
        assert reading.days == ()
        assert reading.piece or reading.refusal is Refusal.UNREAD
    for day in reading.days:
        assert str(day.day.day) in text or "-" in text or "至" in text


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(text):
    reading = read(text)
    assert isinstance(reading, SessionDates)


@given(st.data())
def test_a_stranger_word_anywhere_refuses_the_whole(data):
    text = md(data.draw(dates)) + "、" + md(data.draw(dates))
    at = data.draw(st.integers(0, len(text)))
    word = data.draw(st.sampled_from(["取消", "不", "除", "外", "党校", "x", "？"]))
    assert read(text[:at] + word + text[at:]).refusal is not None
