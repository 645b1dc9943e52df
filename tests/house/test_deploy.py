"""What `deploy/` tells an installation to run is there, and names no place to download from."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from service.cli import app
from service.settings import MEANINGS

DEPLOY = Path(__file__).parents[2] / "deploy"
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_command_and_option_that_is_run_exists(path):
    commands = get_command(app).commands  # type: ignore[attr-defined]
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    asked = re.findall(r"bin/nuantong ([a-z]+)([^\n\"']*)", text)
    asked += re.findall(r"^ +nuantong ([a-z]+)([^\n]*)", text, re.MULTILINE)
    for command, rest in asked:
        assert command in commands, command
        options = {name for p in commands[command].params for name in p.opts}
        subcommand = getattr(commands[command], "commands", {})
        for option in re.findall(r"--[a-z-]+", rest):
            known = options | {n for c in subcommand.values() for p in c.params for n in p.opts}
            assert option in known, f"{command} {option}"


def test_the_base_is_an_argument_and_nothing_is_fetched():
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["${BASE}"]
    assert "--no-index" in text
    assert not re.search(r"\b(apt-get|curl|wget|git clone)\b", text)


def test_the_environment_holds_settings_that_there_are():
    text = (DEPLOY / "environment.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^#?(NUANTONG_\w+)=", text, re.MULTILINE))
    used = set(
        re.findall(r"\$\{(NUANTONG_\w+)\}", (DEPLOY / "nuantong.service").read_text("utf-8"))
    )
    assert used <= named
    assert named - used <= set(MEANINGS)
