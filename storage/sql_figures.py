"""What statistics are computed from, in a SQL store: few columns of many rows, as they lie there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from sqlalchemy import BigInteger, Select, select, type_coerce

from banshi.storage.contract import CaseFigures, Cohort, TaskFigures
from banshi.storage.schema import Moment, cases, tasks
from banshi.storage.sql_rows import Part

_PORTION = 20_000
_COPIES = ("unread", "read")


class SqlFigures(Part):
    """The verbs of `contract.FigureStore`."""

    def case_figures(self, which: Cohort) -> Iterator[Sequence[CaseFigures]]:
        """The cases of a cohort."""
        # What is compared is no bare column: SQLite would look every case of a service up, snapshot and all, where the
        # index by date has everything that is asked for (a quarter of the time).
        query = _columns(cases, CaseFigures).where((cases.c.service_id + "").in_(which.services))
        query = query.where(cases.c.submitted_at >= which.since) if which.since else query
        query = query.where(cases.c.submitted_at < which.until) if which.until else query
        return cast("Iterator[Sequence[CaseFigures]]", self._portions(query))

    def task_figures(self, first: str, last: str) -> Iterator[Sequence[TaskFigures]]:
        """The tasks of the cases whose ids lie between two; copies are none."""
        here = tasks.c.case_id.between(first, last), tasks.c.state.not_in(_COPIES)
        return cast("Iterator[Sequence[TaskFigures]]", self._portions(_columns(tasks, TaskFigures).where(*here)))

    def _portions(self, query: Select[Any]) -> Iterator[Sequence[Any]]:
        with self._database.reading() as connection:
            # The driver's own tuples: no column needs a conversion, and a Row of SQLAlchemy costs as much as reading it.
            result = connection.execute(query)
            while result.cursor is not None and (rows := result.cursor.fetchmany(_PORTION)):
                yield rows


def _columns(table: Any, kind: type[CaseFigures] | type[TaskFigures]) -> Select[Any]:
    """The columns that bear the names of a record's fields; times as they are stored."""
    columns = [table.c[name] for name in kind._fields]
    return select(*(type_coerce(c, BigInteger) if isinstance(c.type, Moment) else c for c in columns))
