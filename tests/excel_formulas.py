"""Random Excel formulas over the Excel functions of the language, from a seed, with literals and with cells.

In a formula `{a}` stands for a value: a literal is written into both languages, a cell is `B7` there and `${a}` here. A list
of values is a range there and a column of rows here.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

D = Decimal
Single = None | bool | Decimal | str | date | datetime
Given = Single | tuple[Single, ...]

TEXTS = (
    "化学学院", "B2-305", "7722-64-7", "高锰酸钾", "Sale Price", "abc", "Abc", "a-b-c", "2026年", "易制毒、易制爆", "x",
    "12", "-3.5", "0.250", "  two  words ", "YJ2026001", "aaa",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Formula:
    """A formula with the values that its braces name; those in `cells` stand in cells."""

    text: str
    values: dict[str, Given] = field(default_factory=dict)
    cells: frozenset[str] = frozenset()
    calc: str = ""
    """How Calc writes it, where that is another way."""

    def written(self, reference: Callable[[str], str]) -> str:
        """The formula with literals in place and `reference(name)` for cells."""
        return self._filled(self.text, reference)

    def for_calc(self, reference: Callable[[str], str]) -> str:
        """The same, as Calc writes it."""
        return self._filled(self.calc or self.text, reference)

    def _filled(self, text: str, reference: Callable[[str], str]) -> str:
        parts = {name: reference(name) if name in self.cells else literal(value) for name, value in self.values.items()}
        return text.format(**parts)


def literal(value: Given) -> str:
    """A value as it is typed into a formula."""
    match value:
        case bool():
            return str(value).upper()
        case Decimal():
            return format(value, "f")
        case datetime():
            return f"(DATE({value.year},{value.month},{value.day})+TIME({value.hour},{value.minute},{value.second}))"
        case date():
            return f"DATE({value.year},{value.month},{value.day})"
        case str():
            return '"' + value.replace('"', '""') + '"'
        case _:
            raise TypeError(f"{value!r} has no literal")


class Maker:
    """Draws formulas."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def number(self, places: int = 3, size: int = 5000) -> Decimal:
        scale = self.random.randint(0, places)
        return D(self.random.randint(-size * 10**scale, size * 10**scale)).scaleb(-scale)

    def count(self, least: int = 0, most: int = 8) -> Decimal:
        return D(self.random.randint(least, most))

    def text(self) -> str:
        return self.random.choice(TEXTS)

    def part(self) -> str:
        return self.random.choice((*TEXTS[:6], "-", "a", "B", "学", "2", " "))

    def day(self) -> date:
        return date(1990, 1, 1) + timedelta(days=self.random.randint(0, 20_000))

    def moment(self) -> datetime:
        return datetime.combine(self.day(), datetime.min.time()) + timedelta(seconds=self.random.randint(0, 86_399))

    def numbers(self, places: int = 2) -> tuple[Decimal, ...]:
        return tuple(self.number(places, 500) for _ in range(self.random.randint(2, 6)))

    def words(self, count: int) -> tuple[str, ...]:
        return tuple(self.random.choice(("甲", "乙", "丙", "甲乙", "Apple", "apple", "grape")) for _ in range(count))

    def formula(self, text: str, **values: Given) -> Formula:
        """A formula whose values are literals or cells, as it falls; lists are always ranges."""
        values = {name: value for name, value in values.items() if "{" + name + "}" in text}
        cells = {
            name
            for name, value in values.items()
            if value is None or isinstance(value, tuple) or self.random.random() < 0.5
        }
        return Formula(text=text, values=values, cells=frozenset(cells))

    def all(self, count: int) -> Iterator[Formula]:
        """`count` formulas, every kind in its turn."""
        kinds = (self.rounding, self.arithmetic, self.totals, self.criteria, self.conditions, self.texts, self.positions,
                 self.formats, self.dates, self.differences, self.times, self.workdays, self.empties, self.mixtures, self.nested)  # fmt: skip
        for i in range(count):
            yield kinds[i % len(kinds)]()

    def rounding(self) -> Formula:
        name = self.random.choice(("ROUND", "ROUNDUP", "ROUNDDOWN", "CEILING", "FLOOR", "INT", "MOD", "ABS", "TRUNC"))
        number = self.random.choice((self.number, lambda: self.number(1, 20)))()
        if name.startswith("ROUND") and self.random.random() < 0.6:
            digits = self.random.randint(-2, 3)
            half = (D(2 * self.random.randint(-900, 900) + 1) / 2).scaleb(-digits)
            return self.formula(name + "({a},{b})", a=half, b=D(digits))
        match name:
            case "INT" | "ABS":
                return self.formula(name + "({a})", a=number)
            case "MOD":
                return self.formula("MOD({a},{b})", a=number, b=self.number(1, 9))
            case "CEILING" | "FLOOR":
                return self.formula(
                    name + "({a},{b})", a=number, b=self.random.choice((D(1), D(5), D("0.5"), D(-2), D(0), D("0.1")))
                )
            case _:
                return self.formula(name + "({a},{b})", a=number, b=self.count(-3, 3))

    def arithmetic(self) -> Formula:
        text = self.random.choice((
            "{a}+{b}*{c}", "({a}-{b})/{c}", "-{a}^2", "{a}^2^{n}", "{n}^-{n}", "{a}%*{b}", "-{a}%", "{a}/{b}/{c}", "{a}-{b}-{c}",
            "{a}&{b}", "{a}+{b}&\"度\"", "{a}>{b}", "{a}<={b}", "{a}={b}", "{a}<>{a}", "POWER({n},{m})", "SQRT({a})", "{t}+{b}",
            "{t}*1", "VALUE({t})", "{a}/0", "TRUE+{n}", "1={n}=TRUE", "2*{a}^{n}", "ROUND(EXP({m}),6)", "ROUND(LN({c}),9)",
            "ROUND(LOG10({c}),9)", "ROUND(SIN({b}),9)", "ROUND(COS({b})+TAN({n}),9)", "ROUND(ASIN({m}/9),9)",
            "ROUND(ACOS({m}/9),9)", "ROUND(ATAN({a}),9)", "ROUND(PI()*{b},6)", "LN(-{n})",
        ))  # fmt: skip
        return self.formula(text, a=self.number(2, 90), b=self.number(), c=self.number(1, 9), n=self.count(1, 3), m=self.count(-3, 9),
                            t=self.random.choice(("12", "-3.5", "0.250", "1,234.5", "50%", "甲")))  # fmt: skip

    def totals(self) -> Formula:
        text = self.random.choice((
            "SUM({r})", "SUM({r},{a},{b})", "MIN({r})", "MAX({r},{a})", "AVERAGE({r})", "COUNT({r})", "COUNTA({r},{t})",
            "SUMPRODUCT({p},{q})", "SUM({p})/COUNT({q})", "MAX({r})-MIN({r})", "ROUND(AVERAGE({r}),2)", "COUNT({w})+COUNTA({w})",
            "SUMPRODUCT({p})", "AVERAGE({a},{b})", "MIN({a},{b},{n})", 'COUNT({n},{t},"5",TRUE,"a")', "COUNT({i},{a}>0,{t})",
        ))  # fmt: skip
        column = self.numbers()
        gaps: tuple[Single, ...] = tuple(None if self.random.random() < 0.2 else number for number in self.numbers())
        other = tuple(self.number(1, 50) for _ in column)
        return self.formula(text, r=gaps, p=column, q=other, a=self.number(), b=self.number(), n=self.count(), t=self.text(), i="2026-09-01",
                            w=(*self.numbers(), self.text()))  # fmt: skip

    def criteria(self) -> Formula:
        text = self.random.choice((
            "COUNTIF({r},{c})", "SUMIF({r},{c})", "SUMIF({w},{k},{v})", "COUNTIF({w},{k})", "COUNTIF({r},{n})", "SUMIF({w},{k},{v})*2",
        ))  # fmt: skip
        size = self.random.randint(3, 6)
        sign = self.random.choice((">", ">=", "<", "<=", "=", "<>"))
        return self.formula(
            text, r=tuple(self.count(0, 5) for _ in range(size)), c=f"{sign}{self.count(0, 5)}", w=self.words(size), n=self.count(0, 5),
            k=self.random.choice(("甲", "<>甲", "甲*", "?", "app*", "APPLE", "*p*e", "乙?")), v=tuple(self.number(2, 90) for _ in range(size)),
        )  # fmt: skip

    def conditions(self) -> Formula:
        text = self.random.choice((
            "IF({a}>{b},{n},{t})", "IF({a}>{b},{n})", "_xlfn.IFS({a}>100,1,{a}>0,2,TRUE,3)", "_xlfn.IFS({a}>100,1,{a}>{b},2)",
            '_xlfn.SWITCH({n},1,"一",2,"二",{t})', "_xlfn.SWITCH({n},1,10,2,20)", "AND({a}>0,{b}>0)", "OR({a}>0,{b}>0,{n}=2)",
            "NOT({a}>{b})", "_xlfn.XOR({a}>0,{b}>0,{n}>1)", "IFERROR({a}/({n}-1),{t})", "ISBLANK({t})", "ISNUMBER({a})",
            "ISERROR({a}/({n}-2))", "IF(AND({a}>-50,{a}<50),ROUND({a},0),\"外\")", "IF({n},1,2)", "ISNUMBER({t})",
            "IF(NOT({n}=1),{a},{b})&\"\"",
        ))  # fmt: skip
        return self.formula(text, a=self.number(1, 200), b=self.number(1, 200), n=self.count(0, 3), t=self.text())

    def texts(self) -> Formula:
        text = self.random.choice((
            "LEN({t})", "TRIM({t})", "UPPER({t})", "LOWER({t})", "_xlfn.CONCAT({t},{u},{n})", '_xlfn.TEXTJOIN("、",TRUE,{t},"",{u})',
            '_xlfn.TEXTJOIN("-",FALSE,{w})', "SUBSTITUTE({t},{p},{q})", "SUBSTITUTE({t},{p},{q},{n})", "EXACT({t},{u})", "REPT({p},{n})",
            "_xlfn.CONCAT({w})", "CONCATENATE({t},{n})", "{t}&{n}&{u}", "REPT({t},0)&{u}",
        ))  # fmt: skip
        return self.formula(
            text, t=self.text(), u=self.text(), p=self.part(), q=self.part(), n=self.count(1, 4), w=self.words(3)
        )

    def positions(self) -> Formula:
        text = self.random.choice((
            "LEFT({t},{n})", "RIGHT({t},{n})", "MID({t},{n},{m})", "LEFT({t})", "RIGHT({t})", "FIND({p},{t})", "FIND({p},{t},{n})",
            "SEARCH({p},{t})", "SEARCH({s},{t})", "REPLACE({t},{n},{m},{p})", "MID({t},FIND(\"-\",{t})+1,9)", "LEFT({t},LEN({t})-1)",
            "IFERROR(FIND({p},{t}),0)", "LEN(MID({t},{m},{n}))",
        ))  # fmt: skip
        return self.formula(text, t=self.text(), p=self.part(), n=self.count(0, 6), m=self.count(0, 4),
                            s=self.random.choice(("a*c", "?-", "b?", "~*", "*")))  # fmt: skip

    def formats(self) -> Formula:
        if self.random.random() < 0.35:
            pattern = self.random.choice((
                "yyyy-mm-dd", "yyyy年m月d日", "mm/dd/yy", "d mmm yyyy", "dddd", "ddd", "mmmm", "hh:mm:ss", "h:mm AM/PM", "yyyy-mm-dd hh:mm",
                "mm:ss", "yyyymmdd", "m/d", "h:m:s",
            ))  # fmt: skip
            return self.formula("TEXT({d},{f})", d=self.moment(), f=pattern)
        pattern = self.random.choice((
            "0", "0.00", "0.0", "#,##0", "#,##0.00", "000000", "0%", "0.0%", "0.##", "#.##", "#,##0.0#", "¥0.00", "0.00;-0.00;零", "0.0E+00",
            "0.00E+00", '0"度"', "#,##0.00元", "0;(0)", "000-0000", "General", "#,##0,", "0.000", "?0.0?", "#",
            "# ?/?", "# ??/??", "# ???/???", "?/?", "??/??", "0 ?/?", "#,##0 ?/?", "# ?/7", "?/7", "# ??/16;(# ?/?)", "##0.0E+0", "##0.00E+00",
            "#0.0E-00", "0.00_);[Red](0.00)", "[Blue]0.0;[$€-2]0", "\\x0", "* 0.0", '@', '0.0;-0.0;0;"文"@',
        ))  # fmt: skip
        return self.formula(
            "TEXT({a},{f})",
            a=self.random.choice((self.number(3, 100), self.number(2, 2_000_000), D(0), self.number(4, 1))),
            f=pattern,
        )

    def dates(self) -> Formula:
        text = self.random.choice((
            "YEAR({d})", "MONTH({d})", "DAY({d})", "WEEKDAY({d})", "WEEKDAY({d},{k})", "EDATE({d},{n})", "EOMONTH({d},{n})",
            "DATE({y},{m},{x})", "{d}+{n}", "{d}-{e}", "_xlfn.DAYS({d},{e})", "{d}>{e}", "YEAR(EDATE({d},{n}))", "DATE(YEAR({d})+1,MONTH({d}),1)",
            "DATEVALUE({i})", "DAY(EOMONTH({d},0))", "{d}-7", "DATE(YEAR({d}),MONTH({d})+1,0)", "MAX({d},{e})", "{d}+{f}", "{d}-{f}", "{f}+{d}>{d}", "DAY({d}-{f})",
        ))  # fmt: skip
        day = self.day()
        return self.formula(text, d=day, e=self.day(), n=self.count(-30, 30), k=self.random.choice((D(1), D(2), D(3), D(11), D(14), D(17))),
                            y=self.count(1950, 2060), m=self.count(-14, 30), x=self.count(-40, 70), i=day.isoformat(),
                            f=self.random.choice((D("0.5"), D("0.1"), D("2.75"), D("1.25"))))  # fmt: skip

    def differences(self) -> Formula:
        leap = self.random.choice((date(2000, 2, 29), date(2024, 2, 29), date(2023, 3, 1), date(2026, 1, 31)))
        first = leap if self.random.random() < 0.3 else self.day()
        last = first + timedelta(days=self.random.choice((0, 1, 27, 31, 365, 366, self.random.randint(0, 4000))))
        unit = self.random.choice(("Y", "M", "D", "YM", "YD", "MD", "d", "ym"))
        return self.formula("DATEDIF({d},{e},{u})", d=first, e=last, u=unit)

    def times(self) -> Formula:
        text = self.random.choice((
            "HOUR({t})", "MINUTE({t})", "SECOND({t})", "TIME({h},{m},{s})", "HOUR(TIME({h},{m},{s}))", "MINUTE(TIME({h},{m},{s}))",
            "HOUR({f})", "MINUTE({f})", "SECOND({f})", "SECOND({t}+{f})", "{t}-{u}>1", "ROUND(({t}-{u})*24,2)", "DAY({t}+1)", "INT({t}-{u})", "YEAR({t})",
        ))  # fmt: skip
        return self.formula(text, t=self.moment(), u=self.moment(), h=self.count(0, 40), m=self.count(0, 130), s=self.count(0, 130),
                            f=self.random.choice((D("0.5"), D("0.75"), D("0.25"), D("1.5"), D("0.999999"), D("0.499999"), D("0.41"))))  # fmt: skip

    def workdays(self) -> Formula:
        text = self.random.choice((
            "NETWORKDAYS({d},{e})", "NETWORKDAYS({d},{e},{h})", "WORKDAY({d},{n})", "WORKDAY({d},{n},{h})", "NETWORKDAYS({e},{d})",
            "WEEKDAY(WORKDAY({d},{n}),2)", "NETWORKDAYS({d},{e},{x})",
        ))  # fmt: skip
        first = self.day()
        last = first + timedelta(days=self.random.randint(-60, 400))
        holidays = tuple(first + timedelta(days=self.random.randint(-30, 60)) for _ in range(self.random.randint(1, 8)))
        return self.formula(text, d=first, e=last, n=self.count(-60, 90), h=holidays, x=holidays[0])

    def empties(self) -> Formula:
        text = self.random.choice((
            "{z}+{n}", "{z}*{n}", "{z}&{t}", "LEN({z})", "ISBLANK({z})", "IF({z},1,2)", "{z}={z}", "COUNT({z},{n})", "COUNTA({z},{t})",
            "SUM({z},{n})", "MAX({z},{n})", 'IF({z}="",{t},1)', "LEFT({z}&{t},2)", 'TRIM({z})&"."', "ROUND({z},1)", "{z}>{n}", "UPPER({z})&{t}",
            "AVERAGE({r})", "SUM({r})", "COUNT({r})", "COUNTIF({r},{n})", '_xlfn.TEXTJOIN(",",TRUE,{r})', "AND({n}>1,{z}=1)",
        ))  # fmt: skip
        gaps = (None, self.number(), None, *self.numbers())
        return self.formula(text, z=None, n=self.count(1, 5), t=self.text(), r=gaps)

    def mixtures(self) -> Formula:
        text = self.random.choice((
            "{t}={u}", "{t}<>{u}", "{k}={l}", "{k}<>{l}", "{t}={n}", "SUM({w})", "COUNT({w})", "COUNTA({w})", "MAX({w})", "{a}*0.1+0.2", "{a}*3={b}", "MOD({a},0.1)",
            "ROUND({a}*1.005,2)", "INT({a}*100)", "{n}/3*3={n}", "({n}>1)+1", "IF({n}>1,{t},{d})=\"\"", "{d}&\"\"", "{d}+0.5>{d}", "ROUND({a}/7,3)",
            "1/3+{a}", "{a}^0.5", "({a}+0.1)-{a}=0.1", "TEXT({a}/3,\"0.00\")", "LEN({a})", "LEFT({a},3)", "{t}>{u}", "SUM({b},{b})*{a}",
        ))  # fmt: skip
        return self.formula(text, t=self.text(), u=self.text(), n=self.count(0, 4), w=(*self.numbers(), self.text(), self.count()), d=self.day(),
                            k=self.random.choice(("abc", "甲")), l=self.random.choice(("Abc", "ABC", "abc", "乙")),
                            a=self.number(2, 20).copy_abs(), b=self.number(2, 20))  # fmt: skip

    def nested(self) -> Formula:
        """Two or three levels of numbers, and a text of them."""
        values: dict[str, Given] = {name: self.number(2, 300) for name in "abcde"}
        return self.formula(self.random.choice(("{0}", 'IFERROR({0},"错")', '{0}&""', "ROUND({0},2)", "{0}>{1}"))
                            .replace("{0}", self._numeric(3)).replace("{1}", self._numeric(2)), **values)  # fmt: skip

    def _numeric(self, depth: int) -> str:
        if depth == 0 or self.random.random() < 0.15:
            return "{" + self.random.choice("abcde") + "}"
        shape = self.random.choice((
            "({0}+{1})", "({0}-{1})", "({0}*{1})", "ROUND({0},1)", "IF({0}>{1},{0},{2})", "MAX({0},{1})", "ABS({0})", "INT({0})", "-{0}",
            "MOD(INT({0}),7)", "MIN({0},{1},{2})", "LEN({0}&\"\")", "ROUNDUP({0},0)", "IF(AND({0}>0,{1}>0),1,{2})", "({0}/4)", "VALUE({0}&\"\")",
        ))  # fmt: skip
        for i in range(3):
            shape = shape.replace("{" + str(i) + "}", self._numeric(depth - 1))
        return shape
