"""A hand-in holds what it may and nothing else; one that anybody else made is refused."""

import io
import json
import re
import zipfile
from datetime import date

import openpyxl
import pytest

from casework.declaration_rules import DeclarationRules
from casework.errors import Unreadable
from casework.hand_in import HandInChild, Manifest
from casework.people import Category, Sex
from geo.areas import Gazetteer
from ledger.declaration_form import Form, write_form
from ledger.hand_in_file import (
    CHILDREN,
    FORM,
    LARGEST_MEMBER_BYTES,
    MANIFEST,
    HandIn,
    hand_in_bytes,
    read_hand_in,
)

DUE = date(2021, 9, 15)
AREAS = Gazetteer.on(DUE)
UNITS = tuple(unit.name for unit in AREAS.units)
TOWNSHIP = AREAS.townships("500156")[0]


@pytest.fixture(scope="module")
def form(tmp_path_factory):
    path = tmp_path_factory.mktemp("form") / "f.xlsx"
    write_form(path, Form(DeclarationRules.from_toml().title_zh, {"unit": "武隆区"}), UNITS)
    return path.read_bytes()


@pytest.fixture(scope="module")
def hand_in(form):
    children = (
        HandInChild(1, 7, Sex.FEMALE, Category.SCATTERED_ORPHAN, TOWNSHIP.code, True),
        HandInChild(2, None, None, Category.UNSPECIFIED, "", None),
    )
    return HandIn(Manifest("500156", "武隆区", "chongqing_2021", 1, DUE), form, children)


@pytest.fixture
def members(hand_in):
    """Give the members of a good hand-in, to be spoilt."""
    with zipfile.ZipFile(io.BytesIO(hand_in_bytes(hand_in, AREAS))) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


@pytest.fixture
def read(tmp_path):
    def read(content, name="武隆区.nthandin.zip"):
        path = tmp_path / name
        path.write_bytes(content)
        return read_hand_in(path)

    return read


def zipped(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as bundle:
        for name, content in members.items():
            bundle.writestr(name, content)
    return out.getvalue()


def resealed(members, **changed):
    """Change members and make the checksums fit, as a cheat would."""
    import hashlib

    members = members | changed
    manifest = json.loads(members[MANIFEST])
    manifest["checksums"] = {n: hashlib.sha256(members[n]).hexdigest() for n in (FORM, CHILDREN)}
    return zipped(members | {MANIFEST: json.dumps(manifest).encode()})


def test_a_hand_in_is_read_as_it_was_written(hand_in, read):
    got = read(hand_in_bytes(hand_in, AREAS))
    assert got.children == hand_in.children
    assert got.form == hand_in.form
    assert got.manifest.unit == "500156"
    assert set(got.manifest.checksums) == {FORM, CHILDREN}


def test_the_same_content_gives_the_same_bytes(hand_in):
    assert hand_in_bytes(hand_in, AREAS) == hand_in_bytes(hand_in, AREAS)


def test_the_ledger_opens_in_excel_with_its_columns(members):
    text = members[CHILDREN].decode("utf-8-sig").splitlines()
    assert text[0] == "序号,年龄,性别,类别,镇街代码,镇街,是否结对"
    assert text[1] == f"1,7,女,散居孤儿,{TOWNSHIP.code},{TOWNSHIP.name},是"
    assert text[2] == "2,,,未注明,,,未知"


def test_a_resealed_hand_in_is_as_good_as_ours(members, read):
    assert read(resealed(members)).manifest.unit == "500156"


BAD_ROWS = [
    "1,7,女,散居孤儿,{code},{name},是,张三",
    "1,7,张三,散居孤儿,{code},{name},是",
    "1,7,女,散居孤儿,{code},张三,是",
    "1,7,女,散居孤儿,999999999,张三,是",
    "1,7,女,散居孤儿,,张三,是",
    "1,71,女,散居孤儿,{code},{name},是",
    "1,2014-05-03,女,散居孤儿,{code},{name},是",
    "500156201405030011,7,女,散居孤儿,{code},{name},是",
    "2,7,女,散居孤儿,{code},{name},是",
    "1,7,女,散居孤儿,{code},{name},也许",
    '1,7,女,"散居\n孤儿",{code},{name},是',
    "",
]


@pytest.mark.parametrize("row", BAD_ROWS)
def test_nothing_but_what_we_write_stands_in_the_ledger(members, read, row):
    head = members[CHILDREN].decode("utf-8-sig").splitlines()[0]
    line = row.format(code=TOWNSHIP.code, name=TOWNSHIP.name)
    with pytest.raises(Unreadable) as refused:
        read(resealed(members, **{CHILDREN: f"{head}\r\n{line}\r\n".encode()}))
    assert "第 1 行" in str(refused.value)
    assert "张三" not in str(refused.value)


def test_another_column_is_refused(members, read):
    text = members[CHILDREN].decode("utf-8-sig").replace("是否结对", "是否结对,姓名")
    with pytest.raises(Unreadable, match="栏目"):
        read(resealed(members, **{CHILDREN: text.encode()}))


def test_a_changed_member_is_found_by_its_checksum(members, read):
    with pytest.raises(Unreadable, match="校验码"):
        read(zipped(members | {CHILDREN: members[CHILDREN] + b"\r\n"}))


@pytest.mark.parametrize(
    "name", ["台账.xlsx", "../x", "/etc/x", "manifest.json/x", "a\\..\\b", "申报表/"]
)
def test_a_member_more_is_refused_wherever_it_would_go(members, read, name, tmp_path):
    with pytest.raises(Unreadable, match="三个"):
        read(zipped({**members, name: b"x"}))
    assert [path.name for path in tmp_path.iterdir()] == ["武隆区.nthandin.zip"]


@pytest.mark.parametrize("name", [MANIFEST, FORM, CHILDREN])
def test_a_member_less_is_refused(members, read, name):
    with pytest.raises(Unreadable, match="三个"):
        read(zipped({n: c for n, c in members.items() if n != name}))


def test_a_member_twice_is_refused(members, read):
    out = io.BytesIO(zipped(members))
    with zipfile.ZipFile(out, "a") as bundle, pytest.warns(UserWarning, match="Duplicate"):
        bundle.writestr(MANIFEST, members[MANIFEST])
    with pytest.raises(Unreadable, match="三个"):
        read(out.getvalue())


def test_a_bomb_is_refused_before_it_is_unpacked(members, read):
    with pytest.raises(Unreadable, match="过大"):
        read(zipped(members | {CHILDREN: b"0" * LARGEST_MEMBER_BYTES[CHILDREN]}))


def test_a_bomb_that_lies_about_its_size_is_refused_too(members, read):
    honest = zipped(members | {CHILDREN: b"0" * (LARGEST_MEMBER_BYTES[CHILDREN] + 10)})
    size = (LARGEST_MEMBER_BYTES[CHILDREN] + 10).to_bytes(4, "little")
    with pytest.raises(Unreadable):
        read(honest.replace(size, (50_000).to_bytes(4, "little")))


def test_a_password_or_another_packing_is_refused(members, read):
    locked = bytearray(zipped(members))
    at = locked.index(b"PK\x01\x02") + 8
    locked[at] |= 1
    with pytest.raises(Unreadable, match="密码"):
        read(bytes(locked))
    with pytest.raises(Unreadable, match="压缩"):
        read(zipped(members, zipfile.ZIP_LZMA))


@pytest.mark.parametrize("cut", [0, 1, 30, 500, -1, -30])
def test_a_file_cut_short_is_refused(hand_in, read, cut):
    with pytest.raises(Unreadable):
        read(hand_in_bytes(hand_in, AREAS)[:cut])


def test_any_byte_flipped_is_refused_or_harmless(hand_in, read):
    good = hand_in_bytes(hand_in, AREAS)
    for at in range(0, len(good), 97):
        flipped = bytearray(good)
        flipped[at] ^= 0x55
        try:
            got = read(bytes(flipped))
        except Unreadable:
            continue
        assert (got.children, got.form) == (hand_in.children, hand_in.form)


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"[{n % 97}," for n in range(4_000)),
        "{}",
        "null",
        "1e999",
        '{"schema":"nuantong/hand-in/1"}',
    ],
)
def test_a_manifest_that_is_none_is_refused(members, read, text):
    with pytest.raises(Unreadable, match="清单"):
        read(zipped(members | {MANIFEST: text.encode()}))


def test_a_ledger_behind_the_form_is_refused(members, read, tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(members[FORM]))
    book.create_sheet("台账").append(["姓名", "张三"])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(Unreadable, match="一张工作表"):
        read(resealed(members, **{FORM: out.getvalue()}))


def test_what_is_said_of_a_refused_file_names_only_the_file(read, tmp_path):
    with pytest.raises(Unreadable) as refused:
        read(b"junk")
    assert str(refused.value).startswith("“武隆区.nthandin.zip”不能收")
    assert not re.search(re.escape(str(tmp_path)), str(refused.value))
