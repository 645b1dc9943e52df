from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.text import safe

DANGEROUS = "<>\"'`$\\{}"


@pytest.mark.parametrize("character", DANGEROUS)
def test_no_character_survives_that_html_or_a_script_could_read(character):
    assert character not in safe(f"a{character}b").replace(f"&#{ord(character)};", "")


@given(st.text())
def test_what_is_left_is_harmless_and_reads_the_same(text):
    shown = safe(text)
    assert not set(shown) & set(DANGEROUS)
    assert "\u2028" not in shown
    shown.encode("utf-8")
    kept = "".join(c for c in text if c in unescape(shown))
    assert unescape(shown) == kept


def test_plain_chinese_is_left_as_it_is():
    assert safe("石桥苗族土家族乡（3）") == "石桥苗族土家族乡（3）"
