"""Decision tables: cell tests, index, hit policies, analysis of overlaps, gaps and rows out of reach."""

from banshi.rules.tables.checking import bind, check
from banshi.rules.tables.decider import Brief, Decider
from banshi.rules.tables.deciding import decide, named_outputs
from banshi.rules.tables.model import Hit, Input, Output, Result, Row
from banshi.rules.tables.table import Table

__all__ = [
    "Brief",
    "Decider",
    "Hit",
    "Input",
    "Output",
    "Result",
    "Row",
    "Table",
    "bind",
    "check",
    "decide",
    "named_outputs",
]
