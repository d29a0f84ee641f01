"""The catalogue of faults in who-expressions, organisation workbooks and calendars (codes `WHO-…`)."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

UNKNOWN_WORD = fault(
    "WHO-001",
    Severity.ERROR,
    "办理人里的“{word}”不认识。",
    "“{word}” is not a way to name people.",
    do_zh="可用的写法：人:工号、角色:部门.岗、岗位:名称[字段]、部门负责人(字段)、逐级主管(字段→校级)、字段:名称、发起人、环节 20、"
    "表:名称[字段]、轮值(班表)、最少待办(…)、随机(…, n)、自选(…, 3-5)，用 + 和 - 连接。",
    do_en="Write person:id, role:dept.role, post:name[field], head(field), chain(field→top), field:name, initiator, "
    "step 20, table:sheet[field], rota(sheet), least-busy(…), random(…, n) or choose(…, 3-5), joined by + and -.",
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
BAD_WEIGHT = fault(
    "WHO-005",
    Severity.ERROR,
    "权重“{text}”不是大于 0 的数。",
    "The weight “{text}” is not a number above 0.",
    do_zh="写成这样：人:20180012 × 60（最多四位小数）。",
    do_en="Write it like this: person:20180012 × 60 (at most four decimals).",
)
USELESS_WEIGHT = fault(
    "WHO-006",
    Severity.ERROR,
    "“{text}”的权重不起作用：它写在括号里，或在减号之后。",
    "The weight of “{text}” counts for nothing: it stands in brackets or behind a minus.",
    do_zh="去掉这个权重，或把它写到括号外面。",
    do_en="Take the weight out, or put it behind the brackets.",
)
NOT_INSIDE = fault(
    "WHO-007",
    Severity.ERROR,
    "{outer} 的括号里不能再写 {inner}。",
    "{inner_en} cannot stand in the brackets of {outer_en}.",
    do_zh="在括号里写角色、岗位、表或人。",
    do_en="Write roles, posts, tables or people in the brackets.",
)
ONE_CHOICE = fault(
    "WHO-008",
    Severity.ERROR,
    "一个环节只能有一个“自选”，而且不能写在减号之后。",
    "A step has one `choose`, and none behind a minus.",
    do_zh="把可选的人用 + 连在一个“自选”的括号里，例如：自选(角色:学校.专家 + 表:校外专家, 3-5)。",
    do_en="Join the people in the brackets of one: choose(role:学校.专家 + table:校外专家, 3-5).",
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
UNKNOWN_POST_UNIT = fault(
    "WHO-043",
    Severity.ERROR,
    "岗位“{post}”方括号里的“{name}”既不是表单里的字段，也不是组织表里的单位。",
    "“{name}” in the brackets of the post “{post}” is neither a field of the form nor a unit of the organisation.",
    do_zh="改用表单里填单位的字段，或“岗位”列方括号里写的单位。",
    do_en="Use the field of the form that names the unit, or a unit as it stands in brackets in the posts column.",
)
POST_WITHOUT_HOLDER = fault(
    "WHO-044",
    Severity.WARNING,
    "岗位“{name}”目前没有人担任。",
    "Nobody has the post “{name}” today.",
    do_zh="在组织表的“岗位”列把它给某个人，否则到这一步时按“无人时”处理。",
    do_en="Give the post to somebody in the organisation workbook, or the step falls to what its `empty` column says.",
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
JOINED_OTHERWISE = fault(
    "WHO-016",
    Severity.ERROR,
    "“{text}”里的“{mark}”不能连接几个办理人，这样会被当成一个名称。",
    "“{mark}” in “{text}” does not join people: all of it would be one name.",
    do_zh="用 + 连接，例如：{joined}。",
    do_en="Join them by +: {joined}.",
)
UNKNOWN_SHEET = fault(
    "WHO-030",
    Severity.ERROR,
    "工作簿里没有数据表“{name}”，找不到办理人。",
    "The workbook has no data sheet “{name}” to take the people from.",
    do_zh="加上工作表“数据-{name}”，或改正名称；要写角色请写“角色:部门.岗”。",
    do_en="Add the sheet `data.{name}`, or correct the name; a role is written `role:dept.role`.",
)
NO_KEY_COLUMN = fault(
    "WHO-031",
    Severity.ERROR,
    "数据表“{sheet}”里没有可以对应“{key}”的列。",
    "The data sheet “{sheet}” has no column to look “{key}” up in.",
    do_zh="让数据表有一列叫“{key}”，或用 * 标出关键列，一个条件对应一列；班组写在“班组”列。",
    do_en="Call a column “{key}”, or mark as many key columns with * as there are keys; groups stand in the column `group`.",
)
NO_PEOPLE_COLUMN = fault(
    "WHO-032",
    Severity.ERROR,
    "看不出数据表“{sheet}”的哪一列是办理人{column}。",
    "Nobody can tell which column of the data sheet “{sheet}” has the people{column}.",
    do_zh="把这一列叫作“办理人”或“工号”，或写明列名：表:{sheet}[字段].列名。",
    do_en="Call it `person`, or name the column: table:{sheet}[field].column.",
)
STRANGER = fault(
    "WHO-033",
    Severity.ERROR,
    "组织表里没有工号“{name}”，而这一格要用来找办理人。",
    "The organisation has nobody with the id “{name}”, and the route looks for people here.",
    do_zh="改正工号；几个人之间用顿号隔开；以 0 开头的工号请设为文本格式。",
    do_en="Correct the id; part several people by commas; an id that begins with 0 must be text.",
)
MISSING_KEYS = fault(
    "WHO-034",
    Severity.NOTICE,
    "数据表“{sheet}”里没有“{field}”的这些选项：{keys}。选了它们时没有办理人。",
    "The data sheet “{sheet}” has no rows for these choices of “{field}”: {keys}. With them nobody is found.",
    do_zh="给每个选项加一行；本来就不需要时，不用处理。",
    do_en="Add a row for each; where none is needed, there is nothing to do.",
)
BAD_ROTA = fault(
    "WHO-035",
    Severity.ERROR,
    "轮值表里的“{text}”看不懂。",
    "“{text}” in the rota cannot be read.",
    do_zh="日期写成 2026-10-01，星期写成 周一至周五 或 周六、周日，时间写成 08:30。",
    do_en="Write dates as 2026-10-01, weekdays as Mon-Fri or Sat, Sun, times as 08:30.",
)
ROTA_GAP = fault(
    "WHO-036",
    Severity.NOTICE,
    "轮值表“{sheet}”{group}从{since}到{until}没有人值班；这样的空档共 {count} 处。",
    "Nobody is on duty in the rota “{sheet}”{group_en} from {since_en} to {until_en}; there are {count} such gaps.",
    do_zh="补上值班人；本来就没有人值班时，不用处理，到时按“无人时”办理。",
    do_en="Add somebody; where nobody is meant to be on duty, the step falls to what its `empty` column says.",
)
ROTA_OVERLAP = fault(
    "WHO-037",
    Severity.NOTICE,
    "从{since}起，这一行与 {first} 同时值班。",
    "From {since_en} on, this row is on duty together with {first}.",
    do_zh="需要一人值班时，改正日期、星期或时间；本来就要几个人时，不用处理。",
    do_en="Where one should be on duty, correct the dates, weekdays or times; where several should, there is nothing to do.",
)
ROTA_OVER = fault(
    "WHO-038",
    Severity.WARNING,
    "轮值表“{sheet}”{group}排到{until}为止，已经过期。",
    "The rota “{sheet}”{group_en} ended on {until_en}.",
    do_zh="排好后面的班。",
    do_en="Plan the days to come.",
)
TOO_FEW = fault(
    "WHO-039",
    Severity.WARNING,
    "“{text}”要 {wanted} 人，目前只有 {there} 人可选。",
    "“{text_en}” wants {wanted} people, and there are {there} today.",
    do_zh="增加人员，或减少人数。",
    do_en="Add people, or ask for fewer.",
)
NOBODY_IS = fault(
    "WHO-040",
    Severity.WARNING,
    "要选“{of}”至少 {wanted} 人，目前只有 {there} 人符合。",
    "At least {wanted} “{of}” must be chosen, and there are {there} today.",
    do_zh="“{of}”应是人员表里的身份、部门，或自加列（如“校外”列写“是”）；改正名称，或补上人员。",
    do_en="“{of}” is a kind, a department, or a column of your own in the people sheet; correct it, or add people.",
)
ONLY_FIRST = fault(
    "WHO-041",
    Severity.NOTICE,
    "环节 {step} 的方式是“单人”：“{text}”里只请第一个人。",
    "The mode of step {step} is `one`: of “{text_en}” only the first is asked.",
    do_zh="要逐个或全部办理，把方式改为依次、会签或或签。",
    do_en="To ask all of them, make the mode `sequence`, `all` or `any`.",
)
NOT_FOR_APPLICANTS = fault(
    "WHO-042",
    Severity.ERROR,
    "“申请对象”里不能写“{text}”：那时还没有申请。",
    "“{text_en}” cannot say who may apply: there is no case yet.",
    do_zh="写角色、岗位、部门负责人、表或人。",
    do_en="Name roles, posts, heads, tables or people.",
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
BAD_TERM = fault(
    "WHO-061",
    Severity.ERROR,
    "学期“{name}”的起止日期看不懂、前后颠倒，或与另一行重叠。",
    "The days of the term “{name}” cannot be read, end before they begin, or overlap with those of another row.",
    do_zh="每行写一个学期的开始和结束日期，例如 2026-09-07 和 2027-01-17。",
    do_en="Write one term a row with its first and its last day, such as 2026-09-07 and 2027-01-17.",
)
BAD_HOURS = fault(
    "WHO-060",
    Severity.ERROR,
    "作息“{text}”看不懂，或与另一行重叠。",
    "The hours “{text}” cannot be read, or overlap with those of another row.",
    do_zh="每行写一段时间，例如上班 08:00、下班 12:00。",
    do_en="Write one stretch of time a row, such as from 08:00 until 12:00.",
)
