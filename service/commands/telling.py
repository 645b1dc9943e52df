"""What a command tells a person at the end: few lines, worst first, and where the rest is."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from casework.findings import Finding, Severity
from casework.proposals import Rung
from casework.wording import label
from service.commands.options import Talk

if TYPE_CHECKING:
    from ledger.merge import FromTownship
    from ledger.people import Counts
    from service.workflows.outcomes import Pairing

MOST_LINES = 20
MOST_ROWS = 10


def tell_rows(talk: Talk, counts: Iterable["Counts"]) -> None:
    """Tell what became of the data rows of every kind."""
    totals = [(count.accepted, count.rejected, count.collapsed) for count in counts]
    accepted, rejected, collapsed = map(sum, zip(*totals, strict=True))
    talk.line("rows", accepted=accepted, rejected=rejected, collapsed=collapsed)


def tell_findings(talk: Talk, findings: Iterable[Finding], rest: Path | None) -> None:
    """List the worst findings, rows of one kind in one line; ``rest`` names where all are."""
    from service.workflows.outcomes import worst_first

    ranked = worst_first(findings)
    if not ranked:
        return
    count = Counter(finding.severity for finding in ranked)
    talk.line("findings", **{str(severity): count[severity] for severity in Severity})
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for finding in ranked:
        if finding.severity is not Severity.INFO:
            alike.setdefault(_kind(finding), []).append(finding)
    shown = list(alike.values())[:MOST_LINES]
    for group in shown:
        talk.say(_line(group, talk))
    left = len(ranked) - sum(map(len, shown))
    if left:
        where = rest.name if rest else talk.words("in_outputs")
        talk.line("more_findings", n=left, where=where)


def _kind(finding: Finding) -> tuple[object, ...]:
    where = finding.where
    return (where.file, where.sheet, where.column, finding.rule, finding.message_zh)


def _line(group: list[Finding], talk: Talk) -> str:
    finding, where = group[0], group[0].where
    rows = [str(f.where.row) for f in group if f.where.row]
    numbers = "、".join(rows[:MOST_ROWS]) + ("…" if len(rows) > MOST_ROWS else "")
    row = talk.words("where_row", row=numbers) if rows else ""
    place = " ".join(filter(None, (where.file, where.sheet, row, where.column)))
    severity = talk.words(f"severity_{finding.severity}")
    message = talk.words.pick(finding.message_zh, finding.message_en)
    remedy = talk.words.pick(finding.remedy_zh, finding.remedy_en)
    value = f" [{finding.value}]" if finding.value and len(group) == 1 else ""
    return f"  {severity} {place}{'：' if place else ''}{message}{value} → {remedy}"


def tell_townships(talk: Talk, returns: Sequence["FromTownship"]) -> None:
    """Tell who has returned and who has not."""
    missing = [line.name for line in returns if not line.files]
    if returns:
        talk.line("townships", n=len(returns) - len(missing), total=len(returns))
    if missing:
        talk.line("townships_missing", names="、".join(missing))


def tell_proposal(talk: Talk, done: "Pairing") -> None:
    """Tell what the proposal comes to."""
    summary = done.summary
    talk.line("proposal_for", unit=done.dossier.unit_name, on=done.dossier.on)
    talk.line(
        "proposal_coverage",
        mandatory=summary.mandatory.paired,
        mandatory_all=summary.mandatory.children,
        paired=summary.everyone.paired,
        children=summary.everyone.children,
    )
    lang = talk.words.lang
    rungs = "  ".join(
        f"{label(rung, 'en' if lang == 'en' else 'zh')} {summary.rung_counts[rung]}"
        for rung in Rung
    )
    talk.say(f"  {rungs}")
    talk.line(
        "proposal_changes",
        kept=summary.kept,
        new=summary.new,
        ended=summary.ended,
        conditional=summary.conditional,
        left=summary.everyone.children - summary.everyone.paired,
    )
    talk.line(f"proof_{done.dossier.proposal.proof.status}")
