"""Figures as tables, for screens, exports and the command line: one table of words, one order of columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from banshi.platform.errors import NotFound
from banshi.platform.statistics.model import CaseGroup, Lengths, Statistics, StepGroup
from banshi.platform.workbook.writing import Entry

HOUR = 3600
Word = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A header and its rows; lengths of time in hours, rates in percent."""

    header: Sequence[str]
    rows: Sequence[Sequence[Entry]]


def hours(seconds: int | None) -> Decimal | None:
    """Seconds as hours to two digits."""
    return None if seconds is None else (Decimal(seconds) / HOUR).quantize(Decimal("0.01"))


def percent(rate: Decimal | None) -> Decimal | None:
    """A rate as a number of percent, to two digits."""
    return None if rate is None else (rate * 100).quantize(Decimal("0.01"))


def _lengths(zh: str, en: str, of: Callable[..., Lengths]) -> list[tuple[Word, Callable[..., Entry]]]:
    return [
        ((f"{zh}中位数（小时）", f"{en}, median (h)"), lambda group: hours(of(group).median)),
        ((f"{zh}90%以内（小时）", f"{en}, 90th percentile (h)"), lambda group: hours(of(group).p90)),
        ((f"{zh}平均（小时）", f"{en}, mean (h)"), lambda group: hours(of(group).mean)),
    ]


_CASES: list[tuple[Word, Callable[[CaseGroup], Entry]]] = [
    (("办理事项", "Cases"), lambda g: g.cases),
    (("正在办理", "In progress"), lambda g: g.in_progress),
    (("累计办结", "Finished"), lambda g: g.finished),
    (("通过", "Approved"), lambda g: g.approved),
    (("未通过", "Refused"), lambda g: g.refused),
    (("撤回", "Withdrawn"), lambda g: g.withdrawn),
    (("退回过", "Sent back"), lambda g: g.sent_back),
    (("服务人次", "Applicants, by day"), lambda g: g.visits),
    (("未通过率（%）", "Refusal rate (%)"), lambda g: percent(g.refusal_rate)),
    (("退回率（%）", "Return rate (%)"), lambda g: percent(g.return_rate)),
    *_lengths("办结工作用时", "Working time to the end", lambda g: g.worktime),
    *_lengths("办结用时含下班和假日", "Time to the end, nights and holidays included", lambda g: g.plain),
]
_STEPS: list[tuple[Word, Callable[[StepGroup], Entry]]] = [
    (("服务", "Service"), lambda g: g.service),
    (("环节号", "Step"), lambda g: g.step),
    (("环节", "Name"), lambda g: g.name),
    (("送办次数", "Times asked"), lambda g: g.asked),
    (("已办次数", "Times done"), lambda g: g.decided),
    (("现在等待", "Waiting now"), lambda g: g.waiting),
    (("到期自动处理", "Automatic at the deadline"), lambda g: g.by_clock),
    (("未办结束", "Cut short"), lambda g: g.cut_short),
    (("不同意", "Refusals"), lambda g: g.refusals),
    (("退回", "Returns"), lambda g: g.returns),
    (("有期限", "With a deadline"), lambda g: g.timed),
    (("超时", "Overdue"), lambda g: g.overdue),
    (("不同意率（%）", "Refusal rate (%)"), lambda g: percent(g.refusal_rate)),
    (("退回率（%）", "Return rate (%)"), lambda g: percent(g.return_rate)),
    (("超时率（%）", "Overdue rate (%)"), lambda g: percent(g.overdue_rate)),
    (("占各环节用时（%）", "Share of all steps' time (%)"), lambda g: percent(g.share)),
    *_lengths("办理工作用时", "Working time", lambda g: g.worktime),
    *_lengths("办理用时含下班和假日", "Time, nights and holidays included", lambda g: g.plain),
    (("等待工作时间中位数（小时）", "Waiting, working time, median (h)"), lambda g: hours(g.waiting_worktime.median)),
]
_NAMED: Mapping[str, tuple[Word, Callable[[Statistics], Sequence[CaseGroup]]]] = {
    "months": (("月份", "Month"), lambda s: s.months),
    "units": (("申请单位", "Unit of the applicant"), lambda s: s.units),
    "services": (("服务", "Service"), lambda s: s.by_service),
}
TABLES = ("total", *_NAMED, "steps")
"""The tables that there are."""


def table_of(found: Statistics, by: str, language: str) -> Table:
    """One of `TABLES`; NotFound for another name."""
    if by == "steps":
        return _table(_STEPS, [] if found.withheld else found.steps, language)
    if by == "total":
        services: tuple[Word, Callable[[CaseGroup], Entry]] = (("进驻业务", "Services"), lambda _: found.services)
        return _table([services, *_CASES], [] if found.withheld else [found.total], language)
    if by not in _NAMED:
        raise NotFound("table", by)
    word, groups = _NAMED[by]
    return _table([(word, lambda g: g.label), *_CASES], groups(found), language)


def _table(
    columns: Sequence[tuple[Word, Callable[..., Entry]]], groups: Sequence[CaseGroup | StepGroup], language: str
) -> Table:
    header = [word[language == "en"] for word, _ in columns]
    return Table(header, [[entry(group) for _, entry in columns] for group in groups])
