"""Desk work: what the page's jobs do, on the files of a data folder."""

import json
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from casework.findings import Severity
from casework.proposals import Left
from ledger.fairness_sheet import fairness_table
from ledger.merge import Merged, merge_folder
from ledger.merged_workbook import write_merged
from ledger.reader import Reader
from ledger.returned import write_returned
from service.desk import CHECK, LEDGER, PROPOSAL, Desk, InboxFile, now
from service.keys import key_for
from service.progress import Progress, Stage
from service.proposal_rows import proposal_rows
from service.settings import Settings
from service.wish_book import WishBook
from service.workflows.changes import changes, with_answers
from service.workflows.desk_use import leave_for_questions, pose_desk
from service.workflows.ledgers import Terms, open_reader, returns
from service.workflows.outcomes import Pairing, worst_first
from service.workflows.pairing import Outputs, write_outputs
from service.workflows.use import Questions

Arguments = dict[str, Any]


def check_desk(desk: Desk, arguments: Arguments, progress: Progress) -> None:
    """Merge and check what the townships sent; leave the report, the ledger and the returns."""
    mark = desk.mark()
    reader = desk_reader(desk, arguments)
    with desk.staged("ledger") as folder, desk.result(CHECK) as out:
        merged = merge_folder(folder, reader, lambda _, *n: progress(Stage.READ, *n))
        progress(Stage.WRITE, 0, 0)
        write_merged(merged, out / LEDGER)
        returned = _write_returns(desk.of_role("ledger"), folder, out, merged, progress)
        report = {
            **_report(merged, reader),
            "mark": mark,
            "terms": _terms(arguments),
            "files": [_file(f, merged, f.id in returned) for f in desk.of_role("ledger")],
        }
        _write(out / "check.json", report)


def pair_desk(desk: Desk, arguments: Arguments, progress: Progress) -> None:
    """Propose pairs from the merged ledger; check the files first where that is out of date."""
    report = desk.read(CHECK, "check.json")
    current = {"mark": desk.mark(), "terms": _terms(arguments)}
    if report is None or {key: report[key] for key in current} != current:
        check_desk(desk, arguments, progress)
    reader = desk_reader(desk, arguments)
    wishes = WishBook(desk).wishes
    posed = pose_desk(desk, reader, wishes, progress)
    progress(Stage.SOLVE, 0, 0)
    max_changes = arguments.get("max_changes")
    proposal = posed.propose(max_changes)
    questions = Questions(posed, proposal)
    done = questions.done
    beside = (changes(questions),) if posed.current else ()
    with desk.result(PROPOSAL) as out:
        outputs = Outputs(
            out / "proposal.xlsx",
            out / "map.html",
            bool(arguments.get("with_points")),
            bool(arguments.get("with_names")),
            tuple(table for answer in beside for table in answer.paper()),
        )
        write_outputs(done, outputs, reader, progress)
        (out / "proposal.json").write_bytes(with_answers(done.json_bytes, beside, max_changes))
        _write(out / "rows.json", proposal_rows(done.dossier))
        _write(out / "groups.json", {lang: _groups(done, lang) for lang in ("zh", "en")})
        about = {"mark": desk.mark(), "max_changes": max_changes}
        _write(out / "summary.json", {**_summary(done), **about})
        leave_for_questions(desk, questions, wishes, arguments, out)


def desk_reader(desk: Desk, arguments: Arguments) -> Reader:
    """Give what the desk's files are judged by."""
    on = arguments.get("on")
    with desk.staged("rules") as rules:
        terms = Terms(
            key_for(Settings.from_environment()),
            date.fromisoformat(str(on)) if on else None,
            next(rules.iterdir(), None),
            arguments.get("unit"),
            arguments.get("datum", "wgs84"),
        )
        return open_reader(terms)


def _terms(arguments: Arguments) -> list[Any]:
    """Give what a check was judged by, besides the files."""
    return [arguments.get("on"), arguments.get("unit"), arguments.get("datum", "wgs84")]


def _write_returns(
    files: Iterable[InboxFile], folder: Path, out: Path, merged: Merged, progress: Progress
) -> set[str]:
    """Mark a copy of each file that somebody should look at; give the ids of those files."""
    (out / "returned").mkdir()
    refused = {f.where.file for f in merged.findings if f.rule == "file_unreadable"}
    grave = {f.where.file for f in merged.findings if f.severity is not Severity.INFO} - refused
    wanted = [file for file in files if file.name in grave]
    with zipfile.ZipFile(out / "returned.zip", "w", zipfile.ZIP_STORED) as bundle:
        for done, file in enumerate(wanted, 1):
            copy = out / "returned" / f"{file.id}.xlsx"
            write_returned(folder / file.name, merged.findings, copy)
            bundle.write(copy, f"{Path(file.name).stem}（核查）.xlsx")
            progress(Stage.RETURN, done, len(wanted))
    return {file.id for file in wanted}


def _report(merged: Merged, reader: Reader) -> dict[str, Any]:
    """Give the report as ``nuantong/check/1``, and what the page shows beside it."""
    counts = merged.ledgers.counts
    return {
        "schema": "nuantong/check/1",
        "on": reader.on.isoformat(),
        "unit": merged.ledgers.unit.code,
        "unit_name": merged.ledgers.unit.name,
        "accepted": sum(count.accepted for count in counts.values()),
        "rejected": sum(count.rejected for count in counts.values()),
        "collapsed": sum(count.collapsed for count in counts.values()),
        "kinds": {str(kind): asdict(count) for kind, count in counts.items()},
        "findings": [finding.as_json() for finding in worst_first(merged.findings)],
        "townships": [
            {**asdict(line), "returned": bool(line.files)} for line in returns(merged, reader)
        ],
    }


def _file(file: InboxFile, merged: Merged, is_returned: bool) -> dict[str, Any]:
    """Give what the page shows of one file."""
    ledgers = merged.ledgers
    own = [finding for finding in merged.findings if finding.where.file == file.name]
    severities = Counter(finding.severity for finding in own)
    held = (*ledgers.held_children, *ledgers.held_caregivers)
    refused = [f.values["reason"] for f in own if f.rule == "file_unreadable"]
    return {
        "id": file.id,
        "name": file.name,
        "children": sum(child.where.file == file.name for child in ledgers.children),
        "caregivers": sum(person.where.file == file.name for person in ledgers.caregivers),
        "held": sum(row.where.file == file.name for row in held),
        "errors": severities[Severity.ERROR],
        "warnings": severities[Severity.WARNING],
        "returned": is_returned,
        "refused": str(refused[0]) if refused else "",
    }


def _groups(done: Pairing, language: str) -> dict[str, Any]:
    """Give the table of near and far by township, sex and disability."""
    table = fairness_table(done.dossier, "en" if language == "en" else "zh")
    headings = [column.heading for column in table.columns]
    return {"title": table.title, "lead": table.lead, "headings": headings, "rows": table.rows}


def _summary(done: Pairing) -> dict[str, Any]:
    """Give the figures on the page's cards."""
    summary, proposal = done.summary, done.dossier.proposal
    return {
        "on": done.dossier.on.isoformat(),
        "made_at": now(),
        "mandatory": asdict(summary.mandatory),
        "everyone": asdict(summary.everyone),
        "left_over": len(proposal.unpaired),
        "needs_data": summary.left.get(Left.NEEDS_DATA, 0),
        "conditional": summary.conditional,
        "kept": summary.kept,
        "new": summary.new,
        "ended": summary.ended,
        "cadre_share": summary.cadre_share,
        "rung_counts": list(summary.rung_counts),
        "proof": str(proposal.proof.status),
        "fingerprint": proposal.fingerprint,
    }


def _write(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
