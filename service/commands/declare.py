"""``nuantong declare``: the form filled in, handed in, received and rolled up."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casework.errors import Conflict, NotFound
from casework.findings import Severity
from service.commands.options import (
    JsonOut,
    KeyFile,
    Lang,
    OnDay,
    Talk,
    UnitName,
    existing,
    leave,
    read_day,
    terms,
)
from service.commands.telling import tell_findings
from service.outputs import refuse_overwriting
from service.settings import LANGUAGES

if TYPE_CHECKING:
    from casework.rollup import Rollup
    from service.workflows.declarations import DeclarationTerms

app = typer.Typer(
    help="申报表：预填、报送、收件、汇总 / declarations: fill in, hand in, receive, roll up",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Children = Annotated[
    Path | None,
    typer.Option("--children", help="困境儿童台账或合并台账 / children, or all in one"),
]
Caregivers = Annotated[
    Path | None, typer.Option("--caregivers", help="爱心妈妈台账 / ledger of caregivers")
]
Pairs = Annotated[Path | None, typer.Option("--pairs", help="结对台账 / register of pairs")]
FormRules = Annotated[
    Path | None, typer.Option("--rules", help="申报表规则文件 / rules of declarations (TOML)")
]
LastRound = Annotated[
    Path | None, typer.Option("--last-round", help="上一轮汇总表或申报表 / the last round (A16)")
]


@app.command("new")
def new(
    unit: UnitName = None,
    children: Children = None,
    caregivers: Caregivers = None,
    pairs: Pairs = None,
    out: Annotated[Path | None, typer.Option("--out", help="申报表 X.xlsx / the form")] = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", help="盖章件 X.pdf / for the seal")] = None,
    room: Annotated[
        int | None, typer.Option("--room", min=1, help="每场可容纳儿童数 / children a session")
    ] = None,
    dates: Annotated[str, typer.Option("--dates", help="团辅时间 / dates of sessions")] = "",
    contact: Annotated[str, typer.Option("--contact", help="联系人和电话 / name and phone")] = "",
    remarks: Annotated[str, typer.Option("--remarks", help="备注 / remarks")] = "",
    on: OnDay = None,
    rules: FormRules = None,
    key_file: KeyFile = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """按台账预填申报表 / Fill in a form from the ledgers; the officer changes it."""
    from service.workflows import declarations as work

    talk = Talk(lang)
    sources = existing(filter(None, (children, caregivers, pairs)))
    if not out and not pdf:
        out = Path("申报表.xlsx")
        if out.exists():
            raise Conflict(f"已有 {out}，请用 --out 另取名 / exists: name another with --out")
    for path in (out, pdf):
        refuse_overwriting(path, sources)
    round_terms = _round_terms(on, rules, unit, key_file)
    counts = work.count_ledgers(sources, round_terms)
    wishes = work.Wishes(room, dates, contact, remarks)
    form = work.fill_form(unit, counts, wishes, round_terms)
    work.write_forms(form, round_terms, out, pdf)
    told = {"on": round_terms.rules.age_on, **form.cells}
    talk.line("form_numbers" if counts else "form_blank", **told)
    findings = counts.findings if counts else ()
    errors = tuple(finding for finding in findings if finding.severity is Severity.ERROR)
    tell_findings(talk, (*errors, *(work.about_ledgers(counts) if counts else ())), None)
    for path in filter(None, (out, pdf)):
        talk.line("written", path=path)
    leave(bool(errors))


@app.command("pack")
def pack(
    form: Annotated[Path, typer.Argument(help="填好的申报表 / the form, filled in")],
    children: Annotated[Path, typer.Option("--children", help="困境儿童台账 / children")],
    out: Annotated[
        Path, typer.Option("--out", help="报送包 区县.nthandin.zip / the file to hand in")
    ],
    caregivers: Caregivers = None,
    pairs: Pairs = None,
    by: Annotated[str, typer.Option("--by", help="制作人或岗位 / who makes it")] = "",
    with_remark: Annotated[
        str, typer.Option("--with-remark", help="有错误仍要报送的原因 / why, in spite of errors")
    ] = "",
    version: Annotated[
        int | None,
        typer.Option("--version", min=1, max=999, help="第几版，默认接着编号 / version"),
    ] = None,
    unit: UnitName = None,
    on: OnDay = None,
    rules: FormRules = None,
    key_file: KeyFile = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """打成报送包：申报表和无姓名台账 / Pack form and minimised ledger into one file."""
    from service.workflows import declarations as work
    from service.workflows import packing
    from service.workflows.outcomes import has_errors

    talk = Talk(lang)
    sources = existing([form, children, *filter(None, (caregivers, pairs))])
    refuse_overwriting(out, sources)
    round_terms = _round_terms(on, rules, unit, key_file)
    counts = work.count_ledgers(sources[1:], round_terms)
    assert counts is not None
    wanted = packing.Packing(out, by, with_remark, version)
    packed = packing.pack(form, counts, wanted, round_terms)
    tell_findings(talk, packed.findings, None)
    manifest = packing.made(packed).manifest
    talk.line(
        "packed",
        unit=manifest.unit_name,
        version=manifest.version,
        on=manifest.on,
        children=len(counts.minimised),
    )
    talk.line("written", path=out)
    leave(has_errors(packed.findings))


@app.command("receive")
def receive(
    folder: Annotated[Path, typer.Argument(help="收到的报送包文件夹 / folder of hand-ins")],
    into: Annotated[Path, typer.Option("--into", help="收件库文件夹 / the store")],
    on: OnDay = None,
    json_out: JsonOut = None,
    rules: FormRules = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """收件：逐份检查，留存每一版，写回执 / Check, keep and acknowledge every hand-in."""
    from ledger.hand_in_store import HandInStore
    from ledger.incoming import files_in
    from service.workflows import collection, receipts

    talk = Talk(lang, json_out)
    existing([folder])
    if not folder.is_dir():
        raise NotFound(f"{folder.name} 不是文件夹 / is not a folder")
    round_terms = _round_terms(on, rules)
    received_on = on or collection.receipt_day(round_terms)
    inside = into.resolve()
    names = {p: p.name for p in files_in(folder) if not p.resolve().is_relative_to(inside)}
    store = HandInStore(into)
    done = collection.receive(names, store, received_on, round_terms, talk.progress)
    written = receipts.write_receipts(done, store, received_on, round_terms)
    talk.finish()
    talk.write_json(receipts.receive_json(done, received_on))
    outcomes = [receipts.outcome(each) for each in done]
    talk.line(
        "received_n",
        **{word: outcomes.count(word) for word in ("received", "unchanged", "refused")},
    )
    for each in filter(lambda each: each.refused, done):
        talk.line("refused_one", reason=each.refused)
    talk.line("receipts_in", path=written)
    leave("refused" in outcomes)


@app.command("rollup")
def rollup(
    store: Annotated[Path, typer.Argument(help="收件库，或放申报表的文件夹 / store, or folder")],
    out: Annotated[Path | None, typer.Option("--out", help="汇总表.xlsx / the workbook")] = None,
    json_out: JsonOut = None,
    on: OnDay = None,
    due: Annotated[
        date | None,
        typer.Option(
            "--due", parser=read_day, metavar="日期", help="截止日，默认规则的 / due day"
        ),
    ] = None,
    last_round: LastRound = None,
    rules: FormRules = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """汇总各区县申报表：合计、未报、存疑、催报 / Add up, and tell who is missing or in doubt."""
    from dataclasses import replace

    from casework.rollup_json import rollup_json
    from service.workflows import collection, declaration_check

    talk = Talk(lang, json_out)
    existing([store, *filter(None, [last_round])])
    round_terms = _round_terms(on, rules)
    if due:
        round_terms = replace(round_terms, rules=replace(round_terms.rules, due_on=due))
    as_of = on or collection.receipt_day(round_terms)
    before = declaration_check.last_round([last_round] if last_round else [], round_terms)
    done, refused = collection.roll_up_folder(store, round_terms, as_of, before, talk.progress)
    if out:
        collection.write_rollup_file(done, out, talk.progress)
    talk.finish()
    talk.write_json(rollup_json(done))
    _tell_rollup(talk, done)
    for each in refused:
        talk.line("refused_one", reason=each.incoming.refused)
    if out:
        talk.line("written", path=out)
    leave(done.needs_a_person or bool(refused))


def _round_terms(
    on: date | None, rules: Path | None, unit: str | None = None, key_file: Path | None = None
) -> "DeclarationTerms":
    """Open the round's rules, and the reader of ledgers, on what the options say."""
    from service.workflows import declarations as work

    return work.open_terms(terms(on, rules, unit, key_file))


def _tell_rollup(talk: Talk, done: "Rollup") -> None:
    from casework.rollup import State

    waiting = done.of(State.MISSING)
    talk.line(
        "rollup_head",
        on=done.on,
        got=len(done.lines) - len(waiting),
        units=len(done.lines),
        in_doubt=len(done.of(State.IN_DOUBT)),
        late=len(done.late),
        left=len(waiting),
    )
    if waiting:
        talk.line("rollup_missing", names="、".join(line.unit.name for line in waiting))
    talk.line("rollup_totals", **done.totals)
