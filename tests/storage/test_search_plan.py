"""A search for words on SQLite reads an index, and no row that it does not list."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from banshi.storage.contract import CaseFilter, DecisionFilter
from banshi.storage.sql import SqlStore


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda store: store.cases(CaseFilter(query="电费 海棠")), "ix_cases_search"),
        (lambda store: store.decisions(DecisionFilter(query="超额")), "ix_decisions_search"),
    ],
)
def test_words_are_looked_for_in_the_index(tmp_path, monkeypatch, ask, index):
    store = SqlStore(tmp_path / "banshi.sqlite")
    asked: list[tuple[str, tuple[object, ...]]] = []

    def listen(connection, cursor, statement, parameters, context, executemany):
        asked.append((statement, parameters))

    event.listen(store._database.engine, "before_cursor_execute", listen)
    ask(store)
    searches = [(statement, parameters) for statement, parameters in asked if "LIKE" in statement.upper()]
    assert len(searches) == 2, "the count and the page"
    with store._database.reading() as connection:
        for statement, parameters in searches:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            assert index in str(plan), plan
    store.close()
