"""The trend of a layer: what each month's release tells, and every way of not telling apart."""

from dataclasses import replace
from datetime import date

from casework.disclosure import SUPPRESSED, Audience, Shown
from casework.supervision import Measure, ShownArea
from service.trend import trend_of
from service.workflows.supervision import View

LEFT = Measure.LEFT
TOLD = (Shown(7, 7), Shown(5, 9), Shown(0, 0), SUPPRESSED, None, Shown(20, None))


def views(tellings):
    months = tuple(f"2021-{n:02d}" for n in range(1, len(tellings) + 1))
    return [
        View(Audience.FEDERATION, date(2021, n, 28), months[n - 1], months, "", "unit",
             (ShownArea("u", "甲区", "", {LEFT: told} if told else None),), None)
        for n, told in enumerate(tellings, 1)
    ]  # fmt: skip


def test_a_figure_a_band_none_not_shown_and_no_data_are_each_drawn_apart():
    trend = trend_of(views(TOLD), LEFT, "zh")
    (line,) = trend["lines"]
    kinds = [mark.kind for mark in line.marks]
    assert kinds == ["exact", "band", "none", "hidden", "no_data", "band"]
    assert [mark.words for mark in line.marks] == [
        *("7", "5–9", "0", "不公开", "无数据", "20 以上")
    ]
    assert len(line.paths) == 1, "what is not told is a gap"
    assert line.paths[0].count(",") == 3
    assert trend["largest"] == 20


def test_there_is_no_trend_of_one_month():
    assert trend_of(views(TOLD[:1]), LEFT, "zh") is None


def test_a_unit_is_drawn_as_a_whole():
    whole = ShownArea("w", "乙区", "", {LEFT: Shown(3, 3)})
    trend = trend_of([replace(view, whole=whole) for view in views(TOLD[:2])], LEFT, "en")
    assert [line.name for line in trend["lines"]] == ["乙区"]
    assert [line.name for line in trend["others"]] == ["甲区"]


def test_the_worst_are_drawn_and_the_table_tells_of_all():
    areas = tuple(ShownArea(f"u{n}", f"{n} 区", "", {LEFT: Shown(n, n)}) for n in range(1, 8))
    trend = trend_of([replace(view, areas=areas) for view in views(TOLD[:2])], LEFT, "zh")
    assert [line.name for line in trend["lines"]] == ["7 区", "6 区", "5 区", "4 区"]
    assert [line.name for line in trend["others"]] == ["3 区", "2 区", "1 区"]
    assert [m.words for m in trend["others"][0].marks] == ["3", "3"]
    assert not any(line.colour or line.paths for line in trend["others"])


def test_a_township_is_drawn_once_and_not_told_again_below():
    own = [replace(view, whole=view.areas[0]) for view in views(TOLD[:2])]
    trend = trend_of(own, LEFT, "zh")
    assert ([line.name for line in trend["lines"]], trend["others"]) == (["甲区"], [])
