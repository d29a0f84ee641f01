"""The expression language of workbooks: grammar, checker, evaluation, explanation, function library.

Excel formulas and XLSForm expressions are one language here. What the workbook standard leaves open is decided so:

- Precedence is Excel's: the sign binds tighter than `^` (`-2^2` is 4), operators of one level go from the left
  (`2^3^2` is 64). `not` without brackets reaches over a comparison: `not a = b` is `not(a = b)`.
- The operator `mod` takes the sign of its left side (XPath), the function `MOD` that of the divisor (Excel).
- An empty value (no answer, an empty text, an empty list) makes arithmetic empty. `=` holds between two empty values,
  so `x = ''` asks whether x is empty; `<>` is its opposite; `<` `<=` `>` `>=` never hold with an empty side. As a
  condition an empty value does not hold. `&` and text functions take it as an empty text, totals leave it out.
- Texts are compared letter by letter, capitals included. A text that reads as a number, an ISO date, `true` or `false`
  equals that value (choices and calculations of XLSForm are texts); two such number texts are ordered as numbers.
- `TRUE`, `FALSE`, `true()`, `false()` are the truths. 是 and 否 are texts and need quotes; bare they are a fault.
- Numbers are decimals with 50 digits inside an expression; comparisons, rounding and results look at 40, so that
  `1/3*3` is 1. `round` takes halves away from zero; `int` goes down (Excel).
- `IF` without a third argument is FALSE when its condition does not hold (Excel). `count` counts numbers, and where
  there is none the values that are filled in. `regex` fits the whole text (ODK), in RE2's syntax.
- Where Excel and XLSForm have functions of their own names, each keeps its own rules: `COUNTIF`, `SUMIF` and `SEARCH` know
  wildcards and no letter case, `TRIM` only plain spaces, `NETWORKDAYS` only the week; `normalize-space` and `working-days`
  (the campus calendar) are the others. Differences from Excel are listed, with reasons, in
  `tests/rules/expressions/test_libreoffice.py`.
- Of XPath's paths there are three: to a field (`../age`, `current()/../age`, `/data/person/age`), which is that field;
  `instance('list')/root/item[condition]/column`, where bare names in the condition are columns; and into the rows of a
  repeat, `${member}[condition]/age`, where names are those of the row that is looked at and `current()/../age` is that of
  the formula's own row. `${member}/age` without a condition is known when the form is: until then it is a division.
- `random()` and `uuid()` follow from the moment, the person, the row and the cell, so that a decision can be replayed.
- Names keep their letter case; full-width and half-width letters and signs of a name are the same.

The functions are in the `functions_*` modules, one entry in one place each.
"""

from banshi.rules.expressions.characters import fold_name
from banshi.rules.expressions.checker import check, kind_of_expression
from banshi.rules.expressions.convert import settle
from banshi.rules.expressions.evaluation import evaluate
from banshi.rules.expressions.explanation import explain
from banshi.rules.expressions.functions_accounts import asks_for_balances
from banshi.rules.expressions.library import suggest
from banshi.rules.expressions.model import (
    BalancesView,
    CalendarView,
    DirectoryView,
    Environment,
    Name,
    OutsideCalendar,
    Scope,
)
from banshi.rules.expressions.parser import parse
from banshi.rules.expressions.ranges import Bound, bounds, bounds_of, is_whole
from banshi.rules.expressions.reference import functions_markdown
from banshi.rules.expressions.registry import FUNCTIONS, Function
from banshi.rules.expressions.tree import Expression

__all__ = [
    "FUNCTIONS",
    "BalancesView",
    "Bound",
    "CalendarView",
    "DirectoryView",
    "Environment",
    "Expression",
    "Function",
    "Name",
    "OutsideCalendar",
    "Scope",
    "asks_for_balances",
    "bounds",
    "bounds_of",
    "check",
    "evaluate",
    "explain",
    "fold_name",
    "functions_markdown",
    "is_whole",
    "kind_of_expression",
    "parse",
    "settle",
    "suggest",
]
