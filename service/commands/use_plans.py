"""``nuantong recruit``, ``handover`` and ``whatif``: the questions about a whole unit."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.commands.asking import Asking, question
from service.commands.options import existing, web_page
from service.outputs import refuse_overwriting, write_whole

if TYPE_CHECKING:
    from casework.plan_answers import Scenario
    from service.workflows.scenarios import VillageFinder

NO_SCENARIO = "请写 --scenarios 文件，或 --reach-m、--extra 等 / say what to compare"


class Why(StrEnum):
    """Why a caregiver's children need another; the same words as ``HandoverReason``."""

    LEAVES = "leaves"
    ELECTION = "election"
    ON_LEAVE = "on_leave"
    SUSPENDED = "suspended"


@question
def recruit(
    asking: Asking,
    upto: Annotated[
        int, typer.Option("--upto", min=0, max=200, help="最多新增几位 / at most so many")
    ] = 10,
    map_out: Annotated[
        Path | None, typer.Option("--map", callback=web_page, help="地图 X.html / map")
    ] = None,
) -> None:
    """再动员爱心妈妈，放在哪些村社区最有用 / Where new caregivers would help most."""
    from service.workflows.use_plans import ask_recruit, recruit_page

    refuse_overwriting(map_out, asking.inputs)
    questions = asking.questions()
    answer = ask_recruit(questions, upto)
    if map_out:
        write_whole(map_out, recruit_page(questions, answer).encode())
        asking.talk.line("written", path=map_out)
    asking.answer(answer)


@question
def handover(
    asking: Asking,
    caregiver: Annotated[
        str, typer.Option("--caregiver", help="爱心妈妈编号或姓名 / her number or name")
    ],
    why: Annotated[
        Why, typer.Option("--why", help="离任、换届、请假、暂停 / why she stops")
    ] = Why.LEAVES,
) -> None:
    """爱心妈妈离任或暂停：每名儿童由谁接、今天谁负责 / Hand a caregiver's children over."""
    from casework.plan_answers import HandoverReason
    from service.workflows.use_plans import ask_handover

    questions = asking.questions()
    asking.answer(ask_handover(questions, questions.caregiver(caregiver), HandoverReason(why)))


@question
def whatif(
    asking: Asking,
    scenarios: Annotated[
        Path | None, typer.Option("--scenarios", help="方案文件 X.toml / file of scenarios")
    ] = None,
    reach_m: Annotated[
        int | None, typer.Option("--reach-m", min=0, help="就近范围（米） / reach in metres")
    ] = None,
    places: Annotated[
        int | None,
        typer.Option("--places-at-least", min=0, max=5, help="每位至少几户 / places at least"),
    ] = None,
    beyond: Annotated[
        bool | None,
        typer.Option("--beyond/--no-beyond", help="可否超出就近范围 / pairs beyond reach or not"),
    ] = None,
    with_optional: Annotated[
        bool | None,
        typer.Option(
            "--with-optional/--without-optional",
            help="含不含建议纳入的儿童 / optional scope in or out",
        ),
    ] = None,
    extra: Annotated[
        list[str] | None,
        typer.Option(
            "--extra", metavar="村社区=人数", help="新增爱心妈妈，可多次 / more caregivers"
        ),
    ] = None,
) -> None:
    """换个条件会怎样：几种方案并排比较 / What if: scenarios side by side."""
    from service.workflows.scenarios import read_scenarios
    from service.workflows.use_plans import ask_whatif

    existing(filter(None, [scenarios]))
    said: dict[str, Any] = {
        "reach_m": reach_m,
        "places_at_least": places,
        "beyond_reach_allowed": beyond,
        "with_optional": with_optional,
        "extra": dict(map(_counted, extra or ())) or None,
    }
    options = {key: value for key, value in said.items() if value is not None}
    if scenarios is None and not options:
        raise typer.BadParameter(NO_SCENARIO)
    questions = asking.questions()
    found = list(read_scenarios(scenarios, questions.villages)) if scenarios else []
    if options:
        found.append(_scenario(options, questions.villages))
    asking.answer(ask_whatif(questions, found))


def _scenario(options: dict[str, Any], villages: "VillageFinder") -> "Scenario":
    from service.workflows.scenarios import scenario

    return scenario("您的方案", options, villages)


def _counted(text: str) -> tuple[str, int]:
    """Read 太安镇凤山村=2; without a number it is one."""
    village, _, count = text.replace("＝", "=").partition("=")
    try:
        return village, int(count or 1)
    except ValueError as error:
        raise typer.BadParameter("--extra 请写成 太安镇凤山村=2 / write VILLAGE=NUMBER") from error
