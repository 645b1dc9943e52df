"""The reference is written from the product; these tests fail when it lags."""

import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


def maker():
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(maker().PAGES))
def test_a_reference_page_says_what_the_product_does(name):
    written = (DOCS / "reference" / name).read_text(encoding="utf-8")
    assert written == maker().page(name), "run: .venv/bin/python docs/make_reference.py"
