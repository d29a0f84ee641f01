"""What the platform has given to people who fill forms in, in a SQL store."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select

from banshi.storage.contract import MOST_ISSUED
from banshi.storage.schema import issued
from banshi.storage.sql_rows import Part


class SqlIssued(Part):
    """The verbs of `contract.IssuedStore`."""

    def issue(self, person: str, scope: str, marks: Collection[str], at: datetime) -> None:
        """Remember that values were given; of more than `MOST_ISSUED` the oldest are forgotten."""

        def write(connection: Connection) -> None:
            there = select(issued.c.mark).where(_of(person, scope)).order_by(issued.c.at.desc(), issued.c.mark)
            known = list(connection.execute(there).scalars())
            new = sorted(set(marks) - set(known))[:MOST_ISSUED]
            if new:
                rows = [{"person": person, "scope": scope, "mark": mark, "at": at} for mark in new]
                connection.execute(insert(issued), rows)
            if old := known[MOST_ISSUED - len(new) :]:
                connection.execute(delete(issued).where(_of(person, scope), issued.c.mark.in_(old)))

        self._database.run_transaction(write)

    def issued(self, person: str, scope: str) -> frozenset[str]:
        """The marks of the values that a person was given for a form."""
        with self._database.reading() as connection:
            return frozenset(connection.execute(select(issued.c.mark).where(_of(person, scope))).scalars())


def forget_issued(connection: Connection, person: str, scope: str) -> None:
    """The form was sent or thrown away: what was given for it counts no more."""
    connection.execute(delete(issued).where(_of(person, scope)))


def _of(person: str, scope: str) -> ColumnElement[bool]:
    return and_(issued.c.person == person, issued.c.scope == scope)
