"""``nuantong round``: the counselling round planned, checked, planned again."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands.options import (
    JsonOut,
    Lang,
    OnDay,
    Talk,
    ends_in,
    existing,
    leave,
    read_day,
    web_page,
    workbook,
)
from service.commands.sign_in import roster
from service.commands.telling import tell_findings
from service.commands.telling_rounds import (
    tell_frontier,
    tell_judged,
    tell_round,
    watcher,
)
from service.outputs import refuse_overwriting, write_whole
from service.settings import LANGUAGES

if TYPE_CHECKING:
    from casework.round_report import Calendar
    from service.workflows.rounds import RoundOutcome
    from service.workflows.rounds_out import RoundOutputs

app = typer.Typer(
    help="团辅轮次：排期、核查、重排、签到 / a round: plan, check, plan again, sign-in sheets",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Declarations = Annotated[
    Path,
    typer.Argument(
        metavar="DECLARATIONS",
        help="申报表文件夹、收件库或汇总表 / folder of forms, store of hand-ins, or one workbook",
    ),
]
TeamsFile = Annotated[Path, typer.Option("--teams", help="团辅团队.xlsx / teams")]
RoundRules = Annotated[
    Path | None, typer.Option("--round", help="轮次规则（只写要改的） / the round's rules (TOML)")
]
ClosuresFile = Annotated[Path | None, typer.Option("--closures", help="停办.xlsx / closures")]
UnitsFile = Annotated[
    Path | None,
    typer.Option("--units", help="区县补充：会场、容纳人数、锁定 / venues, rooms, pins of units"),
]
RoadsFile = Annotated[
    Path | None, typer.Option("--roads", help="实际车程分钟表 / known minutes on the road")
]
OutFile = Annotated[
    Path | None, typer.Option("--out", callback=workbook, help="团辅排期 X.xlsx / workbook")
]
IcsFolder = Annotated[
    Path | None, typer.Option("--ics", help="日历文件夹 / folder for calendars (.ics)")
]
HtmlFile = Annotated[
    Path | None, typer.Option("--html", callback=web_page, help="行程图 X.html / map of trips")
]
PdfFile = Annotated[
    Path | None,
    typer.Option("--pdf", callback=ends_in(".pdf"), help="打印件 X.pdf / for print"),
]
_PUBLISHED = "已公布的排期 JSON，尽量少改 / what was published: change as little as can be"


@app.command("plan")
def plan(
    declarations: Declarations,
    teams: TeamsFile,
    round_rules: RoundRules = None,
    closures: ClosuresFile = None,
    published: Annotated[Path | None, typer.Option("--published", help=_PUBLISHED)] = None,
    out: OutFile = None,
    json_out: JsonOut = None,
    ics: IcsFolder = None,
    html: HtmlFile = None,
    pdf: PdfFile = None,
    on: OnDay = None,
    units: UnitsFile = None,
    roads: RoadsFile = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """排期：尽量按申报日期，证明没有更好的 / Plan: declared dates first, proven."""
    from service.workflows import rounds, rounds_given, rounds_judged, rounds_out

    talk = Talk(lang, json_out)
    sources = rounds_given.RoundSources(declarations, teams, round_rules, closures, units, roads)
    inputs = existing([*sources.all, *filter(None, [published])])
    outputs = rounds_out.RoundOutputs(out, ics, html, pdf)
    _refuse(talk, outputs, inputs)
    before = rounds_judged.read_published(published) if published else None
    given = rounds_given.read_round(sources, on, talk.progress)
    telling = rounds.Telling(talk.progress, watcher(talk, given.frame.rules))
    done = rounds.plan(given, before, telling)
    _hand_out(talk, done, outputs, before.calendar if before else None)


@app.command("check")
def check(
    timetable: Annotated[Path, typer.Argument(help="排期表 .json 或 .xlsx / a timetable")],
    declarations: Annotated[
        Path | None, typer.Option("--declarations", help="申报表 / declarations")
    ] = None,
    teams: Annotated[Path | None, typer.Option("--teams", help="团辅团队.xlsx / teams")] = None,
    round_rules: RoundRules = None,
    closures: ClosuresFile = None,
    published: Annotated[
        Path | None,
        typer.Option("--published", help="排期 JSON：按它的规则和申报核查 / judge by this plan's"),
    ] = None,
    json_out: JsonOut = None,
    on: OnDay = None,
    units: UnitsFile = None,
    roads: RoadsFile = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """核查自己排的表：违反哪条、哪一行、比最优差多少 / Judge your own timetable."""
    from service.workflows import rounds, rounds_given, rounds_judged

    talk = Talk(lang, json_out)
    given = (declarations, teams, round_rules, closures, published, units, roads)
    refuse_overwriting(talk.json_path, existing([timetable, *filter(None, given)]))
    if declarations and teams:
        sources = rounds_given.RoundSources(
            declarations, teams, round_rules, closures, units, roads
        )
        read = rounds_given.read_round(sources, on, talk.progress)
        frame, findings = read.frame, read.findings
    else:
        frame, findings = rounds_judged.read_published(_source(timetable, published)).frame, ()
    telling = rounds.Telling(talk.progress, watcher(talk, frame.rules))
    done = rounds_judged.check_timetable(timetable, frame, findings, telling)
    talk.finish()
    talk.write_json(done.as_json())
    tell_judged(talk, done)
    tell_findings(talk, done.findings, None)
    leave(done.needs_a_person)


def _source(timetable: Path, published: Path | None) -> Path:
    """Say whose rules a timetable is judged by where no forms are given."""
    if published:
        return published
    if timetable.suffix.lower() == ".json":
        return timetable
    raise typer.BadParameter(
        "请给 --declarations 和 --teams，或 --published / give --declarations and --teams, "
        "or --published"
    )


@app.command("replan")
def replan(
    published: Annotated[
        Path, typer.Argument(metavar="PUBLISHED.json", help="已公布的排期 / what was published")
    ],
    on: Annotated[
        date,
        typer.Option("--on", parser=read_day, metavar="日期", help="今天 / today: the past stays"),
    ],
    closures: ClosuresFile = None,
    withdraw: Annotated[
        list[str] | None,
        typer.Option("--withdraw", help="退出的区县，可重复 / units that withdraw"),
    ] = None,
    choose: Annotated[
        int | None, typer.Option("--choose", min=1, help="采用第几个方案 / take choice N")
    ] = None,
    declarations: Annotated[
        Path | None,
        typer.Option("--declarations", help="申报表，只取通讯录 / forms, for the contacts"),
    ] = None,
    out: OutFile = None,
    json_out: JsonOut = None,
    ics: IcsFolder = None,
    html: HtmlFile = None,
    pdf: PdfFile = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """重排：停办、退出之后，改动最少的办法和取舍 / Plan again with the fewest changes."""
    from service.workflows import rounds, rounds_again, rounds_judged, rounds_out

    talk = Talk(lang, json_out)
    outputs = rounds_out.RoundOutputs(out, ics, html, pdf)
    if outputs.files and choose is None:
        raise typer.BadParameter("写出结果要先用 --choose 选定 / choose first: --choose N")
    inputs = existing([published, *filter(None, [closures, declarations])])
    _refuse(talk, outputs, inputs)
    before = rounds_judged.read_published(published)
    news = rounds_again.read_news(before, on, closures, tuple(withdraw or ()))
    telling = rounds.Telling(talk.progress, watcher(talk, before.frame.rules))
    found = rounds_again.replan(before, news, telling)
    if choose is not None:
        contacts = rounds_again.read_contacts(declarations, before.frame) if declarations else {}
        done = rounds_again.choose(found, choose, telling, contacts)
        tell_frontier(talk, found, choose)
        _hand_out(talk, done, outputs, before.calendar)
        return
    talk.finish()
    talk.write_json(found.as_json())
    tell_frontier(talk, found, None)
    tell_findings(talk, found.findings, None)
    leave(found.needs_a_person)


def _refuse(talk: Talk, outputs: "RoundOutputs", inputs: list[Path]) -> None:
    for path in (*outputs.files, talk.json_path):
        refuse_overwriting(path, inputs)


def _hand_out(
    talk: Talk, done: "RoundOutcome", outputs: "RoundOutputs", before: "Calendar | None"
) -> None:
    """Write what is asked for, and tell the rest."""
    from service.workflows.rounds_out import report_bytes, write_round_outputs

    report = done.report
    write_round_outputs(report, outputs, done.given.contacts, before, talk.progress)
    talk.finish()
    if talk.json_path:
        write_whole(talk.json_path, report_bytes(report, done.findings))
    else:
        talk.write_json(report_bytes(report, done.findings))
    tell_round(talk, done)
    tell_findings(talk, done.findings, None)
    for path in filter(None, (*outputs.files, talk.json_path)):
        talk.line("written", path=path)
    leave(done.needs_a_person)


app.command("roster")(roster)
