"""From sheets to a service: one module a sheet, then linking, checking, and the examples."""

from banshi.platform.sheets.examples import run_examples
from banshi.platform.sheets.load import load, load_bytes, load_workbook

__all__ = ["load", "load_bytes", "load_workbook", "run_examples"]
