"""The catalogue of faults of policies (codes `POLICY-…`): 00x rows and cells, 02x facts."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

NO_HEADER = fault(
    "POLICY-001",
    Severity.ERROR,
    "制度表“{sheet}”是空的，没有表头。",
    "The policy sheet “{sheet}” is empty; it has no header row.",
    do_zh="第一行写列名：编号、当、则、结论、说明、办法、依据。",
    do_en="Put the columns in the first row: id, when, then, verdict, message, remedy, reference.",
)
NO_STATEMENTS = fault(
    "POLICY-002",
    Severity.ERROR,
    "制度表“{sheet}”没有任何条款。",
    "The policy sheet “{sheet}” holds no statement.",
    do_zh="在表头下写条款，一行一条，或删除这张工作表。",
    do_en="Write statements below the header, one a row, or delete the sheet.",
)
DUPLICATE_ID = fault(
    "POLICY-003",
    Severity.ERROR,
    "编号“{id}”已经用于 {other}。",
    "The id “{id}” is used at {other} already.",
    do_zh="换一个编号；不写编号时用行号。",
    do_en="Use another id; without one the row's number is taken.",
)
UNKNOWN_VERDICT = fault(
    "POLICY-004",
    Severity.ERROR,
    "不认识的结论“{verdict}”。",
    "Unknown verdict “{verdict}”.",
    do_zh="写 禁止、必须、提醒 或 允许；只推出事实的条款留空。",
    do_en="Write forbid, require, warn or allow; leave it blank where a row only concludes facts.",
)
SAYS_NOTHING = fault(
    "POLICY-005",
    Severity.ERROR,
    "条款“{id}”既没有事实（则），也没有结论，不起任何作用。",
    "The statement “{id}” has neither facts (then) nor a verdict: it does nothing.",
    do_zh="填写“则”或“结论”，或删除这一行。",
    do_en="Fill in then or verdict, or delete the row.",
)
NO_MESSAGE = fault(
    "POLICY-006",
    Severity.WARNING,
    "条款“{id}”会给出结论，但没有说明；申请人只能看到编号。",
    "The statement “{id}” gives a verdict without a message; an applicant sees only its id.",
    do_zh="在“说明”中写清楚为什么，在“办法”中写怎么办。",
    do_en="Say why under message, and what to do under remedy.",
)
NOT_TEXT = fault(
    "POLICY-007",
    Severity.ERROR,
    "“则”应写事实，这里却是 {value}。",
    "Facts stand under then; here is {value}.",
    do_zh="写成“名称 = 值”或“名称”，几个事实用分号或换行隔开。",
    do_en="Write “name = value” or “name”, several of them with semicolons or line breaks between.",
)
BAD_FACT = fault(
    "POLICY-008",
    Severity.ERROR,
    "看不懂这个事实：“{text}”。",
    "This fact cannot be read: “{text}”.",
    do_zh="写成“名称 = 值”“名称 = =表达式”或“名称”；名称只用文字、数字和下划线，不以数字开头。",
    do_en="Write “name = value”, “name = =expression” or “name”; a name has letters, digits and underscores.",
)
OPEN_QUOTE = fault(
    "POLICY-009",
    Severity.ERROR,
    "“{text}”的引号没有闭合。",
    "The quotation mark in “{text}” is never closed.",
    do_zh="补上同样的引号。",
    do_en="Add the closing quotation mark.",
)
BAD_DATE = fault(
    "POLICY-010",
    Severity.ERROR,
    "“{text}”不是日期。",
    "“{text}” is no date.",
    do_zh="写成 2026-09-01 这样；生效和失效当天都算在内。",
    do_en="Write it as 2026-09-01; both from and until are included.",
)
DATE_ORDER = fault(
    "POLICY-011",
    Severity.ERROR,
    "条款“{id}”的失效日期早于生效日期，永远不会生效。",
    "The statement “{id}” ends before it begins; it is never in force.",
    do_zh="改正两个日期；两个日期当天都算在内。",
    do_en="Correct the dates; both days are included.",
)
CIRCLE = fault(
    "POLICY-020",
    Severity.ERROR,
    "这些条款互相否定，绕成一圈，没有确定的答案：{cells}。",
    "These statements depend on each other's denial in a circle, so there is no answer: {cells}.",
    do_zh="让其中一条不再依赖“不成立”的事实，改为直接判断表单里的字段。",
    do_en="Let one of them ask the form's fields instead of a fact that must not hold.",
)
MIXED_KINDS = fault(
    "POLICY-021",
    Severity.ERROR,
    "事实“{name}”在这里是{found}，在 {other} 是{wanted}。",
    "The fact “{name}” is {found_en} here and {wanted_en} at {other}.",
    do_zh="让同名事实的值是同一类，或改用另一个名称。",
    do_en="Give the fact values of one kind, or use another name.",
)
UNKNOWN_IN_TEXT = fault(
    "POLICY-022",
    Severity.ERROR,
    "说明或办法里引用了没有的名称 ${{{name}}}。",
    "The message or remedy names ${{{name}}}, which does not exist.",
    do_zh="改成表单、计算、规则或本表事实的名称。",
    do_en="Use a name of the form, a calculation, a rule, or a fact of this sheet.",
)
OPEN_IN_TEXT = fault(
    "POLICY-031",
    Severity.WARNING,
    "有一个 ${{ 后面没有 }}，会原样显示出来。",
    "A ${{ has no }} behind it and will be shown as it stands.",
    do_zh="写成 ${{名称}}。",
    do_en="Write ${{name}}.",
)
RESERVED = fault(
    "POLICY-023",
    Severity.ERROR,
    "“{name}”是表达式用的词，不能作为事实的名称。",
    "“{name}” is a word of expressions and cannot be the name of a fact.",
    do_zh="换一个名称。",
    do_en="Use another name.",
)
OPEN_FACT = fault(
    "POLICY-024",
    Severity.ERROR,
    "事实“{name}”未能核对：缺少 {missing}。",
    "The fact “{name}” was not checked: {missing} is missing.",
    do_zh="补填所缺的内容；不知道不等于“否”。",
    do_en="Fill in what is missing; unknown is not “no”.",
)
ALLOWED_AND_FORBIDDEN = fault(
    "POLICY-025",
    Severity.WARNING,
    "条款“{id}”与“{other_id}”（{other}）条件相同，一条允许，一条禁止。",
    "The statements “{id}” and “{other_id}” ({other}) have the same condition; one allows what the other forbids.",
    do_zh="禁止总是有效；删除其中一条，或把条件写得不同。",
    do_en="What is forbidden stays so; delete one of them, or tell their conditions apart.",
)
OVERRULED = fault(
    "POLICY-028",
    Severity.NOTICE,
    "条款“{id}”允许的，有时被这些条款禁止：{others}；以禁止为准。例如：{case}。",
    "What the statement “{id}” allows is sometimes forbidden by: {others}. What is forbidden stays so. For example: {case}.",
    do_zh="若本意是例外，请在禁止的条款里写明不包括它；若本意就是禁止优先，不必改。",
    do_en="If it was meant as an exception, say so in the row that forbids; if forbidding should win, leave it as it is.",
)
NOT_SEARCHED = fault(
    "POLICY-027",
    Severity.NOTICE,
    "这张制度表太大，没有查完哪些条款会互相矛盾。",
    "This policy is too large: it was not fully searched for statements that contradict each other.",
    do_zh="拆成几张较小的制度表，或用用例核对。",
    do_en="Split it into smaller policies, or check it with examples.",
)
TWO_VALUES = fault(
    "POLICY-026",
    Severity.WARNING,
    "事实“{name}”在这里是 {value}，在 {other} 是 {other_value}，而两条可以同时成立，例如：{case}。",
    "The fact “{name}” is {value} here and {other_value} at {other}, and both rows can hold at once, such as with: {case}.",
    do_zh="让两条的条件互相排除；若可以同时有几个值，请用 selected({name}, …) 判断它。",
    do_en="Let their conditions exclude each other; where it may have several values, ask it with selected({name}, …).",
)
NOT_CHECKED = fault(
    "POLICY-029",
    Severity.ERROR,
    "缺少 {missing}，未能核对这一条。",
    "This statement was not checked: {missing_en} is missing.",
    do_zh="补填所缺的内容；不知道不等于“否”。",
    do_en="Fill in what is missing; unknown is not “no”.",
)
HALF_A_FACT = fault(
    "POLICY-040",
    Severity.ERROR,
    "“{part}”比较的是“{name}”，而没有这样的字段或事实；“则”里的事实叫“{fact}”。",
    "“{part}” compares “{name}”, but there is no such field or fact; the fact under `then` is called “{fact}”.",
    do_zh="直接写 {fact}，或照“则”里的写法。",
    do_en="Write {fact} by itself, or as it stands under `then`.",
)
NOT_COMPUTED = fault(
    "POLICY-030",
    Severity.ERROR,
    "这一条算不出来，未能核对：{reason}",
    "This statement could not be computed, so it was not checked: {reason_en}",
    do_zh="检查这一条用到的数据。",
    do_en="Check the data that the statement uses.",
)
