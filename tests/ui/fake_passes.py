"""Passes of the fake hall: one that counts and one that was withdrawn."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from banshi.platform.cases.passes import PassRow
from banshi.platform.people.directory import Person

AT = datetime(2026, 9, 1, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def _row(key: str, state: str, **more: object) -> PassRow:
    known = {
        "case_id": "C1", "title": "访客通行证", "places": ["海棠1栋"], "since": AT, "until": AT.replace(hour=9), "left": 1,
        "inside": False, "given_at": AT,
    }  # fmt: skip
    return PassRow(id=key * 64, state=state, **{**known, **more})


class FakePasses:
    """What screens ask of `hall.passes`."""

    def of_case(self, person: Person, case_id: str, language: str = "zh") -> list[PassRow]:
        del person, language
        if not case_id.endswith("1"):
            return []
        return [
            _row("a", "given", code="ABCD2345EFGHABCD2345EFGH234", may_withdraw=True),
            _row("b", "withdrawn", withdrawn_at=AT, why="不来了"),
        ]

    def mine(self, person: Person, pass_key: str, language: str = "zh") -> PassRow:
        del person, pass_key, language
        return _row("a", "given", code="ABCD2345EFGHABCD2345EFGH234")

    def places(self) -> list[str]:
        return ["海棠1栋", "银杏2栋"]


class FakePersonalPasses:
    """What the menu asks of `hall.personal_passes` and `hall.passages`."""

    def holds_any(self, person: Person) -> bool:
        return False

    def may_look(self, person: Person) -> bool:
        return False
