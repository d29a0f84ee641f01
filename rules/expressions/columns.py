"""The second compiler: one expression over whole columns at a time, with the scalar evaluator as its law.

Every row that is not plainly decided here (a value of a wrong kind, a division by zero, a number too large) is left
`odd`, and the scalar evaluator decides it, alone. A part that no column operation knows (`textjoin`, say) is computed by
the scalar evaluator as well, once for each different combination of the values that it reads. So this compiler can be
slower than hoped, but it has no meaning of its own.
"""

from __future__ import annotations

import numpy as np

from banshi.rules.expressions import column_functions as _functions  # they register themselves
from banshi.rules.expressions.column import YES, Column, Values, values_of
from banshi.rules.expressions.column_evaluation import Batch, ColumnEvaluator
from banshi.rules.expressions.evaluation import evaluate
from banshi.rules.expressions.tree import Expression

__all__ = ["Batch", "Column", "Values", "column_part", "evaluate_columns", "values_of"]
assert _functions


def evaluate_columns(expression: Expression, batch: Batch) -> Values:
    """The values of an expression in every row of a batch, the very values that `evaluate` gives row by row.

    `others` of the result holds what is not in its column: error values, and values of another kind.
    """
    column = column_part(expression, batch)
    others = {
        int(row): evaluate(expression, batch.environment(int(row), expression.names))
        for row in np.flatnonzero(np.broadcast_to(column.odd, batch.size))
    }
    return Values(column, others)


def column_part(expression: Expression, batch: Batch) -> Column:
    """As much of an expression as a column can hold; its odd rows are left open."""
    return ColumnEvaluator(expression, batch).column(expression.root, YES)
