"""Papers of the fake hall: one of each state, so that screens show them all."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from banshi.platform.cases.papers import Checked, PaperRow
from banshi.platform.people.directory import Person

AT = datetime(2026, 9, 1, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def _row(code: str, state: str, **more: object) -> PaperRow:
    known = {
        "case_id": "C1", "title": "在读证明", "number": f"ZD2026-{len(code):06}", "language": "zh", "issued_at": AT,
        "valid_until": AT.replace(month=12), "printed": 1, "left": 2, "pickup": "204816",
    }  # fmt: skip
    return PaperRow(code=code, state=state, **{**known, **more})


class FakePapers:
    """What screens ask of `hall.papers`."""

    def of_case(self, person: Person, case_id: str, language: str = "zh") -> list[PaperRow]:
        del person, language
        if not case_id.endswith("1"):
            return []
        return [
            _row("ABCD2345EFGH", "valid", may_download=True, may_revoke=True),
            _row("ABCD2345EFGJ", "expired", language="en"),
            _row("ABCD2345EFGK", "revoked", revoked_at=AT, revoked_by="周倩", why="返校日期有误", erased=True),
        ]

    def check(self, said: str) -> Checked:
        del said
        return Checked(state="unknown")
