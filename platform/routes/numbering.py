"""Case numbers from a pattern such as `BX{yyyy}{000001}`: a counter for each series and period, without gaps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from banshi.storage.contract import NumberRequest

_PART = re.compile(r"\{(yyyy|yy|mm|dd|0*1)\}")


@dataclass(frozen=True, slots=True)
class NumberPattern:
    """A pattern: text with `{yyyy}` `{yy}` `{mm}` `{dd}` and one counter `{000001}` as wide as its zeros."""

    text: str

    @property
    def series(self) -> str:
        """What tells this series from others: the pattern, however wide its counter. Services that share it share it."""
        return re.sub(r"\{0*1\}", "{1}", self.text)

    def period(self, day: date) -> str:
        """The period in which the counter runs: the finest date part that the pattern shows."""
        parts = set(_PART.findall(self.text))
        if "dd" in parts:
            return day.strftime("%Y-%m-%d")
        if "mm" in parts:
            return day.strftime("%Y-%m")
        return day.strftime("%Y") if parts & {"yyyy", "yy"} else ""

    def number(self, day: date, count: int) -> str:
        """The number that `count` (from 1) gives on a day; a pattern without a counter gets one of six digits."""
        text = self.text if re.search(r"\{0*1\}", self.text) else self.text + "{000001}"
        dates = {"yyyy": "%Y", "yy": "%y", "mm": "%m", "dd": "%d"}

        def part(match: re.Match[str]) -> str:
            key = match.group(1)
            return day.strftime(dates[key]) if key in dates else str(count).zfill(len(key))

        return _PART.sub(part, text)


def request(pattern: str, day: date) -> NumberRequest:
    """What draws the next number of a pattern on a day."""
    made = NumberPattern(pattern)
    return NumberRequest(series=made.series, period=made.period(day), format=lambda count: made.number(day, count))
