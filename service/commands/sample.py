"""``nuantong sample``: made-up ledgers and township workbooks, to try things with."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import AreaUnit, Lang, OnDay, Talk
from service.settings import LANGUAGES


def write(
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件夹 / folder to write to")],
    unit: AreaUnit = None,
    city: Annotated[
        bool, typer.Option("--city", help="全市 41 个区县，各一个文件夹 / every unit of the city")
    ] = False,
    seed: Annotated[
        int, typer.Option("--seed", help="同一种子，同样数据 / same seed, same data")
    ] = 1,
    flaws: Annotated[
        bool, typer.Option("--flaws", help="镇街名单带各种常见毛病 / damage them as offices do")
    ] = False,
    on: OnDay = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """生成示例数据（均为虚构） / Write made-up ledgers and township workbooks."""
    from service.workflows.ledgers import make_sample

    if unit and city:
        raise typer.BadParameter("--unit 与 --city 只能选一个 / choose one of --unit and --city")
    talk = Talk(lang)
    folders = make_sample(out, unit, city=city, seed=seed, flaws=flaws, on=on)
    talk.line("sample_done", n=len(folders), out=out)
