"""Bars for figures that a table beside them tells as well. ECharts comes with NiceGUI, and loads where a chart is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from nicegui import ui

_COLOURS = ("#0b5cab", "#7fb2e5", "#b4231f", "#8a94a3")
_INK, _LINE = "#44546a", "#d5dde6"
_ROW, _MARGIN = 34, 90  # pixels


def bars(
    label: str, names: Sequence[str], series: Mapping[str, Sequence[int | Decimal | None]], *, across: bool
) -> None:
    """Stacked bars, one for each name; `across` lays them from left to right, for names that are long.

    Names reach the chart as text: what is drawn is SVG text, and no label is a template.
    """
    axis = {"type": "category", "data": list(names), "axisLabel": _label(across=across), "axisTick": {"show": False}}
    amount = amounts(series)
    options = {
        "animation": False,
        "color": list(_COLOURS),
        "aria": {
            "enabled": True,
            "label": {"enabled": False},
            "decal": {"show": True},
        },  # told apart without colours too
        "grid": {"left": 8, "right": 24, "top": 40, "bottom": 8, "containLabel": True},
        "legend": {"top": 0, "left": 0, "textStyle": {"color": _INK}, "selectedMode": False},
        "tooltip": {"trigger": "axis", "renderMode": "richText"},
        "xAxis": amount if across else axis,
        "yAxis": {**axis, "inverse": True} if across else amount,
        "series": [
            {"name": name, "type": "bar", "stack": "all", "barMaxWidth": 28, "data": [_number(one) for one in values]}
            for name, values in series.items()
        ],
    }
    chart = ui.echart(options, renderer="svg").classes("chart")
    chart.props["role"] = "img"
    chart.props["aria-label"] = label
    height = _MARGIN + _ROW * max(len(names), 2) if across else 280
    chart.style(f"height: {height}px")


def amounts(series: Mapping[str, Sequence[int | Decimal | None]]) -> dict[str, object]:
    """The axis of the amounts; of whole ones no half is marked."""
    whole = all(one is None or one == int(one) for values in series.values() for one in values)
    axis = {"type": "value", "axisLabel": {"color": _INK}, "splitLine": {"lineStyle": {"color": _LINE}}}
    return {**axis, **({"minInterval": 1} if whole else {})}


def _label(*, across: bool) -> dict[str, object]:
    return {"color": _INK, **({"width": 120, "overflow": "truncate"} if across else {"hideOverlap": True})}


def _number(value: int | Decimal | None) -> float | int:
    """A number as a chart draws it: to the pixel, not to the digit."""
    return float(value) if isinstance(value, Decimal) else value or 0
