"""XLSForm's functions and operators, case by case, as the standards say.

Sources: "Form Operators and Functions" (docs.getodk.org/form-operators-functions), the ODK XForms specification
(getodk.github.io/xforms-spec, sections Functions and Operators), XPath 1.0 (www.w3.org/TR/1999/REC-xpath-19991116).

X1  operators and conditions        X5  choices and repeats
X2  numbers                         X6  dates and times
X3  texts and regular expressions   X7  what a published form may write around all this: braces, blanks, line breaks
X4  empty values and conversions    X8  where XLSForm and Excel say different things under one name, and what was decided
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Place
from banshi.rules.expressions import Environment, evaluate, parse
from banshi.rules.values import ErrorValue, Value

D = Decimal
NOW = datetime(2026, 9, 1, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
FRUITS = Dataset(
    "fruits", ("name_key", "name", "price"), ("name_key",),
    ({"name_key": Cell("mango"), "name": Cell("Mango"), "price": Cell(D(3))},
     {"name_key": Cell("orange"), "name": Cell("Orange"), "price": Cell(D(2))},
     {"name_key": Cell("plum"), "name": Cell("Plum"), "price": Cell(D(2))}),
)  # fmt: skip
TAKEN = Dataset(
    "taken", ("number", "room", "note"), ("number",),
    ({"number": Cell(D(1)), "room": Cell("B203"), "note": Cell(None)},
     {"number": Cell("TK202600001"), "room": Cell("B203"), "note": Cell("by hand")},
     {"number": Cell("TK202600002"), "room": Cell("B101"), "note": Cell(D(2))}),
)  # fmt: skip
"""A register: rows of the sheet have numbers, rows of cases texts."""
FIELDS: dict[str, Value] = {
    "age": D(17), "name": "Ann", "colours": "red blue", "many": ("red", "blue"), "none": None, "blank": "", "code": "012",
    "birth": date(2009, 9, 2), "weights": (D("50.5"), None, D(70)), "visit": datetime(2017, 5, 28, 4, 30, tzinfo=NOW.tzinfo),
    "mixed": (D(1), "x", D(3)), "my-field": D(5), "other-field": D(3), "group.sub": "x",
}  # fmt: skip


def value(text: str) -> Value:
    expression, faults = parse(text, Place("survey", "C3"))
    assert expression is not None, [item.message("en") for item in faults]
    environment = Environment(
        FIELDS, {"fruits": FRUITS, "taken": TAKEN}, current=D(8), now=NOW, positions=(2,),
        choice_labels=lambda question, choice, language: f"{question}/{choice}",
    )  # fmt: skip
    return evaluate(expression, environment)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3 + 3", D(6)),  # X1: the operators of the ODK table
        ("3 - 3", D(0)),
        ("3 * 3", D(9)),
        ("10 div 2", D(5)),
        ("9 mod 2", D(1)),
        ("5 mod -2", D(1)),  # XPath 1.0, section 3.5: the sign of the first operand
        ("-5 mod 2", D(-1)),
        ("-5 mod -2", D(-1)),
        ("1.5 mod 0.5", D(0)),
        ("${age} = 3", False),
        ("${age} != 3", True),
        ("${age} > 3 and ${age} < 18", True),
        ("${age} < 3 or ${age} >= 17", True),
        ("not(${age} > 3)", False),
        ("${name} = 'Ann'", True),
        ("if(${age} > 17, 'adult', 'minor')", "minor"),
        (". >= 8 and . <= 8", True),
        ("true() and not(false())", True),
        ("1 + 2 = 3 and 2 * 3 = 6", True),
        ("'b' = \"b\"", True),
        ("round(12.349, 2)", D("12.35")),  # X2
        ("round(12.5)", D(13)),
        ("round(-1.4)", D(-1)),
        ("int(4.9)", D(4)),
        ("int('8')", D(8)),
        # The ODK XForms specification: how many answers are above 0, and what they weigh; -1 is no bound.
        ("checklist(2, 3, 1, 0, 1)", True),
        ("checklist(2, 3, 1, 0, '')", False),
        ("checklist(-1, 1, 1, 1)", False),
        ("checklist(2, -1, true(), '3', 'yes', -2)", True),
        ("checklist(3, -1, true(), '3', 'yes', -2)", False),
        ("weighted-checklist(3, 5, 1, 3, 0, 9)", True),
        ("weighted-checklist(-1, 8, 1, 3, 1, 9)", False),
        ("weighted-checklist(12, -1, true(), 3, '1', '9')", True),
        ("exp10(3)", D(1000)),
        ("exp10(-2)", D("0.01")),
        ("log(1)", D(0)),
        ("round(log(exp(2)), 20)", D(2)),
        ("pow(2, 3)", D(8)),
        ("abs(-6.5)", D("6.5")),
        ("floor(3.7)", D(3)),
        ("floor(-3.2)", D(-4)),
        ("sqrt(16)", D(4)),
        ("sum(${weights})", D("120.5")),
        ("max(${weights})", D(70)),
        ("min(${weights})", D("50.5")),
        ("count(${weights})", D(2)),
        ("count-non-empty(${weights})", D(2)),
        ("max(3, 8, 5)", D(8)),
        ("number('34.8')", D("34.8")),
        ("number(true())", D(1)),
        ("string-length('Ann')", D(3)),  # X3
        ("string-length('')", D(0)),
        ("substr('Ann Smith', 0, 3)", "Ann"),
        ("substr('12345', 1, 3)", "23"),
        ("substr('12345', -3)", "345"),
        ("substr('12345', 0, -1)", "1234"),
        ("contains('Ann', 'nn')", True),
        ("contains('Ann', '')", True),
        ("starts-with('Ann', 'A')", True),
        ("starts-with('Ann', 'a')", False),
        ("ends-with('Ann', 'nn')", True),
        ("substring-before('1999/04/01', '/')", "1999"),  # XPath 1.0, section 4.2
        ("substring-after('1999/04/01', '/')", "04/01"),
        ("substring-after('1999/04/01', '19')", "99/04/01"),
        ("translate('bar', 'abc', 'ABC')", "BAr"),
        ("translate('--aaa--', 'abc-', 'ABC')", "AAA"),
        ("normalize-space('  a\n b\t c ')", "a b c"),
        ("concat(${name}, ' is ', ${age})", "Ann is 17"),
        ("join(', ', ${weights})", "50.5, , 70"),
        ("join(' ', 'a', 'b')", "a b"),
        ("regex('12345', '[0-9]{5}')", True),
        ("regex('1234', '[0-9]{5}')", False),
        ("regex('x12345', '[0-9]{5}')", False),  # the whole text, as ODK says
        (r"regex('+86 759 2383114', '\+86 \d{3} \d{7}')", True),
        (r"regex('a@b.edu.cn', '[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,4}')", True),
        ("boolean-from-string('true')", True),  # X4
        ("boolean-from-string('1')", True),
        ("boolean-from-string('no')", False),
        ("boolean('')", False),
        ("boolean('false')", True),  # XPath: a text is true if it is not empty
        ("boolean(0)", False),
        ("string(34.80)", "34.8"),
        ("coalesce(${none}, 'default')", "default"),
        ("coalesce(${blank}, ${name})", "Ann"),
        ("coalesce(${name}, 'default')", "Ann"),
        ("${none} = ''", True),
        ("${none} != ''", False),
        ("${blank} = ''", True),
        ("string-length(${none})", D(0)),
        ("concat(${none}, 'x')", "x"),
        ("${code} = 12", True),  # XPath 1.0, section 3.4: a text beside a number is converted
        ("${code} = '12'", False),
        ("${code} + 1", D(13)),
        ("once(9)", D(8)),  # the field's own value is 8
        ("selected(${colours}, 'red')", True),  # X5
        ("selected(${many}, 'green')", False),
        ("selected(${none}, 'red')", False),
        ("not(selected(${colours}, 'red') and selected(${colours}, 'blue'))", False),
        ("count-selected(${colours})", D(2)),
        ("count-selected(${none})", D(0)),
        ("selected-at(${colours}, 0)", "red"),
        ("selected-at(${many}, 1)", "blue"),
        ("selected-at(${colours}, 2)", None),
        ("jr:choice-name(${name}, '${name}')", "name/Ann"),
        ("jr:choice-name(selected-at(${many}, 1), '${many}')", "many/blue"),
        ("position(..)", D(2)),
        ("indexed-repeat(${weights}, ${people}, 3)", D(70)),
        ("indexed-repeat(${weights}, ${people}, position(..) - 1)", D("50.5")),
        ("indexed-repeat(${weights}, ${people}, 0)", None),
        ("pulldata('fruits', 'name', 'name_key', 'mango')", "Mango"),
        ("pulldata('fruits', 'price', 'price', 2)", D(2)),  # the first of two
        ("pulldata('fruits', 'name', 'name_key', 'fig')", None),
        ("instance('fruits')/root/item[name_key = 'orange']/price", D(2)),
        ('instance("fruits")/root/item[name_key=${blank}]/price', None),
        ("count(instance('fruits')/root/item[price = 2])", D(2)),
        ("count(instance('fruits')/root/item[price = 2 and starts-with(name, 'P')])", D(1)),
        ("count(instance('taken')/root/item/number)", D(3)),  # XPath 1.0, section 4.1: the nodes, whatever they hold
        ("count(instance('taken')/root/item[room = 'B203']/number)", D(2)),
        ("count(instance('taken')/root/item[room = 'B203']/number, instance('taken')/root/item[room = 'B101']/number)", D(3)),
        ("count(instance('taken')/root/item/note)", D(2)),  # pyxform leaves out the element of a blank cell
        ("count(instance('taken')/root/item[room = 'B305']/number)", D(0)),
        ("count(${mixed})", D(2)),  # answers: Excel's COUNT
        ("sum(instance('fruits')/root/item/price)", D(7)),
        ("max(instance('fruits')/root/item[name_key != 'mango']/price)", D(2)),
        ("join('+', instance('fruits')/root/item/name)", "Mango+Orange+Plum"),
        ("instance('fruits')/root/item[2]/name", "Orange"),
        ("instance('fruits')/root/item[position() = 3]/name", "Plum"),
        ("instance('fruits')/root/item[price > ${other-field} - 1]/name", "Mango"),
        ("int((today() - ${birth}) div 365.25)", D(16)),  # X6: the age of ODK's documentation
        ("date('2017-05-28') < today()", True),
        ("decimal-date-time('2017-05-28') - decimal-date-time('2017-05-27')", D(1)),
        ("decimal-time('18:00')", D("0.75")),
        ("format-date(${birth}, '%Y-%m-%d')", "2009-09-02"),
        ("format-date(${birth}, '%e %b %y, %a')", "2 Sep 09, Wed"),
        ("format-date-time(${visit}, '%H:%M')", "04:30"),
        ("format-date-time(${visit}, '%h.%M.%S')", "4.30.00"),
        ("date-time('2017-05-28T04:30:00') = ${visit}", True),
        ("date(${visit}) = '2017-05-28'", True),
        ("today() = date(now())", True),
        ("string(date('2017-05-28'))", "2017-05-28"),
        ("date('2016-02-28') + 1 = '2016-02-29'", True),
        ("${my-field}-${other-field}", D(2)),  # X7
        ("${my-field} -${other-field}", D(2)),
        ("${ my-field }+1", D(6)),
        ("${group.sub} = ‘x’", True),
        ("if(${age} > 3,\n   “大”,\r\n   “小”\n)", "大"),
        ("(${age}＞３)　且　（${name}＝‘Ann’）", True),
        ("如果(${age}>=18, “成年”, “未成年”)", "未成年"),
        ("已选(${colours}，'red') 并且 非 已选(${colours}，‘green’)", True),
        ("COALESCE(${none}, Selected-At(${colours}, 1))", "blue"),
        ("int(-4.9)", D(-5)),  # X8: Excel's INT goes down, ODK's int cuts; the workbook standard lists one function
        ("round(-2.5)", D(-3)),  # Excel: half away from zero; XPath: towards positive infinity
        ("5 mod 0.3", D("0.2")),
        ("string(true())", "true"),  # XPath 1.0, section 4.2
        ("string(false()) = 'false'", True),
        ("join('-', true(), 1)", "true-1"),
        ("substr(true(), 0, 2)", "tr"),
        ("translate(true(), 'e', 'h')", "truh"),
        ("substring-after(${none} = '', 't')", "rue"),
        ("contains(true(), 'ru') and starts-with(true(), 't') and ends-with(true(), 'e')", True),
        ("regex(true(), 'true')", True),
        ("concat(true(), '')", "TRUE"),  # Excel's CONCAT and XLSForm's are one function, and Excel's word
        ("true() & ''", "TRUE"),
        ("upper(false()) & left(true(), 2)", "FALSETR"),
        ("true() = 'true'", True),
        ("0 ^ 0", D(1)),
    ],
)  # fmt: skip
def test_case(text: str, wanted: Value) -> None:
    found = value(text)
    assert found == wanted
    assert isinstance(found, bool) is isinstance(wanted, bool)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("number('abc')", "EXPR-061"),  # NaN in XPath: a value that nothing equals; here it is said
        ("int('twelve')", "EXPR-061"),
        ("1 div 0", "EXPR-060"),
        ("5 mod 0", "EXPR-060"),
        ("date('2017-02-30')", "EXPR-061"),
        ("${name} > 3", "EXPR-061"),
        ("regex('a', '[')", "EXPR-032"),
        ("pulldata('vegetables', 'name', 'key', 'x')", "EXPR-026"),
        ("pulldata('fruits', 'colour', 'name_key', 'mango')", "EXPR-027"),
        ("format-date(today(), '%Z')", "EXPR-033"),
        ("instance('fruits')/root/item[price > name]/price", "EXPR-061"),
    ],
)
def test_error(text: str, code: str) -> None:
    found = value(text)
    assert isinstance(found, ErrorValue)
    assert found.diagnostic.code == code
    assert (found.diagnostic.place.sheet, found.diagnostic.place.cell) == ("survey", "C3")


@pytest.mark.parametrize(
    "text",
    [
        "/data/age[1]/b[2] > 3",
        "../*",
        "../person/age()",
        "..",
        "${age}[1]/name[2]",
        "instance('x')",
        "//item",
        "instance('x')/root/row[a=1]/b",
    ],
)
def test_paths_that_are_not_known_are_faults(text: str) -> None:
    expression, (fault,) = parse(text, Place("survey", "C3"))
    assert expression is None
    assert fault.code in ("EXPR-016", "EXPR-011")


def with_values(text: str, values: dict[str, Value]) -> Value:
    expression, found = parse(text, Place("survey", "C3"))
    assert found == ()
    assert expression is not None
    return evaluate(expression, Environment(values, now=NOW))


@pytest.mark.parametrize(
    "path",
    ["../age", "../../person/age", "current()/../age", "/data/person/age", "../person/../age", ".. / age", "./age"],
)
def test_a_path_to_a_field_is_the_field(path: str) -> None:
    """XPath 1.0, 2.5: steps; in a form every name stands once."""
    for text in (f"{path} > 3", f"3 < {path}", f"not({path} <= 3)", f"if({path}>3, true(), false())"):
        assert with_values(text, {"age": Decimal(4)}) is True
        assert with_values(text, {"age": Decimal(3)}) is False


def test_a_path_is_no_division_and_a_division_no_path() -> None:
    assert with_values("6/age/2", {"age": Decimal(3)}) == 1
    assert with_values("(6)/age", {"age": Decimal(3)}) == 2
    assert with_values("../pick-up", {"pick-up": "x"}) == "x"


def test_a_path_in_a_filter_is_the_forms_field_not_a_column() -> None:
    """XPath 1.0, 12.4: current() is the node outside the filter."""
    expression, _ = parse("instance('fruits')/root/item[name = current()/../name]/price", Place("survey", "C3"))
    assert expression is not None
    assert evaluate(expression, Environment({"name": "Plum"}, {"fruits": FRUITS}, now=NOW)) == 2
