"""The columns of datasets by the names that expressions give them."""

from __future__ import annotations

import re
from functools import lru_cache

from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Fault
from banshi.rules.expressions import faults
from banshi.rules.expressions.characters import fold_name

_REMARK = re.compile(r"(.*\S)\s*\([^()]*\)")


def find_column(table: Dataset, name: str) -> str | None:
    """The dataset's own spelling of a column, without the `*` of key columns; None where there is none, or more than one.

    A unit or another remark in brackets behind a column's name, `单价（元/度）`, may be left out.
    """
    found = columns_called(table, name)
    return found[0] if len(found) == 1 else None


def columns_called(table: Dataset, name: str) -> tuple[str, ...]:
    """The column of that name, or all that have it before a remark in brackets."""
    wanted = fold_name(name).removesuffix("*")
    exact, bare = _spellings(table.columns)
    return (exact[wanted],) if wanted in exact else bare.get(wanted, ())


def column_fault(table: Dataset, name: str) -> tuple[Fault, dict[str, object]]:
    """What is wrong with a name that is that of no column, or of several."""
    if found := columns_called(table, name):
        return faults.AMBIGUOUS_COLUMN, {"dataset": table.name, "name": name, "columns": "、".join(found)}
    return faults.UNKNOWN_COLUMN, {"dataset": table.name, "name": name}


@lru_cache(maxsize=256)
def _spellings(columns: tuple[str, ...]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The columns by their whole names, and by what stands before a remark."""
    exact: dict[str, str] = {}
    bare: dict[str, tuple[str, ...]] = {}
    for column in columns:
        exact.setdefault(fold_name(column).removesuffix("*"), column)
        if remarked := _REMARK.fullmatch(fold_name(column).removesuffix("*")):
            bare[remarked[1]] = (*bare.get(remarked[1], ()), column)
    return exact, bare
