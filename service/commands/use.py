"""``nuantong explain``, ``recruit``, ``rank``, ``handover``, ``whatif``: the week's questions."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.commands.asking import Asking, question
from service.commands.options import existing, web_page
from service.outputs import refuse_overwriting, write_whole

if TYPE_CHECKING:
    from casework.answers import Scenario
    from service.workflows.scenarios import VillageFinder

ONE_OF_TWO = "--child 与 --caregiver 写一个 / give one of --child and --caregiver"
NO_SCENARIO = "请写 --scenarios 文件，或 --reach、--places 等 / say what to compare"


class Why(StrEnum):
    """Why a caregiver's children need another."""

    LEFT = "left"
    ELECTION = "election"
    ON_LEAVE = "on_leave"
    SUSPENDED = "suspended"


class Beyond(StrEnum):
    """Whether a pair may be beyond reach."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"


Most = Annotated[int, typer.Option("--most", min=1, max=500, help="最多列出几个 / list at most")]


@question
def explain(
    asking: Asking,
    child: Annotated[
        list[str] | None,
        typer.Option("--child", help="儿童编号或姓名，可多次 / number or name, repeatable"),
    ] = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="连已结对的也说明 / explain every pair too")
    ] = False,
) -> None:
    """为什么：未结对的原因、最小缺口和办法，结对的理由 / Why: of pairs and children left over."""
    if child and everybody:
        raise typer.BadParameter("--child 与 --all 写一个 / give one of --child and --all")
    questions = asking.questions()
    asking.answer(questions.explain([questions.child(one) for one in child or ()], everybody))


@question
def recruit(
    asking: Asking,
    most: Annotated[
        int, typer.Option("--most", min=1, max=100, help="最多新增几位 / at most so many")
    ] = 10,
    map_out: Annotated[
        Path | None, typer.Option("--map", callback=web_page, help="地图 X.html / map")
    ] = None,
) -> None:
    """再动员爱心妈妈，放在哪些村社区最有用 / Where new caregivers would help most."""
    from service.workflows.use import recruit_page

    refuse_overwriting(map_out, asking.inputs)
    questions = asking.questions()
    answer = questions.recruit(most)
    if map_out:
        write_whole(map_out, recruit_page(questions, answer).encode())
        asking.talk.line("written", path=map_out)
    asking.answer(answer)


@question
def rank(
    asking: Asking,
    child: Annotated[
        str | None, typer.Option("--child", help="给这名儿童排爱心妈妈 / caregivers for her")
    ] = None,
    caregiver: Annotated[
        str | None, typer.Option("--caregiver", help="给这位爱心妈妈排儿童 / children for her")
    ] = None,
    most: Most = 10,
) -> None:
    """逐一比较人选，按全区县的真实代价排列 / Rank candidates by their true cost."""
    if (child is None) == (caregiver is None):
        raise typer.BadParameter(ONE_OF_TWO)
    questions = asking.questions()
    if child is not None:
        asking.answer(questions.rank_caregivers(questions.child(child), most))
    else:
        asking.answer(questions.rank_children(questions.caregiver(str(caregiver)), most))


@question
def handover(
    asking: Asking,
    caregiver: Annotated[
        str, typer.Option("--caregiver", help="爱心妈妈编号或姓名 / her number or name")
    ],
    why: Annotated[
        Why, typer.Option("--why", help="离任、换届、请假、暂停 / why she stops")
    ] = Why.LEFT,
) -> None:
    """爱心妈妈离任或暂停：每名儿童由谁接、今天谁负责 / Hand a caregiver's children over."""
    from casework.answers import HandoverReason

    questions = asking.questions()
    reason = HandoverReason.LEAVES if why is Why.LEFT else HandoverReason(why)
    asking.answer(questions.handover(questions.caregiver(caregiver), reason))


@question
def whatif(
    asking: Asking,
    scenarios: Annotated[
        Path | None, typer.Option("--scenarios", help="方案文件 toml / file of scenarios")
    ] = None,
    reach_m: Annotated[
        int | None, typer.Option("--reach", min=0, help="就近范围（米） / reach in metres")
    ] = None,
    places: Annotated[
        int | None, typer.Option("--places", min=0, max=5, help="每位至少几户 / places at least")
    ] = None,
    beyond: Annotated[
        Beyond | None, typer.Option("--beyond", help="可否超出就近范围 / pairs beyond reach")
    ] = None,
    without_optional: Annotated[
        bool, typer.Option("--without-optional", help="不含建议纳入的儿童 / mandatory scope only")
    ] = False,
    extra: Annotated[
        list[str] | None,
        typer.Option(
            "--extra", metavar="村社区=人数", help="新增爱心妈妈，可多次 / more caregivers"
        ),
    ] = None,
) -> None:
    """换个条件会怎样：几种方案并排比较 / What if: scenarios side by side."""
    from service.workflows.scenarios import read_scenarios

    existing(filter(None, [scenarios]))
    said: dict[str, Any] = {
        "reach_m": reach_m,
        "places_at_least": places,
        "beyond_reach_allowed": None if beyond is None else beyond is Beyond.ALLOWED,
        "with_optional": False if without_optional else None,
        "extra": dict(map(_counted, extra or ())) or None,
    }
    options = {key: value for key, value in said.items() if value is not None}
    if scenarios is None and not options:
        raise typer.BadParameter(NO_SCENARIO)
    questions = asking.questions()
    found = list(read_scenarios(scenarios, questions.villages)) if scenarios else []
    if options:
        found.append(_scenario(options, questions.villages))
    asking.answer(questions.whatif(found))


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
