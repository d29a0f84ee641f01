"""The catalogue of faults in readings of meters (codes `READ-…`)."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

INCOMPLETE = fault(
    "READ-001",
    Severity.ERROR,
    "读数表缺少“{key}”一行。",
    "A table of readings lacks the row “{key}”.",
    do_zh="在表头上面写三行：读数、表计、抄表日，后面各写列名。",
    do_en="Above the header write three rows, readings, meter and at, each with the name of a column.",
)
NO_COLUMN = fault(
    "READ-002",
    Severity.ERROR,
    "表里没有“{column}”列，“{key}”一行写的是它。",
    "There is no column “{column}”, which the row “{key}” names.",
    do_zh="改成表头里的列名，或加上这一列。",
    do_en="Write the name of a column of the header, or add this one.",
)
BAD_DIGITS = fault(
    "READ-003",
    Severity.ERROR,
    "位数“{text}”不能用。",
    "“{text}” cannot be a number of digits.",
    do_zh="写表的整数位数，1 到 12，如 5：从 99999 走到 0。",
    do_en="Write how many whole digits the meter shows, 1 to 12, such as 5: after 99999 comes 0.",
)
BAD_INTERVAL = fault(
    "READ-004",
    Severity.ERROR,
    "周期“{text}”看不懂。",
    "The interval “{text}” cannot be read.",
    do_zh="写每天、每周、每月、每季、每年，或天数，如 30天。",
    do_en="Write daily, weekly, monthly, quarterly, yearly, or days, such as 30 days.",
)
BAD_JUMP = fault(
    "READ-005",
    Severity.ERROR,
    "突变“{text}”不能用。",
    "“{text}” cannot say what a jump is.",
    do_zh="写大于 1 的数，如 3：超过这块表以往用量中位数的 3 倍就提示。",
    do_en="Write a number above 1, such as 3: more than three times the median of the meter's earlier consumption is told.",
)
CONSUMPTION_TAKEN = fault(
    "READ-006",
    Severity.ERROR,
    "算出的用量要写在“{column}”列，表里已经有这一列。",
    "The consumption would be the column “{column}”, which the table has already.",
    do_zh="在表头上面加一行“用量”，后面写另一个列名；或删去表里的这一列。",
    do_en="Add a row “consumption” above the header with another name, or delete the column.",
)
NOT_A_READING = fault(
    "READ-007",
    Severity.ERROR,
    "读数“{text}”不是数，或小于 0。",
    "The reading “{text}” is no number, or below 0.",
    do_zh="写表上的数；没有抄到的留空。",
    do_en="Write what the meter shows; leave the cell blank where it was not read.",
)
TOO_LONG = fault(
    "READ-008",
    Severity.ERROR,
    "读数 {text} 超过了 {digits} 位表能显示的数。",
    "The reading {text} is more than a meter of {digits} digits can show.",
    do_zh="核对读数，或改正“位数”一行。",
    do_en="Check the reading, or mend the row “digits”.",
)
EXCHANGED_UNREAD = fault(
    "READ-022",
    Severity.ERROR,
    "“{meter}”{at} 换了表，却没有读数：旧表走的就算不进用量。",
    "{meter} was exchanged on {at}, and has no reading then: what the old meter counted would be lost.",
    do_zh="填上新表当天的读数，没有走过的写 0；或把换表写在下一次有读数的那一行。",
    do_en="Write what the new meter shows on that day, 0 where nothing; or move the exchange to the next row with a reading.",
)
NO_DAY = fault(
    "READ-009",
    Severity.ERROR,
    "抄表日“{text}”不是日期。",
    "“{text}” is no day on which a meter was read.",
    do_zh="写成 2026-11-01 或 Excel 的日期。",
    do_en="Write 2026-11-01 or a date of Excel.",
)
NO_METER = fault(
    "READ-010",
    Severity.ERROR,
    "这一行没有写是哪块表。",
    "The row does not say which meter it is about.",
    do_zh="填写“{column}”。",
    do_en="Fill in “{column}”.",
)
NOT_READ = fault(
    "READ-011",
    Severity.WARNING,
    "“{meter}”{at} 没有读数。",
    "{meter} has no reading on {at}.",
    do_zh="补上读数；没有抄到的可以留空，下次的用量从上一次读数算起。",
    do_en="Fill it in. Where it was not read it may stay blank: the next consumption counts from the reading before.",
)
GAP = fault(
    "READ-012",
    Severity.WARNING,
    "“{meter}”在 {since} 和 {at} 之间缺 {count} 期读数。",
    "{meter} lacks {count} reading(s) between {since} and {at}.",
    do_zh="补上缺的读数；确实没有抄的可以不补，这次的用量 {amount} 包含这几期。",
    do_en="Add what is missing. Where it was not read it may stay so: the consumption of {amount} is for all these periods.",
)
JUMP = fault(
    "READ-013",
    Severity.WARNING,
    "“{meter}”{at} 用量 {amount}，以往一期的中位数是 {usual}。",
    "{meter} used {amount} until {at}; the median of its earlier periods is {usual}.",
    do_zh="核对这次和上次（{before}）的读数；没有错就可以照用。",
    do_en="Check this reading and the one before ({before}); if they are right, they may stay.",
)
ROLLOVER = fault(
    "READ-014",
    Severity.WARNING,
    "“{meter}”{at} 从 {before} 走过了最大数，回到 {reading}，用量算作 {amount}。",
    "{meter} went from {before} past its highest number to {reading} by {at}; that is a consumption of {amount}.",
    do_zh="核对一下；若是换了表，请在“换表”列写明。",
    do_en="Check it; if the meter was exchanged, say so in the column of exchanges.",
)
BACK = fault(
    "READ-015",
    Severity.ERROR,
    "“{meter}”{at} 的读数 {reading} 比上一次的 {before} 小，又不像走过了最大数。",
    "{meter} reads {reading} on {at}, less than {before} before, and it does not look as if the counter was full.",
    do_zh="核对两次读数；换过表的，在“换表”一行指定的列里写旧表的止数，如 2310，新表不从 0 开始的写 2310/5；不知道止数的写“是”。",
    do_en="Check both readings. If the meter was exchanged, write the last reading of the old one into the column that the row "
    "“exchange” names, such as 2310, or 2310/5 where the new one began at 5; write yes where nobody knows it.",
)
SAME_DAY = fault(
    "READ-016",
    Severity.WARNING,
    "“{meter}”{at} 抄了两次：{before} 和 {reading}。",
    "{meter} was read twice on {at}: {before} and {reading}.",
    do_zh="只留对的一次。",
    do_en="Keep the right one.",
)
END_UNKNOWN = fault(
    "READ-017",
    Severity.WARNING,
    "“{meter}”{at} 之前换过表，没有写旧表的止数：旧表从 {before} 以后的用量没有算。",
    "{meter} was exchanged before {at} without a last reading of the old one: what it counted after {before} is left out.",
    do_zh="知道止数的，写止数，如 2310。",
    do_en="Write the last reading, such as 2310, if it is known.",
)
BAD_EXCHANGE = fault(
    "READ-018",
    Severity.ERROR,
    "换表“{text}”看不懂。",
    "The exchange “{text}” cannot be read.",
    do_zh="写旧表的止数，如 2310；新表不从 0 开始的写 2310/5；不知道止数的写“是”；没有换的留空。",
    do_en="Write the last reading of the old meter, such as 2310, or 2310/5 where the new one began at 5; yes where nobody "
    "knows it; nothing where it was not exchanged.",
)
METER_NEW = fault(
    "READ-019",
    Severity.WARNING,
    "“{meter}”是新的表，原来的表里没有。",
    "{meter} is a new meter: the old table has none of this name.",
    do_zh="核对名称有没有写错；新装的表不用管，它的第一个读数没有用量。",
    do_en="See whether its name is right. A meter that is new has no consumption at its first reading.",
)
METER_GONE = fault(
    "READ-020",
    Severity.WARNING,
    "“{meter}”原来有读数，新的表里没有了。",
    "{meter} had readings, and has none in the new table.",
    do_zh="核对是不是漏了；拆掉的表不用管。",
    do_en="See whether it was left out; a meter that was taken away may be gone.",
)
TWICE_AT = fault(
    "READ-021",
    Severity.ERROR,
    "“{key}”一行只能写一个，这里有 {count} 个。",
    "The row “{key}” takes one entry; here are {count}.",
    do_zh="只留一个；表计可以写几列。",
    do_en="Keep one; only meter may name several columns.",
)
