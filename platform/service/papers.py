"""The sheet `documents` as data: the papers that a service issues, and what their templates may read of the case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.expressions import Expression

LANGUAGES = ("zh", "en")
MOST_COPIES = 100
"""Copies that kiosks print of a paper where they are counted."""
_MONTHS = 12

CASE_PARTS: Mapping[str, str] = {
    "number": "单号", "title": "标题", "service": "服务", "submitted": "提交日期", "opinions": "意见", "bills": "账单", "total": "合计",
}  # fmt: skip
"""What stands behind `case.` and `办件.` in a template."""
OPINION_PARTS: Mapping[str, str] = {
    "step": "环节", "name": "姓名", "date": "日期", "opinion": "意见", "signature": "签名",
}  # fmt: skip
BILL_PARTS: Mapping[str, str] = {"item": "项目", "amount": "金额", "tariff": "收费"}
PAPER_PARTS: Mapping[str, str] = {
    "number": "文号", "title": "名称", "date": "日期", "valid_until": "有效期至", "copies": "份数", "language": "语言",
    "code": "核验码", "address": "核验网址", "qr": "二维码", "seal": "印章",
}  # fmt: skip
"""What stands behind `paper.` and `文书.`."""
OWN_NAMES: Mapping[str, tuple[str, Mapping[str, str]]] = {"case": ("办件", CASE_PARTS), "paper": ("文书", PAPER_PARTS)}


@dataclass(frozen=True, slots=True)
class Valid:
    """How long a paper is valid: days and months after the day of its issue, or until the day that an expression gives."""

    days: int = 0
    months: int = 0
    until: Expression | None = None

    def ends(self, issued: datetime) -> datetime:
        """The first moment at which it is valid no more, of a paper that is issued at a moment of campus time."""
        year, month = divmod(issued.year * _MONTHS + issued.month - 1 + self.months, _MONTHS)
        first = date(year, month + 1, 1)
        following = (first + timedelta(days=32)).replace(day=1)
        day = min(first + timedelta(days=issued.day - 1), following - timedelta(days=1))
        return datetime.combine(day + timedelta(days=self.days + 1), time(), issued.tzinfo)


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal: the words on its ring and those below the star, or a picture (`data:` address). No electronic seal."""

    text: str = ""
    below: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One row of the documents sheet.

    `titles` and `templates` are by language; without a template the platform lays the paper out. `size` is a paper size of
    wkhtmltopdf (`A4`). `copies` is how often kiosks print it (0: without end), or what gives that for a case; with `downloads`
    each time that its applicant loads it counts as well. `number` the pattern of its numbers, `shows`
    are the names that the check page shows beside number and date. One paper is issued in each of the `languages`.
    """

    name: str
    titles: Mapping[str, str] = field(default_factory=dict)
    when: Expression | None = None
    templates: Mapping[str, str] = field(default_factory=dict)
    size: str = "A4"
    landscape: bool = False
    copies: int | Expression = 0
    downloads: bool = False
    number: str
    seal: Seal | None = None
    verify: bool = True
    shows: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("zh",)
    valid: Valid | None = None
    place: Place = NOWHERE
    cells: Mapping[str, Place] = field(default_factory=dict, compare=False)

    def at(self, column: str) -> Place:
        """The cell of a column, else that of the row."""
        return self.cells.get(column, self.place)

    def title(self, language: str) -> str:
        """What it is called."""
        return self.titles.get(language) or self.titles.get("zh") or self.name

    def template(self, language: str) -> str:
        """The template of a language, else the one that there is; an empty text where there is none."""
        return self.templates.get(language) or next(iter(self.templates.values()), "")


def template_name(name: str) -> str:
    """A name as templates write it: `fees.total` is `fees_total` there."""
    return re.sub(r"\W", "_", name)
