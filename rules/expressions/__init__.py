"""The expression language of workbooks: grammar, checker, evaluation, explanation, function library.

Excel formulas and XLSForm expressions are one language here. `docs/expressions.md` has the rules of empty values,
comparisons and precedence; the functions are in the `functions_*` modules, one entry in one place each.
"""

from banshi.rules.expressions.characters import fold_name
from banshi.rules.expressions.checker import check, kind_of_expression
from banshi.rules.expressions.evaluation import evaluate
from banshi.rules.expressions.explanation import explain
from banshi.rules.expressions.library import suggest
from banshi.rules.expressions.model import DirectoryView, Environment, Name, Scope
from banshi.rules.expressions.parser import parse
from banshi.rules.expressions.reference import functions_markdown
from banshi.rules.expressions.registry import FUNCTIONS, Function
from banshi.rules.expressions.tree import Expression

__all__ = [
    "FUNCTIONS",
    "DirectoryView",
    "Environment",
    "Expression",
    "Function",
    "Name",
    "Scope",
    "check",
    "evaluate",
    "explain",
    "fold_name",
    "functions_markdown",
    "kind_of_expression",
    "parse",
    "suggest",
]
