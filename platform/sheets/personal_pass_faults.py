"""The catalogue of faults in the sheet `personal passes` (codes `PERSONAL-…`)."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

NO_NAME = fault(
    "PERSONAL-001",
    Severity.ERROR,
    "这一行没有写通行证的名称。",
    "This row has no name.",
    do_zh="在“通行证”列写名称。",
    do_en="Write one into the column pass.",
)
NAME_TWICE = fault(
    "PERSONAL-002",
    Severity.ERROR,
    "“{name}”写了两次（第一次在 {first}）。",
    "“{name}” stands there twice (first at {first}).",
    do_zh="每种通行证一个名称。",
    do_en="Give every pass a name of its own.",
)
BAD_YES = fault(
    "PERSONAL-003",
    Severity.ERROR,
    "“{text}”不是“是”或“否”。",
    "“{text}” is neither yes nor no.",
    do_zh="出门也要刷码写 是，不用写 否；空白为是。",
    do_en="Write yes where going out is scanned too, no where it is not; blank is yes.",
)
BAD_KEEPING = fault(
    "PERSONAL-004",
    Severity.ERROR,
    "看不懂进出记录保存多久：“{text}”。",
    "“{text}” does not say how long passages are kept.",
    do_zh="写整月或整年，如 3个月、1年。",
    do_en="Write whole months or years, such as 3 months or 1 year.",
)
NO_ROLL = fault(
    "PERSONAL-005",
    Severity.ERROR,
    "没有数据表“{name}”。",
    "There is no data sheet “{name}”.",
    do_zh="写一张数据表的名称：“数据-住宿名册”写 住宿名册。",
    do_en="Name a data sheet: residents for data.residents.",
)
LIVE_ROLL = fault(
    "PERSONAL-006",
    Severity.ERROR,
    "“{name}”是台账，由办件写入，不能作名册。",
    "“{name}” is a register, which cases write to, and cannot be a roll.",
    do_zh="用一张普通的数据表。",
    do_en="Use a plain data sheet.",
)
NO_SUCH_COLUMN = fault(
    "PERSONAL-007",
    Severity.ERROR,
    "名册没有“{name}”这一列。",
    "The roll has no column “{name}”.",
    do_zh="写名册的列名，几个用顿号隔开。",
    do_en="Name columns of the roll, several parted by commas.",
)
NO_HOURS = fault(
    "PERSONAL-008",
    Severity.ERROR,
    "没有规则表“{name}”。",
    "There is no decision table “{name}”.",
    do_zh="写一张规则表的名称：“规则-门禁时间”写 门禁时间。",
    do_en="Name a decision table: hours for rules.hours.",
)
UNKNOWN_INPUT = fault(
    "PERSONAL-009",
    Severity.ERROR,
    "通行规则“{table}”读取“{name}”，它不是名册的列，也不是 时刻、星期、地点。",
    "The table “{table}” reads “{name}”, which is no column of the roll and none of time, weekday and place.",
    do_zh="改成名册的列名，或 时刻、星期、地点。",
    do_en="Name a column of the roll, or time, weekday or place.",
)
BAD_VERDICT = fault(
    "PERSONAL-010",
    Severity.ERROR,
    "“{text}”不是通行规则的结果。",
    "“{text}” is no result of a table of hours.",
    do_zh="在“则”的第一列写 放行、迟归 或 不放行；命中方式用 首个 或 唯一。",
    do_en="Write allow, late or refuse into the first column of results; the hit policy is first or unique.",
)
NO_DAY = fault(
    "PERSONAL-012",
    Severity.ERROR,
    "“{text}”不是日期，这个人的通行证会当即过期。",
    "“{text}” is no day: the pass of this person would be over at once.",
    do_zh="写日期，如 2026-12-31；没有期限的留空。",
    do_en="Write a day, such as 2026-12-31; leave it blank where there is no end.",
)
BAD_POLICY = fault(
    "PERSONAL-013",
    Severity.ERROR,
    "通行规则“{table}”的命中方式是“{hit}”，一次可以给几个结果，这样谁也进不来。",
    "The table of hours “{table}” has the hit policy {hit}, which gives several results or a number: nobody would be let in.",
    do_zh="命中方式用 首个 或 唯一。",
    do_en="Use first or unique.",
)
NEVER_FITS = fault(
    "PERSONAL-014",
    Severity.ERROR,
    "“{text}”永远不会适用：“{name}”给的是{what}。",
    "“{text}” never fits: {name} is {what_en}.",
    do_zh="星期写 1 到 7（周一为 1，周日为 7），时刻写 23:00 这样的时间。",
    do_en="Write weekdays as 1 to 7 (Monday 1, Sunday 7), and times of day such as 23:00.",
)
NOBODY_READS = fault(
    "PERSONAL-011",
    Severity.WARNING,
    "没有写“查看人”：没有人能看到谁进出过，导出的名单都打码。",
    "Nobody is named in office: nobody reads who came and went, and lists are masked.",
    do_zh="在“查看人”写谁可以看，如 角色:学生公寓中心.宿管岗。",
    do_en="Name who may, such as role:Housing.warden.",
)
