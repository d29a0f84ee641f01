"""Tariffs: brackets, bill lines, rounding, sharing."""

from banshi.rules.tariffs.billing import bill
from banshi.rules.tariffs.checking import check
from banshi.rules.tariffs.model import Bill, BillLine, Direction, Line, Method, Rounding, Tariff

__all__ = ["Bill", "BillLine", "Direction", "Line", "Method", "Rounding", "Tariff", "bill", "check"]
