"""The demo: the main job done once, on made-up data, with everything left to look at (演示).

A made-up city and an account for each role; one of its units with its township workbooks damaged
as offices do; these merged, checked, paired and drawn, by the very work that the page does. Its
files are copied to where they are easily found, and the page can be opened on what is there.
"""

import shutil
from pathlib import Path

from casework.access import area
from geo.areas import Gazetteer
from ledger.record.key_ring import KeyRing
from ledger.sample_files import DUE, TOWNSHIPS, write_sample
from service.desk import CHECK, LEDGER, PROPOSAL, Desk
from service.on_record import KEYS
from service.progress import Progress, Stage
from service.rooms import desk_folder
from service.workflows.demo_accounts import make_accounts, make_store
from service.workflows.demo_record import OTHERS, put_on_record
from service.workflows.demo_round import plan_demo_round, publish_demo_round, team_of
from service.workflows.desk_work import check_desk, pair_desk
from service.workflows.rounds import RoundOutcome

UNIT = "武隆区"

_HANDED_OUT = {
    (CHECK, LEDGER): LEDGER,
    (PROPOSAL, "proposal.xlsx"): "结对建议.xlsx",
    (PROPOSAL, "map.html"): "结对地图.html",
    (PROPOSAL, "proposal.json"): "结对建议.json",
}


def run_demo(out: Path, progress: Progress) -> str:
    """Run the demo into a folder and tell what it did, in both languages."""
    progress(Stage.SAMPLE, 0, 0)
    write_sample(out / "city", city=True)
    write_sample(out / UNIT, UNIT, flaws=True)
    unit = Gazetteer.on(DUE).find_unit(UNIT)
    assert unit is not None
    keys = KeyRing.load(out / KEYS)
    desk = Desk(desk_folder(out / "data", area(unit.code)), keys)
    desk.clear()
    for workbook in sorted((out / UNIT / TOWNSHIPS).iterdir()):
        _put(desk, workbook)
    arguments = {"on": DUE.isoformat()}
    check_desk(desk, arguments, progress)
    pair_desk(desk, arguments, progress)
    _hand_out(desk, out)
    shutil.rmtree(desk_folder(out / "data", area()), ignore_errors=True)
    planned = plan_demo_round(out, (UNIT, *OTHERS), progress)
    make_store(out)
    put_on_record(out, UNIT, progress)
    publish_demo_round(out, planned)
    accounts = make_accounts(out, unit.code, team_of(planned, unit.code))
    return _story(desk, out, accounts, planned)


def _put(desk: Desk, workbook: Path) -> None:
    file_id, path = desk.draft(workbook.name, "ledger")
    shutil.copyfile(workbook, path)
    desk.accept(file_id, workbook.name, "ledger")


def _hand_out(desk: Desk, out: Path) -> None:
    """Copy the results to where somebody looks for them, under names that say what they are."""
    for (result, name), called in _HANDED_OUT.items():
        (out / f"{UNIT}{called}").write_bytes(desk.content(result, name))
    returns = out / f"{UNIT}退回核查表"
    shutil.rmtree(returns, ignore_errors=True)
    with desk.opened(CHECK, "returned.zip") as bundle:
        shutil.unpack_archive(bundle, returns)


def _story(desk: Desk, out: Path, accounts: str, planned: RoundOutcome) -> str:
    report = desk.read(CHECK, "check.json")
    summary = desk.read(PROPOSAL, "summary.json")
    table = planned.report.timetable
    missing = [line["name"] for line in report["townships"] if not line["returned"]]
    values = {
        "unit": UNIT,
        "out": out,
        "files": len(report["files"]),
        "children": report["kinds"]["children"]["accepted"],
        "caregivers": report["kinds"]["caregivers"]["accepted"],
        "held": report["rejected"],
        "missing": "、".join(missing) or "—",
        "paired": summary["everyone"]["paired"],
        "everyone": summary["everyone"]["children"],
        "left": summary["left_over"],
        "accounts": accounts,
        "round_units": len(table.units),
        "sessions": sum(len(plan.sessions) for plan in table.units),
        "kept": sum(plan.kept for plan in table.units),
        "moved": sum(plan.moved_days > 0 for plan in table.units),
        "on_record": "、".join((UNIT, *OTHERS)),
    }
    return _TELLS.format_map(values)


_TELLS = """\
演示完成（数据均为虚构）
  1 {out}/city：全市 41 个区县的示例台账；{out}/{unit}：{files} 个镇街名单，带常见毛病
  2 合并核查：可用儿童 {children}、爱心妈妈 {caregivers}，待更正 {held} 行，未交回：{missing}
     {out}/{unit}合并台账.xlsx、{out}/{unit}退回核查表/
  3 结对建议：{everyone} 名儿童，{paired} 名有人结对，{left} 名未结对（附原因、办法、责任人）
     {out}/{unit}结对建议.xlsx、{out}/{unit}结对地图.html、{out}/{unit}结对建议.json
  4 团辅排期：{round_units} 个区县 {sessions} 场，按申报日期 {kept} 个，改期 {moved} 个，已公布
     {out}/团辅排期.xlsx、.pdf、.html、.json，日历在 {out}/团辅排期日历/
  5 在案：{on_record}的台账和结对；{unit}有一份建议等待审批
打开网页：.venv/bin/nuantong serve --data {out}/data，用下面的账号登录（也在 {out}/accounts.txt）

{accounts}

Demo done (all people are made up)
  1 {out}/city: ledgers of a city of 41 units; {out}/{unit}: {files} workbooks from its townships,
    damaged the way offices do
  2 merged and checked: {children} children, {caregivers} caregivers usable, {held} rows held back,
    townships missing: {missing}
  3 proposal: {everyone} children, {paired} paired, {left} left over, each with reason and remedy
  4 counselling round: {sessions} sessions in {round_units} units, {kept} on the declared dates,
    {moved} moved; published; timetable, paper, map and calendars: {out}/团辅排期.*
  5 on record: ledgers and pairings of four units; a proposal of {unit} waits for approval
Open the page: .venv/bin/nuantong serve --data {out}/data, and sign in with an account above"""
