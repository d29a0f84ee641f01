"""Papers in a SQL store."""

from __future__ import annotations

from sqlalchemy import Connection, insert, or_, select, update

from banshi.storage.contract import Change
from banshi.storage.papers import LEFT, VALID, PaperFilter, StoredPaper
from banshi.storage.schema import papers
from banshi.storage.sql_rows import Part, columns, record


class SqlPapers(Part):
    """The verbs of `papers.PaperStore`."""

    def paper(self, code: str) -> StoredPaper | None:
        """A paper by its code."""
        with self._database.reading() as connection:
            row = connection.execute(select(papers).where(papers.c.code == code)).first()
        return record(StoredPaper, row) if row else None

    def papers(self, which: PaperFilter) -> list[StoredPaper]:
        """Papers, the first issued first."""
        query = select(papers).order_by(papers.c.issued_at, papers.c.number, papers.c.code)
        for column, wanted in ((papers.c.case_id, which.case_id), (papers.c.person, which.person)):
            query = query.where(column == wanted) if wanted else query
        query = query.where(papers.c.state.in_(which.states)) if which.states else query
        with self._database.reading() as connection:
            return [record(StoredPaper, row) for row in connection.execute(query)]

    def count_print(self, code: str) -> StoredPaper | None:
        """Count one more print, where one is left."""
        left = or_(papers.c.copies == 0, papers.c.printed < papers.c.copies)
        query = update(papers).where(papers.c.code == code, papers.c.state == VALID, left)
        counted = query.values(printed=papers.c.printed + 1)
        if self._database.run_transaction(lambda connection: connection.execute(counted).rowcount) == 0:
            return None
        return self.paper(code)


def write_papers(connection: Connection, case_id: str, change: Change) -> None:
    """The papers that a change issues, and what it leaves of others of its case."""
    if change.papers:
        connection.execute(insert(papers), [columns(paper) for paper in change.papers])
    for paper in change.papers_left:
        here = (papers.c.code == paper.code) & (papers.c.case_id == case_id)
        connection.execute(update(papers).where(here).values({name: getattr(paper, name) for name in LEFT}))
