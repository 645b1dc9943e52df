"""Ledgers: workbooks in, clean tables out, nothing lost between."""
