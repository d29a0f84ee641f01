"""The catalogue of faults in who-expressions, organisation workbooks and calendars (codes `WHO-…`)."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

UNKNOWN_WORD = fault(
    "WHO-001",
    Severity.ERROR,
    "办理人里的“{word}”不认识。",
    "“{word}” is not a way to name people.",
    do_zh="可用的写法：人:工号、角色:部门.岗、岗位:名称[字段]、部门负责人(字段)、字段:名称、发起人、环节 20，"
    "用 + 和 - 连接。",
    do_en="Write person:id, role:dept.role, post:name[field], head(field), field:name, initiator or step 20, "
    "joined by + and -.",
)
NOT_AVAILABLE = fault(
    "WHO-002",
    Severity.ERROR,
    "办理人写法“{word}”在本版本中还不能使用。",
    "“{word}” is not available in this version.",
    do_zh="请先改用角色、岗位、部门负责人或表单字段来指定办理人。",
    do_en="Name a role, a post, a head of department or a form field instead.",
)
UNREADABLE = fault(
    "WHO-003",
    Severity.ERROR,
    "办理人“{text}”写得不完整。",
    "“{text}” does not say whom to ask.",
    do_zh="请写成这样：{example}。",
    do_en="Write it like this: {example}.",
)
NOBODY_TO_REMOVE = fault(
    "WHO-004",
    Severity.ERROR,
    "办理人不能以减号开头：“{text}”前面还没有人。",
    "The people cannot begin with a minus: nobody stands before “{text}”.",
    do_zh="先写要请的人，再用 - 去掉不请的人，例如：角色:财务处.审核岗 - 发起人。",
    do_en="Name the people first, then take some away: role:财务处.审核岗 - initiator.",
)
UNKNOWN_ROLE = fault(
    "WHO-010",
    Severity.ERROR,
    "组织表里没有角色“{name}”。",
    "The organisation has no role “{name}”.",
    do_zh="改用已有的角色，或在组织表中把这个角色给某个人。",
    do_en="Use a role of the organisation, or give this role to somebody there.",
)
ROLE_WITHOUT_HOLDER = fault(
    "WHO-011",
    Severity.WARNING,
    "角色“{name}”目前没有人担任。",
    "Nobody holds the role “{name}” today.",
    do_zh="在组织表中把角色给某个人，否则到这一步时按“无人时”处理。",
    do_en="Give the role to somebody, or the step falls to what its `empty` column says.",
)
UNKNOWN_PERSON = fault(
    "WHO-012",
    Severity.ERROR,
    "组织表里没有工号“{name}”。",
    "The organisation has no person with the id “{name}”.",
    do_zh="核对工号；人员离职时请改用角色或岗位。",
    do_en="Check the id; where people come and go, name a role or a post.",
)
UNKNOWN_POST = fault(
    "WHO-013",
    Severity.ERROR,
    "组织表里没有岗位“{name}”。",
    "The organisation has no post “{name}”.",
    do_zh="改用已有的岗位，或在组织表的“岗位”列写上“{name}[单位]”。",
    do_en="Use a post of the organisation, or write “{name}[unit]” in its posts column.",
)
UNKNOWN_DEPARTMENT = fault(
    "WHO-014",
    Severity.ERROR,
    "组织表里没有部门“{name}”。",
    "The organisation has no department “{name}”.",
    do_zh="改用组织表中的部门名称。",
    do_en="Use the name of a department of the organisation.",
)
UNKNOWN_FIELD = fault(
    "WHO-015",
    Severity.ERROR,
    "办理人用到的字段“{name}”不在表单里。",
    "The form has no field “{name}” to take the people from.",
    do_zh='改用表单中的字段；固定的部门请加引号，例如：部门负责人("财务处")。',
    do_en='Use a field of the form; put a fixed department in quotes: head("财务处").',
)
DUPLICATE_ENTRY = fault(
    "WHO-020",
    Severity.ERROR,
    "“{name}”出现了两次。",
    "“{name}” stands here twice.",
    do_zh="删除其中一行，或改正编号。",
    do_en="Delete one of the rows, or correct its id.",
)
MISSING_ENTRY = fault(
    "WHO-021",
    Severity.ERROR,
    "这一行缺少编号或姓名（名称）。",
    "The row has no id or no name.",
    do_zh="补上编号和姓名（名称），或删除这一行。",
    do_en="Fill in the id and the name, or delete the row.",
)
NO_DEPARTMENT = fault(
    "WHO-022",
    Severity.ERROR,
    "没有部门“{name}”。",
    "There is no department “{name}”.",
    do_zh="改正部门名称，或在部门表中加上它。",
    do_en="Correct the name, or add the department to the departments sheet.",
)
NO_PERSON = fault(
    "WHO-023",
    Severity.ERROR,
    "人员表中没有工号“{name}”。",
    "There is nobody with the id “{name}” in the people sheet.",
    do_zh="改正工号，或在人员表中加上这个人。",
    do_en="Correct the id, or add the person to the people sheet.",
)
CIRCLE_OF_DEPARTMENTS = fault(
    "WHO-024",
    Severity.ERROR,
    "部门“{name}”的上级绕了一圈又回到它自己。",
    "The departments above “{name}” lead back to itself.",
    do_zh="改正上级部门。",
    do_en="Correct the parent department.",
)
BAD_DAY = fault(
    "WHO-025",
    Severity.ERROR,
    "“{text}”不是日期。",
    "“{text}” is not a date.",
    do_zh="写成日期，例如 2026-10-01。",
    do_en="Write a date such as 2026-10-01.",
)
BAD_DAY_KIND = fault(
    "WHO-026",
    Severity.ERROR,
    "不认识的类型“{text}”。",
    "Unknown kind “{text}”.",
    do_zh="写“休息”或“上班”。",
    do_en="Write `off` or `work`.",
)
BAD_HOURS = fault(
    "WHO-060",
    Severity.ERROR,
    "作息“{text}”看不懂，或与另一行重叠。",
    "The hours “{text}” cannot be read, or overlap with those of another row.",
    do_zh="每行写一段时间，例如上班 08:00、下班 12:00。",
    do_en="Write one stretch of time a row, such as from 08:00 until 12:00.",
)
