"""Excel's functions against LibreOffice Calc: a second implementation that nobody here wrote computes the same formulas.

L1  2,000 formulas from a seed, and 500 nested ones over texts, dates and look-ups, give the same value in both, to 13 significant digits (Calc counts in binary fractions)
L2  what differs is one of DIFFERENCES, each with its reason; each of them still occurs
"""

from __future__ import annotations

import math
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from excel_formulas import Formula, Maker
from nested_formulas import GOODS, NestedMaker
from openpyxl.utils import get_column_letter

from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions import Environment, evaluate, parse
from banshi.rules.values import ErrorValue, Value

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
SEED, COUNT, NESTED = 20260901, 2000, 500
NOW = datetime(2026, 9, 1, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
EPOCH = datetime(1899, 12, 30)
ERROR = "error"
_FORMULA, _FIRST = 1, 2
"""The column of the formulas, and the first of the values that they read, in the row of each formula."""

CORNERS = (
    Formula(text="{t}>{u}", values={"t": "a-b-c", "u": "YJ2026001"}, cells=frozenset()),
    Formula(text="{k}={l}", values={"k": "abc", "l": "Abc"}, cells=frozenset({"k"})),
    Formula(text="DATEDIF({d},{e},{u})", values={"d": date(1997, 8, 31), "e": date(1997, 10, 1), "u": "MD"}),
    Formula(text="AVERAGE({r})", values={"r": (None, None)}, cells=frozenset({"r"})),
    Formula(text="({a}+0.1)-{a}=0.1", values={"a": Decimal("14.1")}),
    Formula(text="TEXT({a},{f})", values={"a": Decimal(2), "f": "# ?/7"}),
    Formula(text="TEXT({a},{f})", values={"a": Decimal("0.625"), "f": "# ?/4"}),
    Formula(text="_xlfn.DAYS({d}+0.75,{e})", values={"d": date(2026, 9, 10), "e": date(2026, 9, 1)}),
    Formula(text="ISBLANK({a}/0)", values={"a": Decimal(2)}),
    Formula(text="COUNTA({t},{a})", values={"t": "", "a": Decimal(2)}),
    Formula(text="ISBLANK({t})", values={"t": ""}),
)
"""What the seed may leave out of DIFFERENCES."""
Result = None | bool | float | str


@pytest.fixture(scope="module")
def formulas() -> list[Formula]:
    return [*Maker(SEED).all(COUNT), *NestedMaker(SEED).all(NESTED), *CORNERS]


@pytest.fixture(scope="module")
def theirs(formulas: list[Formula], tmp_path_factory: pytest.TempPathFactory) -> list[Result]:
    """What Calc computes: one workbook, one run."""
    if SOFFICE is None:
        pytest.skip("LibreOffice Calc is not installed: apt-get install --no-install-recommends libreoffice-calc")
    folder = tmp_path_factory.mktemp("calc")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row, formula in enumerate(formulas, 1):
        references: dict[str, str] = {}
        column = _FIRST
        for name in sorted(formula.cells):
            value = formula.values[name]
            items = value if isinstance(value, tuple) else (value,)
            for i, item in enumerate(items):
                cell = sheet.cell(row, column + i, item)
                if isinstance(item, str):
                    cell.data_type, cell.number_format = "s", "@"
            ends = {f"{get_column_letter(at)}{row}": None for at in (column, column + len(items) - 1)}
            references[name] = ":".join(ends)
            column += len(items)
        sheet.cell(row, _FORMULA, "=" + formula.for_calc(references.__getitem__))
    book.save(folder / "formulas.xlsx")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [
        SOFFICE,
        profile,
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        str(folder / "out"),
    ]
    subprocess.run([*command, str(folder / "formulas.xlsx")], check=True, capture_output=True, timeout=150)
    computed = openpyxl.load_workbook(folder / "out" / "formulas.xlsx", data_only=True).active
    assert computed is not None
    return [_plain(computed.cell(row, _FORMULA).value) for row in range(1, len(formulas) + 1)]


def _plain(value: object) -> Result:
    """A value as Excel stores it: dates and times are numbers, errors are one thing."""
    match value:
        case None:
            return ""  # an empty text is stored as nothing
        case bool():
            return value
        case ErrorValue():
            return ERROR
        case str():
            return ERROR if value.startswith(("#", "Err:")) else value
        case datetime():
            gap = value.replace(tzinfo=None) - EPOCH
            return gap.days + gap.seconds / 86400 + gap.microseconds / 86400e6
        case date():
            return float((datetime.combine(value, time()) - EPOCH).days)
        case time():
            return (value.hour * 3600 + value.minute * 60 + value.second) / 86400
        case timedelta():
            return value / timedelta(days=1)
        case _:
            return float(value)  # type: ignore[arg-type]


def _ours(formula: Formula) -> Value:
    expression, faults = parse("=" + formula.written(lambda name: "${" + name + "}"), NOWHERE)
    assert expression is not None, (formula, faults)
    return evaluate(expression, Environment(formula.values, now=NOW, datasets={"物品": GOODS}))


def _same(ours: Result, theirs: Result) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=1e-13, abs_tol=1e-12)
    return type(ours) is type(theirs) and ours == theirs


@dataclass(frozen=True)
class Difference:
    """Where the rule language means something else than Calc, and why."""

    name: str
    reason: str
    applies: Callable[[Formula, Result, Result], bool]


def _texts(formula: Formula) -> list[str]:
    return [item for value in formula.values.values() for item in (value if isinstance(value, tuple) else (value,))
            if isinstance(item, str)]  # fmt: skip


DIFFERENCES = (
    Difference(
        "empty stays empty",
        "Arithmetic with an empty value is empty, not 0 (workbook standard, section 2).",
        lambda f, ours, theirs: (
            (ours == "" and not isinstance(theirs, str | bool) and _only_empty(f))
            or ((ours, theirs) == ("", ERROR) and f.text.find("AVERAGE({r})") >= 0 and _only_empty(f))
        ),
    ),
    Difference(
        "a text among numbers",
        "SUM and MAX skip every text in a range. Here a text that reads as a number is one (answers of XLSForm are texts), and "
        "any other is an error: nothing is left out in silence.",
        lambda f, ours, theirs: f.text in ("SUM({w})", "MAX({w})") and isinstance(theirs, float),
    ),
    Difference(
        "separators in arithmetic",
        "Calc reads the text 1,234.5 as a number wherever it stands; here VALUE does, and arithmetic takes plain digits.",
        lambda f, ours, _: f.values.get("t") in ("1,234.5", "50%") and "VALUE" not in f.text and ours == ERROR,
    ),
    Difference(
        "a date as text",
        "A date joined to a text is its ISO form, not the number of days since 1899.",
        lambda f, ours, theirs: f.text == '{d}&""' and str(_days(str(ours))) == theirs,
    ),
    Difference(
        "letter case",
        "Texts are compared letter by letter, as in XPath: the choices of a form are codes. COUNTIF and SEARCH are Excel's.",
        lambda f, ours, theirs: (
            f.text in ("{k}={l}", "{k}<>{l}", "{t}={u}", "{t}<>{u}")
            and theirs is not ours
            and len({text.lower() for text in _texts(f)}) == 1
        ),
    ),
    Difference(
        "the order of texts",
        "Texts follow one another by their character codes, the same everywhere; Calc sorts by the rules of a language.",
        lambda f, ours, theirs: f.text == "{t}>{u}" and {ours, theirs} == {True, False},
    ),
    Difference(
        "binary fractions",
        "(14.1+0.1)-14.1 is 0.1 exactly and 7*-13.36 ends with its last digit; Calc computes with binary fractions.",
        lambda f, ours, theirs: (
            (f.text == "({a}+0.1)-{a}=0.1" and (ours, theirs) == (True, False))
            or (f.text.endswith('&""') and _close(ours, theirs))
        ),
    ),
    Difference(
        "the point of 0.##",
        'Excel keeps the decimal point of a format although no digit follows it (TEXT(1,"0.##") is 1.); Calc drops it.',
        lambda f, ours, theirs: str(f.values.get("f", "")).endswith(".##") and ours == f"{theirs}.",
    ),
    Difference(
        "the width of an empty fraction",
        "Blanks keep fractions in columns: # ?/7 of 2 is a 2 and four of them; Calc leaves out those of the denominator.",
        lambda f, ours, theirs: (
            "/" in str(f.values.get("f", "")) and isinstance(ours, str) and ours.rstrip() == str(theirs).rstrip()
        ),
    ),
    Difference(
        "halves of a fixed denominator",
        "Five eighths are two and a half quarters: away from zero, as everywhere in TEXT; Calc goes down.",
        lambda f, ours, theirs: f.values.get("f") == "# ?/4" and (ours, theirs) == (" 3/4", " 2/4"),
    ),
    Difference(
        "whole seconds",
        "A moment that is computed is a whole second; Calc keeps a fraction of a day.",
        lambda f, ours, theirs: (
            "/10000)" in f.text
            and isinstance(ours, float)
            and isinstance(theirs, float)
            and abs(ours - theirs) < f.text.count("/10000)") * 0.51 / 86_400
        ),
    ),
    Difference(
        "days between moments",
        "DAYS counts days, and a moment is its day wherever a date is asked for; Calc subtracts the times of day too.",
        lambda f, ours, theirs: (
            f.text.startswith("_xlfn.DAYS(")
            and isinstance(ours, float)
            and isinstance(theirs, float)
            and ours.is_integer()
            and abs(ours - theirs) < 1
        ),
    ),
    Difference(
        "what cannot be computed is not known to be blank",
        "ISBLANK of an error is that error, for a policy must not take it for an answer; in Excel it is FALSE.",
        lambda f, ours, theirs: f.text == "ISBLANK({a}/0)" and (ours, theirs) == (ERROR, False),
    ),
    Difference(
        "an empty text is not filled in",
        "Excel counts and finds an empty text that a formula wrote; here, as in XLSForm, it is no answer.",
        lambda f, ours, theirs: f.text in ("COUNTA({t},{a})", "ISBLANK({t})") and f.values["t"] == "",
    ),
)


def _only_empty(formula: Formula) -> bool:
    """Whether an operand is empty, or all values of a range are."""
    return any(value is None or (isinstance(value, tuple) and not any(value)) for value in formula.values.values())


def _close(ours: Result, theirs: Result) -> bool:
    """Whether two texts are numbers that differ only in the digits that binary fractions lose."""
    try:
        return math.isclose(float(ours or ""), float(theirs or ""), rel_tol=1e-13)
    except ValueError:
        return False


def _days(iso: str) -> int:
    try:
        return (datetime.fromisoformat(iso) - EPOCH).days
    except ValueError:
        return -1


def _difference(formula: Formula, ours: Result, theirs: Result) -> str | None:
    return next((item.name for item in DIFFERENCES if item.applies(formula, ours, theirs)), None)


def _shown(formula: Formula) -> str:
    return formula.written(lambda name: f"[{formula.values[name]}]")


def test_every_formula_gives_what_calc_gives(formulas: list[Formula], theirs: list[Result]) -> None:  # L1
    wrong = []
    for formula, wanted in zip(formulas, theirs, strict=True):
        found = _plain(_ours(formula))
        if not _same(found, wanted) and _difference(formula, found, wanted) is None:
            wrong.append(f"{_shown(formula)}: {found!r}, Calc says {wanted!r}")
    assert wrong == []
    # Most formulas must have a value, or the comparison would say little.
    assert sum(result != ERROR for result in theirs) > 0.85 * COUNT


def test_every_difference_occurs(formulas: list[Formula], theirs: list[Result]) -> None:  # L2
    pairs = [(formula, _plain(_ours(formula)), wanted) for formula, wanted in zip(formulas, theirs, strict=True)]
    found = Counter(_difference(*pair) for pair in pairs if not _same(*pair[1:]))
    assert set(found) == {item.name for item in DIFFERENCES}
    assert sum(found.values()) < 0.05 * COUNT
