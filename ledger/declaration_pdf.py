"""The declaration as a PDF for the seal (盖章件), A4 across.

Set by typst in the font that ships with the product, so the same form gives the same bytes on
every machine. Below the annex's own note stands a place for seal and day.
"""

from casework.declaration import FIELDS_ZH
from ledger.declaration_form import COLUMNS, HEADINGS, NOTE, Form
from ledger.safe_text import cell_text
from ledger.typeset import typeset

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
    return typeset("declaration_form.typ", "form", said)
