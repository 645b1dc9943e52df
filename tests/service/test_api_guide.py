"""The examples of the guide to the API work as they are printed (接口说明书)."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli import app
from tests.rounds_files import write_forms, write_table
from tests.served import serving

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "api.md"
TEAMS = [("团队编号", "团队名称", "驻地"), ("T01", "第1团辅队", "江北区")]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def blocks():
    found = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(found) == 2, "a unit's and the city's"
    return found


def run(script, folder, server, who):
    env = os.environ | {"BASE": server.address.rstrip("/"), "TOKEN": server.tokens[who]}
    words = ["bash", "-euo", "pipefail", "-c", script]
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_units_examples_take_ledgers_on_record_and_propose(blocks, tmp_path):
    made = CliRunner().invoke(app, ["sample", "--out", str(tmp_path), "--unit", "大渡口区"])
    assert made.exit_code == 0, made.output
    with serving(tmp_path / "home") as server:
        told = run(blocks[0], tmp_path, server, "unit").splitlines()
    assert told[0] == "0", "nobody is on record yet"
    assert "'new': 45" in told[1]
    assert "'caregiver'" in told[-1]


def test_the_citys_examples_plan_move_undo_and_publish_a_round(blocks, tmp_path):
    write_forms(tmp_path / "申报表")
    write_table(tmp_path / "团辅团队.xlsx", TEAMS)
    helpers = "".join(line for line in blocks[0].splitlines(True) if "() {" in line)
    with serving(tmp_path / "home") as server:
        told = run(helpers + blocks[1], tmp_path, server, "city")
    assert '"number":1' in told
    assert "'sessions'" in told
