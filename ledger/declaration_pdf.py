"""The declaration as a PDF for the seal (盖章件), A4 across.

Set by typst in the font that ships with the product, so the same form gives the same bytes on
every machine. Below the annex's own note stands a place for seal and day.
"""

import json
from importlib.resources import files

import pylopdf_fonts_zh_cn
import typst

from casework.declaration import FIELDS_ZH
from ledger.declaration_form import COLUMNS, HEADINGS, NOTE, Form
from ledger.safe_text import cell_text

SEAL, DAY = "填报单位（盖章）：", "填报日期：　　　　年　　月　　日"


def form_pdf(form: Form) -> bytes:
    """Set a form as a PDF.

    Raises
    ------
    RuntimeError
        When the font is missing: a form with gaps in it must not be sealed.
    """
    said = {
        "title": cell_text(form.title),
        "unit_label": f"{FIELDS_ZH['unit']}：",
        "unit": cell_text(form.cells.get("unit")),
        "headings": [HEADINGS[field] for field in COLUMNS],
        "cells": [cell_text(form.cells.get(field)) for field in COLUMNS],
        "note": NOTE,
        "seal": SEAL,
        "day": DAY,
    }
    # Its stub wants one type for the source and for the paths.
    pdf, warnings = typst.compile_with_warnings(  # type: ignore[call-overload]
        files("ledger").joinpath("declaration_form.typ").read_bytes(),
        format="pdf",
        font_paths=[str(pylopdf_fonts_zh_cn.sans_path().parent)],
        ignore_system_fonts=True,
        sys_inputs={"form": json.dumps(said, ensure_ascii=False)},
        timestamp=0,
    )
    if warnings:
        raise RuntimeError(f"typst: {warnings[0].message}")
    return bytes(pdf)
