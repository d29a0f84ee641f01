"""What the screens say of boards."""

from __future__ import annotations

BOARDS: dict[str, tuple[str, str]] = {
    "nav.boards": ("数据看板", "Boards"),
    "boards.title": ("数据看板", "Boards"),
    "boards.lead": (
        "各项服务公布的数字，打开时现算。人数太少的组合并显示。",
        "The numbers that services publish, computed as you open the page. Groups of few people are told together.",
    ),
    "boards.back": ("返回数据看板", "All boards"),
    "boards.empty": ("还没有看板", "No boards"),
    "boards.empty_text": (
        "在工作簿里加一张“看板”表，发布后就在这里。",
        "Add a sheet called board to a workbook; once published it is here.",
    ),
    "boards.nothing": ("还没有数据", "Nothing to show yet"),
    "boards.withheld": (
        "涉及的人少于 {count} 位，不显示。",
        "Fewer than {count} people are in it, so it is not shown.",
    ),
    "boards.group": ("分组", "Group"),
    "boards.number": ("数值", "Number"),
    "boards.share": ("占比", "Share"),
    "boards.chart": ("图：{title}，数字见下面的表", "Chart: {title}; the table below has the numbers"),
    "boards.table": ("表格", "Table"),
    "boards.export": ("导出 {kind}", "Export {kind}"),
}
