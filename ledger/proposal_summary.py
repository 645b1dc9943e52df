"""Summary and rule sheets (汇总、规则与依据) of the proposal workbook."""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from casework import wording
from casework.dossier import Dossier
from casework.proposals import Rung
from casework.rulesheet import RuleLine, method_lines, rule_lines
from casework.summary import AreaCounts, Coverage, Distances, Summary
from ledger.print_table import Cell, PrintBook, PrintColumn, PrintTable

_TOWNSHIP_COLUMNS = (
    PrintColumn("镇街", 16, centred=True),
    PrintColumn("儿童", 8),
    PrintColumn("已结对", 8),
    PrintColumn("其中待核查", 8),
    PrintColumn("未结对", 8),
    PrintColumn("其中待补正", 8),
    PrintColumn("可安排的爱心妈妈", 10),
    PrintColumn("结对名额", 8),
    PrintColumn("剩余名额", 8),
    PrintColumn("同村", 7),
    PrintColumn("同镇街", 7),
    PrintColumn("邻近镇街", 7),
    PrintColumn("本区县内", 7),
    PrintColumn("超出范围", 7),
    PrintColumn("距离中位数（米）", 10),
    PrintColumn("最远（米）", 10),
    PrintColumn("距离未知", 8),
)
_LAST = len(_TOWNSHIP_COLUMNS) - 1
_VALUE, _NOTE = 3, 6  # first columns of a figure's value and of its note

Figure = tuple[str, Cell, str]


def write_summary(book: PrintBook, dossier: Dossier, summary: Summary) -> None:
    """Write the unit's figures, then the townships'."""
    sheet = book.add_sheet("汇总", [column.width for column in _TOWNSHIP_COLUMNS])
    lead = f"基准日期：{wording.day(dossier.on)}　　{dossier.programme.title_zh}"
    book.write_title(sheet, _LAST, f"{dossier.unit_name}困境儿童结对建议汇总", lead)
    row = 2
    for name, value, note in figures(summary):
        _write_figure(book, sheet, row, (name, value, note))
        row += 1
    book.write_across(sheet, row, 0, _LAST, "分镇街情况", bold=True, align="left", height=30)
    row += 1
    sheet.set_row(row, 48)
    for place, column in enumerate(_TOWNSHIP_COLUMNS):
        book.write_heading(sheet, row, place, column.heading)
    rows = [_township_cells(counts) for counts in summary.townships]
    for number, cells in enumerate([*rows, _total(summary)], start=row + 1):
        book.write_row(sheet, number, cells, _TOWNSHIP_COLUMNS)


def write_rules(book: PrintBook, dossier: Dossier) -> None:
    """Write the rules in force with their sources, and how the answer was found."""
    lines = (*rule_lines(dossier), *method_lines(dossier))
    book.add(
        PrintTable(
            sheet="规则与依据",
            title="结对规则与依据",
            lead=f"{dossier.programme.title_zh}　依据：文件{dossier.programme.notice}",
            columns=(
                PrintColumn("事项", 16, centred=True),
                PrintColumn("规则", 78),
                PrintColumn("依据或说明", 46),
            ),
            rows=[_rule_cells(line) for line in lines],
            when_empty="",
        )
    )


def figures(summary: Summary) -> Iterator[Figure]:
    """Give name, value and note of each figure the officer reports."""
    yield _coverage("应纳入儿童结对率", summary.mandatory, "散居孤儿、事实无人抚养儿童等应纳入的")
    yield _coverage("建议纳入儿童结对率", summary.optional, "监护不力的留守儿童等建议纳入的")
    yield _coverage("全部儿童结对率", summary.everyone, "含台账待补正的儿童")
    yield from _pair_figures(summary)
    yield from _caregiver_figures(summary)
    out_of_scope = summary.out_of_scope
    yield "台账中不在项目范围的儿童", sum(out_of_scope.values()), _counted(out_of_scope.items())


def _pair_figures(summary: Summary) -> Iterator[Figure]:
    stability = (
        f"原结对保留 {summary.kept}，新结 {summary.new}；工作人员指定 {summary.locked}；"
        f"解除或变更 {summary.ended}"
    )
    rungs = [(rung, count) for rung, count in zip(Rung, summary.rung_counts, strict=True) if count]
    yield "结对", sum(summary.rung_counts), stability
    yield "待核查的结对", summary.conditional, _counted(summary.conditional_by_fact.items())
    yield "未结对儿童", sum(summary.left.values()), _counted(summary.left.items())
    yield "就近程度", "", _counted(rungs)
    yield "距离", "", _how_far(summary.distances)


def _caregiver_figures(summary: Summary) -> Iterator[Figure]:
    roles = (
        f"结对的爱心妈妈 {summary.caregivers_paired} 人，其中干部和执委 {summary.cadres} 人、"
        f"身份未填 {summary.role_unknown} 人（以村居妇联干部和执委为主体，通知三（一）2）"
    )
    loads = [
        f"{f'结对 {load} 户' if load else '未安排'} {people} 人"
        for load, people in summary.load.items()
    ]
    yield "村居妇联干部和执委占比", _percent(summary.cadre_share), roles
    yield "爱心妈妈负担", "", "；".join(loads)
    yield "剩余名额", summary.free_places, "可安排的爱心妈妈尚可结对的名额"


def _write_figure(book: PrintBook, sheet: object, row: int, figure: Figure) -> None:
    name, value, note = figure
    book.write_across(sheet, row, 0, _VALUE - 1, name, border=1, align="center", bold=True)
    book.write_across(sheet, row, _VALUE, _NOTE - 1, str(value), border=1, align="center")
    height = 36 if len(note) > 55 else 22
    book.write_across(sheet, row, _NOTE, _LAST, note, height, border=1, align="left")


def _coverage(name: str, coverage: Coverage, note: str) -> Figure:
    return name, _percent(coverage.share), f"{coverage.paired} / {coverage.children} 名；{note}"


def _percent(share: float | None) -> str:
    """Write a share so that 100 % means all of them."""
    if share is None:
        return "—"
    text = f"{share:.1%}"
    return "99.9%" if text == "100.0%" and share < 1 else text


def _counted(counts: Iterable[tuple[Enum, int]]) -> str:
    return "；".join(f"{wording.label(member)} {count}" for member, count in counts)


def _how_far(found: Distances) -> str:
    if not found.known:
        return f"距离均未知（{found.unknown} 对）"
    return (
        f"已知 {found.known} 对：中位数 {found.median_m} 米，最远 {found.worst_m} 米；"
        f"距离未知 {found.unknown} 对"
    )


def _rule_cells(line: RuleLine) -> tuple[Cell, ...]:
    return line.topic, line.rule, line.source


def _township_cells(counts: AreaCounts) -> Sequence[Cell]:
    return (
        counts.area.name,
        counts.children,
        counts.paired,
        counts.conditional,
        counts.left,
        counts.needs_data,
        counts.caregivers,
        counts.places,
        counts.free_places,
        *counts.rung_counts,
        _known(counts.distances.median_m),
        _known(counts.distances.worst_m),
        counts.distances.unknown,
    )


def _total(summary: Summary) -> Sequence[Cell]:
    rows = [_township_cells(counts) for counts in summary.townships]
    sums = [
        sum(cell for cell in column if isinstance(cell, int)) for column in zip(*rows, strict=True)
    ]
    whole = summary.distances
    counted = sums[1:14] if sums else [0] * 13
    return ("合计", *counted, _known(whole.median_m), _known(whole.worst_m), whole.unknown)


def _known(metres: int | None) -> Cell:
    return "—" if metres is None else metres
