"""Live codes and tables of rows of the fake hall: one case has both."""

from __future__ import annotations

from banshi.platform.cases.live_codes import CodeRow
from banshi.platform.cases.rows import RowsOf
from banshi.platform.people.directory import Person


class FakeCodes:
    """What screens ask of `hall.codes`."""

    def of_case(self, person: Person, case_id: str, language: str = "zh") -> list[CodeRow]:
        del person, language
        return [CodeRow(at=0, title="课堂签到码", opens="扫码签到")] if case_id == "C1" else []


class FakeRows:
    """What screens ask of `hall.rows`."""

    def of_case(self, person: Person, case_id: str, language: str = "zh") -> list[RowsOf]:
        del person, language
        return [RowsOf(name="名单", label="名单", count=4)] if case_id == "C1" else []
