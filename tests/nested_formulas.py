"""Random nested formulas over texts, dates and look-ups, from a seed: `IF` inside `DATEDIF` inside `TEXT`.

Shapes have a kind for every gap: <T> a text, <D> a day, <N> a number, <n> a small whole number, <B> a truth. A look-up is written
as the rule language has it, and for Calc as `VLOOKUP` in the same few rows.
"""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from decimal import Decimal

from excel_formulas import Formula, Given

from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset

D = Decimal
_COLUMNS = ("编号", "单价", "单位", "入库")
_ROWS = (
    ("7722-64-7", D("18.5"), "瓶", date(2026, 3, 1)),
    ("64-17-5", D("0.698"), "升", date(2025, 12, 31)),
    ("甲", D(1200), "台 套", date(2024, 2, 29)),
    ("b2", D("-3.25"), "Box", date(2026, 9, 1)),
)
KEYS = (*(str(row[0]) for row in _ROWS), "没有")
GOODS = Dataset(
    name="物品", columns=_COLUMNS, keys=("编号",),
    rows=tuple({column: Cell(value) for column, value in zip(_COLUMNS, row, strict=True)} for row in _ROWS),
)  # fmt: skip
_EPOCH = date(1899, 12, 30)


def _array() -> str:
    def cell(value: object) -> str:
        return (
            f'"{value}"' if isinstance(value, str) else str((value - _EPOCH).days if isinstance(value, date) else value)
        )

    return "{{" + ";".join(",".join(map(cell, row)) for row in _ROWS) + "}}"


_TEXTS = ("化学学院", "B2-305", "7722-64-7", "甲", "Sale Price", "a-b-c", "  two  words ", "2026-09-01", "12", "b2", "")
_PARTS = ("-", "a", "B", "学", "2", " ", "、")
_DATE_FORMATS = ("yyyy-mm-dd", "yyyy年m月d日", "mm/dd/yy", "dddd", "d mmm yyyy", "m/d", "yyyymmdd")
_NUMBER_FORMATS = ("0", "0.00", "#,##0.00", "000", "0.0%", '0"度"', "0.00;-0.00;零")
_SHAPES = {
    "T": (
        "LEFT(<T>,<n>)", "RIGHT(<T>,<n>)", "MID(<T>,<n>+1,<n>)", "UPPER(<T>)", "LOWER(<T>)", "TRIM(<T>)", "<T>&<T>", "<T>&<n>",
        'SUBSTITUTE(<T>,<P>,<T>)', "SUBSTITUTE(<T>,<P>,<P>,<n>+1)", "REPLACE(<T>,<n>+1,<n>,<T>)", "REPT(<T>,<n>)",
        "_xlfn.CONCAT(<T>,<T>)", '_xlfn.TEXTJOIN("、",TRUE,<T>,<T>,<T>)', "IF(<B>,<T>,<T>)", "_xlfn.IFS(<B>,<T>,TRUE,<T>)",
        "_xlfn.SWITCH(<n>,1,<T>,2,<T>,<T>)", "IFERROR(<T>,<T>)", "TEXT(<D>,<DF>)", "TEXT(<N>,<NF>)", "TEXT(<N>,<NF>)", "TEXT(<D>,<DF>)",
        "IFERROR(MID(<T>,FIND(<P>,<T>),<n>),<T>)", "[unit <K> unit]", "IFERROR([unit <K> unit],<T>)",
    ),
    "D": (
        "EDATE(<D>,<n>)", "EOMONTH(<D>,<n>)", "(<D>+<n>)", "(<D>-<n>)", "DATE(YEAR(<D>),MONTH(<D>)+<n>,DAY(<D>))", "DATE(YEAR(<D>)+<n>,1,0)",
        "IF(<B>,<D>,<D>)", "MAX(<D>,<D>)", "MIN(<D>,<D>)", "DATEVALUE(TEXT(<D>,\"yyyy-mm-dd\"))", "WORKDAY(<D>,<n>)", "IFERROR(<D>,<D>)",
        "[stock <K> stock]", "IFERROR([stock <K> stock],<D>)", "_xlfn.SWITCH(<n>,1,<D>,<D>)", "_xlfn.IFS(<B>,<D>,TRUE,<D>)", "(<D>+<N>/10000)",
    ),
    "N": (
        "YEAR(<D>)", "MONTH(<D>)", "DAY(<D>)", "WEEKDAY(<D>,2)", "WEEKDAY(<D>)", "DATEDIF(<D>,<D>,<U>)", "(<D>-<D>)", "_xlfn.DAYS(<D>,<D>)",
        "DATEDIF(MIN(<D>,<D>),MAX(<D>,<D>),<U>)", "NETWORKDAYS(<D>,<D>)", "LEN(<T>)", "FIND(<P>,<T>)", "IFERROR(SEARCH(<P>,<T>),0)",
        "VALUE(TEXT(<N>,\"0.00\"))", "IF(<B>,<N>,<N>)", "(<N>+<N>)", "(<N>*<n>)", "ROUND(<N>/3,<n>)", "MOD(INT(<N>),7)", "COUNT(<N>,<D>,<P>)",
        "COUNTA(<P>&<T>,<N>)", "SUM(<N>,<N>)", "IFERROR(<N>/<n>,<N>)", "IFERROR(VALUE(LEFT(<T>,1)&<n>),<N>)", "COUNT(<N>/0,<N>)", "COUNTA(<N>/0,<P>&<T>)",
        "[price <K> price]", "IFERROR([price <K> price],<N>)", "ROUND([price <K> price]*<n>,1)", "HOUR(<D>)", "MINUTE(<D>+0.25)", "INT(<N>)",
        "_xlfn.SWITCH(<T>,<T>,<N>,<N>)", "MAX(<N>,<N>)", "AVERAGE(<N>,<N>)", "CEILING(ABS(<N>),5)", "ABS(<N>)", "ROUNDDOWN(<N>,1)", "VALUE(LEFT(<T>,1)&<n>)",
    ),
    "B": (
        "<N>><N>", "<N><=<N>", "<D>><D>", "<D>=<D>", "AND(<B>,<B>)", "OR(<B>,<B>)", "NOT(<B>)", "_xlfn.XOR(<B>,<B>)", "EXACT(<T>,<T>)",
        "ISERROR(FIND(<P>,<T>))", "ISNUMBER(FIND(<P>,<T>))", "ISNUMBER(<T>)", "ISERROR([price <K> price])", "LEN(<T>)><n>",
        "ISNUMBER(VALUE(LEFT(<T>,1)&<n>))", "IF(<B>,<B>,<B>)", "YEAR(<D>)=YEAR(<D>)", "IFERROR(<B>,<B>)", 'LEFT(<T>,1)="甲"',
    ),
}  # fmt: skip
_GAP = re.compile(r"<([A-Zn]+)>")


class NestedMaker:
    """Draws nested formulas; each look-up, function and kind of value in its turn."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.values: dict[str, Given] = {}

    def all(self, count: int) -> list[Formula]:
        """`count` formulas: texts, numbers, days and truths, two to four functions deep."""
        return [self._formula("TNDB"[i % 4], 2 + i % 3) for i in range(count)]

    def _formula(self, kind: str, depth: int) -> Formula:
        self.values = {}
        text = self._part(kind, depth)
        # A cell cannot hold an empty text.
        cells = frozenset(name for name, value in self.values.items() if value != "" and self.random.random() < 0.4)
        ours, theirs = text, text
        for name, column in (("price", 2), ("unit", 3), ("stock", 4)):
            ours = ours.replace(f"[{name} ", 'LOOKUP("物品",').replace(f" {name}]", f',"{_COLUMNS[column - 1]}")')
            theirs = theirs.replace(f"[{name} ", "VLOOKUP(").replace(f" {name}]", f",{_array()},{column},FALSE)")
        return Formula(text=ours, calc=theirs, values=self.values, cells=cells)

    def _part(self, kind: str, depth: int) -> str:
        if depth <= 0 or kind not in _SHAPES:
            return self._leaf(kind)
        return _GAP.sub(
            lambda gap: self._part(gap[1], depth - self.random.choice((1, 1, 2))), self.random.choice(_SHAPES[kind])
        )

    def _leaf(self, kind: str) -> str:
        draw = self.random
        match kind:
            case "T":
                return self._named(draw.choice(_TEXTS))
            case "K":
                return self._named(draw.choice(KEYS))
            case "D":
                return self._named(date(2023, 1, 1) + timedelta(days=draw.randint(0, 1500)))
            case "N":
                return self._named(D(draw.randint(-90_000, 90_000)).scaleb(-draw.randint(0, 2)))
            case "n":
                return self._named(D(draw.randint(0, 4)))
            case "B":
                return draw.choice(("{0}>{1}", "{0}<>{1}")).format(self._leaf("n"), self._leaf("n"))
            case _:
                choices = {
                    "P": _PARTS,
                    "U": ("Y", "M", "D", "YM", "YD", "MD"),
                    "DF": _DATE_FORMATS,
                    "NF": _NUMBER_FORMATS,
                }
                return self._named(draw.choice(choices[kind]))

    def _named(self, value: Given) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return "{" + name + "}"
