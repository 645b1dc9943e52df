"""The tables of a planned round, as workbook and paper show them (排期表、答复、权重)."""

from collections.abc import Iterator, Mapping
from datetime import date

from casework.declaration_cells import Contact
from casework.round_amounts import amounts_of
from casework.round_calendar import SLOTS_ZH
from casework.round_document import fingerprint
from casework.round_report import Coming, RoundReport
from casework.rounds import UnitPlan
from ledger.print_table import Cell, PrintColumn, PrintTable
from ledger.rounds_words import (
    PROOFS_ZH,
    TERMS_ZH,
    day_zh,
    days_zh,
    deviation_zh,
    hours_zh,
    level_zh,
    plan_zh,
    teams_zh,
)

COUNTS = (
    ("children_total", "困境儿童总数"),
    ("children_6_plus", "6岁以上困境儿童人数"),
    ("participants_children", "参训困境儿童人数"),
    ("participants_caregivers", "参训爱心妈妈人数"),
    ("sessions", "计划开展团辅场次"),
)
TIMETABLE, SESSIONS, OFFERS = "排期表", "场次表", "答复意见"


def lead_of(report: RoundReport) -> str:
    """Say in one line what the round comes to."""
    table = report.timetable
    sessions = sum(len(plan.sessions) for plan in table.units)
    kept = sum(plan.kept for plan in table.units)
    moved = sum(plan.moved_days > 0 for plan in table.units)
    open_ones = sum(not plan.declared for plan in table.units)
    left = f"，未能安排{len(table.unplaced)}个" if table.unplaced else ""
    revision = f"第{report.calendar.revision + 1}稿，" if report.calendar.revision else ""
    return (
        f"{revision}{report.frame.on.year}年{day_zh(report.frame.on)}排定：{len(table.units)}个区县"
        f"{sessions}场，{len(report.frame.teams)}支团队；按申报{kept}个，改期{moved}个，"
        f"待定由市级提出{open_ones}个{left}。{PROOFS_ZH[str(table.proof.status)]}"
    )


def timetable_table(report: RoundReport, contacts: Mapping[str, Contact]) -> PrintTable:
    """Give the annex's columns with team, dates, deviation and reason."""
    columns = (
        PrintColumn("序号", 5, centred=True),
        PrintColumn("区县名称", 12, centred=True),
        *(PrintColumn(heading, 9, centred=True) for _, heading in COUNTS),
        PrintColumn("申报时间", 20),
        PrintColumn("项目联系人及联系方式", 16),
        PrintColumn("承担团队", 13, centred=True),
        PrintColumn("排定时间", 24),
        PrintColumn("与申报相比", 10, centred=True),
        PrintColumn("说明", 30),
    )
    rows = [[n, *line] for n, line in enumerate(_lines(report, contacts), 1)]
    title = f"{report.frame.rules.title_zh}排期表"
    return PrintTable(TIMETABLE, title, lead_of(report), columns, rows, "没有安排")


def _lines(report: RoundReport, contacts: Mapping[str, Contact]) -> Iterator[list[Cell]]:
    frame, table = report.frame, report.timetable
    for plan in table.units:
        start = _annex(report, plan.unit, plan.name, contacts)
        yield [
            *start, teams_zh(frame, plan), plan_zh(plan), deviation_zh(plan), plan.reason_zh,
        ]  # fmt: skip
    for left in table.unplaced:
        yield [*_annex(report, left.unit, left.name, contacts), "", "", "未安排", left.reason_zh]


def _annex(
    report: RoundReport, unit: str, name: str, contacts: Mapping[str, Contact]
) -> list[Cell]:
    cells = report.declared.get(unit, {})
    counts: list[Cell] = []
    for field, _ in COUNTS:
        value = cells.get(field)
        counts.append("" if value is None else value)
    if not cells:
        wish = next((wish for wish in report.frame.wishes if wish.unit == unit), None)
        counts[-1] = wish.sessions if wish else ""
        dates = days_zh(wish.dates) if wish else ""
    else:
        dates = str(cells.get("dates") or "")
    contact = " ".join(filter(None, contacts.get(unit, ())))
    return [name, *counts, dates, contact]


def sessions_table(report: RoundReport) -> PrintTable:
    """Give one row a session: what an officer changes and has checked again."""
    headings = ("区县名称", "场次", "日期", "星期", "时段", "团队编号", "承担团队", "会场")
    sizes = ("儿童", "大人", "成人须有", "咨询师", "助理", "最远车程（分）")
    columns = (
        *(PrintColumn(h, 12, centred=True) for h in headings),
        *(PrintColumn(h, 9, centred=True) for h in sizes),
        PrintColumn("参加镇街", 44),
    )
    rows = [list(row) for plan in report.timetable.units for row in _sessions(report, plan)]
    lead = "一行一场；改动日期、时段或团队编号后，用 nuantong round check 核查"
    return PrintTable(
        SESSIONS, f"{report.frame.rules.title_zh}场次表", lead, columns, rows, "没有"
    )


def _sessions(report: RoundReport, plan: UnitPlan) -> Iterator[list[Cell]]:
    composed = {each.number: each for each in report.composed if each.unit == plan.unit}
    for number, session in enumerate(plan.sessions, 1):
        row: list[Cell] = [
            plan.name,
            number,
            f"{session.date.month}月{session.date.day}日",
            "一二三四五六日"[session.date.weekday()],
            SLOTS_ZH[session.slot],
            session.team,
            report.frame.team_name(session.team),
            session.venue,
        ]
        known = composed.get(number)
        if known is None:
            yield [*row, "", "", "", "", "", "", ""]
            continue
        needs = known.needs
        drive = needs.longest_travel_minutes
        names = "、".join(map(_coming_zh, known.coming))
        yield [
            *row,
            *(needs.children, needs.adults, needs.adults_needed),
            *(needs.counsellors, needs.assistants, "" if drive is None else drive, names),
        ]


def _coming_zh(coming: Coming) -> str:
    """Name a township with its drive: 江口镇（约45分）."""
    drive = coming.travel_minutes
    return coming.name if drive is None else f"{coming.name}（约{drive}分）"


def offers_table(report: RoundReport) -> PrintTable:
    """Give each unit whose wish is not met: who holds its dates, what is free."""
    frame = report.frame
    rows: list[list[Cell]] = []
    for offer in report.offers:
        held = dict[date, list[str]]()
        for holder in offer.holders:
            held.setdefault(holder.date, []).append(
                f"{holder.name}（{frame.team_name(holder.team)}）"
            )
        whose = "\n".join(f"{days_zh([d])}：{'、'.join(n)}" for d, n in held.items())
        free = "\n".join(f"{plan_zh(p)}，{teams_zh(frame, p)}" for p in offer.alternatives)
        planned = plan_zh(offer.planned) if offer.planned else "未安排"
        rows.append(
            [offer.name, days_zh(offer.wished) or "待定", planned, offer.reason_zh, whose, free]
        )
    columns = (
        PrintColumn("区县名称", 12, centred=True),
        PrintColumn("申报时间", 22),
        PrintColumn("排定时间", 24),
        PrintColumn("原因", 30),
        PrintColumn("申报日期由谁占用", 40),
        PrintColumn("其他可行时间（其余区县不动）", 40),
    )
    lead = "征求区县意见用；每个可行时间都已核查，其余区县的安排不变"
    return PrintTable(OFFERS, "答复意见", lead, columns, rows, "所有申报时间都已满足")


def travel_table(report: RoundReport) -> PrintTable:
    """Give every drive of every team, and its sums."""
    frame = report.frame
    rows: list[list[Cell]] = []
    for team in sorted(frame.teams, key=lambda team: team.team):
        own = [leg for leg in report.legs if leg.team == team.team]
        for leg in own:
            ends = [frame.unit_name(at) if at else "驻地" for at in (leg.start, leg.goal)]
            rows.append(
                [team.name, days_zh([leg.day]), *ends, leg.minutes, hours_zh(leg.minutes),
                 leg.nights]
            )  # fmt: skip
        minutes, nights = sum(leg.minutes for leg in own), sum(leg.nights for leg in own)
        rows.append([team.name, "小计", "", "", minutes, hours_zh(minutes), nights])
    columns = tuple(
        PrintColumn(heading, width, centred=True)
        for heading, width in (
            ("团队", 18), ("日期", 18), ("从", 16), ("到", 16),
            ("车程（分）", 12), ("约合", 16), ("外宿夜数", 12),
        )
    )  # fmt: skip
    lead = "车程按直线距离和绕行系数估算，误差约两成；可用 --roads 给出实际分钟"
    return PrintTable("行程汇总", "各团队行程汇总", lead, columns, rows, "没有行程")


def contacts_table(report: RoundReport, contacts: Mapping[str, Contact]) -> PrintTable:
    """Give whom to call, from the forms."""
    rows: list[list[Cell]] = [
        [
            plan.name,
            plan_zh(plan),
            teams_zh(report.frame, plan),
            *contacts.get(plan.unit, ("", "")),
        ]
        for plan in report.timetable.units
    ]
    columns = tuple(
        PrintColumn(heading, width, centred=True)
        for heading, width in (
            ("区县名称", 16), ("排定时间", 44), ("承担团队", 20), ("项目联系人", 16),
            ("联系方式", 20),
        )
    )  # fmt: skip
    lead = "来自申报表，仅供市妇联与承担团队联系工作"
    return PrintTable("通讯录", "项目联系人", lead, columns, rows, "没有")


def proof_table(report: RoundReport) -> PrintTable:
    """Give the objective by level with weights, what is proven, and what was tried beside."""
    rows: list[list[Cell]] = []
    for n, level in enumerate(report.timetable.objective, 1):
        told = amounts_of(level)
        for term in level.amounts or {level.name: level.value}:
            amount = level.amounts.get(term, level.value)
            weight = level.weights.get(term, 1)
            rows.append(
                [f"第{n}级", TERMS_ZH.get(term, level_zh(term)), amount, weight,
                 told.count("zh"), told.least("zh"), "已证明" if level.is_proven else "未证明"]
            )  # fmt: skip
    rows += _beside(report)
    columns = tuple(
        PrintColumn(heading, width, centred=width < 40)
        for heading, width in (
            ("级别", 14), ("项目", 44), ("数量", 12), ("权重", 12), ("本级合计", 14),
            ("任何排法不低于", 16), ("证明", 14),
        )
    )  # fmt: skip
    lead = f"{PROOFS_ZH[str(report.timetable.proof.status)]}。前一级相同才比后一级；同级按权重相加"
    return PrintTable("权重与证明", "权重与证明", lead, columns, rows, "没有")


def _beside(report: RoundReport) -> Iterator[list[Cell]]:
    strict, why = report.strict, report.why_not
    if strict:
        end = day_zh(strict.end)
        yield ["从严口径", f"{end}前完成：少安排场次", strict.sessions_lost, "", "", "", ""]
        for term, more in strict.more.items():
            yield ["从严口径", f"{end}前完成：多出{TERMS_ZH[term]}", more, "", "", "", ""]
    if why:
        for words in why.requirements_zh:
            yield ["不能同时满足", words, "", "", "", "", ""]
        for each in why.given_up:
            verdict = "可全部安排" if each.resolves else ""
            yield ["若放弃", each.words_zh, each.sessions_more, "", "", "", verdict]
    yield ["指纹", fingerprint(report), "", "", "", "", ""]
