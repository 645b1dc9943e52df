"""The week's questions on the page, on a unit with too few caregivers."""

import io
import re
import time
from urllib.parse import quote

import openpyxl
import pytest

from ledger.sample_files import write_sample

CHILDREN, CAREGIVERS, PAIRS = "困境儿童台账.xlsx", "爱心妈妈台账.xlsx", "结对台账.xlsx"


@pytest.fixture(scope="module")
def client(installation, tmp_path_factory):
    """Give a desk with a proposal, for a unit with a ninth of its caregivers."""
    folder = tmp_path_factory.mktemp("unit")
    write_sample(folder, "大渡口区", seed=5)
    book = openpyxl.load_workbook(folder / CAREGIVERS)
    for row in range(book.active.max_row, 1, -1):
        if row % 9:
            book.active.delete_rows(row)
    book.save(folder / CAREGIVERS)
    with installation.client(tmp_path_factory.mktemp("use") / "data") as client:
        put(client, folder / CHILDREN, "ledger")
        put(client, folder / CAREGIVERS, "ledger")
        put(client, folder / PAIRS, "pairs")
        propose(client)
        yield client


def put(client, path, role):
    address = f"/api/v1/files?name={quote(path.name)}&role={role}"
    assert client.post(address, content=path.read_bytes()).status_code == 201


def propose(client, **options):
    job = client.post("/api/v1/jobs", json={"kind": "pair", **options}).json()
    for _ in range(1200):
        now = client.get(f"/api/v1/jobs/{job['id']}").json()
        if now["state"] != "running":
            assert now["state"] == "done", now
            return
        time.sleep(0.05)
    raise AssertionError("the job never ended")


@pytest.fixture
def proposal(client):
    return client.get("/api/v1/proposal").json()


@pytest.fixture
def child(proposal):
    """Give a child who is left over because everybody is full."""
    return next(line["child"] for line in proposal["unpaired"] if line["reason"] == "all_full")


def test_every_line_of_the_proposal_asks_why(client, proposal):
    rows = client.get("/parts/rows").text
    shown = min(len(proposal["pairs"]) + len(proposal["unpaired"]), 100)
    assert rows.count('hx-target="#why"') == shown


def test_a_left_over_child_has_reason_shortage_and_remedies(client, child):
    html = client.get(f"/use/child?child={child}").text
    for said in ("为什么没有结对", "最小缺口", "办法", "看看谁可以"):
        assert said in html
    assert "kind=forbid" not in html


def test_a_paired_child_has_why_and_the_three_buttons(client, proposal):
    pair = proposal["pairs"][0]
    html = client.get(f"/use/child?child={pair['child']}").text
    for said in ("理由", "kind=lock", "kind=forbid", "/use/others"):
        assert said in html


def test_the_drawer_speaks_english_too(client, child):
    client.cookies.set("lang", "en")
    try:
        html = client.get(f"/use/child?child={child}").text
    finally:
        client.cookies.delete("lang")
    assert "is left over" in html
    assert "办法" not in html


def test_others_are_ranked_and_each_can_be_chosen(client, child):
    html = client.get(f"/use/others?child={child}").text
    assert 1 <= html.count("kind=lock") <= 10


def test_a_wish_is_listed_until_it_is_taken_back(client, proposal):
    pair = proposal["pairs"][0]
    wish = f"child={pair['child']}&caregiver={pair['caregiver']}"
    noted = client.post(f"/use/wishes?{wish}&kind=forbid")
    assert noted.headers["HX-Trigger"] == "wishes-changed"
    listed = client.get("/use/wishes").text
    assert "不合适" in listed
    assert "待重新生成" in listed
    assert pair["caregiver"] not in re.sub(r'"[^"]*"', "", listed)  # told by name
    assert client.delete(f"/use/wishes?{wish}").status_code == 200
    assert "不合适" not in client.get("/use/wishes").text


def test_a_wish_about_nobody_is_404(client, proposal):
    pair = proposal["pairs"][0]
    for wish in (f"child=X&caregiver={pair['caregiver']}", f"child={pair['child']}&caregiver=X"):
        assert client.post(f"/use/wishes?{wish}&kind=lock").status_code == 404


def test_choosing_another_holds_is_compared_and_can_be_undone(client, proposal, child):
    others = client.get(f"/use/others?child={child}").text
    caregiver = re.search(r"caregiver=([^&]+)&amp;kind=lock", others)[1]
    client.post(f"/use/wishes?child={child}&caregiver={caregiver}&kind=lock")
    propose(client)
    after = client.get("/api/v1/proposal").json()
    pairs = {line["child"]: line for line in after["pairs"]}
    assert (pairs[child]["caregiver"], pairs[child]["locked"]) == (caregiver, True)
    panel = client.get("/use/wishes").text
    assert "与上一次相比" in panel
    assert "按您的意见" in panel
    assert "已落实" in panel
    assert "locked" not in client.get(f"/use/child?child={child}").text
    assert client.post("/use/undo").headers["HX-Trigger"] == "desk-changed"
    assert client.get("/api/v1/proposal").json() == proposal
    assert "与上一次相比" not in client.get("/use/wishes").text
    assert client.post("/use/undo").status_code == 404


@pytest.mark.parametrize(
    ("address", "said", "name"),
    [
        ("/use/explain", "最小缺口", "explain"),
        ("/use/rank?of=child&who={child}", "可选爱心妈妈", "rank"),
        ("/use/rank?of=caregiver&who={caregiver}", "可选儿童", "rank"),
        ("/use/recruit?upto=2", "各村社区多一个名额的价值", "recruit"),
        ("/use/handover?who={caregiver}&why=suspended", "今日负责人", "handover"),
        ("/use/whatif?places1=2&name1=两户", "两户", "whatif"),
    ],
)
def test_a_question_is_answered_with_a_table_and_a_workbook(
    client, proposal, child, address, said, name
):
    pair = proposal["pairs"][0]
    html = client.get(address.format(child=child, caregiver=pair["caregiver"]))
    assert html.status_code == 200
    assert said in html.text
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/use/workbook/{name}").content))
    assert book.sheetnames


def test_recruiting_is_drawn_on_a_map_without_names(client, proposal):
    html = client.get("/use/recruit?upto=1").text
    assert 'src="/use/map"' in html
    assert 'download="增加爱心妈妈建议图.html"' in html
    page = client.get("/use/map")
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert "增加爱心妈妈建议图" in page.text
    assert proposal["pairs"][0]["child"] not in page.text


def test_questions_about_the_whole_unit_are_answered_in_english_too(client):
    client.cookies.set("lang", "en")
    try:
        recruits = client.get("/use/recruit?upto=1").text
        scenarios = client.get("/use/whatif?optional2=out").text
    finally:
        client.cookies.delete("lang")
    assert "worth of one more place" in recruits
    assert "against the first" in scenarios


def test_a_caregiver_nobody_has_is_404_and_not_repeated(client):
    answer = client.get("/use/handover?who=没有这个人&why=leaves")
    assert answer.status_code == 404
    assert "没有这个人" not in answer.json()["detail"]


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "name1=只有名称",
        "reach1=很远",
        "places2=6",
        "extra3=没有这个村",
        "places1=2&name1=现状",
        "places1=2&places2=3&name1=同名&name2=同名",
    ],
)
def test_a_form_of_scenarios_that_says_nothing_or_what_cannot_be_is_refused(client, asked):
    answer = client.get(f"/use/whatif?{asked}")
    assert answer.status_code in (404, 422)
    assert answer.json()["detail"]


def test_why_a_caregiver_stops_is_one_of_four_words(client, proposal):
    caregiver = proposal["pairs"][0]["caregiver"]
    assert client.get(f"/use/handover?who={caregiver}&why=prison").status_code == 422


def test_nobody_of_that_name_is_404_and_told(client):
    answer = client.get("/use/rank?of=child&who=没有这个人")
    assert answer.status_code == 404
    assert "编号" in answer.json()["detail"]
    assert "没有这个人" not in answer.json()["detail"]


def test_the_page_of_questions_needs_no_script_of_its_own(client):
    html = client.get("/questions").text
    assert html.count("<form") == html.count("</form>") == 8 + 1  # to sign out
    assert not re.search(r"<script(?![^>]*(src=|json))", html)
    assert " style=" not in html
    assert " onclick" not in html


def test_without_a_proposal_the_page_says_so_and_questions_are_404(installation, tmp_path):
    with installation.client(tmp_path / "data") as client:
        assert "还没有结对建议" in client.get("/questions").text
        for part in ("explain", "recruit", "whatif?places1=2", "map"):
            assert client.get(f"/use/{part}").status_code == 404
        assert client.get("/use/wishes").status_code == 200


def test_when_the_files_have_changed_questions_are_409(client, tmp_path, proposal):
    name = tmp_path / "另一份名单.csv"
    name.write_text("儿童姓名,镇街\n张三,跃进村街道\n", encoding="utf-8")
    put(client, name, "ledger")
    files = client.get("/api/v1/files").json()
    try:
        assert client.get("/use/explain").status_code == 409
    finally:
        new = next(file for file in files if file["name"] == name.name)
        client.delete(f"/api/v1/files/{new['id']}")


def test_the_curve_is_drawn_and_its_table_taken_away(client):
    html = client.get("/use/curve").text
    assert "调整多少与成效对照" in html
    assert client.get("/use/workbook/curve").content[:2] == b"PK"


def test_a_curve_of_several_points_is_a_staircase():
    from casework.plan_answers import Curve, CurvePoint
    from casework.proposals import Objective
    from service.curve_view import curve_view

    def point(changes, covered):
        return CurvePoint(changes, Objective(covered, 0, changes, 0, 0, 0, (covered, 0, 0, 0, 0)))

    view = curve_view(Curve((point(0, 5), point(3, 8)), 0, is_whole=True))
    assert view["path"].split() == ["56.0,220.0", "616.0,220.0", "616.0,20.0"]
    assert (view["low"], view["high"], view["most"]) == (5, 8, 3)
    assert curve_view(Curve((), 0, is_whole=True))["dots"] == []


def test_what_changes_against_the_register_is_told_with_its_reasons(client):
    html = client.get("/use/changes").text
    assert "结对变更对照表" in html
    assert client.get("/use/workbook/changes").content[:2] == b"PK"


def test_ones_own_list_is_judged_and_not_kept(client, proposal, tmp_path, tmp_path_factory):
    book = openpyxl.Workbook()
    book.active.append(("儿童编号", "爱心妈妈编号"))
    for pair in proposal["pairs"][:3]:
        book.active.append((pair["child"], proposal["pairs"][0]["caregiver"]))
    book.save(tmp_path / "名单.xlsx")
    content = (tmp_path / "名单.xlsx").read_bytes()
    html = client.post("/use/judge", files={"file": ("名单.xlsx", content)}).text
    for said in ("结对名单核对", "与最优建议比较", "第 2 行"):
        assert said in html
    data = tmp_path_factory.getbasetemp()
    assert not [path for path in data.rglob("**/answers/list*") if path.is_file()]
    assert client.post("/use/judge", files={"file": ("x.exe", b"MZ")}).status_code == 422


def test_a_limit_on_changes_holds_on_the_desk(client):
    asked = {"kind": "pair", "max_changes": 0}
    assert client.post("/api/v1/jobs", json={**asked, "max_changes": -1}).status_code == 422
    before = client.get("/api/v1/proposal").json()
    propose(client, **asked)
    limited = client.get("/api/v1/proposal").json()
    assert limited["max_changes"] == 0
    assert limited["objective"]["broken"] <= before["objective"]["broken"]
    assert limited["fingerprint"] != before["fingerprint"]
    assert "最多调整 0 对" in client.get("/desk").text
    assert client.get("/use/explain").status_code == 200
    propose(client)
    assert client.get("/api/v1/proposal").json()["pairs"] == before["pairs"]
