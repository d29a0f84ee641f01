"""Workbook files: safe reading, cells with addresses, names in two languages."""

from banshi.platform.workbook.guard import read_workbook_guarded
from banshi.platform.workbook.reader import read_workbook
from banshi.platform.workbook.workbook import Row, Sheet, Workbook

__all__ = ["Row", "Sheet", "Workbook", "read_workbook", "read_workbook_guarded"]
