"""Papers in a TinyDB store."""

from __future__ import annotations

from banshi.storage.contract import Change
from banshi.storage.papers import LEFT, VALID, PaperFilter, StoredPaper
from banshi.storage.schema import papers
from banshi.storage.sql_rows import columns
from banshi.storage.tiny_rows import Row, TinyDatabase, TinyPart, kept


class TinyPapers(TinyPart):
    """The verbs of `papers.PaperStore`."""

    def paper(self, code: str) -> StoredPaper | None:
        """A paper by its code."""
        with self._base.reading():
            row = self._base.get(papers, code)
        return kept(StoredPaper, papers, row) if row else None

    def papers(self, which: PaperFilter) -> list[StoredPaper]:
        """Papers, the first issued first."""

        def fits(row: Row) -> bool:
            equal = (("case_id", which.case_id), ("person", which.person))
            right = all(not wanted or row[name] == wanted for name, wanted in equal)
            return right and (not which.states or row["state"] in which.states)

        with self._base.reading():
            rows = sorted(self._base.find(papers, fits), key=lambda row: (row["issued_at"], row["number"], row["code"]))
        return [kept(StoredPaper, papers, row) for row in rows]

    def count_print(self, code: str) -> StoredPaper | None:
        """Count one more print, where one is left."""

        def count() -> StoredPaper | None:
            row = self._base.get(papers, code)
            if row is None or row["state"] != VALID or 0 < row["copies"] <= row["printed"]:
                return None
            self._base.change(papers, row, {"printed": row["printed"] + 1})
            now = self._base.get(papers, code)
            return kept(StoredPaper, papers, now) if now else None

        return self._base.run_transaction(count)


def write_papers(base: TinyDatabase, case_id: str, change: Change) -> None:
    """The papers that a change issues, and what it leaves of others of its case."""
    base.insert(papers, *(columns(paper) for paper in change.papers))
    for paper in change.papers_left:
        row = base.get(papers, paper.code)
        if row is not None and row["case_id"] == case_id:
            base.change(papers, row, {name: getattr(paper, name) for name in LEFT})
