"""The form for the seal says what the form says, in a font that is there."""

import subprocess

import pytest

from casework.declaration_rules import DeclarationRules
from ledger import declaration_pdf, typeset
from ledger.declaration_form import HEADINGS, NOTE, Form

CELLS = {
    "unit": "武隆区",
    "children_total": 201,
    "sessions": 2,
    "dates": "10月16-17日",
    "contact": "冉文静 13800000000",
    "remarks": '#panic("x") *粗* $x$ ` 仙女山 <b>\n第二行',
}
FORM = Form(DeclarationRules.from_toml().title_zh, CELLS)


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    path = tmp_path_factory.mktemp("pdf") / "f.pdf"
    path.write_bytes(declaration_pdf.form_pdf(FORM))
    done = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, check=True)
    return "".join(done.stdout.decode().split())


def test_the_pdf_says_all_that_the_form_says(text):
    for said in (FORM.title, *HEADINGS.values(), NOTE, "武隆区", "201", "冉文静", "盖章"):
        assert "".join(said.split()) in text


def test_what_is_typed_is_text_and_never_markup(text):
    assert '#panic("x")*粗*$x$`仙女山<b>第二行' in text


def test_it_is_one_page_and_the_same_form_gives_the_same_bytes():
    once = declaration_pdf.form_pdf(FORM)
    assert once == declaration_pdf.form_pdf(FORM)
    assert once.count(b"/Type /Page\n") + once.count(b"/Type/Page/") <= 1


def test_a_missing_font_is_an_error_and_not_a_form_with_gaps(monkeypatch, tmp_path):
    monkeypatch.setattr(typeset.pylopdf_fonts_zh_cn, "sans_path", lambda: tmp_path / "x")
    with pytest.raises(RuntimeError, match="font"):
        declaration_pdf.form_pdf(FORM)
