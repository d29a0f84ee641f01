"""The catalogue of faults in the sheet `accounts`, and of what steps do with accounts (codes `ACCT-…`)."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

NO_NAME = fault(
    "ACCT-001",
    Severity.ERROR,
    "这一行没有写账户名称。",
    "This row names no account.",
    do_zh="在“账户”列写名称，如“电费”。",
    do_en="Write a name in the column account, such as “electricity”.",
)
NAME_TWICE = fault(
    "ACCT-002",
    Severity.ERROR,
    "账户“{name}”在 {first} 已经写过。",
    "The account “{name}” stands in {first} already.",
    do_zh="改名，或删去一行。",
    do_en="Rename it, or delete one of the rows.",
)
BAD_NAME = fault(
    "ACCT-003",
    Severity.ERROR,
    "账户名称“{name}”里不能有空格、冒号、逗号和分号。",
    "The name “{name}” of an account may hold no blanks, colons, commas or semicolons.",
    do_zh="改成不含这些符号的名称，流程的“通过后”要用它。",
    do_en="Take a name without them: the column `do` of the route calls the account by it.",
)
NO_HOLDER = fault(
    "ACCT-004",
    Severity.ERROR,
    "账户“{name}”没有写持有者。",
    "The account “{name}” has no holder.",
    do_zh="在“持有者”列写说明这是谁的账户的字段或表达式，如“房间: ${{楼栋}} & ${{房间}}”或“人员: ${{申请人}}”。",
    do_en="Write the field or expression that names whose account it is, such as “room: ${{room}}” or “person: ${{applicant}}”.",
)
BAD_NUMBER = fault(
    "ACCT-005",
    Severity.ERROR,
    "“{text}”不是可用的数：这里要一个不小于 0、不大于 {most}、最多 {digits} 位小数的数。",
    "“{text}” will not do: this is a number from 0 to {most} with at most {digits} decimals.",
    do_zh="改成数，如 20 或 0。",
    do_en="Write a number, such as 20 or 0.",
)
NO_SUCH_DATA = fault(
    "ACCT-006",
    Severity.ERROR,
    "没有数据表“{name}”。",
    "There is no data sheet “{name}”.",
    do_zh="加一张“数据-{name}”表，或改名。",
    do_en="Add a sheet “data.{name}”, or correct the name.",
)
NO_SUCH_COLUMN = fault(
    "ACCT-007",
    Severity.ERROR,
    "数据表“{data}”没有“{name}”列。",
    "The data sheet “{data}” has no column “{name}”.",
    do_zh="改成这张表里的列名。",
    do_en="Name a column of that sheet.",
)
BAD_MEMBERS = fault(
    "ACCT-008",
    Severity.ERROR,
    "成员“{text}”读不懂。",
    "The members “{text}” cannot be read.",
    do_zh="写数据表、持有者所在的列、人所在的列，还可以加名称所在的列，如“住宿(房间, 学号)”“项目(编号, 工号, 名称)”。",
    do_en="Write the data sheet, the columns of the holder and of the person, and if you like that of what it is called, as in “living(room, student)” or “projects(number, person, title)”.",
)
UNKNOWN_ACCOUNT = fault(
    "ACCT-009",
    Severity.ERROR,
    "“账户”表里没有“{name}”。",
    "The sheet accounts has no “{name}”.",
    do_zh="在“账户”表里加一行，或改用已有的名称。",
    do_en="Add a row to the sheet accounts, or name one that is there.",
)
NO_SUCH_SERVICE = fault(
    "ACCT-010",
    Severity.ERROR,
    "服务“{service}”没有账户“{name}”，或没有这项服务。",
    "The service “{service}” has no account “{name}”, or is not there.",
    do_zh="在“所属”列写有这个账户的服务编号；账户是本服务自己的就留空。",
    do_en="Write the id of the service whose account it is into the column of, or leave it blank for an own account.",
)
OTHER_UNIT = fault(
    "ACCT-011",
    Severity.ERROR,
    "账户“{name}”在“{service}”里的单位是“{unit}”，这里写的是“{text}”。",
    "The account “{name}” of “{service}” is in {unit}, and {text} is written here.",
    do_zh="把单位改成一样的。",
    do_en="Write the same unit.",
)
OTHER_OFFICE = fault(
    "ACCT-012",
    Severity.ERROR,
    "账户“{name}”属于“{owner}”的服务“{service}”，没有与本服务共用；主管部门不同，不能动用。",
    "The account “{name}” belongs to “{service}” of {owner}, another office, and is not shared with this service.",
    do_zh="请与该部门商定，由它在“{service}”账户表的“共用”列写上“{own}”。",
    do_en="Agree with that office: it writes “{own}” into the column shared of the accounts sheet of “{service}”.",
)
NOBODY_WAITS = fault(
    "ACCT-013",
    Severity.ERROR,
    "环节 {step} 要求付款，后面却没有“回调”环节等付款结果。",
    "Step {step} asks for a payment, and no later step of mode callback waits for it.",
    do_zh="在后面加一个方式为“回调”的环节，如“20 支付”。",
    do_en="Add a step of mode callback behind it, such as “20 Payment”.",
)
NOT_A_NUMBER = fault(
    "ACCT-014",
    Severity.ERROR,
    "“{text}”的结果不是数。",
    "“{text}” does not give a number.",
    do_zh="写一个得出数的字段或表达式，如 ${{金额}}。",
    do_en="Write a field or an expression that gives a number, such as ${{amount}}.",
)
NO_CREDIT = fault(
    "ACCT-015",
    Severity.ERROR,
    "账户“{name}”的单位是“{unit}”，付款以元计，这里没有写入账多少。",
    "The account “{name}” is in {unit} and payments are in yuan: how much it gains is not written.",
    do_zh="写明入账的数量，如“付款:{name} ${{充值金额}}, 入账 ${{折合度数}}”。",
    do_en="Say how much, as in “pay:{name} ${{amount}}, credit ${{kwh}}”.",
)
NOTHING_HELD = fault(
    "ACCT-016",
    Severity.WARNING,
    "环节 {step} 要解冻账户“{name}”，前面却没有环节冻结它。",
    "Step {step} releases “{name}”, and no earlier step holds any of it.",
    do_zh="在前面的环节写“冻结:{name} …”，或删去它。",
    do_en="Let an earlier step hold it, or take this out.",
)
NOT_HERE = fault(
    "ACCT-017",
    Severity.ERROR,
    "账户“{name}”属于服务“{service}”，它的“{column}”由那项服务规定。",
    "The account “{name}” belongs to “{service}”, which says its “{column}”.",
    do_zh="删去这一格。",
    do_en="Clear this cell.",
)
BAD_OPENING = fault(
    "ACCT-018",
    Severity.ERROR,
    "“{data}”里 {holder} 的期初数“{text}”不是不大于 {most}、最多 {digits} 位小数的数。",
    "The opening amount “{text}” of {holder} in “{data}” is no number up to {most} with at most {digits} decimals.",
    do_zh="在数据表里改成数。",
    do_en="Correct it in the data sheet.",
)
WHICH_ACCOUNT = fault(
    "ACCT-019",
    Severity.ERROR,
    "题型“账户”没有写是哪个账户。",
    "The type account does not say which account.",
    do_zh="写成“账户 项目经费”，名称同“账户”表。",
    do_en="Write “account funds”, with a name of the sheet accounts.",
)
SHARED_WITH_NOBODY = fault(
    "ACCT-020",
    Severity.WARNING,
    "没有服务“{service}”可以共用账户“{name}”。",
    "There is no service “{service}” to share the account “{name}” with.",
    do_zh="改成服务编号，如 laboratory-purchasing；那项服务还没有发布的，可以先不管。",
    do_en="Write the id of a service, such as laboratory-purchasing; leave it if that one is not published yet.",
)
