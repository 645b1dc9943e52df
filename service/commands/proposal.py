"""``nuantong proposal``: propose from the store, submit, show, approve."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casework.office_time import local_time
from casework.wording import label
from service.commands.on_record_options import At, Today, opened_desk, spoken
from service.commands.options import (
    JsonOut,
    Lang,
    Rules,
    Talk,
    as_bytes,
    ends_in,
    existing,
    leave,
    read_day,
)
from service.commands.record_options import Database, DataFolder, named_area, opened_record
from service.settings import LANGUAGES

if TYPE_CHECKING:
    from casework.actors import SignedPaper
    from service.workflows.proposals_on_record import Shown

app = typer.Typer(
    help="结对建议：提出、提交、审批 / proposals: make, submit, approve",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Id = Annotated[str, typer.Argument(help="建议编号 / the proposal's id")]
Unit = Annotated[str, typer.Option("--unit", help="区县名称或代码 / unit, by name or code")]
Pdf = Annotated[Path, typer.Option("--out", callback=ends_in(".pdf"), help="写到 X.pdf / PDF")]


@app.command("create")
def create(
    unit: Unit,
    register: Annotated[
        Path | None,
        typer.Option("--pairs", help="以前的结对台账，承接其中的结对 / register from before"),
    ] = None,
    wishes: Annotated[
        Path | None, typer.Option("--wishes", help="意见表 / the staff's sheet of wishes")
    ] = None,
    why: Annotated[
        str, typer.Option("--why", help="人工意见的原因（加密保存） / why the staff decide so")
    ] = "",
    neighbours: Annotated[
        Path | None, typer.Option("--neighbours", help="相邻镇街表 csv / neighbouring townships")
    ] = None,
    on: Today = None,
    rules: Rules = None,
    data: DataFolder = None,
    database: Database = None,
    json_out: JsonOut = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """按在案台账提出结对建议，存为草稿 / Propose from the store; kept as a draft."""
    from service.commands.telling import tell_findings, tell_proposal
    from service.workflows.proposals_on_record import Ask, propose

    talk = Talk(lang, json_out)
    existing(filter(None, (register, wishes, neighbours, rules)))
    ask = Ask(named_area(unit, None)[-1], register, wishes, neighbours, why)
    with opened_desk(At(data, database, on, rules)) as desk:
        made = propose(desk, ask, talk.progress)
    talk.finish()
    talk.write_json(made.done.json_bytes)
    tell_proposal(talk, made.done)
    tell_findings(talk, made.done.findings, None)
    talk.line("proposal_made", id=made.id)
    leave(made.done.needs_a_person)


@app.command("list")
def list_all(
    data: DataFolder = None, database: Database = None, lang: Lang = LANGUAGES[0]
) -> None:
    """列出建议，最新在前 / List the proposals, the newest first."""
    from ledger.record.proposals import list_proposals

    talk = Talk(lang)
    with (
        opened_desk(At(data, database)) as desk,
        desk.store.reading(desk.actor, "proposal list") as book,
    ):
        found = list_proposals(book)
    for line in found:
        talk.line(
            "proposal_line",
            id=line.id,
            made=local_time(line.made_at),
            unit=line.unit,
            state=label(line.state, spoken(talk)),
            pairs=len(line.answer["pairs"]),
            ended=len(line.answer["ended"]),
        )


@app.command("show")
def show(
    proposal: Id,
    on: Today = None,
    rules: Rules = None,
    data: DataFolder = None,
    database: Database = None,
    json_out: JsonOut = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """查看建议，与现时台账对照 / Show a proposal beside the ledger as it is now."""
    from casework.pairings import ProposalId
    from service.workflows import proposals_on_record as work

    talk = Talk(lang, json_out)
    with opened_desk(At(data, database, on, rules)) as desk:
        shown = work.show(desk, ProposalId(proposal))
    talk.write_json(as_bytes(work.shown_json(shown)))
    _tell_shown(talk, shown)
    leave(bool(shown.touched))


@app.command("submit")
def submit(
    proposal: Id, data: DataFolder = None, database: Database = None, lang: Lang = LANGUAGES[0]
) -> None:
    """提交审批 / Hand a proposal in for approval."""
    from casework.pairings import ProposalId
    from service.workflows.proposals_on_record import hand_in

    with opened_desk(At(data, database)) as desk:
        hand_in(desk, ProposalId(proposal))
    Talk(lang).line("proposal_submitted", id=proposal)


@app.command("withdraw")
def withdraw(
    proposal: Id, data: DataFolder = None, database: Database = None, lang: Lang = LANGUAGES[0]
) -> None:
    """撤回尚未审批的建议 / Take a proposal back before it is approved."""
    from casework.pairings import ProposalId
    from ledger.record.proposals import withdraw as take_back

    with (
        opened_desk(At(data, database)) as desk,
        desk.store.writing(desk.actor, "withdraw a proposal") as book,
    ):
        take_back(book, ProposalId(proposal))
    Talk(lang).line("proposal_withdrawn", id=proposal)


@app.command("approve")
def approve(
    proposal: Id,
    part: Annotated[
        list[str] | None,
        typer.Option("--part", help="只审批这些儿童（编号或姓名，可重复） / only these children"),
    ] = None,
    paper: Annotated[
        Path | None, typer.Option("--paper", help="领导签字审批表的扫描件 / scan of the paper")
    ] = None,
    signed_by: Annotated[str, typer.Option("--signed-by", help="签字人 / who signed")] = "",
    signed_on: Annotated[
        str, typer.Option("--signed-on", metavar="日期", help="签字日期 / when it was signed")
    ] = "",
    number: Annotated[str, typer.Option("--number", help="签批件编号 / its number")] = "",
    on: Today = None,
    rules: Rules = None,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """审批建议的全部或一部分 / Approve a proposal, or a part of it."""
    from casework.pairings import ProposalId
    from ledger.record.approving import Request
    from service.workflows import proposals_on_record as work
    from service.workflows.unit_on_record import children_called

    talk = Talk(lang)
    signed = _paper(paper, signed_by, signed_on, number)
    scan = paper.read_bytes() if paper else b""
    with opened_desk(At(data, database, on, rules)) as desk:
        shown = work.show(desk, ProposalId(proposal))
        children = children_called(shown.unit, part) if part else None
        key = _key(proposal, desk.actor.id, children, signed)
        done = work.approve_proposal(desk, Request(shown.proposal.id, key, children, signed), scan)
    lists = ("made", "waiting", "kept", "ended", "stopped")
    talk.line("proposal_approved", **{name: len(getattr(done, name)) for name in lists})
    leave(bool(done.waiting or done.stopped))


@app.command("paper")
def paper_of(
    proposal: Id,
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件夹 / folder to write to")],
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """取出审批所附签字表的扫描件 / Take out the scans of the signed papers of an approval."""
    from casework.actors import SYSTEM_ACTOR
    from casework.errors import NotFound
    from casework.pairings import ProposalId
    from ledger.record.paper_scans import read_scan, scans_of
    from ledger.record.proposals import find_proposal
    from service.outputs import write_whole

    talk = Talk(lang)
    with opened_record(data, database) as store, store.reading(SYSTEM_ACTOR, "paper") as book:
        found = find_proposal(book, ProposalId(proposal))
        digests = [scan.sha256 for scan in scans_of(book, found)]
        scans = [(sha256, *read_scan(book, found, sha256)) for sha256 in digests]
    if not scans:
        raise NotFound("这份建议没有存扫描件 / no scan is kept of this proposal")
    for sha256, content, kind in scans:
        path = out / f"{proposal}_{sha256[:8]}.{kind}"
        write_whole(path, content)
        talk.line("written", path=path)


@app.command("sheet")
def sheet(
    proposal: Id,
    out: Pdf,
    on: Today = None,
    rules: Rules = None,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """打印审批表，供领导签字（内有姓名） / The approval sheet for the leader; it names people."""
    from casework.pairings import ProposalId
    from service.outputs import write_whole
    from service.workflows.pairing_papers import approval_sheet

    talk = Talk(lang)
    with opened_desk(At(data, database, on, rules)) as desk:
        write_whole(out, approval_sheet(desk, ProposalId(proposal)))
    talk.line("written", path=out)


def _paper(scan: Path | None, by: str, on: str, number: str) -> "SignedPaper | None":
    """Take the paper's particulars: all of them, or none."""
    from casework.actors import SignedPaper

    if not (scan or by or on or number):
        return None
    if not (scan and by and on and number):
        raise typer.BadParameter(
            "签批件要写全：--paper 扫描件 --signed-by --signed-on --number"
            " / a paper needs --paper, --signed-by, --signed-on and --number"
        )
    existing([scan])
    digest = hashlib.sha256(scan.read_bytes()).hexdigest()
    return SignedPaper(by, read_day(on), number, digest)


def _key(
    proposal: str, actor: str, part: frozenset[str] | None, paper: "SignedPaper | None"
) -> str:
    """Give the key of this very act, so that the same command twice is done once."""
    signed = (paper.number, paper.scan) if paper else None
    said = (proposal, actor, None if part is None else sorted(part), signed)
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _tell_shown(talk: Talk, shown: "Shown") -> None:
    from service.workflows.proposals_on_record import cost_in_words

    proposal, answer = shown.proposal, shown.proposal.answer
    talk.line(
        "proposal_shown",
        id=proposal.id,
        state=label(proposal.state, spoken(talk)),
        pairs=len(answer["pairs"]),
        ended=len(answer["ended"]),
        left=len(answer["unpaired"]),
        on=proposal.on,
    )
    for said in shown.said:
        talk.line(
            "proposal_said",
            child=said.child,
            caregiver=said.caregiver,
            kind=label(said.kind, spoken(talk)),
            why=said.override.why,
            cost=cost_in_words(said.override.cost, talk.words),
        )
    if not shown.moved.rows:
        if proposal.state.may_be_approved:
            talk.line("proposal_fresh")
        return
    children = "、".join(shown.touched)
    rows, touched = len(shown.moved.rows), len(shown.touched)
    talk.line("proposal_moved", rows=rows, touched=touched, children=children)
