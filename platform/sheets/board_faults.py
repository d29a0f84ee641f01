"""The catalogue of faults in the sheet `board` (codes `BOARD-…`)."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

UNKNOWN_CHART = fault(
    "BOARD-001",
    Severity.ERROR,
    "不认识图表“{text}”。可以写：{known}。",
    "“{text}” is no chart; there are {known}.",
    do_zh="改用其中一种。",
    do_en="Take one of them.",
)
UNKNOWN_SOURCE = fault(
    "BOARD-002",
    Severity.ERROR,
    "不认识来源“{text}”。可以写：办件、待办、账单，或数据表的名称。",
    "“{text}” is no source; there are cases, tasks, bills, or the name of a data sheet.",
    do_zh="改用其中一种；数据表要在本工作簿里。",
    do_en="Take one of them; a data sheet stands in this workbook.",
)
NO_TITLE = fault(
    "BOARD-003",
    Severity.ERROR,
    "这一行没有写标题。",
    "This row has no title.",
    do_zh="写图表上方的标题。",
    do_en="Write what stands above the chart.",
)
NO_VALUE = fault(
    "BOARD-004",
    Severity.ERROR,
    "“合计”要写加什么。",
    "A sum needs a value to add up.",
    do_zh="在“数值”列写表达式，如 ${{金额}}。",
    do_en="Write an expression in the column value, such as ${{amount}}.",
)
SENSITIVE = fault(
    "BOARD-005",
    Severity.ERROR,
    "敏感字段“{name}”不能用在看板里。",
    "The sensitive field “{name}” may not be used on a board.",
    do_zh="换一个字段：看板给许多人看。",
    do_en="Use another field: many people see a board.",
)
NOT_OVERDUE = fault(
    "BOARD-006",
    Severity.ERROR,
    "“超期”只能算待办。",
    "Only tasks can be overdue.",
    do_zh="来源写“待办”，或换一种图表。",
    do_en="Let the source be tasks, or take another chart.",
)
NO_CASES = fault(
    "BOARD-007",
    Severity.ERROR,
    "这个工作簿没有表单，也就没有办件、待办和账单。",
    "This workbook has no form, so there are no cases, tasks and bills.",
    do_zh="来源改为数据表。",
    do_en="Take a data sheet as the source.",
)
NO_GROUP = fault(
    "BOARD-008",
    Severity.ERROR,
    "“趋势”对数据表要写按哪个日期分组。",
    "A trend of a data sheet needs a date to go by.",
    do_zh="在“分组”列写日期列，如 ${{日期}}。",
    do_en="Write a column of dates in group, such as ${{date}}.",
)
IN_ROWS = fault(
    "BOARD-009",
    Severity.ERROR,
    "“{name}”在明细里，一件有多个值，看板不能直接用。",
    "“{name}” stands in a repeat and has several values in a case, so that a board cannot use it.",
    do_zh="在表单里先算成一个值，如 sum(${{{name}}})。",
    do_en="Compute one value in the form first, such as sum(${{{name}}}).",
)
