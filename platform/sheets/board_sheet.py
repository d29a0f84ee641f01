"""The sheet `board` · `看板`: one row is one chart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from banshi.platform.forms.index import index_of
from banshi.platform.service.boards import BOARD_NAMES, OF, Chart, ChartKind, From
from banshi.platform.service.masking import masks_of
from banshi.platform.service.model import Service
from banshi.platform.sheets import board_faults as faults
from banshi.platform.sheets.cells import expression
from banshi.platform.workbook.columns import Column, Record, plain, read_header, suggest
from banshi.platform.workbook.remarks import below_title
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression, Name, Scope
from banshi.rules.values import Kind

COLUMNS: Final = (
    Column("chart", ("chart", "图表"), needed=True),
    Column("title", ("title", "标题", "title::中文 (zh)", "title::zh", "标题::中文 (zh)"), needed=True),
    Column("title_en", ("title::English (en)", "title::en", "标题::English (en)", "标题::en")),
    Column("source", ("source", "来源"), needed=True),
    Column("group", ("group", "分组")),
    Column("value", ("value", "数值")),
    Column("filter", ("filter", "条件")),
    Column("note", ("note", "notes", "备注")),
)
CHARTS: Mapping[str, tuple[str, ...]] = {
    ChartKind.COUNT: ("count", "计数"),
    ChartKind.SUM: ("sum", "合计"),
    ChartKind.TREND: ("trend", "趋势"),
    ChartKind.RANKING: ("ranking", "排名"),
    ChartKind.OVERDUE: ("overdue", "超期"),
    ChartKind.SHARE: ("share", "占比"),
}
SOURCES: Mapping[str, tuple[str, ...]] = {
    From.CASES: ("cases", "办件"),
    From.TASKS: ("tasks", "待办"),
    From.BILLS: ("bills", "账单"),
}
Check = Callable[[Expression | None, Scope, Kind], Iterator[Diagnostic]]


def parse_board(sheet: Sheet, datasets: frozenset[str]) -> tuple[tuple[Chart, ...], list[Diagnostic]]:
    """The charts of a sheet with everything that is wrong in it. `datasets` are the names of the data sheets."""
    if not sheet.rows:
        return (), []
    sheet, notes = below_title(sheet, COLUMNS)
    header, found = read_header(sheet, sheet.rows[0], COLUMNS)
    found += notes
    if not {"chart", "title", "source"} <= header.index.keys():
        return (), found
    charts = [_chart(record, datasets, found) for record in header.records(sheet.rows[1:])]
    return tuple(chart for chart in charts if chart is not None), found


def _chart(record: Record, datasets: frozenset[str], found: list[Diagnostic]) -> Chart | None:
    title = {language: text for language, name in (("zh", "title"), ("en", "title_en")) if (text := record[name].text)}
    if not title:
        found.append(faults.NO_TITLE.at(record["title"].place))
    kind, source = _kind(record["chart"], found), _source(record["source"], datasets, found)
    group, value, only = (expression(record[name], found) for name in ("group", "value", "filter"))
    if kind is None or source is None or not title:
        return None
    return Chart(
        kind=kind,
        title=title,
        source=source[0],
        name=source[1],
        group=group,
        value=value,
        only=only,
        place=record.first,
        cells={column.name: cell.place for column in COLUMNS if not (cell := record[column.name]).blank},
    )


def _kind(cell: Cell, found: list[Diagnostic]) -> ChartKind | None:
    kind = next((ChartKind(name) for name, words in CHARTS.items() if plain(cell.text) in map(plain, words)), None)
    if kind is None:
        known = "、".join(" / ".join(words) for words in CHARTS.values())
        near = suggest(cell.text, (word for words in CHARTS.values() for word in words))
        found.append(faults.UNKNOWN_CHART.at(cell.place, text=cell.text, known=known, near=near))
    return kind


def _source(cell: Cell, datasets: frozenset[str], found: list[Diagnostic]) -> tuple[From, str] | None:
    by_name = {plain(name): name for name in datasets}
    if (name := by_name.get(plain(cell.text))) is not None:
        return From.DATA, name
    source = next((From(name) for name, words in SOURCES.items() if plain(cell.text) in map(plain, words)), None)
    if source is None:
        known = (*datasets, *(word for words in SOURCES.values() for word in words))
        found.append(faults.UNKNOWN_SOURCE.at(cell.place, text=cell.text, near=suggest(cell.text, known)))
        return None
    return source, ""


def check_board(service: Service, form: Scope, check: Check) -> Iterator[Diagnostic]:
    """What only shows against the form and the data sheets; `check` checks an expression."""
    masks = masks_of(service)
    repeated = {item.name for item, repeats in (service.survey.walk() if service.survey else ()) if repeats}
    for chart in service.charts:
        if chart.source is not From.DATA and service.survey is None:
            yield faults.NO_CASES.at(chart.at("source"))
            continue
        if chart.kind is ChartKind.SUM and chart.value is None:
            yield faults.NO_VALUE.at(chart.at("chart"))
        if chart.kind is ChartKind.OVERDUE and chart.source is not From.TASKS:
            yield faults.NOT_OVERDUE.at(chart.at("chart"))
        if chart.kind is ChartKind.TREND and chart.source is From.DATA and chart.group is None:
            yield faults.NO_GROUP.at(chart.at("chart"))
        scope = _scope(service, chart, form)
        yield from check(chart.group, scope, Kind.ANY)
        yield from check(chart.value, scope, Kind.NUMBER)
        yield from check(chart.only, scope, Kind.BOOLEAN)
        if chart.source is From.DATA:
            continue
        for one in chart.expressions:
            for name in masks.named(index_of(service).questions(one.names) | one.names):
                yield faults.SENSITIVE.at(one.place, name=name)
            for name in sorted(one.names & repeated):
                yield faults.IN_ROWS.at(one.place, name=name)


def _scope(service: Service, chart: Chart, form: Scope) -> Scope:
    kinds = {"total": Kind.NUMBER, "overdue": Kind.BOOLEAN}
    own = {word: Name(kinds.get(key, Kind.TEXT)) for key in OF[chart.source] for word in BOARD_NAMES[key]}
    if chart.source is From.DATA:
        columns = service.datasets[chart.name].columns if chart.name in service.datasets else ()
        return Scope({**own, **{column: Name(Kind.ANY) for column in columns}}, form.datasets, now=form.now)
    return form.with_names(own)
