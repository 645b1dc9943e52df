"""``nuantong explain`` and ``rank``: why this pair, why nobody, who else."""

from typing import Annotated

import typer

from service.commands.asking import Asking, question

ONE_OF_TWO = "--child 与 --caregiver 写一个 / give one of --child and --caregiver"
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
