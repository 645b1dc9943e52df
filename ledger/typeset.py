"""Typesetting: a template and what it says become a PDF, the same bytes on every machine (排版).

What is said comes as JSON, never as markup; the font ships with the product. Only where it lacks
a character are the machine's own fonts looked through for it.
"""

import json
from collections.abc import Mapping
from importlib.resources import files

import pylopdf_fonts_zh_cn
import typst

from ledger.glyphs import rare_in


def typeset(template: str, name: str, said: Mapping[str, object]) -> bytes:
    """Set a template of this package with what it reads under ``sys.inputs.<name>``.

    Raises
    ------
    RuntimeError
        When the font is missing: a paper with gaps in it must not be signed.
    """
    text = json.dumps(said, ensure_ascii=False)
    # Its stub wants one type for the source and for the paths.
    pdf, warnings = typst.compile_with_warnings(  # type: ignore[call-overload]
        files("ledger").joinpath(template).read_bytes(),
        format="pdf",
        font_paths=[str(pylopdf_fonts_zh_cn.sans_path().parent)],
        ignore_system_fonts=not rare_in(text),
        sys_inputs={name: text},
        timestamp=0,
    )
    if warnings:
        raise RuntimeError(f"typst: {warnings[0].message}")
    return bytes(pdf)
