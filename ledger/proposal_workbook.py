"""Proposal workbook (结对建议): what the officer prints, has signed and works through.

1 the proposal, 2 the children left over, 3 the checklist of conditional pairs, pairs that end
where there are any, 4 the summary, 5 rules and sources. For the unit's own staff: it names
people, and it holds no ID number. The same dossier gives the same bytes.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path

from casework import left_over, wording
from casework.dossier import Dossier, reading_order
from casework.eligibility import age_years
from casework.people import ChildId
from casework.proposals import Ended, Pair, Unpaired
from casework.records import ChildRecord
from casework.summary import summarise
from ledger.fairness_sheet import fairness_table
from ledger.print_table import Cell, PageText, PrintBook, PrintColumn, PrintTable
from ledger.proposal_checklist import checklist_table
from ledger.proposal_summary import write_rules, write_summary
from ledger.safe_text import new_workbook

_SIGNATURES = (
    "填报单位（盖章）：",
    "负责人（签字）：",
    "审核人（签字）：",
    "制表人（签字）：\n\n\n\n日期：　　　年　　月　　日",
)

_PAIR_COLUMNS = (
    PrintColumn("序号", 4.5, "", centred=True),
    PrintColumn("姓名", 8, "儿童", centred=True),
    PrintColumn("性别", 4.5, "儿童", centred=True),
    PrintColumn("年龄", 4.5, "儿童", centred=True),
    PrintColumn("类别", 11, "儿童", centred=True),
    PrintColumn("镇街", 9.5, "儿童", centred=True),
    PrintColumn("村社区", 9.5, "儿童", centred=True),
    PrintColumn("监护人", 8, "儿童", centred=True),
    PrintColumn("姓名", 8, "爱心妈妈", centred=True),
    PrintColumn("身份", 9, "爱心妈妈", centred=True),
    PrintColumn("镇街", 9.5, "爱心妈妈", centred=True),
    PrintColumn("村社区", 9.5, "爱心妈妈", centred=True),
    PrintColumn("电话", 12.5, "爱心妈妈", centred=True),
    PrintColumn("就近程度", 9, "结对", centred=True),
    PrintColumn("直线距离", 9, "结对", centred=True),
    PrintColumn("原有/\n新结", 5.5, "结对", centred=True),
    PrintColumn("尚缺", 13, "结对"),
    PrintColumn("理由", 25, "结对"),
    PrintColumn("签字", 9, "结对"),
)

_LEFT_COLUMNS = (
    PrintColumn("序号", 5.5, centred=True),
    PrintColumn("儿童姓名", 10, centred=True),
    PrintColumn("性别", 5, centred=True),
    PrintColumn("年龄", 5, centred=True),
    PrintColumn("类别", 13, centred=True),
    PrintColumn("镇街", 12, centred=True),
    PrintColumn("村社区", 12, centred=True),
    PrintColumn("监护人", 9, centred=True),
    PrintColumn("未结对原因", 20),
    PrintColumn("办法", 40),
    PrintColumn("责任人", 16, centred=True),
    PrintColumn("办结期限", 12, centred=True),
    PrintColumn("办理结果", 14),
    PrintColumn("签字", 10),
)

_ENDED_COLUMNS = (
    PrintColumn("序号", 5.5, centred=True),
    PrintColumn("儿童姓名", 10, centred=True),
    PrintColumn("镇街", 14, centred=True),
    PrintColumn("村社区", 14, centred=True),
    PrintColumn("原爱心妈妈", 11, centred=True),
    PrintColumn("解除或变更原因", 40),
    PrintColumn("现建议", 24, centred=True),
    PrintColumn("交接情况", 22),
    PrintColumn("签字", 12),
)


def write_proposal_workbook(path: Path, dossier: Dossier, more: Sequence[PrintTable] = ()) -> None:
    """Write the workbook, ``more`` sheets last; ``path`` is overwritten."""
    unit, on = dossier.unit_name, wording.day(dossier.on)
    summary = summarise(dossier)
    with new_workbook(path, f"{unit}困境儿童结对建议") as workbook:
        book = PrintBook(
            workbook, PageText(f"{unit}妇联", on, "内部资料　含未成年人个人信息，注意保密")
        )
        book.add(_pair_table(dossier))
        book.add(_left_table(dossier))
        book.add(checklist_table(dossier))
        if dossier.proposal.ended:
            book.add(_ended_table(dossier))
        write_summary(book, dossier, summary)
        book.add(fairness_table(dossier))
        write_rules(book, dossier)
        for table in more:
            book.add(table)


def _pair_table(dossier: Dossier) -> PrintTable:
    order = reading_order(dossier)
    pairs = sorted(dossier.proposal.pairs, key=lambda pair: order[pair.child])
    kept = sum(pair.kept for pair in pairs)
    conditional = sum(bool(pair.conditional) for pair in pairs)
    return PrintTable(
        sheet="结对建议",
        title=f"{dossier.unit_name}困境儿童结对建议表",
        lead=(
            f"基准日期：{wording.day(dossier.on)}　　共 {len(pairs)} 对，其中"
            f"原结对保留 {kept} 对、新结 {len(pairs) - kept} 对；"
            f"尚缺材料、查明前不得实施的 {conditional} 对"
        ),
        columns=_PAIR_COLUMNS,
        rows=[
            (number, *_child_cells(dossier, pair.child), *_pair_cells(dossier, pair))
            for number, pair in enumerate(pairs, start=1)
        ],
        when_empty="没有可以建议的结对",
        signatures=_SIGNATURES,
    )


def _left_table(dossier: Dossier) -> PrintTable:
    order = reading_order(dossier)
    left = sorted(dossier.proposal.unpaired, key=lambda line: order[line.child])
    return PrintTable(
        sheet="未结对儿童",
        title=f"{dossier.unit_name}未结对困境儿童办理表",
        lead=(
            f"基准日期：{wording.day(dossier.on)}　　共 {len(left)} 名；"
            f"责任人为{dossier.programme.responsible_zh}，{dossier.programme.due_days} 天内办结"
        ),
        columns=_LEFT_COLUMNS,
        rows=[
            (number, *_child_cells(dossier, line.child), *_left_cells(dossier, line))
            for number, line in enumerate(left, start=1)
        ],
        when_empty="无。全部儿童都有建议的爱心妈妈",
        signatures=_SIGNATURES,
    )


def _ended_table(dossier: Dossier) -> PrintTable:
    now = {pair.child: pair for pair in dossier.proposal.pairs}
    left = {line.child for line in dossier.proposal.unpaired}
    order = reading_order(dossier)
    ended = sorted(dossier.proposal.ended, key=lambda line: order[line.child])
    return PrintTable(
        sheet="解除或变更",
        title=f"{dossier.unit_name}解除或变更结对表",
        lead=f"基准日期：{wording.day(dossier.on)}　　共 {len(ended)} 对；请做好告别和交接",
        columns=_ENDED_COLUMNS,
        rows=[
            (number, *_ended_cells(dossier, line, _now(dossier, line.child, now, left)), "", "")
            for number, line in enumerate(ended, start=1)
        ],
        when_empty="无",
    )


def _child_cells(dossier: Dossier, child: ChildId) -> tuple[Cell, ...]:
    """Give name, sex, age, category, township, village and guardian."""
    record = dossier.children.get(child)
    if record is None:
        return (dossier.child_name(child), "", "", "", dossier.township_name(child), "", "")
    return (
        record.name,
        wording.label(record.sex),
        _age(record, dossier),
        wording.label(record.category),
        record.township_name,
        record.village_name,
        record.guardian_name,
    )


def _pair_cells(dossier: Dossier, pair: Pair) -> Iterator[Cell]:
    record = dossier.caregivers.get(pair.caregiver)
    yield dossier.caregiver_name(pair.caregiver)
    if record is None:
        yield from ("", "", "", "")
    else:
        yield wording.label(record.role)
        yield from (record.township_name, record.village_name, record.phone)
    yield wording.label(pair.rung)
    yield wording.distance(pair.metres)
    yield "原有" if pair.kept else "新结"
    # A line each: where a spreadsheet breaks a sentence, the next line may begin with a mark.
    yield "\n".join(map(wording.label, pair.conditional))
    yield _reason(pair)
    yield ""


def _reason(pair: Pair) -> str:
    """Give the reason a fact a line; what is missing has a column of its own."""
    return "\n".join(wording.pair_clauses(replace(pair, conditional=())))


def _left_cells(dossier: Dossier, line: Unpaired) -> tuple[Cell, ...]:
    return (
        left_over.cause(line, dossier),
        left_over.remedy(line, dossier, naming_rows=True),
        dossier.responsible_zh(line.child),
        wording.day(wording.due(dossier.programme, dossier.on)),
        "",
        "",
    )


def _now(dossier: Dossier, child: ChildId, now: Mapping[ChildId, Pair], left: Set[ChildId]) -> str:
    """Say what the proposal puts in place of a pair that ends."""
    if child in now:
        return f"改由{dossier.caregiver_name(now[child].caregiver)}结对"
    return "未结对，见未结对儿童表" if child in left else "不再结对"


def _ended_cells(dossier: Dossier, line: Ended, now: str) -> tuple[Cell, ...]:
    record = dossier.children.get(line.child)
    return (
        dossier.child_name(line.child),
        dossier.township_name(line.child),
        record.village_name if record else "",
        dossier.caregiver_name(line.caregiver),
        left_over.ending_cause(line, dossier),
        now,
    )


def _age(record: ChildRecord, dossier: Dossier) -> Cell:
    return age_years(record.birth_date, dossier.on) if record.birth_date else ""
