"""The demo's counselling round: the made-up city's forms planned and published (演示排期)."""

from pathlib import Path

from ledger.sample_files import DUE
from service.outputs import write_whole
from service.progress import Progress
from service.workflows.rounds import RoundOutcome, Telling, plan
from service.workflows.rounds_given import RoundSources, read_round
from service.workflows.rounds_out import RoundOutputs, report_bytes, write_round_outputs

ROUND = "团辅排期"


def plan_demo_round(out: Path, progress: Progress) -> RoundOutcome:
    """Plan the round of the demo's city and leave its workbook, paper, map, calendars and JSON."""
    city = out / "city"
    sources = RoundSources(city / "申报表", city / "团辅团队.xlsx", closures=city / "停办.xlsx")
    done = plan(read_round(sources, DUE, progress), None, Telling(progress))
    outputs = RoundOutputs(
        out / f"{ROUND}.xlsx", out / f"{ROUND}日历", out / f"{ROUND}.html", out / f"{ROUND}.pdf"
    )
    write_round_outputs(done.report, outputs, done.given.contacts, None, progress)
    write_whole(out / f"{ROUND}.json", report_bytes(done.report, done.findings))
    return done
