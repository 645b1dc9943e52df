"""What the city office gets for a made-up round: 申报表/, 团辅团队.xlsx, 停办.xlsx."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from casework.declaration_rules import DeclarationRules
from casework.programme import Programme
from casework.rounds import Closure, Team
from casework.sample import SampleUnit
from casework.sample_declarations import make_round
from geo.areas import Gazetteer
from ledger.declaration_form import Form, write_form
from ledger.safe_text import new_workbook
from ledger.tables import Value

DECLARATIONS = "申报表"
TEAMS = "团辅团队"
CLOSURES = "停办"


def write_round(out_dir: Path, units: Sequence[SampleUnit], seed: int, on: date) -> None:
    """Write a form for each unit, the teams, and the units that are closed for some days."""
    rules = DeclarationRules.from_toml()
    made = make_round(units, Programme.from_toml(), rules, seed)
    names = tuple(unit.name for unit in Gazetteer.on(on).units)
    folder = out_dir / DECLARATIONS
    folder.mkdir()
    for form in made.declarations:
        path = folder / f"{form.unit.name}{DECLARATIONS}.xlsx"
        write_form(path, Form(rules.title_zh, form.cells), names)
    by_code = {unit.unit.code: unit.unit.name for unit in units}
    _write_table(out_dir / f"{TEAMS}.xlsx", TEAMS, [_team_cells(team) for team in made.teams])
    closures = [_closure_cells(closure, by_code) for closure in made.closures]
    _write_table(out_dir / f"{CLOSURES}.xlsx", CLOSURES, closures)


def _team_cells(team: Team) -> dict[str, Value]:
    return {
        "团队编号": team.team,
        "团队名称": team.name,
        "驻地经度": team.home.lon,
        "驻地纬度": team.home.lat,
        "坐标系": "WGS-84",
        "每天场次": team.sessions_per_day,
        "不能安排的日期": "、".join(f"{day.month}月{day.day}日" for day in sorted(team.days_off)),
        "专长": "、".join(sorted(team.skills)),
    }


def _closure_cells(closure: Closure, names: dict[str, str]) -> dict[str, Value]:
    return {
        "区县名称": names.get(closure.unit, closure.unit),
        "开始日期": closure.first,
        "结束日期": closure.last,
        "原因": closure.reason_zh,
    }


def _write_table(path: Path, name: str, rows: Sequence[dict[str, Value]]) -> None:
    book = new_workbook(path, name)
    page = book.add_worksheet(name)
    dates = book.add_format({"num_format": "yyyy-mm-dd"})
    page.set_column(0, len(rows[0]) - 1, 16)
    page.write_row(0, 0, list(rows[0]), book.add_format({"bold": True, "border": 1}))
    for at, row in enumerate(rows, 1):
        for column, value in enumerate(row.values()):
            if isinstance(value, date):
                page.write_datetime(at, column, value, dates)
            elif value not in (None, ""):
                page.write(at, column, value)
    book.close()
