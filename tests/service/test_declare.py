"""Declarations from the command line: filled in, checked, packed, received, rolled up."""

import io
import json
import re
import shutil
import zipfile
from contextlib import suppress

import openpyxl
import pytest

from ledger.hand_in_file import CHILDREN as LEDGER_MEMBER
from ledger.hand_in_file import read_hand_in
from service import cli

CHILDREN, CAREGIVERS, PAIRS = "困境儿童台账.xlsx", "爱心妈妈台账.xlsx", "结对台账.xlsx"
CONTACT = "冉文静 13800000000"


@pytest.fixture
def run(monkeypatch, capsysbinary):
    """Run `nuantong` with arguments; give exit code, standard output and standard error."""

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["nuantong", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capsysbinary.readouterr()
        return left.value.code or 0, out.decode(), err.decode()

    return run


@pytest.fixture
def new(run, sample, tmp_path):
    """Fill in a form from the sample's ledgers."""

    def new(*more, contact=CONTACT, dates="待定"):
        out = tmp_path / "申报表.xlsx"
        ledgers = ("--children", sample / CHILDREN, "--pairs", sample / PAIRS)
        code, *_ = run(
            "declare", "new", *ledgers, "--contact", contact, "--dates", dates, "--out", out, *more
        )
        assert code == 0
        return out

    return new


@pytest.fixture
def pack(run, sample, tmp_path):
    def pack(form, *more, name="大渡口区.nthandin.zip"):
        out = tmp_path / "in" / name
        out.parent.mkdir(exist_ok=True)
        ledgers = ("--children", sample / CHILDREN, "--pairs", sample / PAIRS)
        return *run("declare", "pack", form, *ledgers, "--out", out, *more), out

    return pack


def cells(path):
    return [cell.value for cell in openpyxl.load_workbook(path).active[4]]


def edited(path, column, value):
    book = openpyxl.load_workbook(path)
    book.active[f"{column}4"] = value
    book.save(path)
    return path


# --- new ----------------------------------------------------------------------------------


def test_a_new_form_holds_what_the_ledgers_say(new, run):
    total, older, coming, beside, sessions, dates, contact, remarks = cells(new())
    assert total >= older == coming >= beside > 0
    assert (sessions, dates, contact, remarks) == (1, "待定", CONTACT, None)


def test_a_smaller_room_takes_more_sessions(new):
    coming = cells(new())[2]
    assert cells(new("--room", "10"))[4] == -(-coming // 10)


def test_ages_are_counted_on_the_day_asked_for(new):
    assert cells(new("--on", "2019-09-15"))[1] < cells(new("--on", "2021-09-15"))[1]


def test_a_new_form_agrees_with_its_ledger_when_checked(new, run, sample):
    code, out, _ = run(
        "check", "declarations", new(), "--ledger", sample / CHILDREN, "--json", "-"
    )
    report = json.loads(out)
    assert code == 0
    assert (report["rows"], report["accepted"], report["rejected"]) == (1, 1, 0)
    assert {f["rule"] for f in report["findings"] if f["severity"] != "INFO"} == set()


def test_without_ledgers_the_numbers_stay_blank(run, tmp_path):
    out, pdf = tmp_path / "f.xlsx", tmp_path / "f.pdf"
    code, told, _ = run("declare", "new", "--unit", "武隆区", "--out", out, "--pdf", pdf)
    assert code == 0
    assert "人数留空" in told
    assert cells(out) == [None] * 8
    assert pdf.read_bytes().startswith(b"%PDF")


def test_a_unit_nobody_knows_is_4_and_makes_nothing(run, tmp_path):
    out = tmp_path / "f.xlsx"
    assert run("declare", "new", "--unit", "没有这个区", "--out", out)[0] == 4
    assert run("declare", "new", "--out", out)[0] == 4
    assert not out.exists()


# --- check --------------------------------------------------------------------------------


def test_a_wrong_form_comes_back_marked_and_is_3(new, run, tmp_path, sample):
    form = edited(new(), "B", 999)
    back = tmp_path / "back.xlsx"
    code, out, _ = run("check", "declarations", form, "--out", back, "--ledger", sample / CHILDREN)
    assert code == 3
    assert "勾稽" in out or "大于困境儿童总数" in out
    comment = openpyxl.load_workbook(back)["申报表"]["B4"].comment
    assert "大于困境儿童总数" in comment.text


def test_the_day_given_is_the_day_it_came_in(new, run):
    assert "晚 5 天" in run("check", "declarations", new(), "--on", "2021-09-20")[1]
    assert "晚" not in run("check", "declarations", new())[1]


def test_resubmissions_count_versions_and_the_same_again_collapses(new, run, tmp_path):
    first = new()
    again = shutil.copy(first, tmp_path / "again.xlsx")
    other = edited(shutil.copy(first, tmp_path / "other.xlsx"), "D", 1)
    report = json.loads(run("check", "declarations", first, again, other, "--json", "-")[1])
    assert (report["accepted"] + report["rejected"], report["collapsed"]) == (2, 1)
    assert [f["file"] for f in report["findings"] if f["rule"] == "A17"] == ["other.xlsx"]


def test_a_large_change_on_the_last_round_is_told(new, run, tmp_path):
    form = new()
    before = edited(shutil.copy(form, tmp_path / "before.xlsx"), "A", cells(form)[0] * 2)
    told = run("check", "declarations", form, "--last-round", before)[1]
    assert "变化较大" in told


# --- pack ---------------------------------------------------------------------------------


def test_a_hand_in_holds_form_and_minimised_ledger(new, pack):
    form = new()
    code, _, _, out = pack(form, "--by", "家儿部", "--on", "2021-09-14")
    assert code == 0
    hand_in = read_hand_in(out)
    assert hand_in.manifest.unit_name == "大渡口区"
    assert (hand_in.manifest.version, hand_in.manifest.by) == (1, "家儿部")
    assert hand_in.manifest.on.isoformat() == "2021-09-14"
    assert len(hand_in.children) == cells(form)[0]
    assert {child.paired for child in hand_in.children} == {True, False}


def test_packing_again_is_the_same_file_and_a_change_is_the_next_version(new, pack):
    form = new()
    *_, out = pack(form)
    once = out.read_bytes()
    pack(form)
    assert out.read_bytes() == once
    pack(edited(form, "D", 1))
    assert read_hand_in(out).manifest.version == 2


def test_errors_refuse_packing_until_a_reason_is_given_and_it_is_recorded(new, pack):
    form = edited(new(), "G", None)
    code, told, err, out = pack(form)
    assert code == 5
    assert "--with-remark" in err
    assert "联系人" in told
    assert not out.exists()
    code, *_ = pack(form, "--with-remark", "联系人待定，下周补")
    assert code == 3
    assert read_hand_in(out).manifest.reason == "联系人待定，下周补"


def test_a_reason_that_was_not_needed_is_not_handed_in(new, pack):
    *_, out = pack(new(), "--with-remark", "无须说明")
    assert read_hand_in(out).manifest.reason == ""


@pytest.mark.parametrize("where", ["remarks", "--by", "--with-remark"])
def test_personal_details_are_refused_wherever_they_stand_and_no_reason_helps(
    new, pack, sample, where
):
    sheet = openpyxl.load_workbook(sample / CHILDREN).active
    heading = next(row for row in sheet.iter_rows() if sum(bool(c.value) for c in row) > 5)
    column = next(cell.column for cell in heading if "姓名" in str(cell.value))
    name = sheet.cell(heading[0].row + 1, column).value
    for text in (f"{name[0]} {name[1:]}需接送", "家长13911112222", "500104201405030011"):
        form = new()
        if where == "remarks":
            edited(form, "H", text)
        more = (where, text) if where != "remarks" else ()
        code, told, err, out = pack(form, "--with-remark", "情况特殊", *more)
        assert code == 5
        assert text not in told + err
        assert not out.exists()


def test_a_form_of_another_unit_is_refused_whatever_the_reason(run, pack, tmp_path):
    form = tmp_path / "f.xlsx"
    run(
        "declare",
        "new",
        "--unit",
        "武隆区",
        "--contact",
        CONTACT,
        "--dates",
        "待定",
        "--out",
        form,
    )
    code, told, _, out = pack(form, "--with-remark", "就这样")
    assert code == 5
    assert "武隆区" in told
    assert not out.exists()


def test_what_else_stands_in_the_officers_file_is_not_handed_in(new, pack):
    form = new()
    book = openpyxl.load_workbook(form)
    book.active["F4"] = "10月16日"
    book.active["A9"] = "张三丰 13911112222"
    book.create_sheet("草稿")["A1"] = "龘靐"
    book.properties.creator = "靐龘"
    book.active["A4"].comment = openpyxl.comments.Comment("龘龘", "靐")
    book.save(form)
    code, *_, out = pack(form)
    assert code == 0
    assert not re.search("龘|靐|张三丰|13911112222", everything_in(out.read_bytes()))


def everything_in(content, depth=0):
    """Unpack a zip, and zips inside it, to one text."""
    texts = [content.decode("utf-8", "replace"), content.decode("utf-16", "replace")]
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(content)) as bundle:
        texts += [name + everything_in(bundle.read(name)) for name in bundle.namelist()]
    return "".join(texts)


def test_no_name_number_address_or_phone_of_anybody_is_in_a_hand_in(run, sample, tmp_path):
    """The canary: every such cell of the ledgers is made unique, and none is found again."""
    canaries = set()
    for name in (CHILDREN, CAREGIVERS, PAIRS):
        book = openpyxl.load_workbook(sample / name)
        canaries |= mark(book.active)
        book.save(tmp_path / name)
    assert len(canaries) > 500
    form, out = tmp_path / "申报表.xlsx", tmp_path / "大渡口区.nthandin.zip"
    ledgers = ("--children", tmp_path / CHILDREN, "--caregivers", tmp_path / CAREGIVERS)
    ledgers = (*ledgers, "--pairs", tmp_path / PAIRS)
    assert (
        run("declare", "new", *ledgers, "--contact", CONTACT, "--dates", "待定", "--out", form)[0]
        == 0
    )
    assert run("declare", "pack", form, *ledgers, "--out", out)[0] == 0
    text = everything_in(out.read_bytes())
    assert CONTACT in text  # the form asks for it
    assert {canary for canary in canaries if canary in text} == set()
    rows = zipfile.ZipFile(out).read(LEDGER_MEMBER).decode("utf-8-sig").splitlines()
    assert len(rows) - 1 == len(read_hand_in(out).children) > 30


PERSONAL = re.compile("姓名|身份证|住址|地址|电话|手机|编号|出生|监护人|学校|联系")
UNTOUCHED = re.compile("关系|联系方式要求")


def mark(sheet):
    """Make names and addresses unique; give every personal text of the sheet."""
    head = next(row for row in sheet.iter_rows() if sum(bool(c.value) for c in row) > 5)
    found = set()
    for cell in head:
        if not PERSONAL.search(str(cell.value)) or UNTOUCHED.search(str(cell.value)):
            continue
        for (below,) in sheet.iter_rows(
            min_row=cell.row + 1, min_col=cell.column, max_col=cell.column
        ):
            if below.value in (None, "", "是", "否"):
                continue
            if "地址" in cell.value or "住址" in cell.value:
                below.value = f"{below.value}龘{below.row}号"
            text = str(below.value)
            found |= {text} if len(text) > 1 else set()
    return found


# --- receive and roll up ------------------------------------------------------------------


@pytest.fixture
def folder(new, pack, run, sample, tmp_path):
    """Give a folder of what comes in: a hand-in, a plain form, a ledger, rubbish."""
    pack(new())
    folder = tmp_path / "in"
    blank = ("--unit", "武隆区", "--contact", CONTACT, "--dates", "待定")
    run("declare", "new", *blank, "--out", folder / "武隆区.xlsx")
    shutil.copy(sample / CHILDREN, folder / "名单.xlsx")
    (folder / "坏.zip").write_bytes(b"PK\x03\x04 junk")
    (folder / "照片.jpg").write_bytes(b"x")
    return folder


def test_each_file_is_received_or_refused_with_the_reason_all_at_once(run, folder, tmp_path):
    store = tmp_path / "store"
    code, out, _ = run("declare", "receive", folder, "--into", store, "--json", "-")
    assert code == 3
    report = json.loads(out)
    outcomes = {file["name"]: file["outcome"] for file in report["files"]}
    assert outcomes == {
        "大渡口区.nthandin.zip": "received",
        "武隆区.xlsx": "received",
        "名单.xlsx": "refused",
        "坏.zip": "refused",
    }
    names = sorted(path.name.split("_")[0] for path in (store / "回执").glob("*.txt"))
    assert names == ["大渡口区", "未收", "未收", "武隆区"]
    receipt = next((store / "回执").glob("大渡口区*.json"))
    assert json.loads(receipt.read_text("utf-8"))["schema"] == "nuantong/receipt/1"
    assert not list(store.rglob("*名单.xlsx"))


def test_receiving_twice_changes_nothing(run, folder, tmp_path):
    store = tmp_path / "store"
    run("declare", "receive", folder, "--into", store)
    before = {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}
    _, out, _ = run("declare", "receive", folder, "--into", store)
    assert "收到 0 份，已有相同的 2 份，未收 2 份" in out
    assert {path: path.read_bytes() for path in store.rglob("*") if path.is_file()} == before


def test_a_later_version_counts_and_both_are_kept(run, new, pack, tmp_path):
    form, store = new(), tmp_path / "store"
    *_, out = pack(form)
    shutil.copy(out, tmp_path / "in" / "z第一版.zip")
    pack(edited(form, "D", 1))
    code, *_ = run("declare", "receive", tmp_path / "in", "--into", store)
    assert code == 0
    assert len(list((store / "files").iterdir())) == 2
    report = json.loads(run("declare", "rollup", store, "--json", "-")[1])
    (unit,) = [unit for unit in report["units"] if unit["declared"]]
    assert unit["version"] == 2
    assert unit["declared"]["participants_caregivers"] == 1


def test_two_files_that_both_say_one_version_are_a_doubt(run, new, pack, tmp_path):
    form, store = new(), tmp_path / "store"
    pack(form, "--version", 1, name="a.zip")
    pack(edited(form, "D", 1), "--version", 1, name="b.zip")
    run("declare", "receive", tmp_path / "in", "--into", store)
    report = json.loads(run("declare", "rollup", store, "--json", "-")[1])
    rules = {f["rule"] for unit in report["units"] for f in unit["findings"]}
    assert "hand_in_same_version" in rules


def test_the_rollup_tells_who_is_missing_late_or_differs(run, folder, tmp_path):
    store = tmp_path / "store"
    run("declare", "receive", folder, "--into", store, "--on", "2021-09-16")
    out = tmp_path / "汇总表.xlsx"
    code, told, _ = run("declare", "rollup", store, "--on", "2021-09-20", "--out", out)
    assert code == 3
    assert "已收 2 / 41" in told
    assert "迟报 2" in told
    assert "万州区" in told
    assert openpyxl.load_workbook(out).sheetnames[0] == "汇总表"
    later = run("declare", "rollup", store, "--on", "2021-09-20", "--due", "2021-09-18")[1]
    assert "迟报 0" in later


def test_a_hand_in_after_a_plain_form_counts_and_an_older_one_does_not(run, new, pack, tmp_path):
    def declared(store):
        report = json.loads(run("declare", "rollup", store, "--json", "-")[1])
        (unit,) = [unit for unit in report["units"] if unit["declared"]]
        return unit["declared"]["participants_caregivers"], unit["version"]

    form, store, folder = new(), tmp_path / "store", tmp_path / "in"
    folder.mkdir()
    steps = (
        (lambda: shutil.copy(form, folder / "大渡口区.xlsx"), (cells(form)[3], 1)),
        (lambda: pack(edited(form, "D", 9), "--version", 2, name="a.zip"), (9, 2)),
        (lambda: pack(edited(form, "D", 8), "--version", 1, name="b.zip"), (9, 2)),
        (lambda: pack(edited(form, "D", 7), "--version", 3, name="c.zip"), (7, 3)),
    )
    for bring, expected in steps:
        bring()
        run("declare", "receive", folder, "--into", store)
        assert declared(store) == expected


def test_a_pasted_table_of_several_units_is_rolled_up_unit_by_unit(run, tmp_path):
    from casework.declaration import FIELDS_ZH

    book = openpyxl.Workbook()
    book.active.append(list(FIELDS_ZH.values()))
    for n, unit in enumerate(("武隆区", "城口县", "万州"), 10):
        book.active.append([unit, n, n, n, n, 1, "10月16日", CONTACT])
    book.active.append(["合计", 33, 33, 33, 33, 3])
    folder = tmp_path / "pasted"
    folder.mkdir()
    book.save(folder / "汇总.xlsx")
    report = json.loads(run("declare", "rollup", folder, "--json", "-")[1])
    assert report["counts"]["missing"] == 38
    assert report["totals"]["children_total"] == 33


def test_a_new_form_does_not_write_over_the_one_that_is_there(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("declare", "new", "--unit", "武隆区")[0] == 0
    assert run("declare", "new", "--unit", "武隆区")[0] == 6


def test_a_difference_from_the_ledger_is_told_without_a_name(run, new, pack, tmp_path):
    form = new()
    pack(edited(form, "A", cells(form)[0] + 2))
    report = json.loads(run("declare", "rollup", tmp_path / "in", "--json", "-")[1])
    (unit,) = [unit for unit in report["units"] if unit["declared"]]
    (difference,) = unit["differences"]
    assert difference["field"] == "children_total"
    assert difference["declared"] - difference["ledger"] == 2
    assert "台账为" in unit["reminder_zh"]


def test_plain_forms_in_a_folder_are_rolled_up_too(run, new, tmp_path):
    folder = tmp_path / "forms"
    folder.mkdir()
    shutil.move(new(), folder / "大渡口区.xlsx")
    code, told, _ = run("declare", "rollup", folder)
    assert code == 3  # forty are missing
    assert "已收 1 / 41" in told


def test_an_empty_folder_is_4_and_a_spoilt_store_is_6(run, folder, tmp_path):
    empty, store = tmp_path / "empty", tmp_path / "store"
    empty.mkdir()
    assert run("declare", "rollup", empty)[0] == 4
    assert run("declare", "receive", tmp_path / "none", "--into", store)[0] == 4
    run("declare", "receive", folder, "--into", store)
    next((store / "files").iterdir()).write_bytes(b"changed")
    assert run("declare", "rollup", store)[0] == 6


def test_a_hand_in_of_another_round_is_refused(run, new, pack, tmp_path, sample):
    *_, out = pack(new())
    with zipfile.ZipFile(out) as bundle:
        members = {name: bundle.read(name) for name in bundle.namelist()}
    members["manifest.json"] = members["manifest.json"].replace(b"chongqing_2021", b"other_2022")
    with zipfile.ZipFile(out, "w") as bundle:
        for name, content in members.items():
            bundle.writestr(name, content)
    code, told, _ = run("declare", "receive", tmp_path / "in", "--into", tmp_path / "store")
    assert code == 3
    assert "不是本轮" in told


def test_a_file_without_a_declaration_is_an_error_and_not_nothing(run, sample):
    code, told, _ = run("check", "declarations", sample / CHILDREN)
    assert code == 3
    assert "这个文件里没有困境儿童团辅项目申报表（像是困境儿童台账）" in told
