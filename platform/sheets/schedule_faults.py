"""The catalogue of faults in the sheet `schedule` (codes `SCHED-…`)."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

BAD_EVERY = fault(
    "SCHED-001",
    Severity.ERROR,
    "周期“{text}”读不懂，或这样的日子不存在。",
    "When is “{text}”? It cannot be read, or there is no such day.",
    do_zh="写如：每天 07:00；每工作日 07:00；每周一、周三 8:00；每月1日；每月最后工作日；每学期第1周；或 cron 的五段“0 7 * * 1-5”。",
    do_en="Write such as: every day 07:00; every working day 07:00; every Monday 8:00; every month on the 1st; last working day; every term week 1; or the five fields of cron, “0 7 * * 1-5”.",
)
NEVER_COMES = fault(
    "SCHED-002",
    Severity.WARNING,
    "“{text}”以后不会再到：校历里没有以后的学期，或没有这样的日子。",
    "“{text}” comes no more: the calendar has no later term, or there is no such day.",
    do_zh="在校历工作簿的“学期”表里写上以后的学期，或改周期。",
    do_en="Add the coming terms to the sheet terms of the calendar workbook, or write another time.",
)
UNKNOWN_FOR = fault(
    "SCHED-003",
    Severity.ERROR,
    "不认识对象“{text}”。可以写：数据表的名称；办件:办理中；人员 角色:…、人员 学生、人员 全体；留空表示做一次。",
    "“{text}” is nothing to do it for; there are: the name of a data sheet, cases:open, people role:…, people 学生, people everybody, or a blank for once.",
    do_zh="改用其中一种；数据表要在本工作簿里。",
    do_en="Take one of them; a data sheet stands in this workbook.",
)
UNKNOWN_DEED = fault(
    "SCHED-004",
    Severity.ERROR,
    "不认识动作“{text}”。可以写：{known}。",
    "“{text}” is nothing to do; there are {known}.",
    do_zh="如：开:设备报修(房间=${{房间}}, 代 字段:管理员)；提醒:课表；推送:课表接口；报表(房间=${{房间}})。",
    do_en="Such as: open:repair(room=${{room}}, for field:keeper); remind:timetable; push:timetable; report(room=${{room}}).",
)
NAME_TWICE = fault(
    "SCHED-006",
    Severity.ERROR,
    "任务“{name}”已写在 {first}。",
    "The job “{name}” stands in {first} already.",
    do_zh="换一个名称：一个任务一行。",
    do_en="Use another name: one row is one job.",
)
NO_NAME = fault(
    "SCHED-007",
    Severity.ERROR,
    "这一行没有写任务名称。",
    "This row names no job.",
    do_zh="写一个名称；改了名称就是新的任务。",
    do_en="Name it; with another name it is another job.",
)
UNKNOWN_NOTICE = fault(
    "SCHED-008",
    Severity.ERROR,
    "“通知”表里没有名称为“{name}”的通知。",
    "The sheet notices has no notice called “{name}”.",
    do_zh="在“通知”表里加一行，事件写“调用”，名称与这里一致。",
    do_en="Add a row to the sheet notices, on called, with the name that stands here.",
)
NOT_CALLED = fault(
    "SCHED-009",
    Severity.ERROR,
    "通知“{name}”的事件不是“调用”，定时任务不能发它。",
    "The notice “{name}” is not on called, so a job cannot send it.",
    do_zh="把它的事件改为“调用”。",
    do_en="Let it be on called.",
)
UNKNOWN_CONNECTION = fault(
    "SCHED-010",
    Severity.ERROR,
    "“接口”表里没有“{name}”。",
    "The sheet connect has no “{name}”.",
    do_zh="在“接口”表里加一行，或改用已有的名称。",
    do_en="Add a row to the sheet connect, or name one that is there.",
)
NOBODY_APPLIES = fault(
    "SCHED-011",
    Severity.ERROR,
    "没有写以谁的名义开办件。",
    "It does not say in whose name the case is opened.",
    do_zh="在括号里写“代 字段:负责人”或“代 角色:…”；对象是人员或办件时可以不写，就是本人或申请人。",
    do_en="Write “for field:keeper” or “for role:…” in the brackets; done for people or cases, it may be left out.",
)
NOBODY_TOLD = fault(
    "SCHED-012",
    Severity.ERROR,
    "通知“{name}”没有写发给谁：由定时任务对数据表或一次性地发，没有申请人。",
    "The notice “{name}” does not say to whom: sent by a job for a data sheet or once, there is no applicant.",
    do_zh="在“通知”表的“发给”列写人，如 字段:学号 或 角色:…。",
    do_en="Name people in the column to of the sheet notices, such as field:id or role:….",
)
UNKNOWN_SERVICE = fault(
    "SCHED-013",
    Severity.ERROR,
    "没有已发布的、有表单的服务“{name}”。",
    "There is no published service “{name}” with a form.",
    do_zh="写服务编号；先发布那项服务。",
    do_en="Write the id of a service; publish that one first.",
)
UNKNOWN_TARGET = fault(
    "SCHED-014",
    Severity.ERROR,
    "服务“{service}”不能填“{name}”：{why}。",
    "“{name}” of the service “{service}” cannot be filled in: {why_en}.",
    do_zh="写那项服务表单里可以填的字段。",
    do_en="Name a field of that form that can be filled in.",
)
LEFT_OUT = fault(
    "SCHED-015",
    Severity.WARNING,
    "服务“{service}”的必填字段没有给值：{names}。",
    "Fields that the service “{service}” needs are not given: {names}.",
    do_zh="在括号里补上，如 {example}=…；否则开不了。",
    do_en="Add them in the brackets, such as {example}=…; else it cannot be opened.",
)
NO_CASES = fault(
    "SCHED-016",
    Severity.ERROR,
    "这个工作簿没有表单，也就没有办件。",
    "This workbook has no form, so there are no cases.",
    do_zh="对象改为数据表、人员，或留空。",
    do_en="Do it for a data sheet, for people, or once.",
)
SENSITIVE_COLUMN = fault(
    "SCHED-017",
    Severity.WARNING,
    "报表里的“{name}”是敏感字段，只给出遮盖后的值。",
    "“{name}” in the report is sensitive: it is shown under its mask.",
    do_zh="不需要就从报表里删去。",
    do_en="Take it out of the report where it is not needed.",
)
NEXT = fault(
    "SCHED-018",
    Severity.NOTICE,
    "接下来三次：{when}（{text}）。",
    "The next three firings: {when} ({text}).",
    do_zh="请核对是不是您要的时间；发布之后才会触发。",
    do_en="See whether that is what you mean; jobs run once the workbook is published.",
)
BAD_DEED = fault(
    "SCHED-019",
    Severity.ERROR,
    "动作“{text}”没有写完整。",
    "“{text}” is not complete.",
    do_zh="写如：{example}。",
    do_en="Write such as: {example}.",
)
BAD_PART = fault(
    "SCHED-020",
    Severity.ERROR,
    "括号里的“{text}”读不懂。",
    "“{text}” in the brackets cannot be read.",
    do_zh="写“字段=表达式”，用逗号隔开。",
    do_en="Write “field=expression”, with commas between.",
)
BILLS_NO_DATA = fault(
    "SCHED-021",
    Severity.ERROR,
    "出账的对象应是数据表：一行一笔。",
    "A billing run goes over a data sheet: one row, one bill.",
    do_zh="对象写数据表的名称，如读数。",
    do_en="Name a data sheet under `for`, such as readings.",
)
NO_SUCH_HOLDER = fault(
    "SCHED-022",
    Severity.ERROR,
    "数据表“{dataset}”没有“{name}”列，不知道账记在谁名下。",
    "The data sheet “{dataset}” has no column “{name}”, so it does not say whose account is charged.",
    do_zh="持有者写那张表的列名。",
    do_en="Name a column of that sheet as the holder.",
)
NO_SUCH_FEES = fault(
    "SCHED-023",
    Severity.ERROR,
    "没有收费表“{name}”。",
    "There is no fee sheet “{name}”.",
    do_zh="写本工作簿的收费表，如“收费-电费”写 电费。",
    do_en="Name a fee sheet of this workbook: fees.power is written power.",
)
NO_SUCH_ACCOUNT = fault(
    "SCHED-024",
    Severity.ERROR,
    "“账户”表里没有“{name}”。",
    "The sheet accounts has no “{name}”.",
    do_zh="在“账户”表里加一行，或改用已有的名称。",
    do_en="Add a row to the sheet accounts, or name one that is there.",
)
