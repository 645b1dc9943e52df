"""What a command tells of a round: few lines, and where the rest is."""

import sys
from typing import TYPE_CHECKING

from service.commands.options import Talk

if TYPE_CHECKING:
    from casework.round_report import RoundReport
    from casework.round_rules import Round
    from casework.rounds import Timetable
    from service.workflows.rounds import RoundOutcome
    from service.workflows.rounds_again import Replanning
    from service.workflows.rounds_judged import Judged
    from solver.rounds.watching import Watch

MOST_LINES = 20


def watcher(talk: Talk, rules: "Round") -> "Watch":
    """Tell each level's count and bound on standard error while it is settled."""

    def watch(level: str, value: int, bound: int | None) -> None:
        from casework.round_amounts import amount_of

        told = amount_of(level, value, bound, rules.weights).say(talk.words.lang)
        sys.stderr.write(talk.words("round_level", told=told) + "\n")
        sys.stderr.flush()

    return watch


def tell_round(talk: Talk, done: "RoundOutcome") -> None:
    """Tell what a plan comes to."""
    from casework.round_document import fingerprint
    from ledger.rounds_words import days_zh

    report = done.report
    table, frame = report.timetable, report.frame
    if not table.units and table.unplaced:
        _tell_none(talk, done)
        return
    talk.line(
        "round_head",
        title=frame.rules.title_zh,
        units=len(table.units),
        sessions=sum(len(plan.sessions) for plan in table.units),
        teams=len(frame.teams),
        on=frame.on,
    )
    moved = [plan for plan in table.units if plan.moved_days]
    talk.line(
        "round_kept",
        kept=sum(plan.kept for plan in table.units),
        moved=len(moved),
        days=sum(plan.moved_days for plan in moved),
        open=sum(not plan.declared for plan in table.units),
        left=len(table.unplaced),
    )
    _tell_units(talk, report)
    _tell_why_not(talk, done)
    if report.strict:
        strict = report.strict
        talk.line(
            "round_strict",
            end=days_zh([strict.end]) if talk.words.lang == "zh" else strict.end,
            lost=strict.sessions_lost,
            moved=strict.moved_more,
            days=strict.more["moved_days"],
        )
    talk.line(f"proof_{table.proof.status}")
    talk.line("round_fingerprint", mark=fingerprint(report)[:16])


def _tell_none(talk: Talk, done: "RoundOutcome") -> None:
    """Tell that nothing could be placed, and why."""
    frame, left = done.report.frame, done.report.timetable.unplaced
    asked = sum(each.sessions for each in left)
    names = {"title": frame.rules.title_zh, "teams": len(frame.teams)}
    talk.line("round_none", units=len(left), sessions=asked, **names)
    _tell_units(talk, done.report)
    _tell_why_not(talk, done)


def _tell_units(talk: Talk, report: "RoundReport") -> None:
    """Tell the units whose dates are moved, and those that have no place."""
    from ledger.rounds_words import plan_zh, teams_zh

    frame, table = report.frame, report.timetable
    moved = [plan for plan in table.units if plan.moved_days]
    for plan in moved[:MOST_LINES]:
        talk.line(
            "round_moved",
            name=plan.name,
            dates=plan_zh(plan),
            teams=teams_zh(frame, plan),
            reason=plan.reason_zh,
        )
    for left in table.unplaced:
        talk.line("round_unplaced", name=left.name, reason=left.reason_zh)


def _tell_why_not(talk: Talk, done: "RoundOutcome") -> None:
    why = done.report.why_not
    if why is None:
        return
    talk.line("round_why", asked=why.days_asked, there=why.days_there)
    for words in why.requirements_zh[:MOST_LINES]:
        talk.line("round_why_one", words=words)
    for each in why.given_up:
        resolves = talk.words("round_resolves") if each.resolves else ""
        talk.line("round_give_up", words=each.words_zh, more=each.sessions_more, resolves=resolves)


def tell_judged(talk: Talk, done: "Judged") -> None:
    """Tell what an officer's timetable breaks, and what it costs beside the proven plan."""
    from casework.round_amounts import amounts_of
    from ledger.rounds_words import day_zh

    talk.line("round_n_broken" if done.violations else "round_sound", n=len(done.violations))
    for broken, rows in zip(done.violations[: 3 * MOST_LINES], done.rows, strict=False):
        numbers = "、".join(map(str, rows))
        talk.line(
            "round_broken",
            rule=broken.rule,
            unit=done.frame.unit_name(broken.unit),
            date=f" {day_zh(broken.date)}" if broken.date else "",
            rows=talk.words("round_rows", rows=numbers) if rows else "",
            message=broken.message_zh,
        )
    for level, best in zip(done.levels, done.best.objective, strict=True):
        own, proven = amounts_of(level), amounts_of(best)
        lang = talk.words.lang
        name, value, count = own.name_in(lang), own.count(lang), proven.count(lang)
        talk.line("round_cost", level=name, value=value, best=count)
    talk.line(f"proof_{done.best.proof.status}")


def tell_frontier(talk: Talk, done: "Replanning", chosen: int | None) -> None:
    """Tell each choice: how many units it changes and what it costs."""
    first = done.first
    names = done.frame.unit_name
    talk.line(
        "round_first",
        changed=len(first.changed),
        names="、".join(map(names, first.changed)) or "—",
        left=_left(first.timetable),
    )
    for point in done.points:
        talk.line(
            "round_choice",
            mark="✓" if point.number == chosen else "",
            n=point.number,
            changed=len(point.changed),
            names="、".join(map(names, point.changed)) or "—",
            left=_left(point.timetable),
            cost=_cost(talk, point.timetable),
        )
    if done.withdrawn:
        talk.line("round_withdrawn", names="、".join(map(names, done.withdrawn)))
    if chosen is None:
        talk.line("round_choose")


def _left(table: "Timetable") -> int:
    return sum(line.sessions for line in table.unplaced)


def _cost(talk: Talk, table: "Timetable") -> str:
    from ledger.rounds_words import TERMS_ZH

    zh = talk.words.lang == "zh"
    parts = (
        f"{TERMS_ZH[str(term)] if zh else term} {amount}" for term, amount in table.amounts.items()
    )
    return "，".join(parts) if zh else ", ".join(parts)
