"""What a township sees of its unit's proposal: its own children's lines, and no reasons."""

import json

import pytest

from service.desk import PROPOSAL
from service.proposal_rows import LEFT_OVER
from tests.installation import desk_of


def both(text):
    return {"zh": text, "en": text}


def line(name, township, **more):
    row = {"id": name, "child": name, "sex": both("女"), "age": 9, "category": both("孤儿")}
    row |= {"township": township, "village": "", "caregiver": f"{name}的爱心妈妈", "phone": ""}
    row |= {"role": both("干部"), "caregiver_township": "", "caregiver_village": "", "rung": 1}
    row |= {"rung_name": both("同镇街"), "distance": both("1.2 km"), "metres": 1234}
    return row | {"missing": both("背景查询未通过"), "reason": both("亲属"), "kept": False} | more


LEFT = {"rung": LEFT_OVER, "cause": both("冲突的原因"), "remedy": both("办法")}


@pytest.fixture
def shown(installation, tmp_path):
    with installation.client(tmp_path / "data", "township") as client:
        with desk_of(client, "unit").result(PROPOSAL) as folder:
            lines = [
                line("本镇甲", "茄子溪街道"),
                line("本镇乙", "茄子溪街道", responsible="主席", due="2021-09-25", **LEFT),
                line("外镇丙", "跃进村街道"),
            ]
            (folder / "rows.json").write_text(json.dumps({"lines": lines, "ended": []}))
        yield client.get("/township").text


def test_a_township_sees_its_own_children_and_no_others(shown):
    assert "本镇甲" in shown
    assert "本镇乙" in shown
    assert "外镇丙" not in shown


def test_a_township_learns_of_no_check_no_kin_and_no_cause(shown):
    for word in ("背景查询", "亲属", "冲突的原因", "1234", "1.2 km"):
        assert word not in shown


def test_a_township_reaches_nothing_else_of_the_units_desk(installation, tmp_path):
    with installation.client(tmp_path / "data", "township") as client:
        for address in ("/parts/rows", "/parts/findings", "/downloads/proposal", "/map"):
            assert client.get(address).status_code == 403
