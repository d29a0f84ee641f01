"""The catalogue of faults in the sheet `passes` (codes `PASS-…`)."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

NO_NAME = fault(
    "PASS-001",
    Severity.ERROR,
    "这一行没有写通行证的名称。",
    "This row has no name.",
    do_zh="在“通行证”列写名称。",
    do_en="Write one into the column pass.",
)
NAME_TWICE = fault(
    "PASS-002",
    Severity.ERROR,
    "“{name}”写了两次（第一次在 {first}）。",
    "“{name}” stands there twice (first at {first}).",
    do_zh="每种通行证一个名称。",
    do_en="Give every pass a name of its own.",
)
BAD_USES = fault(
    "PASS-003",
    Severity.ERROR,
    "看不懂次数“{text}”。",
    "“{text}” is no number of uses.",
    do_zh="写 一次、3次 或 不限；空白为一次。",
    do_en="Write once, 3 times or unlimited; blank is once.",
)
BAD_YES = fault(
    "PASS-004",
    Severity.ERROR,
    "“{text}”不是“是”或“否”。",
    "“{text}” is neither yes nor no.",
    do_zh="出门也要刷码写 是，不用写 否；空白为是。",
    do_en="Write yes where going out is scanned too, no where it is not; blank is yes.",
)
UNKNOWN_PASS = fault(
    "PASS-005",
    Severity.ERROR,
    "“通行证”表里没有“{name}”。",
    "The sheet passes has no “{name}”.",
    do_zh="在“通行证”表里加一行，或改用已有的名称。",
    do_en="Add a row to the sheet passes, or name one that is there.",
)
UNKNOWN_SHOWN = fault(
    "PASS-006",
    Severity.ERROR,
    "“显示”里的“{name}”不是表单的字段，也不是规则的结果，或在明细里。",
    "“{name}” in the column shows is no question and no result of the rules, or stands in a repeat.",
    do_zh="写字段的名称，几个用顿号隔开。",
    do_en="Name questions, several parted by commas.",
)
SHOWS_MASKED = fault(
    "PASS-007",
    Severity.NOTICE,
    "“{name}”标了敏感：门岗本人办这件时看到全部，闸机和其他查验人看到打码的。",
    "“{name}” is sensitive: whoever is asked on the case sees it whole, gates and other keepers under its mask.",
    do_zh="不用处理。",
    do_en="Leave it.",
)
NO_SUCH_STEP = fault(
    "PASS-008",
    Severity.ERROR,
    "流程里没有环节“{step}”。",
    "The route has no step “{step}”.",
    do_zh="写“流程”表里的环节号，如 40。",
    do_en="Write the number of a step of the route, such as 40.",
)
NO_SUCH_FIELD = fault(
    "PASS-009",
    Severity.ERROR,
    "“{name}”不是表单里的日期时间字段，或在明细里。",
    "“{name}” is no question of a date and time, or stands in a repeat.",
    do_zh="写一个“日期时间”字段的名称。",
    do_en="Name a question of the type datetime.",
)
NOT_EDITED = fault(
    "PASS-010",
    Severity.ERROR,
    "环节 {step} 不能编辑“{name}”，刷码时间写不进去。",
    "Step {step} may not edit “{name}”, so the moment of the scan cannot be put there.",
    do_zh="把它写进这个环节的“可编辑”列。",
    do_en="Name it in the column edit of that step.",
)
NO_EXITS = fault(
    "PASS-011",
    Severity.ERROR,
    "“{name}”不查出门，“出门办理”和“出门时间”不起作用。",
    "Going out is not scanned with “{name}”, so on_out and left have no effect.",
    do_zh="把“查出门”写成 是，或清空这两列。",
    do_en="Write yes into exits, or empty the two columns.",
)
NEVER_GIVEN = fault(
    "PASS-012",
    Severity.WARNING,
    "工作簿没有流程，“{name}”永远不会发出。",
    "The workbook has no route, so “{name}” is never given.",
    do_zh="加上“流程”表。",
    do_en="Add a sheet route.",
)
NO_END = fault(
    "PASS-013",
    Severity.WARNING,
    "“{name}”没有写有效到什么时候，次数也不限：发出后一直能用。",
    "“{name}” has no end and unlimited uses: once given it counts for ever.",
    do_zh="在“有效到”写时间，如 ${{离开}}，或限定次数。",
    do_en="Write a moment into until, such as ${{departure}}, or limit its uses.",
)
KEPT_FOR_EVER = fault(
    "PASS-014",
    Severity.WARNING,
    "“{name}”会填上进出的时间，但没有标为敏感：删除个人信息时它会留下，导出和查询里也人人可见。",
    "“{name}” gets the moment of a scan, but is not marked as sensitive: a deletion of personal data leaves it, and lists and exports show it.",
    do_zh="在“表单”表里这个字段的“敏感”列写 是。",
    do_en="Write yes into the column sensitive of that question.",
)
