"""Tables of the answers about a whole unit (招募、变更、核对、比较), for paper and page."""

from collections.abc import Iterable, Iterator, Sequence

from casework import wording
from casework.answers import Level
from casework.plan_answers import (
    CriticalCaregiver,
    Curve,
    Diff,
    DiffKind,
    DiffLine,
    Judgement,
    Outcome,
    Recruitment,
    RecruitStep,
    VillageWorth,
)
from casework.proposals import Left, Objective, ProofStatus, Rung
from casework.wishes import Unmet, WishOutcome
from casework.wording_use import Speech, difference
from ledger.print_table import Cell, PrintTable
from ledger.use_tables import child_home, columns, title

_LEVELS = (
    ("covered_mandatory", 10),
    ("covered_optional", 10),
    ("broken", 10),
    ("rungs", 10),
    ("metres", 13),
)


def steps_table(speech: Speech, answer: Recruitment) -> PrintTable:
    """Lay out where the best k new caregivers live, and what they bring."""
    least = answer.least_for_everyone
    key = "least_unknown" if least is None else "least" if least else "least_none"
    return PrintTable(
        sheet="增加爱心妈妈",
        title=title(speech, "title_steps"),
        lead=speech.phrase(key, n=least),
        columns=columns(
            speech,
            ("k", 8),
            ("where", 46),
            ("effect", 44),
            ("newly", 46),
            ("still_left", 9),
            ("proven", 12),
        ),
        rows=[_step(speech, step) for step in answer.steps],
        when_empty=speech.phrase("no_recruits" if least == 0 else "recruits_not_listed"),
    )


def worth_table(speech: Speech, answer: Recruitment) -> PrintTable:
    """Lay out what one more place in each village is worth."""
    return PrintTable(
        sheet="名额价值",
        title=title(speech, "title_worth"),
        lead=speech.phrase("worth_lead"),
        columns=columns(
            speech,
            ("number", 5),
            ("place", 30),
            ("children_here", 8),
            ("left_here", 8),
            ("worth", 70),
        ),
        rows=[
            (
                n,
                speech.village(line.village),
                line.children,
                line.left_over,
                _effect(speech, line),
            )
            for n, line in enumerate(answer.worth, 1)
        ],
        when_empty=speech.phrase("no_villages"),
    )


def critical_table(speech: Speech, answer: Recruitment) -> PrintTable:
    """Lay out the caregivers whose loss leaves a child alone."""
    return PrintTable(
        sheet="关键爱心妈妈",
        title=title(speech, "title_critical"),
        lead=speech.phrase("critical_lead", n=len(answer.critical))
        + ("" if answer.critical_is_whole else speech.phrase("critical_part")),
        columns=columns(
            speech,
            ("number", 5),
            ("caregiver", 12),
            ("caregiver_home", 24),
            ("children", 30),
            ("loss", 60),
        ),
        rows=[
            (
                n,
                speech.caregiver(line.caregiver),
                speech.caregiver_home(line.caregiver),
                speech.children(line.children),
                _effect(speech, line),
            )
            for n, line in enumerate(answer.critical, 1)
        ],
        when_empty=speech.phrase("no_critical" if answer.critical_is_whole else "none_shown"),
    )


def curve_table(speech: Speech, curve: Curve) -> PrintTable:
    """Lay out what more changes would buy."""
    return PrintTable(
        sheet="调整与成效",
        title=title(speech, "title_curve"),
        lead=speech.phrase("curve_lead", forced=curve.forced)
        + ("" if curve.is_whole else speech.phrase("curve_part")),
        columns=columns(speech, ("changes", 10), *_LEVELS, ("rung", 60), ("proven", 14)),
        rows=[
            (
                point.changes,
                *_levels(point.objective),
                _rungs(speech, point.objective),
                _proven(speech, point.status),
            )
            for point in curve.points
        ],
        when_empty=speech.phrase("no_curve"),
    )


def diff_table(speech: Speech, diff: Diff) -> PrintTable:
    """Lay out every pair that does not stay as it was."""
    changed = [line for line in diff.lines if line.kind is not DiffKind.KEPT]
    counts = {str(kind): diff.count(kind) for kind in DiffKind}
    return PrintTable(
        sheet="变更对照",
        title=title(speech, "title_diff"),
        lead=speech.phrase("diff_lead", **counts),
        columns=columns(
            speech,
            ("number", 5),
            ("kind", 8),
            ("id", 12),
            ("child", 12),
            ("place", 22),
            ("before", 14),
            ("after", 14),
            ("reason", 40),
            ("handed_over", 20),
            ("signed", 12),
        ),
        rows=[(n, *diff_cells(speech, line), "", "") for n, line in enumerate(changed, 1)],
        when_empty=speech.phrase("no_changes"),
    )


def diff_cells(speech: Speech, line: DiffLine) -> tuple[Cell, ...]:
    """Say one change: what kind, whose, from whom to whom, why."""
    return (
        wording.label(line.kind, speech.language),
        speech.number(line.child),
        speech.child(line.child),
        child_home(speech, line.child),
        speech.caregiver(line.before) if line.before else "",
        speech.caregiver(line.after) if line.after else "",
        wording.label(line.reason, speech.language),
    )


def wishes_table(speech: Speech, outcomes: Sequence[WishOutcome]) -> PrintTable:
    """Lay out what became of the staff's wishes."""
    unmet = sum(outcome.unmet is not None for outcome in outcomes)
    return PrintTable(
        sheet="意见落实情况",
        title=title(speech, "title_wishes"),
        lead=speech.phrase("wishes_lead", n=len(outcomes), unmet=unmet),
        columns=columns(
            speech,
            ("number", 5),
            ("child", 12),
            ("place", 22),
            ("caregiver", 12),
            ("wish", 8),
            ("outcome", 60),
            ("now", 16),
        ),
        rows=[
            (
                n,
                speech.child(outcome.wish.child),
                child_home(speech, outcome.wish.child),
                speech.caregiver(outcome.wish.caregiver),
                wording.label(outcome.wish.kind, speech.language),
                outcome_text(speech, outcome),
                speech.caregiver(outcome.now),
            )
            for n, outcome in enumerate(outcomes, 1)
        ],
        when_empty=speech.phrase("no_wishes"),
    )


def outcome_text(speech: Speech, outcome: WishOutcome) -> str:
    """Say whether a wish is met, else why not and what it would cost."""
    if outcome.unmet is None:
        return speech.phrase("wish_met")
    text = wording.label(outcome.unmet, speech.language)
    if outcome.unmet is Unmet.COSTS and outcome.instead:
        text += f"：{speech.ranked(outcome.instead)}"
    return speech.phrase("wish_unmet", why=text)


def broken_table(speech: Speech, answer: Judgement, unjudged: int = 0) -> PrintTable:
    """Lay out every rule the officer's own list breaks; ``unjudged`` lines name nobody known."""
    return PrintTable(
        sheet="名单核对",
        title=title(speech, "title_broken"),
        lead=speech.phrase("broken_lead", n=len(answer.broken), left=len(answer.left_out)),
        columns=columns(
            speech, ("number", 5), ("rule", 44), ("count", 8), ("children", 60), ("done", 20)
        ),
        rows=[(n, *cells, "") for n, cells in enumerate(_broken(speech, answer), 1)],
        when_empty=speech.phrase("unjudged" if unjudged else "nothing_broken", n=unjudged),
    )


def levels_table(speech: Speech, answer: Judgement) -> PrintTable:
    """Lay out the officer's own list beside the best, level by level."""
    return PrintTable(
        sheet="与最优比较",
        title=title(speech, "title_levels"),
        lead=speech.phrase(
            "levels_lead",
            proof=wording.label(answer.proof.status, speech.language),
            cost=difference(answer.difference, speech.language),
        )
        + (speech.phrase("levels_broken") if answer.broken else ""),
        columns=columns(speech, ("level", 30), ("yours", 16), ("best", 16), ("difference", 16)),
        rows=[
            (wording.label(level, speech.language), mine, best, mine - best)
            for level, mine, best in zip(
                Level, _charged(answer.objective), _charged(answer.best), strict=True
            )
        ],
        when_empty="",
    )


def whatif_table(speech: Speech, outcomes: Sequence[Outcome]) -> PrintTable:
    """Lay scenarios side by side."""
    return PrintTable(
        sheet="方案比较",
        title=title(speech, "title_whatif"),
        lead=speech.phrase("whatif_lead"),
        columns=columns(
            speech,
            ("scenario", 19),
            ("children_here", 8),
            ("caregivers_here", 10),
            *_LEVELS,
            ("rung", 36),
            ("left_here", 30),
            ("against_first", 44),
            ("proven", 12),
        ),
        rows=[_outcome(speech, outcome, n == 0) for n, outcome in enumerate(outcomes)],
        when_empty="",
    )


def _effect(speech: Speech, line: VillageWorth | CriticalCaregiver) -> str:
    """Say what a place or a loss comes to, and where that is not proven."""
    proof = "" if line.is_proven else speech.phrase("in_brackets", text=speech.phrase("not_exact"))
    return difference(line.difference, speech.language) + proof


def _step(speech: Speech, step: RecruitStep) -> tuple[Cell, ...]:
    villages = (
        speech.village(village) + (f" ×{count}" if count > 1 else "")
        for village, count in step.villages
    )
    return (
        step.caregivers,
        speech.listed(villages),
        difference(step.difference, speech.language),
        speech.children(step.newly_paired),
        step.still_left,
        speech.phrase("exact") if step.is_proven else speech.phrase("not_exact"),
    )


def _outcome(speech: Speech, outcome: Outcome, is_first: bool) -> tuple[Cell, ...]:
    left = speech.listed(
        f"{wording.label(reason, speech.language)} {outcome.left[reason]}"
        for reason in Left
        if outcome.left.get(reason)
    )
    return (
        outcome.name,
        outcome.children,
        outcome.caregivers,
        *_levels(outcome.objective),
        _rungs(speech, outcome.objective),
        left or "0",
        "—" if is_first else difference(outcome.difference, speech.language),
        _proven(speech, outcome.proof.status),
    )


def _broken(speech: Speech, answer: Judgement) -> Iterator[tuple[Cell, ...]]:
    for line in answer.broken:
        text = wording.label(line.rule, speech.language)
        yield text, len(line.children), speech.children(line.children)
    if answer.left_out:
        children = answer.left_out
        yield speech.phrase("left_out"), len(children), speech.children(children)


def _levels(objective: Objective) -> tuple[int, ...]:
    return (
        objective.covered_mandatory,
        objective.covered_optional,
        objective.broken,
        objective.rungs,
        objective.metres,
    )


def _charged(objective: Objective) -> Iterable[int]:
    return (*_levels(objective)[:-1], objective.metres_charged)


def _rungs(speech: Speech, objective: Objective) -> str:
    return speech.listed(
        f"{wording.label(rung, speech.language)} {count}"
        for rung, count in zip(Rung, objective.rung_counts, strict=True)
        if count
    )


def _proven(speech: Speech, status: ProofStatus) -> str:
    exact = status is ProofStatus.OPTIMAL
    return speech.phrase("exact") if exact else wording.label(status, speech.language)
