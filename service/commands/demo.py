"""``nuantong demo``: a made-up city, and the main job done for one of its units."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import Lang, Talk
from service.settings import LANGUAGES


def demo(
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件夹 / folder to write to")],
    lang: Lang = LANGUAGES[0],
) -> None:
    """演示：示例数据，合并、核查、结对、地图 / Show the main job on made-up data."""
    from service.workflows.demo import run_demo

    talk = Talk(lang)
    story = run_demo(out, talk.progress)
    talk.finish()
    talk.say(story)
